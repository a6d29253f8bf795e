//! Reports made from a store of fixed answers.

use std::sync::Mutex;

use super::*;
use crate::cog::BlockCache;
use crate::db::{Answer, Column, ColumnData, Dialect, Limits, Parameter, Query, QueryError, Table};
use crate::report::page::{Part, QueryRecord};

/// Answers by the query's text; what isn't known fails as a database would.
#[derive(Default)]
struct Fixed {
    answers: BTreeMap<&'static str, Table>,
    asked: Mutex<Vec<Query>>,
}

impl QueryStore for Fixed {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn label(&self) -> String {
        "fixed".to_owned()
    }

    fn query(&self, query: &Query, _: &Limits, _: IsCancelled<'_>) -> Result<Answer, QueryError> {
        self.asked.lock().unwrap().push(query.clone());
        let table = self.answers.get(query.sql.as_str()).cloned();
        let unknown = || QueryError::Refused { what: query.sql.clone(), reason: "no such table".into(), position: 0 };
        Ok(Answer {
            table: table.ok_or_else(unknown)?,
            notes: vec!["the role is a superuser".into()],
            ..Answer::default()
        })
    }
}

fn text(name: &str, values: &[&str]) -> Column {
    Column::new(name, ColumnData::Text(values.iter().map(|value| Some(*value)).collect()))
}

fn whole(name: &str, values: &[i64]) -> Column {
    Column::new(name, ColumnData::Integer(values.iter().map(|value| Some(*value)).collect()))
}

fn store() -> Fixed {
    let table = |columns| Table::new(columns).unwrap();
    let answers = [
        ("SELECT count(*) FROM t", table(vec![whole("count", &[12_345])])),
        ("SELECT class, n FROM t", table(vec![text("class", &["dam", "port"]), whole("n", &[3, 1])])),
        ("SELECT * FROM empty", table(vec![text("class", &[]), whole("n", &[])])),
        ("SELECT two", table(vec![whole("a", &[1]), whole("b", &[2])])),
    ];
    Fixed { answers: answers.into(), asked: Mutex::default() }
}

fn make(template: &str, store: &Fixed, given: &[(&str, &str)]) -> Report {
    let cache = BlockCache::new(1 << 20);
    let images = ReportImages::new(&[], rustc_hash::FxHashMap::default(), &cache);
    let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    make_report(ReportInput {
        template: &Template::parse(template),
        parameters: &given,
        store: Some(store),
        images: &images,
        colors: &ColorOverrides::new(),
        made: "2026-01-02 03:04 UTC".to_owned(),
        is_cancelled: &|| false,
    })
    .unwrap()
}

fn problem(part: &Part) -> &str {
    match part {
        Part::Problem(problem) => &problem.message,
        other => panic!("no problem: {other:?}"),
    }
}

#[test]
fn values_are_parameters_counts_cells_and_one_cell_queries() {
    let template = "---\nclass: dam\n---\n{{ class }} {{ image }} {{ big.rows }} {{ big.N }} {{ SELECT count(*) FROM t }} {{ date }} \
                    {{ images.count }}\n\n```sql big hidden\nSELECT class, n FROM t\n```\n";
    let store = store();
    let report = make(template, &store, &[("image", "2024"), ("least", "7")]);
    let [Part::Text(text)] = report.parts.as_slice() else { panic!("{:?}", report.parts) };
    let values: Vec<&str> = text.values.iter().map(|value| value.as_deref().unwrap()).collect();
    assert_eq!(values, ["dam", "2024", "2", "3", "12\u{2009}345", "2026-01-02 03:04 UTC", "0"]);
    assert_eq!(report.queries.first().map(|query| query.name.as_str()), Some("big"));
    let asked = store.asked.lock().unwrap();
    let bound =
        |name: &str| asked[0].parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    assert_eq!(bound("image"), Some(Parameter::Text("2024".into())));
    assert_eq!(bound("image_id"), bound("image"));
    assert_eq!(bound("least"), Some(Parameter::Integer(7)));
    assert_eq!(bound("from"), Some(Parameter::Null));
    assert_eq!(report.notes, ["the role is a superuser"]);
}

