//! A filter of targets as conditions in SQL. Every value is a parameter, every name of a column is quoted; nothing that a
//! user typed becomes a part of the text.

use jiff::ToSpan;

use super::server::LonLatBox;
use super::{Mapping, TargetFilter, UNCLASSIFIED};
use crate::db::postgres::{DescribedTable, GeometryColumn};
use crate::db::{Parameter, Query, quoted};

/// Views wider than this, in degrees, can be outside of where a projection is defined: they are left to a scan.
const WIDEST_PROJECTED_VIEW_DEG: f64 = 30.0;

/// Conditions that all have to hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    conditions: Vec<String>,
    parameters: Vec<(String, Parameter)>,
}

impl Conditions {
    /// What a filter asks for. A part that has no column is left out, as it is for targets in memory.
    pub(super) fn of(filter: &TargetFilter, mapping: &Mapping) -> Self {
        // A choice of rows is one of a set in memory; a server numbers nothing. Words are chosen among what was read.
        let TargetFilter { text, hidden_classes, image, confidence, dates, values, words: _, only: _ } = filter;
        let mut all = Self::default();
        if !text.trim().is_empty() {
            let columns: Vec<String> = [&mapping.name, &mapping.id].into_iter().flatten().map(|c| quoted(c)).collect();
            let shown: Vec<String> = columns.iter().map(|column| format!("{column}::text")).collect();
            if let [one] = columns.as_slice() {
                all.add(&format!("lower({one}::text) LIKE :text"), [("text", containing(text))]);
            } else if !columns.is_empty() {
                let condition = format!("lower(coalesce({})) LIKE :text", shown.join(", "));
                all.add(&condition, [("text", containing(text))]);
            }
        }
        if let (Some(class), false) = (&mapping.class, hidden_classes.is_empty()) {
            let class = quoted(class);
            let named: Vec<&str> =
                hidden_classes.iter().map(String::as_str).filter(|class| *class != UNCLASSIFIED).collect();
            if hidden_classes.contains(UNCLASSIFIED) {
                all.add(&format!("{class} IS NOT NULL"), []);
            }
            if !named.is_empty() {
                let condition = format!("({class} IS NULL OR {class}::text NOT IN (:hidden))");
                all.add(&condition, [("hidden", Parameter::from(named))]);
            }
        }
        if let (Some(column), Some(image)) = (&mapping.image, image) {
            all.add(&format!("{} = :image", quoted(column)), [("image", Parameter::from(image.as_str()))]);
        }
        if let (Some(column), Some((low, high))) = (&mapping.confidence, confidence) {
            all.range(column, "confidence", (*low, *high));
        }
        if let (Some(column), Some((first, last))) = (&mapping.date, dates) {
            let column = quoted(column);
            let end = last.checked_add(1.day()).unwrap_or(*last);
            let condition = format!("{column} >= :from AND {column} < :until");
            all.add(&condition, [("from", Parameter::Date(*first)), ("until", Parameter::Date(end))]);
        }
        for (number, range) in values.iter().enumerate() {
            all.range(&range.column, &format!("value_{number}_"), (range.low, range.high));
        }
        all
    }

    fn range(&mut self, column: &str, name: &str, (low, high): (f64, f64)) {
        let (lowest, highest) = (format!("{name}low"), format!("{name}high"));
        let condition = format!("{} BETWEEN :{lowest} AND :{highest}", quoted(column));
        self.add(&condition, [(lowest.as_str(), Parameter::Real(low)), (highest.as_str(), Parameter::Real(high))]);
    }

    /// Adds a condition with its parameters.
    pub(super) fn add<const N: usize>(&mut self, condition: &str, parameters: [(&str, Parameter); N]) {
        self.conditions.push(condition.to_owned());
        self.parameters.extend(parameters.map(|(name, value)| (name.to_owned(), value)));
    }

    /// Adds the value of a parameter that a condition names.
    pub(super) fn give(&mut self, name: &str, value: Parameter) {
        self.parameters.push((name.to_owned(), value));
    }

