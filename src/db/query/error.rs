//! What can be wrong with a question, in words for the one who asked it.

use std::time::Duration;

use thiserror::Error;

use crate::db::DbError;

/// What the store found wrong with the SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlProblem {
    /// What is wrong, as the store says it.
    pub message: String,
    /// What the store or this program suggests.
    pub hint: Option<String>,
    /// `PostgreSQL`'s code of five characters.
    pub code: Option<String>,
    /// The byte in the user's text.
    pub position: Option<usize>,
}

/// A question without an answer.
#[derive(Debug, Error)]
pub enum QueryError {
    /// The store doesn't understand the SQL, or stumbled over a value.
    #[error("{}{}", .0.message, .0.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
    Sql(SqlProblem),
    /// A parameter has no value.
    #[error("there is no value for :{name}")]
    MissingParameter {
        /// Its name.
        name: String,
        /// The byte of its colon in the user's text.
        position: usize,
    },
    /// The statement is none that is run.
    #[error("{what} is not run: {reason}")]
    Refused {
        /// The verb.
        what: String,
        /// Why, and what to write instead.
        reason: String,
        /// The byte in the user's text.
        position: usize,
    },
    /// The user has stopped it.
    #[error("cancelled")]
    Cancelled,
    /// It took longer than it may.
    #[error("stopped after {} s; ask for less, or allow more time", .after.as_secs_f64())]
    TimedOut {
        /// How long it was allowed to take.
        after: Duration,
    },
    /// The store can't be opened or read.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// A place in a text as people count: both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl QueryError {
    /// The byte of the user's text that is to blame, where it is known.
    pub fn position(&self) -> Option<usize> {
        match self {
            Self::Sql(problem) => problem.position,
            Self::MissingParameter { position, .. } | Self::Refused { position, .. } => Some(*position),
            Self::Cancelled | Self::TimedOut { .. } | Self::Store(_) => None,
        }
    }

    /// Line and column of what is to blame.
    pub fn located(&self, sql: &str) -> Option<Located> {
        let before = sql.get(..self.position()?)?;
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(line_start..)?.chars().count() + 1;
        Some(Located { line: before.matches('\n').count() + 1, column })
    }

    /// The error in one line, with line and column of the SQL where they are known.
    pub fn with_place(&self, sql: &str) -> String {
        match self.located(sql) {
            Some(Located { line: 1, column }) if !sql.trim_end().contains('\n') => {
                format!("{self} (character {column})")
            }
            Some(Located { line, column }) => format!("{self} (line {line}, character {column})"),
            None => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_as_people_count() {
        let error = |position| QueryError::MissingParameter { name: "a".to_owned(), position };
        let sql = "SELECT é,\n  :a";
        assert_eq!(error(13).located(sql), Some(Located { line: 2, column: 3 }));
        assert_eq!(error(13).with_place(sql), "there is no value for :a (line 2, character 3)");
        assert_eq!(error(7).with_place("SELECT :a"), "there is no value for :a (character 8)");
        assert_eq!(error(99).with_place("SELECT :a"), "there is no value for :a");
    }
}
