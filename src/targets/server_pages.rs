//! What a table on a server holds as a whole: counts of its classes, and its rows page by page in the order of its key or of an
//! indexed column. Each page is found by what the one before ended with, never by counting rows.

use std::sync::Arc;

use super::server_filter::Conditions;
use super::{ServerTargets, TargetFilter, TargetSet, TargetsError, UNCLASSIFIED};
use crate::db::{Column, ColumnBuilder, IsCancelled, Parameter, Query, SortDirection, Table, Value, quoted};

/// A column with no more values than this has many rows of each.
const FEW_VALUES: f64 = 2_000.0;

/// Where in a table's order a page ends: values as the server writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey {
    /// Of the columns of the key.
    key: Vec<String>,
    /// Of the column that sorts; `None` among the rows without a value, which come last.
    sorted: Option<String>,
}

/// The column that sorts the pages, and which end of it comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSort {
    /// The column.
    pub column: String,
    /// Which end comes first.
    pub direction: SortDirection,
}

/// Some rows of a table.
#[derive(Debug)]
pub struct TargetPage {
    /// The rows that are targets.
    pub set: Arc<TargetSet>,
    /// Where the next page begins; `None` for a page without a row.
    pub last: Option<PageKey>,
    /// Whether there are more rows.
    pub has_more: bool,
    /// The columns that can sort pages: those that an index has in order.
    pub sortable: Vec<String>,
}

/// Which part of the order is read.
#[derive(Clone, PartialEq)]
enum Stretch {
    /// All rows, where no column sorts.
    All,
    /// Rows with a value in the column that sorts.
    Values,
    /// Rows with this one.
    Of(String),
    /// Rows without one.
    Nulls,
}

