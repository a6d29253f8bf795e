//! Targets in a table of a `PostgreSQL` server, of any size. A table of up to [`WHOLE_ROWS`] rows is read wholly; of a
//! larger one the map gets what is in view, at most [`MOST_IN_VIEW`] targets: all of them where they are no more, else a
//! sample that the server draws. Counts, pages and views are each answered from an index or an aggregate.

use std::sync::Arc;

use serde_json::Value as Json;

use super::server_filter::Conditions;
use super::{Mapping, TargetFilter, TargetSet, TargetsError};
use crate::db::postgres::{DescribedTable, PostgresStore};
use crate::db::{
    Answer, DbError, IsCancelled, Limits, Parameter, Query, QueryError, QueryStore, ReadTable, TextColumn, Value,
    quoted,
};

/// Tables of up to so many rows are read wholly.
pub const WHOLE_ROWS: u64 = 200_000;
/// Targets of a view, at most.
pub const MOST_IN_VIEW: usize = 50_000;
/// Targets of a view that are asked for first: a tenth of a second's worth where each is on another page of the disk.
pub const FIRST_IN_VIEW: usize = 10_000;
/// Rows that the parts of a table's columns are guessed from.
const GUESSED_FROM: usize = 1_000;
/// Pages are cheap to read in a row, an index' rows are not: what one costs in the other's terms.
const INDEXED_ROW_COST: f64 = 4.0;

/// A table of targets on a server.
#[derive(Clone)]
pub struct ServerTargets {
    store: Arc<PostgresStore>,
    described: DescribedTable,
    mapping: Mapping,
}

/// What part of the earth is looked at, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLatBox {
    /// The western edge.
    pub west: f64,
    /// The southern edge.
    pub south: f64,
    /// The eastern edge.
    pub east: f64,
    /// The northern edge.
    pub north: f64,
}

/// What there is in a view.
#[derive(Debug)]
pub struct InView {
    /// Targets in the view: all of them, or a sample.
    pub set: TargetSet,
    /// How many there are; the server's estimate when the set is a sample.
    pub count: u64,
    /// Whether the set is a sample.
    pub is_sample: bool,
}

