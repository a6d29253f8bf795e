//! Secrets out of texts: passwords, tokens, and how one gets to a database.

use regex_lite::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// A value: in quotes, or up to where a word ends.
const VALUE: &str = r#"(?:Some\()?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s,;&)\]}'"]+)"#;

/// What is looked for and what takes its place, in this order.
static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let word =
        r"(?i)\b([a-z0-9_-]*(?:pass(?:word|wd|phrase|file)?|pwd|secret|token|api[_-]?key|signature|authorization))";
    let setting = r"(?:host|hostaddr|port|user|dbname|service|sslmode|sslrootcert|application_name|options)";
    [
        // An address of a database, whole; of any other, who comes there and with what password.
        (r"(?i)\bpostgres(?:ql)?://[^\s'\x22<>]*".to_owned(), "postgresql://[removed]"),
        (r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@'\x22]+@".to_owned(), "${1}[removed]@"),
        // Two or more settings of a connection in a row.
        (
            format!(r"(?i)\b{setting}\s*=\s*{VALUE}(?:\s+(?:{setting}|password)\s*=\s*{VALUE})+"),
            "[connection settings removed]",
        ),
        (format!(r#"{word}(["']?\s*(?:=|:)\s*)(?:(?:bearer|basic)\s+)?{VALUE}"#), "${1}${2}[removed]"),
        (r"(?i)\b(bearer|basic)\s+[a-z0-9+/._~=-]{8,}".to_owned(), "${1} [removed]"),
        // The token in the path of the loopback endpoint.
        (r"(/t/)[A-Za-z0-9_-]{8,}".to_owned(), "${1}[removed]"),
    ]
    .into_iter()
    .filter_map(|(pattern, with)| Some((Regex::new(&pattern).ok()?, with)))
    .collect()
});

/// The text without passwords, tokens and settings of connections.
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for (pattern, with) in RULES.iter() {
        if pattern.is_match(&text) {
            text = Cow::Owned(pattern.replace_all(&text, *with).into_owned());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_left() {
        assert_eq!(RULES.len(), 6, "every pattern is understood");
        for text in [
            "connecting to postgresql://ana:hunter2@db.example/targets?sslmode=require failed",
            "POSTGRES://ana:hunter2@[::1]:5432/t",
            "host=db.example user=ana password=hunter2 dbname=t",
            "host=db.example password='hun\\'ter2 hunter2' user=ana",
            r#"{"password": "hunter2", "user": "ana"}"#,
            "PGPASSWORD=hunter2",
            "sslpassword = hunter2",
            "passphrase: hunter2",
            "Authorization: Bearer hunter2hunter2",
            "GET /t/hunter2hunter2/wms?token=hunter2&layers=a",
            "ServerLogin { password: Some(\"hunter2\") }",
            "https://ana:hunter2@proxy.example/",
            "access_token=hunter2",
            "pwd='hunter2'",
        ] {
            let redacted = redact(text);
            assert!(!redacted.contains("hunter2"), "{text} -> {redacted}");
        }
    }

    #[test]
    fn how_one_gets_to_a_database_is_not_told() {
        let redacted = redact("Targets of host=db.example port=5432 user=ana dbname=t , no answer");
        assert_eq!(redacted, "Targets of [connection settings removed] , no answer");
        let redacted = redact("no answer from host=db user=ana password=hunter2");
        assert_eq!(redacted, "no answer from [connection settings removed]");
        assert!(!redact("postgresql://db.example/t").contains("example"));
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in
            ["a.tif: tile 3/1/2 could not be decoded", "first_frame ms=312", "no password is needed", "user=ana"]
        {
            assert_eq!(redact(text), text);
        }
    }
}