    /// What is in a box: from the index of the geometry, or by longitude and latitude.
    pub(super) fn within(&mut self, view: &LonLatBox, described: &DescribedTable, mapping: &Mapping) {
        let LonLatBox { west, south, east, north } = *view;
        let bbox = Parameter::bbox([west, south, east, north]);
        if let Some(geometry) = &described.table.geometry {
            let schema = quoted(described.postgis_schema());
            let column = quoted(&geometry.name);
            let envelope = format!("{schema}.ST_MakeEnvelope(:bbox, 4326)");
            let is_wide = is_wide(view);
            let condition = match geometry.srid {
                // The edge of a wide box on the ellipsoid is not where it is on the map.
                _ if geometry.is_geography && is_wide => format!("{column}::{schema}.geometry && {envelope}"),
                _ if geometry.is_geography => format!("{column} && {envelope}::{schema}.geography"),
                4326 => format!("{column} && {envelope}"),
                0 => format!("{column} && {schema}.ST_MakeEnvelope(:bbox, 0)"),
                _ if is_wide => return,
                srid => {
                    let step = ((east - west).max(north - south) / 8.0).max(1e-9);
                    format!("{column} && {schema}.ST_Transform({schema}.ST_Segmentize({envelope}, {step}), {srid})")
                }
            };
            self.add(&condition, [("bbox", bbox)]);
        } else if let (Some(longitude), Some(latitude)) = (&mapping.longitude, &mapping.latitude) {
            let condition = format!(
                "{} BETWEEN :west AND :east AND {} BETWEEN :south AND :north",
                quoted(longitude),
                quoted(latitude)
            );
            self.add(&condition, [("bbox", bbox)]);
        }
    }

    /// Whether an index finds what is in a small box of a view, so that a view can be looked at in windows.
    pub(super) fn has_windows(view: &LonLatBox, described: &DescribedTable) -> bool {
        let is_wide = is_wide(view);
        let is_found = |geometry: &GeometryColumn| {
            geometry.is_indexed && (geometry.is_geography || matches!(geometry.srid, 0 | 4326) || !is_wide)
        };
        described.table.geometry.as_ref().is_some_and(is_found)
    }

    /// What is in a small box in degrees that another part of the question makes.
    pub(super) fn within_window(&mut self, described: &DescribedTable, window: &str) {
        let Some(geometry) = &described.table.geometry else { return };
        let (column, name) = (quoted(&geometry.name), described.postgis_schema());
        let schema = quoted(name);
        let condition = match geometry.srid {
            _ if geometry.is_geography => format!("{column} && {window}::{schema}.geography"),
            4326 => format!("{column} && {window}"),
            0 => format!("{column} && {schema}.ST_SetSRID({window}, 0)"),
            srid => format!("{column} && {schema}.ST_Transform({window}, {srid})"),
        };
        self.add(&condition, []);
        if !geometry.is_point {
            // What is as large as several windows counts in the one that its middle is in.
            self.add(&format!("{schema}.ST_SetSRID({}, 4326) && {window}", geometry.lon_lat_point(name)), []);
        }
    }

    /// The conditions with ` WHERE ` in front; nothing where there are none.
    pub(super) fn as_where(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" WHERE {}", self.conditions.join(" AND ")) }
    }

    /// A question with the values of the conditions.
    pub(super) fn query(&self, sql: String) -> Query {
        Query { sql, parameters: self.parameters.clone() }
    }
}

/// Whether a view can be wider than where a projection is defined.
fn is_wide(view: &LonLatBox) -> bool {
    view.east - view.west > WIDEST_PROJECTED_VIEW_DEG || view.north - view.south > WIDEST_PROJECTED_VIEW_DEG
}

/// The pattern of LIKE that means: contains this.
fn containing(text: &str) -> Parameter {
    let escaped = text.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Parameter::Text(format!("%{escaped}%"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::ValueRange;
    use jiff::civil::date;

    #[test]
    fn nothing_that_was_typed_is_in_the_sql() {
        let nasty = "'; DROP TABLE t; --";
        let filter = TargetFilter {
            text: format!("{nasty}%_\\"),
            hidden_classes: [nasty.to_owned(), UNCLASSIFIED.to_owned()].into(),
            image: Some(nasty.to_owned()),
            confidence: Some((0.1, 0.9)),
            dates: Some((date(2020, 1, 1), date(2020, 12, 31))),
            values: vec![ValueRange { column: "a\"b".to_owned(), low: 1.0, high: 2.0 }],
            words: Vec::new(),
            only: None,
        };
        let mapping = Mapping {
            id: Some("id".to_owned()),
            class: Some("class".to_owned()),
            name: Some("name".to_owned()),
            image: Some("image".to_owned()),
            date: Some("date".to_owned()),
            confidence: Some("score".to_owned()),
            ..Mapping::default()
        };
        let conditions = Conditions::of(&filter, &mapping);
        let sql = conditions.as_where();
        assert!(!sql.contains("DROP"), "{sql}");
        assert!(sql.contains("\"a\"\"b\" BETWEEN :value_0_low AND :value_0_high"), "{sql}");
        let text = conditions.parameters.iter().find(|(name, _)| name == "text").map(|(_, value)| value.to_string());
        assert_eq!(text.as_deref(), Some("%'; drop table t; --\\%\\_\\\\%"));
        assert_eq!(Conditions::of(&TargetFilter::default(), &mapping).as_where(), "");
    }
}
