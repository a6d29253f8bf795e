//! What a table on a server holds as a whole: counts of its classes, and its rows page by page in the order of its key, each page
//! found by the key that the one before ended with.

use std::sync::Arc;

use super::server_filter::Conditions;
use super::{ServerTargets, TargetFilter, TargetSet, TargetsError, UNCLASSIFIED};
use crate::db::{IsCancelled, Parameter, quoted};

/// Which row of a table: its key, as the server writes it; of several columns, each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey(Vec<String>);

/// Some rows of a table.
#[derive(Debug)]
pub struct TargetPage {
    /// The rows that are targets.
    pub set: Arc<TargetSet>,
    /// The key of the last row; the next page begins after it. `None` for a page without a row.
    pub last: Option<PageKey>,
    /// Whether there are more rows.
    pub has_more: bool,
}

impl ServerTargets {
    /// How many targets of each class pass the filter, most first: an aggregate over an index of the class, where there is
    /// one.
    pub fn class_counts(
        &self,
        filter: &TargetFilter,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<Vec<(String, u64)>, TargetsError> {
        let conditions = Conditions::of(filter, self.mapping());
        let class = self.mapping().class.as_ref().map_or_else(|| "NULL::text".to_owned(), |class| quoted(class));
        let sql = format!(
            "SELECT {class}::text, count(*) FROM {}{} GROUP BY {class} ORDER BY 2 DESC, 1",
            self.described().table.name,
            conditions.as_where()
        );
        let answer = self.ask(&conditions.query(sql), is_cancelled)?;
        let row = |row| {
            let count = answer.table.value(1, row).as_f64().unwrap_or(0.0);
            let class = answer.table.value(0, row).as_str().filter(|class| !class.trim().is_empty());
            (class.unwrap_or(UNCLASSIFIED).to_owned(), count)
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count is a whole number")]
        Ok((0..answer.table.row_count()).map(row).map(|(class, count)| (class, count as u64)).collect())
    }

    /// The columns of the key that pages follow; none where the table has no key, as a view has none.
    pub fn page_order(&self) -> Vec<String> {
        self.described().key_columns().into_iter().map(|column| column.name.clone()).collect()
    }

    /// A page of the table: rows after a key, in the order of the key. A table without a key has no pages.
    pub fn page(
        &self,
        filter: &TargetFilter,
        after: Option<&PageKey>,
        rows: usize,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<TargetPage, TargetsError> {
        let order = self.page_order();
        if order.is_empty() {
            return Err(TargetsError::NoKey { table: self.described().table.name.clone() });
        }
        let names: Vec<String> = order.iter().map(|name| quoted(name)).collect();
        let mut conditions = Conditions::of(filter, self.mapping());
        if let Some(PageKey(values)) = after {
            let marks: Vec<String> = (0..values.len()).map(|at| format!(":after_{at}")).collect();
            conditions.add(&format!("({}) > ({})", names.join(", "), marks.join(", ")), []);
            for (at, value) in values.iter().enumerate() {
                conditions.give(&format!("after_{at}"), Parameter::Text(value.clone()));
            }
        }
        let sql = format!(
            "SELECT {} FROM {}{} ORDER BY {} LIMIT {}",
            self.described().selected(),
            self.described().table.name,
            conditions.as_where(),
            names.join(", "),
            rows.saturating_add(1)
        );
        let mut table = self.ask(&conditions.query(sql), is_cancelled)?.table;
        let has_more = table.row_count() > rows;
        if has_more {
            table = table.take(&table.rows().into_iter().take(rows).collect::<Vec<_>>());
        }
        let places: Option<Vec<usize>> = order.iter().map(|name| table.column_index(name)).collect();
        let last = table.row_count().checked_sub(1).zip(places).map(|(row, places)| {
            PageKey(places.into_iter().map(|place| table.value(place, row).to_string()).collect())
        });
        let read = self.described().read_table_of(table);
        let set = TargetSet::from_table(&self.name(), read, self.mapping().clone())?;
        Ok(TargetPage { set: Arc::new(set), last, has_more })
    }
}
