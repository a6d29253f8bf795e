//! SQL to the embedded store: what users write, what comes back, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cogscope::db::{Answer, Limits, Parameter, Query, QueryError, QueryStore, StoreAddress, Value, ValueKind};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(name)
}

fn ask(path: &Path, query: &Query) -> Result<Answer, QueryError> {
    StoreAddress::file(path).open().unwrap().query(query, &Limits::default(), &|| false)
}

fn error_of(path: &Path, sql: &str) -> String {
    ask(path, &Query::new(sql)).unwrap_err().with_place(sql)
}

#[test]
fn every_kind_of_file_answers_the_same_question_alike() {
    let sql = "SELECT class, count(*) AS n, avg(confidence) AS mean, min(date) AS first, max(longitude) AS east
        FROM targets WHERE image = :image AND confidence >= :least GROUP BY class ORDER BY n DESC, class";
    let query = Query::new(sql).with("image", "LC08_224078_20200518").with("least", 0.5);
    let from_geopackage = ask(&sample("targets.gpkg"), &query).unwrap().table;
    let from_csv = ask(&sample("targets.csv"), &query).unwrap().table;
    assert_eq!(from_geopackage, from_csv);
    let kinds: Vec<_> = from_csv.columns().iter().map(cogscope::db::Column::kind).collect();
    assert_eq!(kinds, [ValueKind::Text, ValueKind::Integer, ValueKind::Real, ValueKind::Date, ValueKind::Real]);
    assert!(from_csv.row_count() > 1);
}

#[test]
fn a_geopackage_has_its_own_tables_and_the_place_of_each_geometry() {
    let path = sample("targets.gpkg");
    let sql = "SELECT name, longitude, latitude, ST_AsText(geom) AS text FROM targets WHERE id = 1";
    let table = ask(&path, &Query::new(sql)).unwrap().table;
    assert_eq!(table.value(0, 0), Value::Text("Itaipu main dam"));
    assert_eq!(table.value(1, 0), Value::Real(-54.588_561));
    assert_eq!(table.value(3, 0), Value::Text("POINT(-54.588561 -25.407212)"));
    let raw = ask(&path, &Query::new("SELECT * FROM main.targets LIMIT 1")).unwrap().table;
    assert_eq!(raw.column_index("longitude"), None);
}

#[test]
fn a_box_and_a_list_are_bound() {
    let sql = "SELECT id FROM targets WHERE longitude BETWEEN :west AND :east AND latitude BETWEEN :south AND :north
        AND class IN (:class) ORDER BY id";
    let query = Query::new(sql)
        .with("bbox", Parameter::bbox([-54.6, -25.42, -54.57, -25.4]))
        .with("class", vec!["dam", "nothing"]);
    let table = ask(&sample("targets.csv"), &query).unwrap().table;
    let ids: Vec<_> = (0..table.row_count()).map(|row| table.value(0, row)).collect();
    assert_eq!(ids, [1, 2, 3, 5].map(Value::Integer));
}

#[test]
fn mistakes_are_told_with_their_place_and_what_to_do() {
    let path = sample("targets.gpkg");
    let cases = [
        ("SELECT nocolumn FROM targets", "no such column: nocolumn", "character 8"),
        ("SELECT :class AS a,\n nocolumn FROM targets", "no value for :class", "character 8"),
        ("SELEC 1", "SELEC is not run", "character 1"),
        ("SELECT * FROM nowhere", "no such table: nowhere", "table targets"),
        ("SELECT FROM targets", "syntax error", "character 8"),
        ("SELECT 1; SELECT 2", "one question at a time", "character 11"),
        ("DROP TABLE targets", "only read", "character 1"),
        ("ATTACH '/tmp/x' AS x", "begins with SELECT", "character 1"),
        ("WITH a AS (SELECT 1) DELETE FROM main.targets", "not run", "only read"),
    ];
    for (sql, problem, place) in cases {
        let error = error_of(&path, sql);
        assert!(error.contains(problem) && error.contains(place), "{sql}: {error}");
    }
}

