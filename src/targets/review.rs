//! What a reviewer says of targets: accepted, rejected, or of another class. Kept apart from the source, which is never written:
//! as a table of its own that is matched with the targets by their keys.

use jiff::civil::DateTime;
use rustc_hash::FxHashMap;

use super::{TargetId, TargetSet};
use crate::db::{Column, ColumnBuilder, ColumnData, Inference, Table, Value};

/// What a reviewer says of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is what the detector says.
    Accepted,
    /// It is not.
    Rejected,
    /// It is a target of this class.
    Relabelled(String),
}

impl Verdict {
    /// As it is stored.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Relabelled(_) => "relabelled",
        }
    }
}

/// A verdict and when it was given, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// What was said.
    pub verdict: Verdict,
    /// When.
    pub at: DateTime,
}

/// The verdicts on the targets of one set.
#[derive(Debug, Clone, Default)]
pub struct Review {
    verdicts: FxHashMap<TargetId, Reviewed>,
    revision: u64,
}

/// The columns that a review adds to its targets, to be filtered and plotted by.
pub const VERDICT_COLUMN: &str = "review verdict";
/// The class that a target has after the review; without one where it was rejected.
pub const REVIEWED_CLASS_COLUMN: &str = "reviewed class";
/// What stands for no verdict.
const NOT_REVIEWED: &str = "not reviewed";

/// The columns of a stored review, in this order.
const COLUMNS: [&str; 9] =
    ["key", "row", "class", "name", "longitude", "latitude", "verdict", "new_class", "reviewed_at"];
/// Whether a table has the columns of a stored review.
pub fn is_review(table: &Table) -> bool {
    COLUMNS.iter().all(|name| table.column_index(name).is_some())
}

/// Positions that differ by less (some centimetres) are the same.
const SAME_DEG: f64 = 1e-6;

impl Review {
    /// What was said of a target.
    pub fn verdict(&self, id: TargetId) -> Option<&Verdict> {
        self.verdicts.get(&id).map(|reviewed| &reviewed.verdict)
    }

    /// Puts a verdict in the place of the one that there is, or takes it away; returns what there was.
    pub fn set(&mut self, id: TargetId, reviewed: Option<Reviewed>) -> Option<Reviewed> {
        self.revision = self.revision.wrapping_add(1);
        match reviewed {
            Some(reviewed) => self.verdicts.insert(id, reviewed),
            None => self.verdicts.remove(&id),
        }
    }

    /// How many targets have a verdict.
    pub fn len(&self) -> usize {
        self.verdicts.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.verdicts.is_empty()
    }

    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The targets with what was said of them as two columns; `None` where they have columns of these names that play a part.
    pub fn as_columns(&self, set: &TargetSet) -> Option<TargetSet> {
        let verdicts = set.ids().map(|id| Some(self.verdict(id).map_or(NOT_REVIEWED, Verdict::name))).collect();
        let class = |id| match self.verdict(id) {
            Some(Verdict::Rejected) => None,
            Some(Verdict::Relabelled(class)) => Some(class.as_str()),
            Some(Verdict::Accepted) | None => {
                set.class_of(id).and_then(|class| set.class(class)).map(|class| class.name.as_ref())
            }
        };
        let classes = set.ids().map(class).collect();
        let set = set.with_values(Column::new(VERDICT_COLUMN, ColumnData::Text(verdicts)))?;
        set.with_values(Column::new(REVIEWED_CLASS_COLUMN, ColumnData::Text(classes)))
    }

    /// The review as a table, in the order of the set.
    pub fn to_table(&self, set: &TargetSet) -> Table {
        let mut ids: Vec<TargetId> = self.verdicts.keys().copied().collect();
        ids.sort_unstable();
        let mut builders: [ColumnBuilder; COLUMNS.len()] = std::array::from_fn(|_| ColumnBuilder::new());
        for id in ids {
            let (Some(target), Some(reviewed)) = (set.target(id), self.verdicts.get(&id)) else { continue };
            let new_class = match &reviewed.verdict {
                Verdict::Relabelled(class) => Value::Text(class),
                Verdict::Accepted | Verdict::Rejected => Value::Null,
            };
            let row = i64::try_from(id.row() + 1).unwrap_or(i64::MAX);
            let values = [
                target.key,
                Value::Integer(row),
                Value::Text(target.class_name),
                target.name.map_or(Value::Null, Value::Text),
                Value::Real(target.position.lon_deg()),
                Value::Real(target.position.lat_deg()),
                Value::Text(reviewed.verdict.name()),
                new_class,
                Value::DateTime(reviewed.at),
            ];
            for (builder, value) in builders.iter_mut().zip(values) {
                builder.push(value);
            }
        }
        let columns = COLUMNS.into_iter().zip(builders);
        let columns = columns.map(|(name, builder)| Column::new(name, builder.finish(Inference::Temporal)));
        Table::new(columns.collect()).unwrap_or_default()
    }

