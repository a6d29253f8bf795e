//! What a report was made from, in the words that both formats use.

use crate::report::page::{FileRecord, QueryRecord, Report};

/// Time, store and parameters: each a name and its value.
pub(super) fn facts(report: &Report) -> Vec<(String, String)> {
    let mut facts = vec![
        ("made".to_owned(), report.made.clone()),
        ("with".to_owned(), concat!("cogscope ", env!("CARGO_PKG_VERSION")).to_owned()),
    ];
    if !report.store.is_empty() {
        facts.push(("store".to_owned(), report.store.clone()));
    }
    let given = report.parameters.iter().filter(|(_, value)| !value.is_empty());
    facts.extend(given.map(|(name, value)| (format!("parameter {name}"), value.clone())));
    facts
}

/// What came of a query.
pub(super) fn outcome(query: &QueryRecord) -> String {
    match &query.result {
        Ok((1, false)) => "1 row".to_owned(),
        Ok((rows, false)) => format!("{rows} rows"),
        Ok((rows, true)) => format!("the first {rows} rows; the store has more"),
        Err(reason) => format!("failed: {reason}"),
    }
}

/// What to call a query in the list.
pub(super) fn query_title(at: usize, query: &QueryRecord) -> String {
    if query.name.is_empty() { format!("Query {}", at + 1) } else { format!("Query {} ({})", at + 1, query.name) }
}

/// A file's hash.
pub(super) fn hash_text(file: &FileRecord) -> String {
    match &file.sha256 {
        Some(Ok(hash)) => hash.clone(),
        Some(Err(reason)) => format!("can't be read: {reason}"),
        None => "not calculated".to_owned(),
    }
}
