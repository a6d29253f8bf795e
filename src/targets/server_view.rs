//! What a view shows of a table on a server: all of its targets where they are no more than a map can take, else a sample that the
//! server draws without reading more of the table than that. A sample is drawn from pages of the table where that costs least,
//! else from windows: the view is cut into cells, of each of which the index of the geometry finds what lies in a part of it.

use serde_json::Value as Json;

use super::server_filter::Conditions;
use super::{LonLatBox, ServerTargets, TargetFilter, TargetSet, TargetsError};
use crate::db::postgres::DescribedTable;
use crate::db::{Column, IsCancelled, Parameter, quoted};

/// Targets of a view, at most.
pub const MOST_IN_VIEW: usize = 50_000;
/// Targets of a view that are asked for first: a tenth of a second's worth where each is on another page of the disk.
pub const FIRST_IN_VIEW: usize = 10_000;
/// Pages are cheap to read in a row, an index' rows are not: what one costs in the other's terms.
const INDEXED_ROW_COST: f64 = 4.0;
/// Cells of a view in each direction.
const CELLS: u32 = 32;
/// The part of a view that is looked at to count what is in it.
const COUNTED_SHARE: f64 = 1.0 / 64.0;

/// What there is in a view.
#[derive(Debug)]
pub struct InView {
    /// Targets in the view: all of them, or a sample.
    pub set: TargetSet,
    /// How many there are; an estimate when the set is a sample.
    pub count: u64,
    /// Whether the set is a sample.
    pub is_sample: bool,
}

/// A way to draw a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Pages of the table, in the order of the disk.
    Pages,
    /// Windows of the view, by the index of the geometry.
    Windows,
    /// Every row of the view is looked at.
    Rows,
}

/// What is looked at.
#[derive(Clone, Copy)]
struct View<'a> {
    place: &'a LonLatBox,
    filter: &'a TargetFilter,
    is_cancelled: IsCancelled<'a>,
}

