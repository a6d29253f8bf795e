//! Which statements a question may be: one that reads. This is for plain words at once; what holds is that the store's
//! transaction can't write.

use super::lexer::{end_of_opaque, is_name_character};
use super::{Dialect, QueryError};

/// What may begin a question.
const READING: &[&str] = &["SELECT", "WITH", "VALUES", "TABLE", "EXPLAIN", "SHOW"];

/// Refuses a text that is empty, is more than one statement or begins with anything but a reading verb.
pub(in crate::db) fn check_reads_only(sql: &str, dialect: Dialect) -> Result<(), QueryError> {
    let Some(start) = next_code(sql, 0, dialect, |c| c != '(' && c != ';') else {
        return Err(QueryError::Refused {
            what: "an empty text".to_owned(),
            reason: "write a SELECT".to_owned(),
            position: 0,
        });
    };
    let rest = sql.get(start..).unwrap_or_default();
    let verb = rest.get(..rest.find(|c: char| !is_name_character(c)).unwrap_or(rest.len())).unwrap_or_default();
    let verb = verb.to_uppercase();
    let is_reading =
        READING.contains(&verb.as_str()) && !(dialect == Dialect::Sqlite && matches!(verb.as_str(), "TABLE" | "SHOW"));
    if !is_reading {
        let what = if verb.is_empty() { "this text".to_owned() } else { verb.clone() };
        return Err(QueryError::Refused { what, reason: reason(&verb).to_owned(), position: start });
    }
    if let Some(second) = second_statement(sql, start, dialect) {
        return Err(QueryError::Refused {
            what: "a second statement".to_owned(),
            reason: "ask one question at a time".to_owned(),
            position: second,
        });
    }
    Ok(())
}

/// The statement without the semicolons and comments after it.
pub(in crate::db) fn statement_of(sql: &str, dialect: Dialect) -> &str {
    let mut at = 0;
    while let Some(character) = sql.get(at..).and_then(|rest| rest.chars().next()) {
        match end_of_opaque(sql, at, dialect) {
            Some(end) => at = end,
            None if character == ';' => break,
            None => at += character.len_utf8(),
        }
    }
    sql.get(..at).unwrap_or(sql)
}

fn reason(verb: &str) -> &'static str {
    match verb {
        "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "BEGIN" | "START" | "SAVEPOINT" | "RELEASE" | "PREPARE" => {
            "it would end or begin a transaction; every question runs in one that only reads and is rolled back"
        }
        "SET" | "RESET" | "DISCARD" => "it would change the session that other questions are asked in",
        "COPY" => "it would read or write files of the server",
        "DO" | "CALL" | "EXECUTE" => "it would run a program on the server; select from a function instead",
        "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "REPLACE" | "TRUNCATE" | "CREATE" | "ALTER" | "DROP" | "GRANT"
        | "REVOKE" | "REFRESH" | "REINDEX" | "VACUUM" | "ANALYZE" | "CLUSTER" | "COMMENT" => {
            "it would change the database; questions only read"
        }
        _ => "a question begins with SELECT, WITH or VALUES",
    }
}

/// The first byte at or after `at` that is neither blank nor opaque and that `counts`.
fn next_code(sql: &str, mut at: usize, dialect: Dialect, counts: impl Fn(char) -> bool) -> Option<usize> {
    loop {
        let character = sql.get(at..)?.chars().next()?;
        if is_comment(sql, at) {
            at = end_of_opaque(sql, at, dialect)?;
        } else if character.is_whitespace() || character == '\u{feff}' || !counts(character) {
            at += character.len_utf8();
        } else {
            return Some(at);
        }
    }
}

fn is_comment(sql: &str, at: usize) -> bool {
    sql.get(at..).is_some_and(|rest| rest.starts_with("--") || rest.starts_with("/*"))
}

/// Where something follows the first semicolon.
fn second_statement(sql: &str, start: usize, dialect: Dialect) -> Option<usize> {
    let mut at = start;
    loop {
        let character = sql.get(at..)?.chars().next()?;
        if let Some(end) = end_of_opaque(sql, at, dialect) {
            at = end;
        } else if character == ';' {
            return next_code(sql, at, dialect, |c| c != ';');
        } else {
            at += character.len_utf8();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(sql: &str) -> Option<String> {
        check_reads_only(sql, Dialect::Postgres).err().map(|error| error.to_string())
    }

    #[test]
    fn what_reads_is_let_through() {
        for sql in [
            "SELECT 1",
            "  -- a comment\n/* another */ ( select 1 ) ;",
            "WITH a AS (SELECT ';') SELECT * FROM a; -- end\n",
            "VALUES (1)",
            "TABLE t",
            "explain select 1",
            "SELECT $$;$$ ;;",
        ] {
            assert_eq!(refused(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_does_not_read_is_refused_with_the_reason() {
        for (sql, reason) in [
            ("COMMIT", "transaction"),
            ("/* SELECT */ rollback", "transaction"),
            ("SET ROLE postgres", "session"),
            ("copy t TO PROGRAM 'id'", "files"),
            ("DO $$ BEGIN END $$", "program"),
            ("CALL p()", "program"),
            ("DELETE FROM t", "only read"),
            ("SELECT 1; DROP TABLE t", "one question"),
            ("SELECT 1;\n-- a\nCOMMIT", "one question"),
            ("", "write a SELECT"),
            ("-- nothing", "write a SELECT"),
            ("?", "begins with SELECT"),
        ] {
            let error = refused(sql).unwrap_or_default();
            assert!(error.contains(reason), "{sql}: {error}");
        }
    }

    #[test]
    fn sqlite_has_fewer_verbs() {
        assert!(check_reads_only("TABLE t", Dialect::Sqlite).is_err());
        assert!(check_reads_only("PRAGMA writable_schema = 1", Dialect::Sqlite).is_err());
        assert!(check_reads_only("ATTACH 'a' AS b", Dialect::Sqlite).is_err());
        assert!(check_reads_only("SELECT [;] FROM t", Dialect::Sqlite).is_ok());
    }
}
