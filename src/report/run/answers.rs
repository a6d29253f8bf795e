//! Queries of a report: each text is asked once, whatever uses its answer, and noted for the appendix.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::db::{IsCancelled, Limits, Parameter, Query, QueryStore, Table};
use crate::report::page::QueryRecord;
use crate::report::template::USUAL_PARAMETERS;

/// What came of a query.
pub(super) type Answer = Result<Arc<Table>, String>;

/// All answers so far.
pub(super) struct Answers<'a> {
    store: Option<&'a dyn QueryStore>,
    is_cancelled: IsCancelled<'a>,
    parameters: Vec<(String, Parameter)>,
    /// Named queries of the template.
    named: BTreeMap<String, String>,
    known: FxHashMap<String, Answer>,
    pub records: Vec<QueryRecord>,
    /// What the store said besides.
    pub notes: BTreeSet<String>,
}

impl<'a> Answers<'a> {
    pub fn new(
        store: Option<&'a dyn QueryStore>,
        is_cancelled: IsCancelled<'a>,
        parameters: &BTreeMap<String, String>,
        named: BTreeMap<String, String>,
    ) -> Self {
        let mut bound: Vec<(String, Parameter)> =
            parameters.iter().map(|(name, text)| (name.clone(), bound(name, text))).collect();
        // What the window's saved queries call the image.
        if let Some(image) = parameters.get("image").filter(|_| !parameters.contains_key("image_id")) {
            bound.push(("image_id".to_owned(), self::bound("image", image)));
        }
        Self {
            store,
            is_cancelled,
            parameters: bound,
            named,
            known: FxHashMap::default(),
            records: Vec::new(),
            notes: BTreeSet::new(),
        }
    }

    /// The store's name, or nothing.
    pub fn store_name(&self) -> String {
        self.store.map(QueryStore::label).unwrap_or_default()
    }

    /// The answer to a query.
    pub fn ask(&mut self, sql: &str) -> Answer {
        if let Some(known) = self.known.get(sql) {
            return known.clone();
        }
        let answer = match self.store {
            None => Err("there is no store to ask: give one with --db, or open targets".to_owned()),
            Some(store) => {
                let query = Query { sql: sql.to_owned(), parameters: self.parameters.clone() };
                match store.query(&query, &Limits::default(), self.is_cancelled) {
                    Ok(answer) => {
                        self.notes.extend(answer.notes);
                        Ok(Arc::new(answer.table))
                    }
                    Err(error) => Err(error.with_place(sql)),
                }
            }
        };
        let name = self.named.iter().find(|(_, named)| named.as_str() == sql).map(|(name, _)| name.clone());
        let result = answer.as_ref().map(|table| (table.row_count(), table.is_truncated())).map_err(Clone::clone);
        self.records.push(QueryRecord { name: name.unwrap_or_default(), sql: sql.to_owned(), result });
        self.known.insert(sql.to_owned(), answer.clone());
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

/// A parameter as it is bound: nothing chosen is null, names are texts whatever they look like, others are numbers if they are.
fn bound(name: &str, text: &str) -> Parameter {
    if text.trim().is_empty() {
        Parameter::Null
    } else if USUAL_PARAMETERS.contains(&name) || name == "image_id" {
        Parameter::Text(text.to_owned())
    } else {
        Parameter::parse(name, text)
    }
}