    /// Reads a stored review: verdicts go to the targets of their keys, or, where the source has no keys, to those of their
    /// rows, if these still lie where they lay. Returns how many verdicts belong to no target any more.
    pub fn from_table(table: &Table, set: &TargetSet) -> (Self, usize) {
        let column = |name: &str| table.column_index(name);
        let cell = |name: &str, row: usize| column(name).map_or(Value::Null, |column| table.value(column, row));
        let by_key: FxHashMap<String, TargetId> = set
            .ids()
            .filter_map(|id| set.target(id))
            .filter(|target| !target.key.is_null())
            .map(|target| (target.key.to_string(), target.id))
            .collect();
        let mut review = Self::default();
        let mut lost = 0;
        for row in 0..table.row_count() {
            let new_class = cell("new_class", row).to_string();
            let verdict = match cell("verdict", row).as_str() {
                Some("accepted") => Verdict::Accepted,
                Some("rejected") => Verdict::Rejected,
                Some("relabelled") if !new_class.is_empty() => Verdict::Relabelled(new_class),
                _ => continue,
            };
            let key = cell("key", row);
            let place = [cell("longitude", row), cell("latitude", row)].map(|value| value.as_f64());
            let id = if key.is_null() {
                by_row(set, cell("row", row), place)
            } else {
                by_key.get(&key.to_string()).copied()
            };
            let at = match cell("reviewed_at", row) {
                Value::DateTime(at) => at,
                other => other.as_date().map_or(DateTime::ZERO, |day| day.to_datetime(jiff::civil::Time::midnight())),
            };
            match id {
                Some(id) => {
                    review.set(id, Some(Reviewed { verdict, at }));
                }
                None => lost += 1,
            }
        }
        (review, lost)
    }
}

fn by_row(set: &TargetSet, row: Value<'_>, place: [Option<f64>; 2]) -> Option<TargetId> {
    let Value::Integer(row) = row else { return None };
    let id = TargetId::from_row(usize::try_from(row.checked_sub(1)?).ok()?)?;
    let position = set.position(id)?;
    let is_there =
        (position.lon_deg() - place[0]?).abs() < SAME_DEG && (position.lat_deg() - place[1]?).abs() < SAME_DEG;
    is_there.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{ReadTable, infer};
    use crate::targets::Mapping;
    use jiff::civil::date;

    fn set(columns: &[(&str, [&str; 3])]) -> TargetSet {
        let column = |(name, texts): &(&str, [&str; 3])| {
            Column::new(*name, infer(texts.iter().map(|text| Some(*text)).collect(), Inference::All))
        };
        let table = Table::new(columns.iter().map(column).collect()).unwrap();
        let mapping = Mapping::guess(&table, None);
        TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap()
    }

    const PLACES: [(&str, [&str; 3]); 3] =
        [("class", ["dam", "ship", "ship"]), ("longitude", ["1.5", "2", "3"]), ("latitude", ["1", "2", "3"])];

    fn id(row: usize) -> TargetId {
        TargetId::from_row(row).unwrap()
    }

    fn said(verdict: Verdict) -> Option<Reviewed> {
        Some(Reviewed { verdict, at: date(2024, 5, 18).at(10, 30, 0, 0) })
    }

    fn review() -> Review {
        let mut review = Review::default();
        review.set(id(0), said(Verdict::Accepted));
        review.set(id(2), said(Verdict::Relabelled("barge".into())));
        review
    }

    #[test]
    fn a_review_is_found_again_by_keys_in_another_order() {
        let with_keys = |keys| [[("id", keys)].as_slice(), &PLACES].concat();
        let table = review().to_table(&set(&with_keys(["11", "12", "13"])));
        assert_eq!(table.row_count(), 2);
        assert_eq!(table.value(6, 1), Value::Text("relabelled"));
        let (found, lost) = Review::from_table(&table, &set(&with_keys(["13", "12", "14"])));
        assert_eq!(found.verdict(id(0)), Some(&Verdict::Relabelled("barge".into())));
        assert_eq!((found.len(), lost), (1, 1), "11 is gone");
    }

    #[test]
    fn without_keys_a_row_must_lie_where_it_lay() {
        let table = review().to_table(&set(&PLACES));
        let (found, lost) = Review::from_table(&table, &set(&PLACES));
        assert_eq!((found.len(), lost), (2, 0));
        let mut moved = PLACES;
        moved[1].1[0] = "1.6";
        let (found, lost) = Review::from_table(&table, &set(&moved));
        assert_eq!((found.verdict(id(0)), found.len(), lost), (None, 1, 1));
    }

    #[test]
    fn verdicts_are_columns_like_others() {
        let set = review().as_columns(&set(&PLACES)).unwrap();
        let texts = |name: &str| {
            let column = set.table().column(set.table().column_index(name).unwrap()).unwrap();
            column.values().map(|value| value.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(texts(VERDICT_COLUMN), ["accepted", "not reviewed", "relabelled"]);
        assert_eq!(texts(REVIEWED_CLASS_COLUMN), ["dam", "ship", "barge"]);
        let mut rejected = review();
        rejected.set(id(0), said(Verdict::Rejected));
        let set = rejected.as_columns(&set).unwrap();
        let at = set.table().column_index(REVIEWED_CLASS_COLUMN).unwrap();
        assert!(set.table().value(at, 0).is_null(), "the columns are made anew");
    }

    #[test]
    fn a_table_of_something_else_holds_no_verdicts() {
        let (found, lost) = Review::from_table(set(&PLACES).table(), &set(&PLACES));
        assert_eq!((found.len(), lost), (0, 0));
    }
}