#[test]
fn a_place_after_a_parameter_is_that_of_the_users_text() {
    let query = Query::new("SELECT :a_rather_long_name AS a,\n  nocolumn FROM targets").with("a_rather_long_name", 1);
    let error = ask(&sample("targets.csv"), &query).unwrap_err();
    assert!(error.with_place(&query.sql).ends_with("(line 2, character 3)"), "{}", error.with_place(&query.sql));
}

#[test]
fn limits_cut_off_and_say_so() {
    let store = StoreAddress::file(&sample("targets.csv")).open().unwrap();
    let query = Query::new("SELECT * FROM targets");
    let of = |limits: Limits| store.query(&query, &limits, &|| false).unwrap().table;
    let all = of(Limits::default());
    assert!(!all.is_truncated());
    let five = of(Limits { rows: 5, ..Limits::default() });
    assert!(five.is_truncated() && five.row_count() == 5);
    assert!(!of(Limits { rows: all.row_count(), ..Limits::default() }).is_truncated());
    let few = of(Limits { bytes: 500, ..Limits::default() });
    assert!(few.is_truncated() && few.row_count() < all.row_count());
}

const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

#[test]
fn an_endless_question_ends_when_it_is_cancelled_and_the_next_one_is_answered() {
    for name in ["targets.gpkg", "targets.csv"] {
        let store = StoreAddress::file(&sample(name)).open().unwrap();
        let is_cancelled = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(50));
                is_cancelled.store(true, Ordering::Relaxed);
            });
            let result =
                store.query(&Query::new(ENDLESS), &Limits::default(), &|| is_cancelled.load(Ordering::Relaxed));
            assert!(matches!(result, Err(QueryError::Cancelled)), "{result:?}");
        });
        let answer = store.query(&Query::new("SELECT 1"), &Limits::default(), &|| false).unwrap();
        assert_eq!(answer.table.value(0, 0), Value::Integer(1));
    }
}

#[test]
fn an_endless_question_ends_at_its_deadline() {
    let limits = Limits { timeout: Duration::from_millis(50), ..Limits::default() };
    let start = Instant::now();
    let store = StoreAddress::file(&sample("targets.csv")).open().unwrap();
    let result = store.query(&Query::new(ENDLESS), &limits, &|| false);
    assert!(matches!(result, Err(QueryError::TimedOut { .. })), "{result:?}");
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_file_that_was_changed_is_asked_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ships.csv");
    std::fs::write(&path, "id,name\n1,first\n").unwrap();
    let store = StoreAddress::file(&path).open().unwrap();
    let name = |table: &str| {
        let query = Query::new(format!("SELECT name FROM {table}"));
        store.query(&query, &Limits::default(), &|| false).unwrap().table.value(0, 0).to_string()
    };
    assert_eq!(name("targets"), "first");
    std::fs::write(&path, "id,name\n1,second, longer\n2,\"x, y\"\n").unwrap();
    std::fs::write(&path, "id,name\n1,the second\n").unwrap();
    assert_eq!(name("ships"), "the second");
    std::fs::remove_file(&path).unwrap();
    let error = store.query(&Query::new("SELECT 1"), &Limits::default(), &|| false).unwrap_err().to_string();
    assert!(error.contains("ships.csv"), "{error}");
}

#[test]
fn injected_text_is_only_text() {
    let path = sample("targets.csv");
    for text in ["' OR 1=1 --", "'; DROP TABLE targets; --", "\" OR \"\"=\"", "%' UNION SELECT 1 --", "\\' OR 1 --"] {
        let query = Query::new("SELECT count(*) FROM targets WHERE name = :name OR class = :name").with("name", text);
        assert_eq!(ask(&path, &query).unwrap().table.value(0, 0), Value::Integer(0), "{text}");
    }
}
