//! How a server is reached: what was given, else what a service, the environment or a habit says, in libpq's order.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::conninfo::{Given, is_conninfo, parse};
use super::keyword::Keyword;
use super::user_files::{Account, Surroundings, password, service};
use super::{ConnectError, Secret};

/// How the connection is protected (PostgreSQL 15, 34.19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SslMode {
    /// Never.
    Disable,
    /// Where the server offers it; nobody checks who the server is.
    #[default]
    Prefer,
    /// Always; nobody checks who the server is, unless there is a file of certificate authorities.
    Require,
    /// Always, with a certificate that a known authority signed.
    VerifyCa,
    /// The same, and the certificate has to be for this host.
    VerifyFull,
}

impl SslMode {
    /// Every mode, the weakest first.
    pub const ALL: [Self; 5] = [Self::Disable, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull];

    /// The mode's name in a URL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            // Without encryption first, which never upgrades what the server doesn't ask for: the weaker of two equals.
            "allow" => Some(Self::Prefer),
            name => Self::ALL.into_iter().find(|mode| mode.name() == name),
        }
    }
}

/// What a user said about a server, without a password: what a project keeps and a window shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ServerAddress {
    given: Given,
}

/// A server with the password for it, if one was given by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerLogin {
    /// Which server, database and user.
    pub address: ServerAddress,
    /// The password that was typed; `None` leaves it to the environment and the password file.
    pub password: Option<Secret>,
}

impl ServerLogin {
    /// Reads a URL, a list of `key=value`, or the name of a database. A password in it is taken out of the address.
    pub fn parse(text: &str) -> Result<Self, ConnectError> {
        let mut given = parse(text)?;
        let password = given.remove(&Keyword::Password).filter(|password| !password.is_empty()).map(Secret::new);
        Ok(Self { address: ServerAddress { given }, password })
    }
}

impl ServerAddress {
    /// True for a text that can only mean a server.
    pub fn is_meant_by(text: &str) -> bool {
        is_conninfo(text)
    }

    /// One setting as it was given, by its name in a URL.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.given.get(&Keyword::named(name)?).map(String::as_str)
    }

    /// Sets one setting by its name; an empty value takes it away. A password is none of them.
    pub fn set(&mut self, name: &str, value: &str) {
        let Some(keyword) = Keyword::named(name).filter(|keyword| *keyword != Keyword::Password) else { return };
        if value.trim().is_empty() {
            self.given.remove(&keyword);
        } else {
            self.given.insert(keyword, value.trim().to_owned());
        }
    }
}

impl fmt::Display for ServerAddress {
    /// As `key=value`, which [`ServerLogin::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.given.is_empty() {
            return f.write_str("postgresql://");
        }
        for (at, (keyword, value)) in self.given.iter().enumerate() {
            let needs_quotes =
                value.is_empty() || value.contains(|c: char| c.is_whitespace() || c == '\'' || c == '\\');
            let value = value.replace('\\', "\\\\").replace('\'', "\\'");
            let quote = if needs_quotes { "'" } else { "" };
            write!(f, "{}{}={quote}{value}{quote}", if at > 0 { " " } else { "" }, keyword.name())?;
        }
        Ok(())
    }
}

/// Everything that a connection needs.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    pub(super) hosts: Vec<String>,
    pub(super) host_addresses: Vec<std::net::IpAddr>,
    pub(super) ports: Vec<u16>,
    pub(super) database: String,
    pub(super) user: String,
    pub(super) password: Option<Secret>,
    pub(super) ssl_mode: SslMode,
    pub(super) root_certificates: Option<PathBuf>,
    pub(super) client_certificate: Option<(PathBuf, PathBuf)>,
    pub(super) connect_timeout: Duration,
    pub(super) options: Option<String>,
    pub(super) application_name: String,
    pub(super) needs_writable: bool,
    pub(super) channel_binding: Option<String>,
    pub(super) warnings: Vec<String>,
}

/// How long a connection may take to be made, unless the user says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_PORT: u16 = 5432;

impl Resolved {
    /// Fills in what the login leaves open from the user's surroundings.
    pub(super) fn of_user(login: &ServerLogin) -> Result<Self, ConnectError> {
        let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::resolve(login, &Surroundings { variable: &variable, home, is_windows: cfg!(windows) })
    }