impl ServerTargets {
    /// Looks at a table: its columns, and which part each plays unless that is given.
    pub fn open(
        store: Arc<PostgresStore>,
        table: &str,
        mapping: Option<Mapping>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<Self, TargetsError> {
        let described = store.describe(table, is_cancelled).map_err(store_error)?;
        let mapping = if let Some(mapping) = mapping {
            mapping
        } else {
            let sample = store.read_table(&described, GUESSED_FROM, is_cancelled).map_err(store_error)?;
            Mapping::guess(&sample.table, sample.geometry_columns)
        };
        Ok(Self { store, described, mapping })
    }

    /// The table as the server describes it.
    pub fn described(&self) -> &DescribedTable {
        &self.described
    }

    /// Which column plays which part.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Where the questions go.
    pub fn store(&self) -> &Arc<PostgresStore> {
        &self.store
    }

    /// Whether the table is small enough to be read wholly. One that was never analysed is counted, but no further than
    /// it takes to know.
    pub fn is_small(&self, is_cancelled: IsCancelled<'_>) -> Result<bool, TargetsError> {
        if let Some(rows) = self.described.table.estimated_rows.filter(|rows| *rows > 0) {
            return Ok(rows <= WHOLE_ROWS);
        }
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {}) AS counted",
            self.described.table.name,
            WHOLE_ROWS + 1
        );
        let counted = self.ask(&Query::new(sql), is_cancelled)?.table.value(0, 0).as_f64();
        Ok(counted.unwrap_or(0.0) <= WHOLE_ROWS as f64)
    }

    /// The whole table.
    pub fn load(
        &self,
        place_pixel: Option<super::PlacePixel<'_>>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<TargetSet, TargetsError> {
        let read = self.store.read_table(&self.described, super::MAX_ROWS, is_cancelled).map_err(store_error)?;
        TargetSet::from_table_placed(&self.name(), read, self.mapping.clone(), place_pixel)
    }

    /// What is in view, at most [`MOST_IN_VIEW`] targets.
    pub fn in_view(
        &self,
        view: &LonLatBox,
        filter: &TargetFilter,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<InView, TargetsError> {
        self.most_in_view(MOST_IN_VIEW, (view, filter), is_cancelled)
    }

    /// The same, at most [`FIRST_IN_VIEW`]: where rows lie far apart on the server's disk, all of them take a while.
    pub fn first_in_view(
        &self,
        view: &LonLatBox,
        filter: &TargetFilter,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<InView, TargetsError> {
        self.most_in_view(FIRST_IN_VIEW, (view, filter), is_cancelled)
    }

    fn most_in_view(
        &self,
        most: usize,
        (view, filter): (&LonLatBox, &TargetFilter),
        is_cancelled: IsCancelled<'_>,
    ) -> Result<InView, TargetsError> {
        let mut conditions = Conditions::of(filter, &self.mapping);
        conditions.within(view, &self.described, &self.mapping);
        let estimate = self.estimate(&conditions, is_cancelled)?;
        let table = &self.described.table;
        let total = table.estimated_rows.unwrap_or(0).max(1) as f64;
        let share = most as f64 / estimate.max(1.0);
        let is_large = estimate > most as f64 * 1.5;
        let samples_pages = is_large && table.can_be_sampled && total * share < estimate * INDEXED_ROW_COST;
        let (from, rows) = if samples_pages {
            let percent = (share * 100.0).clamp(0.001, 100.0);
            (format!("{} TABLESAMPLE SYSTEM ({percent})", table.name), most * 2)
        } else {
            if is_large {
                conditions.add("random() < :share", [("share", Parameter::Real(share))]);
            }
            (table.name.clone(), most + 1)
        };
        let sql = format!("SELECT {} FROM {from}{} LIMIT {rows}", self.described.selected(), conditions.as_where());
        let answer = self.ask(&conditions.query(sql), is_cancelled)?;
        let found = answer.table.row_count();
        let is_sample = is_large || found > most;
        let read = self.described.read_table_of(answer.table);
        let set = self.set_of(read)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate of rows")]
        let count = if is_sample { estimate.round().max(found as f64) as u64 } else { found as u64 };
        Ok(InView { set, count, is_sample })
    }

    /// An empty view is no table without positions.
    fn set_of(&self, read: ReadTable) -> Result<TargetSet, TargetsError> {
        TargetSet::from_table(&self.name(), read, self.mapping.clone())
    }

    /// The server's estimate of the rows that meet the conditions, from its statistics alone.
    fn estimate(&self, conditions: &Conditions, is_cancelled: IsCancelled<'_>) -> Result<f64, TargetsError> {
        let sql = format!("EXPLAIN (FORMAT JSON) SELECT 1 FROM {}{}", self.described.table.name, conditions.as_where());
        let answer = self.ask(&conditions.query(sql), is_cancelled)?;
        let text: String =
            answer.table.column(0).into_iter().flat_map(crate::db::Column::values).map(|v| v.to_string()).collect();
        let plan: Json = serde_json::from_str(&text).unwrap_or_default();
        Ok(plan.pointer("/0/Plan/Plan Rows").and_then(Json::as_f64).unwrap_or(0.0))
    }

    /// What the targets are called.
    pub fn name(&self) -> String {
        format!("{} in {}", self.described.table.name, self.store.label())
    }

    pub(super) fn ask(&self, query: &Query, is_cancelled: IsCancelled<'_>) -> Result<Answer, TargetsError> {
        let limits = Limits { rows: super::MAX_ROWS, ..Limits::default() };
        self.store.query(query, &limits, is_cancelled).map_err(store_error)
    }

    /// The images that targets name, for the audit of what is on the disk: an aggregate.
    pub fn images(&self, is_cancelled: IsCancelled<'_>) -> Result<TextColumn, TargetsError> {
        let Some(image) = &self.mapping.image else { return Ok(TextColumn::default()) };
        let image = quoted(image);
        let sql = format!("SELECT {image}::text FROM {} GROUP BY {image} ORDER BY 1", self.described.table.name);
        let answer = self.ask(&Query::new(sql), is_cancelled)?;
        let names = answer.table.column(0).into_iter().flat_map(crate::db::Column::values);
        Ok(names.map(|name| if let Value::Text(text) = name { Some(text) } else { None }).collect())
    }
}

/// A failed question of the program's own is a failure of the store.
pub(super) fn store_error(error: QueryError) -> TargetsError {
    TargetsError::Store(match error {
        QueryError::Store(error) => error,
        other => DbError::Query(Box::new(other)),
    })
}
