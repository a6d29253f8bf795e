//! Queries of a report: each text is asked once, whatever uses its answer, and noted for the appendix.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::db::Table;
use crate::report::page::QueryRecord;

/// A store that answers a report's queries. Nothing is ever written through it.
pub trait ReportStore {
    /// What to call it in the appendix, without a password.
    fn name(&self) -> String;

    /// The answer to a query with these parameters (`:name`) bound, or a sentence that says why there is none.
    fn query(&mut self, sql: &str, parameters: &BTreeMap<String, String>) -> Result<Table, String>;
}

/// What came of a query.
pub(super) type Answer = Result<Arc<Table>, String>;

/// All answers so far.
pub(super) struct Answers<'s, 'a> {
    store: Option<&'s mut dyn ReportStore>,
    parameters: &'a BTreeMap<String, String>,
    /// Named queries of the template.
    named: BTreeMap<String, String>,
    answers: FxHashMap<String, Answer>,
    pub records: Vec<QueryRecord>,
}

impl<'s, 'a> Answers<'s, 'a> {
    pub fn new(
        store: Option<&'s mut dyn ReportStore>,
        parameters: &'a BTreeMap<String, String>,
        named: BTreeMap<String, String>,
    ) -> Self {
        Self { store, parameters, named, answers: FxHashMap::default(), records: Vec::new() }
    }

    /// The store's name, or nothing.
    pub fn store_name(&self) -> String {
        self.store.as_ref().map(|store| store.name()).unwrap_or_default()
    }

    /// The answer to a query.
    pub fn ask(&mut self, sql: &str) -> Answer {
        if let Some(known) = self.answers.get(sql) {
            return known.clone();
        }
        let answer = match &mut self.store {
            None => Err("there is no store to ask: give one with --db, or open targets".to_owned()),
            Some(store) => store.query(sql, self.parameters).map(Arc::new),
        };
        let name = self.named.iter().find(|(_, named)| named.as_str() == sql).map(|(name, _)| name.clone());
        let result = answer.as_ref().map(|table| (table.row_count(), table.is_truncated())).map_err(Clone::clone);
        self.records.push(QueryRecord { name: name.unwrap_or_default(), sql: sql.to_owned(), result });
        self.answers.insert(sql.to_owned(), answer.clone());
        answer
    }

    /// The answer to a query by its name in the template; `None` if there is no such name.
    pub fn ask_named(&mut self, name: &str) -> Option<Answer> {
        let sql = self.named.get(name).cloned()?;
        Some(self.ask(&sql))
    }

    /// The names that queries have.
    pub fn names(&self) -> String {
        self.named.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}