#[test]
fn a_query_is_asked_once_whatever_uses_it() {
    let store = store();
    let query = "SELECT class, n FROM t";
    let template = format!("```sql a\n{query}\n```\n{{{{ a.n }}}}\n```plot\nkind: bar\nx: class\nof: a\n```\n");
    let report = make(&template, &store, &[]);
    assert_eq!(store.asked.lock().unwrap().len(), 1);
    assert_eq!(report.queries, [QueryRecord { name: "a".into(), sql: query.into(), result: Ok((2, false)) }]);
    assert_eq!(report.failures(), 0);
    assert!(matches!(report.parts.as_slice(), [Part::Table(_), Part::Text(_), Part::Picture(_)]));
}

#[test]
fn what_fails_is_told_in_its_place_and_the_rest_stands() {
    let template = "Before {{ nothing }}, {{ SELECT two }}, {{ a.x }}\n```sql\nSELECT broken\n```\n```plot\nkind: pie\n```\n\
                    ```map\nimage: nowhere\n```\n```chips\nSELECT class, n FROM t\n```\n```sql\nof: what\n```\nAfter\n";
    let report = make(template, &store(), &[]);
    let [Part::Text(text), sql, plot, map, chips, named, Part::Text(_)] = report.parts.as_slice() else {
        panic!("{:?}", report.parts)
    };
    let reasons: Vec<&str> = text.values.iter().map(|value| value.as_ref().unwrap_err().as_str()).collect();
    assert_eq!(reasons[0], "there is no parameter `nothing`");
    assert_eq!(reasons[1], "a value needs a query with one cell; this one has 1 rows of 2 columns");
    assert_eq!(reasons[2], "no query is named `a`; there are: ");
    assert_eq!(problem(sql), "SELECT broken is not run: no such table (character 1)");
    assert!(problem(plot).contains("unknown variant `pie`"), "{}", problem(plot));
    assert!(problem(map).contains("is called `nowhere`"));
    assert!(problem(chips).contains("no columns of numbers named longitude and latitude"));
    assert!(problem(named).starts_with("no query is named `what`"));
    assert_eq!(report.failures(), 8);
}

#[test]
fn empty_answers_are_no_failures() {
    let template = "{{ SELECT * FROM empty }}```sql\nSELECT * FROM empty\n```\n```plot\nkind: bar\nx: class\nSELECT * FROM empty\n```\n\
                    ```chips\nSELECT * FROM empty\n```\n";
    let report = make(
        &template
            .replace("{{ SELECT * FROM empty }}", "{{ e.n }}{{ e.rows }}\n```sql e hidden\nSELECT * FROM empty\n```\n"),
        &store(),
        &[],
    );
    assert_eq!(report.failures(), 0, "{:?}", report.parts);
    let [Part::Text(text), Part::Table(table), Part::Table(_), Part::Picture(_)] = report.parts.as_slice() else {
        panic!("{:?}", report.parts)
    };
    assert_eq!(text.values, [Ok(String::new()), Ok("0".to_owned())]);
    assert_eq!(table.shown(), 0);
}

#[test]
fn without_a_store_queries_say_so() {
    let cache = BlockCache::new(1 << 20);
    let images = ReportImages::new(&[], rustc_hash::FxHashMap::default(), &cache);
    let report = make_report(ReportInput {
        template: &Template::parse("```sql\nSELECT 1\n```"),
        parameters: &BTreeMap::new(),
        store: None,
        images: &images,
        colors: &ColorOverrides::new(),
        made: String::new(),
        is_cancelled: &|| false,
    })
    .unwrap();
    assert!(problem(&report.parts[0]).starts_with("there is no store"));
}

#[test]
fn a_setting_that_a_block_does_not_know_is_told() {
    let report = make("```map\nzoom: 5\n```", &store(), &[]);
    assert!(problem(&report.parts[0]).starts_with("a map block has no setting `zoom`; it has caption"));
}

#[test]
fn a_report_that_is_stopped_is_none() {
    let cache = BlockCache::new(1 << 20);
    let images = ReportImages::new(&[], rustc_hash::FxHashMap::default(), &cache);
    let made = make_report(ReportInput {
        template: &Template::parse("text"),
        parameters: &BTreeMap::new(),
        store: None,
        images: &images,
        colors: &ColorOverrides::new(),
        made: String::new(),
        is_cancelled: &|| true,
    });
    assert!(made.is_none());
}