    pub(super) fn resolve(login: &ServerLogin, surroundings: &Surroundings<'_>) -> Result<Self, ConnectError> {
        let mut given = login.address.given.clone();
        let variable = surroundings.variable;
        let named = given.get(&Keyword::Service).cloned().or_else(|| variable("PGSERVICE"));
        if let Some(name) = named {
            for (keyword, value) in service(&name, surroundings)? {
                given.entry(keyword).or_insert(value);
            }
        }
        for (keyword, name) in Keyword::variables() {
            if let Some(value) = variable(name) {
                given.entry(keyword).or_insert(value);
            }
        }
        let get = |keyword: Keyword| given.get(&keyword).map(String::as_str).filter(|value| !value.is_empty());
        let hosts = match get(Keyword::Host) {
            Some(hosts) => hosts.split(',').map(str::to_owned).collect(),
            None if get(Keyword::HostAddr).is_some() => Vec::new(),
            None => vec![default_host()],
        };
        let host_addresses = get(Keyword::HostAddr).map(addresses).transpose()?.unwrap_or_default();
        let ports = get(Keyword::Port).map(ports).transpose()?.unwrap_or_else(|| vec![DEFAULT_PORT]);
        let user = get(Keyword::User).map(str::to_owned).or_else(|| user_of_system(variable)).unwrap_or_default();
        let database = get(Keyword::Database).map_or_else(|| user.clone(), str::to_owned);
        let mut warnings = Vec::new();
        let given_password = login.password.clone().or_else(|| get(Keyword::Password).map(Secret::new));
        let password = given_password.or_else(|| {
            let host = hosts.first().map_or("localhost", String::as_str);
            let port = ports.first().copied().unwrap_or(DEFAULT_PORT);
            let account = Account { host, port, database: &database, user: &user };
            let (found, warning) = password(account, get(Keyword::PassFile), surroundings);
            warnings.extend(warning);
            found.map(Secret::new)
        });
        let ssl_mode = get(Keyword::SslMode).map(ssl_mode).transpose()?.unwrap_or_default();
        let own = get(Keyword::SslRootCert).map(PathBuf::from);
        Ok(Self {
            root_certificates: own.or_else(|| surroundings.root_certificates()),
            client_certificate: get(Keyword::SslCert)
                .zip(get(Keyword::SslKey))
                .map(|(certificate, key)| (certificate.into(), key.into())),
            connect_timeout: get(Keyword::ConnectTimeout).map(timeout).transpose()?.unwrap_or(CONNECT_TIMEOUT),
            options: get(Keyword::Options).map(str::to_owned),
            application_name: get(Keyword::ApplicationName).unwrap_or("cogscope").to_owned(),
            needs_writable: matches!(get(Keyword::TargetSessionAttrs), Some("read-write" | "primary")),
            channel_binding: get(Keyword::ChannelBinding).map(str::to_owned),
            hosts,
            host_addresses,
            ports,
            database,
            user,
            password,
            ssl_mode,
            warnings,
        })
    }

    /// `database at host:port`, for messages.
    pub(super) fn label(&self) -> String {
        format!("{} at {}", self.database, self.server())
    }

    /// The server alone.
    pub(super) fn server(&self) -> String {
        let addresses = self.host_addresses.iter().map(ToString::to_string).collect::<Vec<_>>();
        let hosts = if self.hosts.is_empty() { &addresses } else { &self.hosts };
        let ports = self.ports.iter().map(ToString::to_string).collect::<Vec<_>>();
        format!("{}:{}", hosts.join(","), ports.join(","))
    }
}

fn wrong(keyword: Keyword, value: &str, expected: &str) -> ConnectError {
    ConnectError::Settings { problem: format!("{} \"{value}\" is not {expected}", keyword.name()) }
}

fn ports(text: &str) -> Result<Vec<u16>, ConnectError> {
    let port = |text: &str| match text.trim() {
        "" => Ok(DEFAULT_PORT),
        text => text.parse().map_err(|_| wrong(Keyword::Port, text, "a port (1 to 65535)")),
    };
    text.split(',').map(port).collect()
}

