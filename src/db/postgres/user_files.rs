//! The files in which psql's users keep settings: services (PostgreSQL 15, 34.17) and passwords (34.16). Read only; a
//! password file that others can read is not used.

use std::path::{Path, PathBuf};

use super::ConnectError;
use super::conninfo::Given;
use super::keyword::Keyword;

/// What the user's surroundings say.
pub(super) struct Surroundings<'a> {
    /// An environment variable.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    /// The user's home folder.
    pub(super) home: Option<PathBuf>,
    /// Whether files are where Windows has them.
    pub(super) is_windows: bool,
}

impl Surroundings<'_> {
    /// A file of libpq's in the user's folder: `~/.name` or, on Windows, `%APPDATA%\postgresql\name`.
    fn file(&self, unix_name: &str, windows_name: &str) -> Option<PathBuf> {
        if self.is_windows {
            return Some(PathBuf::from((self.variable)("APPDATA")?).join("postgresql").join(windows_name));
        }
        Some(self.home.as_ref()?.join(unix_name))
    }

    /// The user's own certificate authorities.
    pub(super) fn root_certificates(&self) -> Option<PathBuf> {
        self.file(".postgresql/root.crt", "root.crt").filter(|path| path.exists())
    }
}

/// The settings of a service, from the user's file or else from the system's.
pub(super) fn service(name: &str, surroundings: &Surroundings<'_>) -> Result<Given, ConnectError> {
    let variable = surroundings.variable;
    let own = variable("PGSERVICEFILE").map(PathBuf::from);
    let own = own.or_else(|| surroundings.file(".pg_service.conf", ".pg_service.conf"));
    let of_system = variable("PGSYSCONFDIR").map(|folder| PathBuf::from(folder).join("pg_service.conf"));
    let default = (!surroundings.is_windows).then(|| PathBuf::from("/etc/postgresql-common/pg_service.conf"));
    let files: Vec<PathBuf> = [own, of_system, default].into_iter().flatten().filter(|path| path.exists()).collect();
    for file in &files {
        let text = std::fs::read_to_string(file).map_err(|error| ConnectError::Settings {
            problem: format!("{}: can't be read: {error}", file.display()),
        })?;
        if let Some(given) = service_of(&text, name, file)? {
            return Ok(given);
        }
    }
    let looked = files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
    let looked = if looked.is_empty() { "there is no pg_service.conf".to_owned() } else { format!("not in {looked}") };
    Err(ConnectError::Settings { problem: format!("no service is called \"{name}\": {looked}") })
}

/// The section of a service file.
fn service_of(text: &str, name: &str, file: &Path) -> Result<Option<Given>, ConnectError> {
    let mut found: Option<Given> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            if found.is_some() {
                break;
            }
            found = (section == name).then(Given::new);
        } else if let Some(given) = &mut found {
            let (key, value) = line.split_once('=').ok_or_else(|| ConnectError::Settings {
                problem: format!("{}: line {number} is no key=value", file.display()),
            })?;
            if let Some(keyword) = Keyword::named(key.trim()) {
                given.insert(keyword, value.trim().to_owned());
            }
        }
    }
    Ok(found)
}

/// Whom a password is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The password of an account from the password file, and a warning where a file is there but may not be used.
pub(super) fn password(
    account: Account<'_>,
    file: Option<&str>,
    surroundings: &Surroundings<'_>,
) -> (Option<String>, Option<String>) {
    let own = file.map(PathBuf::from).or_else(|| surroundings.file(".pgpass", "pgpass.conf"));
    let Some(path) = own.filter(|path| path.is_file()) else { return (None, None) };
    if is_open_to_others(&path) {
        let text = format!("{}: not used, because others can read it; chmod 600 mends that", path.display());
        return (None, Some(text));
    }
    match std::fs::read_to_string(&path) {
        Ok(text) => (password_of(&text, account), None),
        Err(error) => (None, Some(format!("{}: can't be read: {error}", path.display()))),
    }
}

/// The first line that fits: `host:port:database:user:password`, `*` for any.
fn password_of(text: &str, account: Account<'_>) -> Option<String> {
    // A socket's folder is "localhost" in this file.
    let host = if account.host.starts_with('/') { "localhost" } else { account.host };
    let port = account.port.to_string();
    let wanted = [host, &port, account.database, account.user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields_of(line.trim_end_matches('\r'));
        let [parts @ .., password] = fields.as_slice() else { return None };
        let fits = parts.len() == 4 && parts.iter().zip(wanted).all(|(part, wanted)| part == "*" || part == wanted);
        fits.then(|| password.clone())
    })
}

/// The five fields of a line; the last one takes the rest. A backslash escapes.
fn fields_of(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let is_last = fields.len() == 5;
        let Some(field) = fields.last_mut() else { break };
        match character {
            '\\' => field.extend(characters.next()),
            ':' if !is_last => fields.push(String::new()),
            other => field.push(other),
        }
    }
    fields
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: Account<'_> = Account { host: "db.local", port: 5432, database: "a:b", user: "me" };

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let text = "# comment\nother:5432:*:me:no\n*:*:a\\:b:me:p:a\\\\ss\n*:*:*:*:late\n";
        assert_eq!(password_of(text, ACCOUNT).as_deref(), Some("p:a\\ss"));
        assert_eq!(password_of("*:5433:*:*:no\n*:*\n", ACCOUNT), None);
        let socket = Account { host: "/tmp", ..ACCOUNT };
        assert_eq!(password_of("localhost:5432:a\\:b:me:yes", socket).as_deref(), Some("yes"));
    }

    #[test]
    fn a_service_is_found_by_its_section() {
        let text = "[a]\nhost=x\n# c\n[b]\nhost = y\nport=5433\nunknown=1\n[c]\nhost=z\n";
        let given = service_of(text, "b", Path::new("f")).unwrap().unwrap();
        assert_eq!(given.get(&Keyword::Host).map(String::as_str), Some("y"));
        assert_eq!(given.len(), 2);
        assert_eq!(service_of(text, "d", Path::new("f")).unwrap(), None);
        assert!(service_of("[b]\nhost", "b", Path::new("f")).unwrap_err().to_string().contains("line 2"));
    }

    #[test]
    fn windows_keeps_its_files_in_the_application_data() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("postgresql")).unwrap();
        std::fs::write(folder.path().join("postgresql").join("pgpass.conf"), "*:*:*:me:there").unwrap();
        let data = folder.path().to_str().unwrap().to_owned();
        let variable = move |name: &str| (name == "APPDATA").then(|| data.clone());
        let surroundings = Surroundings { variable: &variable, home: None, is_windows: true };
        if cfg!(windows) {
            assert_eq!(password(ACCOUNT, None, &surroundings), (Some("there".to_owned()), None));
        }
        assert_eq!(
            surroundings.file(".pgpass", "pgpass.conf"),
            Some(folder.path().join("postgresql").join("pgpass.conf"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_password_file_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".pgpass");
        std::fs::write(&path, "*:*:*:*:p").unwrap();
        let surroundings =
            Surroundings { variable: &|_| None, home: Some(folder.path().to_owned()), is_windows: false };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let (found, warning) = password(ACCOUNT, None, &surroundings);
        assert!(found.is_none() && warning.unwrap().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(password(ACCOUNT, None, &surroundings), (Some("p".to_owned()), None));
    }
}