/// What a page is asked for with.
#[derive(Clone, Copy)]
struct Asked<'a> {
    filter: &'a TargetFilter,
    sort: Option<&'a PageSort>,
    key: &'a [String],
    is_cancelled: IsCancelled<'a>,
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

    /// The columns that tell rows apart, which pages follow: those of the key, else the one that plays its part; none where
    /// there is neither.
    pub fn page_order(&self) -> Vec<String> {
        let key: Vec<String> = self.described().key_columns().into_iter().map(|column| column.name.clone()).collect();
        if key.is_empty() { self.mapping().id.clone().into_iter().collect() } else { key }
    }

    /// A page of the table: rows after a place in its order. Rows without a value in the column that sorts come last. A table
    /// whose rows can't be told apart has no pages.
    pub fn page(
        &self,
        (filter, sort): (&TargetFilter, Option<&PageSort>),
        after: Option<&PageKey>,
        rows: usize,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<TargetPage, TargetsError> {
        let key = self.page_order();
        if key.is_empty() {
            return Err(TargetsError::NoKey { table: self.described().table.name.clone() });
        }
        let asked = Asked { filter, sort, key: &key, is_cancelled };
        let mut read = match sort {
            None => self.stretch(asked, &Stretch::All, after, rows + 1)?,
            Some(sort) => self.sorted(asked, sort, after, rows + 1)?,
        };
        let has_more = read.row_count() > rows;
        if has_more {
            read = read.take(&read.rows().into_iter().take(rows).collect::<Vec<_>>());
        }
        let places = key.len() + usize::from(sort.is_some());
        let last = read.row_count().checked_sub(1).map(|row| {
            let text = |place| match read.value(place, row) {
                Value::Null => None,
                value => Some(value.to_string()),
            };
            PageKey {
                key: (0..key.len()).map(|place| text(place).unwrap_or_default()).collect(),
                sorted: sort.and_then(|_| text(key.len())),
            }
        });
        let columns = read.columns().get(places..).unwrap_or_default().to_vec();
        let read = self.described().read_table_of(Table::new(columns).unwrap_or_default());
        let set = self.set_of(read, None)?;
        let sortable = self.described().ordered_columns().map(|column| column.name.clone()).collect();
        Ok(TargetPage { set: Arc::new(set), last, has_more, sortable })
    }

    /// Rows in the order of a column. Where its values are few, each has very many rows, which are read in the order of the key,
    /// value by value: otherwise the server would sort all of them to find the first.
    fn sorted(
        &self,
        asked: Asked<'_>,
        sort: &PageSort,
        after: Option<&PageKey>,
        rows: usize,
    ) -> Result<Table, TargetsError> {
        let mut read = Table::default();
        let mut after = after;
        if after.is_none_or(|after| after.sorted.is_some()) {
            if self.has_few_values(&sort.column, asked.is_cancelled)? {
                let mut value = after.and_then(|after| after.sorted.clone());
                if value.is_none() {
                    value = self.next_value(asked, sort, None)?;
                }
                while let Some(of) = value.filter(|_| read.row_count() < rows) {
                    let more = self.stretch(asked, &Stretch::Of(of.clone()), after.take(), rows - read.row_count())?;
                    read = joined(read, more);
                    value = if read.row_count() < rows { self.next_value(asked, sort, Some(of))? } else { None };
                }
            } else {
                read = self.stretch(asked, &Stretch::Values, after.take(), rows)?;
            }
        }
        if read.row_count() < rows {
            let nulls = self.stretch(asked, &Stretch::Nulls, after, rows - read.row_count())?;
            read = joined(read, nulls);
        }
        Ok(read)
    }

    /// Whether a column has so few values that one of them has very many rows, by the server's statistics.
    fn has_few_values(&self, column: &str, is_cancelled: IsCancelled<'_>) -> Result<bool, TargetsError> {
        let sql = "SELECT max(s.n_distinct)::float8 FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname
            JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
            WHERE c.oid = to_regclass(:table) AND s.attname = :column";
        let query = Query::new(sql).with("table", self.described().table.name.as_str()).with("column", column);
        let distinct = self.ask(&query, is_cancelled)?.table.value(0, 0).as_f64();
        // Below zero it is a share of the rows.
        Ok(distinct.is_some_and(|distinct| distinct > 0.0 && distinct <= FEW_VALUES))
    }

    /// The value that comes after another in the order of a column, or first: found in an index.
    fn next_value(
        &self,
        asked: Asked<'_>,
        sort: &PageSort,
        before: Option<String>,
    ) -> Result<Option<String>, TargetsError> {
        let column = quoted(&sort.column);
        let (further, direction) = if sort.direction == SortDirection::Descending { ("<", " DESC") } else { (">", "") };
        let mut conditions = Conditions::default();
        conditions.add(&format!("{column} IS NOT NULL"), []);
        if let Some(before) = before {
            conditions.add(&format!("{column} {further} :before"), [("before", Parameter::Text(before))]);
        }
        let (table, conditions_sql) = (&self.described().table.name, conditions.as_where());
        let sql = format!(
            "SELECT {column}::text AS \"#0\" FROM {table}{conditions_sql} ORDER BY {column}{direction} LIMIT 1"
        );
        let answer = self.ask(&conditions.query(sql), asked.is_cancelled)?;
        Ok(Some(answer.table.value(0, 0)).filter(|value| !value.is_null()).map(|value| value.to_string()))
    }

    /// Rows of one stretch, the texts of what they are ordered by in front.
    fn stretch(
        &self,
        asked: Asked<'_>,
        stretch: &Stretch,
        after: Option<&PageKey>,
        rows: usize,
    ) -> Result<Table, TargetsError> {
        let mut conditions = Conditions::of(asked.filter, self.mapping());
        let sorted = asked.sort.map(|sort| quoted(&sort.column));
        let mut ordered_by: Vec<String> = asked.key.iter().map(|name| quoted(name)).collect();
        let mut texts = ordered_by.clone();
        texts.extend(sorted.clone());
        let mut limits: Vec<String> = after.map(|after| after.key.clone()).unwrap_or_default();
        let sorted = sorted.unwrap_or_default();
        match stretch {
            Stretch::All => {}
            Stretch::Values => {
                conditions.add(&format!("{sorted} IS NOT NULL"), []);
                ordered_by.insert(0, sorted);
                if let Some(value) = after.and_then(|after| after.sorted.clone()) {
                    limits.insert(0, value);
                }
            }
            Stretch::Of(value) => {
                conditions.add(&format!("{sorted} = :of_value"), [("of_value", Parameter::Text(value.clone()))]);
            }
            Stretch::Nulls => conditions.add(&format!("{sorted} IS NULL"), []),
        }
        let is_falling = asked.sort.is_some_and(|sort| sort.direction == SortDirection::Descending);
        let (further, direction) = if is_falling { ("<", " DESC") } else { (">", "") };
        if !limits.is_empty() {
            let marks: Vec<String> = (0..limits.len()).map(|at| format!(":after_{at}")).collect();
            conditions.add(&format!("({}) {further} ({})", ordered_by.join(", "), marks.join(", ")), []);
            for (at, value) in limits.into_iter().enumerate() {
                conditions.give(&format!("after_{at}"), Parameter::Text(value));
            }
        }
        let order: Vec<String> = ordered_by.iter().map(|name| format!("{name}{direction}")).collect();
        let texts = texts.iter().enumerate().map(|(at, name)| format!("{name}::text AS \"#{at}\""));
        let sql = format!(
            "SELECT {}, {} FROM {}{} ORDER BY {} LIMIT {rows}",
            texts.collect::<Vec<_>>().join(", "),
            self.described().selected(),
            self.described().table.name,
            conditions.as_where(),
            order.join(", "),
        );
        Ok(self.ask(&conditions.query(sql), asked.is_cancelled)?.table)
    }
}

/// The rows of one table behind those of another with the same columns.
fn joined(first: Table, second: Table) -> Table {
    if first.columns().is_empty() {
        return second;
    }
    let columns = first.columns().iter().zip(second.columns()).map(|(first, second)| {
        let mut builder = ColumnBuilder::of_kind(first.kind());
        first.values().chain(second.values()).for_each(|value| builder.push(value));
        Column::new(first.name(), builder.finish_as_given())
    });
    Table::new(columns.collect()).unwrap_or(first)
}