fn addresses(text: &str) -> Result<Vec<std::net::IpAddr>, ConnectError> {
    let address = |text: &str| text.trim().parse().map_err(|_| wrong(Keyword::HostAddr, text, "an IP address"));
    text.split(',').map(address).collect()
}

fn ssl_mode(text: &str) -> Result<SslMode, ConnectError> {
    let expected = "disable, prefer, require, verify-ca or verify-full";
    SslMode::named(text).ok_or_else(|| wrong(Keyword::SslMode, text, expected))
}

/// In seconds; zero and below mean that the user has patience.
fn timeout(text: &str) -> Result<Duration, ConnectError> {
    let seconds: i64 = text.trim().parse().map_err(|_| wrong(Keyword::ConnectTimeout, text, "a number of seconds"))?;
    Ok(u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map_or(Duration::from_hours(1), Duration::from_secs))
}

/// The folder of the server's socket where there is one, else this machine by its name.
fn default_host() -> String {
    let folders: &[&str] = if cfg!(unix) { &["/var/run/postgresql", "/tmp"] } else { &[] };
    let has_socket = |folder: &&&str| std::path::Path::new(folder).join(format!(".s.PGSQL.{DEFAULT_PORT}")).exists();
    folders.iter().find(has_socket).map_or_else(|| "localhost".to_owned(), |folder| (*folder).to_owned())
}

fn user_of_system(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| variable(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, variables: &[(&str, &str)]) -> Resolved {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let surroundings = Surroundings { variable: &variable, home: None, is_windows: false };
        Resolved::resolve(&ServerLogin::parse(text).unwrap(), &surroundings).unwrap()
    }

    #[test]
    fn what_is_given_comes_before_service_environment_and_habit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("services");
        std::fs::write(&file, "[s]\nhost=of-service\nport=1\nuser=service-user\n").unwrap();
        let variables = [
            ("PGSERVICEFILE", file.to_str().unwrap()),
            ("PGPORT", "2"),
            ("PGUSER", "environment-user"),
            ("PGDATABASE", "of-environment"),
            ("PGPASSWORD", "p"),
            ("USER", "me"),
        ];
        let resolved = resolve("service=s port=3", &variables);
        assert_eq!(resolved.hosts, ["of-service"]);
        assert_eq!(resolved.ports, [3]);
        assert_eq!((resolved.user.as_str(), resolved.database.as_str()), ("service-user", "of-environment"));
        assert_eq!(resolved.password, Some(Secret::new("p")));
        let plain = resolve("host=h", &[("USER", "me")]);
        assert_eq!((plain.user.as_str(), plain.database.as_str(), plain.ports.as_slice()), ("me", "me", &[5432][..]));
        assert_eq!(plain.label(), "me at h:5432");
    }

    #[test]
    fn a_password_is_no_part_of_the_address() {
        let login = ServerLogin::parse("postgresql://me:hunter2@h/db").unwrap();
        assert_eq!(login.address.to_string(), "host=h dbname=db user=me");
        assert_eq!(login.password, Some(Secret::new("hunter2")));
        assert!(!format!("{login:?}").contains("hunter2"));
        let mut address = login.address;
        address.set("password", "hunter2");
        assert!(!format!("{address:?}{address}").contains("hunter2"));
    }

    #[test]
    fn an_address_reads_back_as_it_is_written() {
        let mut address = ServerAddress::default();
        address.set("dbname", "it's a \\ db");
        address.set("host", "h");
        assert_eq!(ServerLogin::parse(&address.to_string()).unwrap().address, address);
        address.set("host", " ");
        assert_eq!(address.get("host"), None);
    }

    #[test]
    fn what_no_setting_can_be_is_named() {
        for (text, problem) in [
            ("port=x", "port \"x\""),
            ("port=70000", "port \"70000\""),
            ("sslmode=maybe", "verify-full"),
            ("hostaddr=h", "IP address"),
            ("connect_timeout=soon", "seconds"),
        ] {
            let login = ServerLogin::parse(text).unwrap();
            let surroundings = Surroundings { variable: &|_| None, home: None, is_windows: false };
            let error = Resolved::resolve(&login, &surroundings).unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
        }
    }
}
