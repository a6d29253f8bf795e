//! Connection settings as text: a URL or a list of `key=value` (PostgreSQL 15, 34.1.1), and where a text is neither.

use std::collections::BTreeMap;

use super::ConnectError;
use super::keyword::{Keyword, is_without_effect};

/// Settings that were given, by their names.
pub(super) type Given = BTreeMap<Keyword, String>;

/// True for a text that can only mean a server: a URL, or `key=value` with a known key.
pub(super) fn is_conninfo(text: &str) -> bool {
    is_url(text)
        || text.split_once('=').is_some_and(|(key, _)| {
            let key = key.trim();
            Keyword::named(key).is_some() || is_without_effect(key)
        })
}

fn is_url(text: &str) -> bool {
    text.starts_with("postgresql://") || text.starts_with("postgres://")
}

/// Reads a URL, a list of `key=value`, or a database's name alone.
pub(super) fn parse(text: &str) -> Result<Given, ConnectError> {
    let text = text.trim();
    if is_url(text) {
        parse_url(text)
    } else if text.contains('=') {
        parse_pairs(text)
    } else if text.is_empty() {
        Ok(Given::new())
    } else {
        Ok(Given::from([(Keyword::Database, text.to_owned())]))
    }
}

fn wrong(problem: impl Into<String>) -> ConnectError {
    ConnectError::Settings { problem: problem.into() }
}

fn set(given: &mut Given, name: &str, value: String) -> Result<(), ConnectError> {
    match (name, Keyword::named(name)) {
        // What JDBC's users write.
        ("ssl", _) if value == "true" => {
            given.insert(Keyword::SslMode, "require".to_owned());
        }
        (_, Some(keyword)) => {
            given.insert(keyword, value);
        }
        (name, None) if is_without_effect(name) => {}
        (name, None) => return Err(wrong(format!("no setting is called \"{name}\""))),
    }
    Ok(())
}

/// `postgresql://user:password@host:port,host:port/database?key=value`.
fn parse_url(text: &str) -> Result<Given, ConnectError> {
    let mut given = Given::new();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (user_info, hosts) = match authority.rsplit_once('@') {
        Some((user_info, hosts)) => (Some(user_info), hosts),
        None => (None, authority),
    };
    if let Some(user_info) = user_info {
        let (user, password) = match user_info.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (user_info, None),
        };
        for (keyword, part) in [(Keyword::User, Some(user)), (Keyword::Password, password)] {
            if let Some(part) = part.filter(|part| !part.is_empty()) {
                given.insert(keyword, decoded(part)?);
            }
        }
    }
    let (hosts, ports) = hosts_and_ports(hosts)?;
    for (keyword, value) in [(Keyword::Host, hosts), (Keyword::Port, ports), (Keyword::Database, decoded(database)?)] {
        if !value.is_empty() {
            given.insert(keyword, value);
        }
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| wrong(format!("\"{pair}\" has no value")))?;
        set(&mut given, &decoded(name)?, decoded(value)?)?;
    }
    Ok(given)
}

/// `a:5432,[::1]:5433` as `a,::1` and `5432,5433`.
fn hosts_and_ports(text: &str) -> Result<(String, String), ConnectError> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for part in text.split(',') {
        let (host, port) = match part.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']').ok_or_else(|| wrong("an address in [ ] is not closed"))?;
                (host, rest.strip_prefix(':').unwrap_or_default())
            }
            None => part.split_once(':').unwrap_or((part, "")),
        };
        hosts.push(decoded(host)?);
        ports.push(port);
    }
    let has_ports = ports.iter().any(|port| !port.is_empty());
    Ok((hosts.join(","), if has_ports { ports.join(",") } else { String::new() }))
}

/// `%20` is a blank.
fn decoded(text: &str) -> Result<String, ConnectError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = after.first_chunk::<2>().and_then(|digits| str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or_else(|| wrong("a % is not followed by two digits (write %25 for a percent sign)"))?);
        rest = after.get(2..).unwrap_or_default();
    }
    String::from_utf8(bytes).map_err(|_| wrong("the text is not UTF-8"))
}

/// `host=localhost dbname='my db'`: blanks around the equals sign are allowed, a backslash escapes.
fn parse_pairs(text: &str) -> Result<Given, ConnectError> {
    let mut given = Given::new();
    let mut characters = text.chars().peekable();
    loop {
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        if characters.peek().is_none() {
            return Ok(given);
        }
        let mut name = String::new();
        while let Some(c) = characters.next_if(|c| *c != '=' && !c.is_whitespace()) {
            name.push(c);
        }
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        if characters.next() != Some('=') {
            return Err(wrong(format!("\"{name}\" has no value (write {name}=…)")));
        }
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        let is_quoted = characters.next_if_eq(&'\'').is_some();
        let mut value = String::new();
        loop {
            match characters.next() {
                Some('\\') => value.extend(characters.next()),
                Some('\'') if is_quoted => break,
                Some(c) if !is_quoted && c.is_whitespace() => break,
                Some(c) => value.push(c),
                None if is_quoted => return Err(wrong(format!("the value of {name} is not closed with a quote"))),
                None => break,
            }
        }
        set(&mut given, &name, value)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Ok(given) => {
                let pairs: Vec<_> =
                    given.iter().map(|(keyword, value)| format!("{}={value}", keyword.name())).collect();
                pairs.join(" ")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn urls_and_pairs_say_the_same() {
        for (text, expected) in [
            ("postgresql://", ""),
            ("postgres://localhost", "host=localhost"),
            ("postgresql://me:p%40ss@h:5433/my%20db", "host=h port=5433 dbname=my db user=me password=p@ss"),
            ("postgresql://me@/db?host=/var/run/postgresql", "host=/var/run/postgresql dbname=db user=me"),
            ("postgresql://%2Ftmp/db", "host=/tmp dbname=db"),
            ("postgresql://[::1]:5433,b/db", "host=::1,b port=5433, dbname=db"),
            (
                "postgresql://h/db?sslmode=verify-full&sslrootcert=a%2Fb&keepalives=1",
                "host=h dbname=db sslmode=verify-full sslrootcert=a/b",
            ),
            ("host = h port=5433\tdbname='my \\'db' user=a\\ b", "host=h port=5433 dbname=my 'db user=a b"),
            ("service=imagery", "service=imagery"),
            ("targets", "dbname=targets"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_setting_is_named() {
        for (text, problem) in [
            ("hosst=a", "\"hosst\""),
            ("host", "dbname=host"),
            ("host=a port", "\"port\" has no value"),
            ("dbname='a", "not closed"),
            ("postgresql://h/db?x=1", "\"x\""),
            ("postgresql://h/%4", "two digits"),
            ("postgresql://[::1", "not closed"),
        ] {
            assert!(shown(text).contains(problem), "{text}: {}", shown(text));
        }
    }

    #[test]
    fn a_files_name_is_no_server() {
        assert!(is_conninfo("postgres://a") && is_conninfo("host=a") && is_conninfo("service=x"));
        assert!(!is_conninfo("targets.gpkg") && !is_conninfo("C:\\a=b\\targets.gpkg"));
    }
}