impl ServerTargets {
    /// What is in view, at most [`MOST_IN_VIEW`] targets or so.
    pub fn in_view(
        &self,
        place: &LonLatBox,
        filter: &TargetFilter,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<InView, TargetsError> {
        let view = View { place, filter, is_cancelled };
        let estimate = self.estimate(view)?;
        if let Some(sample) = self.likely_sample(view, MOST_IN_VIEW, estimate)? {
            return Ok(sample);
        }
        let all = self.first_of(view, MOST_IN_VIEW)?;
        if !all.is_sample {
            return Ok(all);
        }
        // More than the server thought. Those that it came upon first may lie anywhere: a sample is drawn after all.
        let counted = self.counted(view)?.unwrap_or(2.0 * MOST_IN_VIEW as f64);
        let estimate = counted.max(MOST_IN_VIEW as f64 * 1.1);
        self.sample(view, MOST_IN_VIEW, estimate)
    }

    /// The same, at most [`FIRST_IN_VIEW`] and as fast as can be: where rows lie far apart on the server's disk, all of them
    /// take a while.
    pub fn first_in_view(
        &self,
        place: &LonLatBox,
        filter: &TargetFilter,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<InView, TargetsError> {
        let view = View { place, filter, is_cancelled };
        let estimate = self.estimate(view)?;
        match self.likely_sample(view, FIRST_IN_VIEW, estimate)? {
            Some(sample) => Ok(sample),
            None => self.first_of(view, FIRST_IN_VIEW),
        }
    }

    /// A sample, where the server thinks that there are too many targets and is not too wrong.
    fn likely_sample(&self, view: View<'_>, most: usize, estimate: f64) -> Result<Option<InView>, TargetsError> {
        if estimate <= most as f64 * 1.5 {
            return Ok(None);
        }
        let sample = self.sample(view, most, estimate)?;
        Ok(Some(sample).filter(|sample| sample.count as f64 > most as f64))
    }

    /// All targets in view, or those that the server comes upon first.
    fn first_of(&self, view: View<'_>, most: usize) -> Result<InView, TargetsError> {
        let conditions = self.conditions(view);
        let table = &self.described().table.name;
        let (columns, of_view) = (self.described().selected(), conditions.as_where());
        let sql = format!("SELECT {columns} FROM {table}{of_view} LIMIT {}", most + 1);
        let read = self.described().read_table_of(self.ask(&conditions.query(sql), view.is_cancelled)?.table);
        let found = read.table.row_count();
        Ok(InView { set: self.set_of(read, None)?, count: found as u64, is_sample: found > most })
    }

    /// About so many of the targets in view, when there are so many.
    fn sample(&self, view: View<'_>, most: usize, estimate: f64) -> Result<InView, TargetsError> {
        let share = (most as f64 / estimate.max(1.0)).min(1.0);
        let way = self.way(view.place, share, estimate);
        let mut conditions = self.conditions(view);
        let (described, limit) = (self.described(), most * 2);
        let (table, columns) = (&described.table.name, described.selected());
        let sql = match way {
            Way::Pages => {
                let percent = (share * 100.0).clamp(0.001, 100.0);
                let of_view = conditions.as_where();
                format!("SELECT {columns} FROM {table} TABLESAMPLE SYSTEM ({percent}){of_view} LIMIT {limit}")
            }
            Way::Windows => {
                conditions = Conditions::of(view.filter, self.mapping());
                let from = windows(&mut conditions, view.place, described, (&columns, share));
                format!("SELECT found.* FROM {from} LIMIT {limit}")
            }
            Way::Rows => {
                conditions.add("random() < :share", [("share", Parameter::Real(share))]);
                format!("SELECT {columns} FROM {table}{} LIMIT {limit}", conditions.as_where())
            }
        };
        let read = described.read_table_of(self.ask(&conditions.query(sql), view.is_cancelled)?.table);
        let found = read.table.row_count() as f64;
        let measured = found / share;
        // Windows find out by themselves how many there are; pages too, but less exactly than the server knows a whole table.
        let is_near = measured < 2.0 * estimate && estimate < 2.0 * measured;
        let count = if way == Way::Pages && is_near { estimate } else { measured };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate of rows")]
        let count = count.max(found).round() as u64;
        Ok(InView { set: self.set_of(read, None)?, count, is_sample: true })
    }

    /// The cheapest way to draw a sample.
    fn way(&self, place: &LonLatBox, share: f64, estimate: f64) -> Way {
        let table = &self.described().table;
        let total = table.estimated_rows.filter(|rows| *rows > 0).map(|rows| rows as f64);
        let pages_cost_less = total.is_none_or(|total| total * share < estimate * INDEXED_ROW_COST);
        let has_windows = Conditions::has_windows(place, self.described());
        match (table.can_be_sampled, has_windows) {
            (true, true) if total.is_some() && pages_cost_less => Way::Pages,
            (_, true) => Way::Windows,
            (true, false) if pages_cost_less => Way::Pages,
            _ => Way::Rows,
        }
    }

    /// How many targets are in view, counted in a part of it; `None` where that would take a look at all of them.
    fn counted(&self, view: View<'_>) -> Result<Option<f64>, TargetsError> {
        if !Conditions::has_windows(view.place, self.described()) {
            return Ok(None);
        }
        let mut conditions = Conditions::of(view.filter, self.mapping());
        let from = windows(&mut conditions, view.place, self.described(), ("1", COUNTED_SHARE));
        let answer = self.ask(&conditions.query(format!("SELECT count(*) FROM {from}")), view.is_cancelled)?;
        Ok(answer.table.value(0, 0).as_f64().map(|count| count / COUNTED_SHARE))
    }

    fn conditions(&self, view: View<'_>) -> Conditions {
        let mut conditions = Conditions::of(view.filter, self.mapping());
        conditions.within(view.place, self.described(), self.mapping());
        conditions
    }

    /// The server's estimate of the targets in view, from its statistics alone.
    fn estimate(&self, view: View<'_>) -> Result<f64, TargetsError> {
        let conditions = self.conditions(view);
        let table = &self.described().table.name;
        let sql = format!("EXPLAIN (FORMAT JSON) SELECT 1 FROM {table}{}", conditions.as_where());
        let answer = self.ask(&conditions.query(sql), view.is_cancelled)?;
        let text: String = answer.table.column(0).into_iter().flat_map(Column::values).map(|v| v.to_string()).collect();
        Ok(planned_rows(&serde_json::from_str(&text).unwrap_or_default()))
    }
}

/// The rows that a plan is for. What Citus spreads over shards has no estimate of its own, but that of one shard.
fn planned_rows(plan: &Json) -> f64 {
    let number = |pointer: &str| plan.pointer(pointer).and_then(Json::as_f64);
    let shards = number("/0/Plan/Distributed Query/Job/Task Count");
    let of_one = number("/0/Plan/Distributed Query/Job/Tasks/0/Remote Plan/0/0/Plan/Plan Rows");
    let spread = shards.zip(of_one).map(|(shards, rows)| shards * rows);
    spread.or_else(|| number("/0/Plan/Plan Rows")).unwrap_or(0.0)
}

/// The rows of a table in windows of a view that make up this share of it, as `found` of a FROM clause. Each cell has its window
/// somewhere else, always in the same place.
fn windows(
    conditions: &mut Conditions,
    place: &LonLatBox,
    described: &DescribedTable,
    (columns, share): (&str, f64),
) -> String {
    let schema = quoted(described.postgis_schema());
    conditions.give("bbox", Parameter::bbox([place.west, place.south, place.east, place.north]));
    let side = share.clamp(0.0, 1.0).sqrt();
    conditions.give("side", Parameter::Real(side));
    let last = CELLS - 1;
    // A number from 0 to 1 that looks like chance.
    let chance = |by: (f64, f64)| {
        let of_cell = format!("43758.5453::float8 * sin(c * {:?}::float8 + r * {:?}::float8)", by.0, by.1);
        format!("({of_cell} - floor({of_cell}))")
    };
    let corner = |name: &str, low: &str, high: &str, by| {
        let chance = chance(by);
        format!("{low} + ({name} + (1 - :side::float8) * {chance}) * ({high} - {low}) / {CELLS}")
    };
    let (west, south, east, north) = (":west::float8", ":south::float8", ":east::float8", ":north::float8");
    let (x, y) = (corner("c", west, east, (12.9898, 78.233)), corner("r", south, north, (39.3468, 11.1351)));
    let (width, height) = (
        format!(":side::float8 * ({east} - {west}) / {CELLS}"),
        format!(":side::float8 * ({north} - {south}) / {CELLS}"),
    );
    conditions.within_window(described, "one.place");
    format!(
        "(SELECT {schema}.ST_MakeEnvelope(x, y, x + {width}, y + {height}, 4326) AS place
            FROM (SELECT {x} AS x, {y} AS y FROM generate_series(0, {last}) AS c, generate_series(0, {last}) AS r) AS corner
        ) AS one CROSS JOIN LATERAL (SELECT {columns} FROM {}{}) AS found",
        described.table.name,
        conditions.as_where()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_of_all_shards_are_planned() {
        let plan = json!([{"Plan": {"Plan Rows": 23}}]);
        assert!((planned_rows(&plan) - 23.0).abs() < 1e-9);
        let remote = json!({"Task Count": 32, "Tasks": [{"Remote Plan": [[{"Plan": {"Plan Rows": 23}}]]}]});
        let plan = json!([{"Plan": {"Plan Rows": 100_000, "Distributed Query": {"Job": remote}}}]);
        assert!((planned_rows(&plan) - 736.0).abs() < 1e-9);
        assert!(planned_rows(&Json::Null).abs() < 1e-9);
    }
}
