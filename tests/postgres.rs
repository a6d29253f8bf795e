//! SQL to a real PostgreSQL server: what comes back, what is refused, and that nothing hangs. Without a server each test
//! says that it was skipped.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cogscope::db::postgres::{ConnectError, PostgresStore};
use cogscope::db::{DbError, Limits, Parameter, Query, QueryError, QueryStore, Value, ValueKind};
use common::postgres::{Database, OwnServer, ask, store};

#[test]
fn every_type_comes_through() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TYPE mood AS ENUM ('calm', 'it''s, \"odd\"');
         CREATE DOMAIN share AS numeric(5, 4) CHECK (VALUE BETWEEN 0 AND 1);
         CREATE TYPE pair AS (a int, b text);
         CREATE EXTENSION hstore;",
    );
    let cases = [
        ("true", ValueKind::Bool, "true"),
        ("1::int2", ValueKind::Integer, "1"),
        ("9223372036854775807", ValueKind::Integer, "9223372036854775807"),
        ("0.1::real", ValueKind::Real, "0.1"),
        ("'NaN'::float8", ValueKind::Real, "NaN"),
        ("'-Infinity'::float8", ValueKind::Real, "-inf"),
        ("'NaN'::numeric", ValueKind::Real, "NaN"),
        ("12345678901234567890123456789012345678::numeric", ValueKind::Text, "12345678901234567890123456789012345678"),
        (
            "0.12345678901234567890123456789012345678::numeric",
            ValueKind::Text,
            "0.12345678901234567890123456789012345678",
        ),
        ("12.50::numeric", ValueKind::Real, "12.5"),
        ("0.5::share", ValueKind::Real, "0.5"),
        ("'it''s'::text", ValueKind::Text, "it's"),
        ("'é'::\"char\"::text", ValueKind::Text, "\\303"),
        ("'ab'::char(4)", ValueKind::Text, "ab  "),
        ("date '2024-05-18'", ValueKind::Date, "2024-05-18"),
        ("date 'infinity'", ValueKind::Text, "infinity"),
        ("date '20000-02-29'", ValueKind::Text, "20000-02-29"),
        ("time '12:30:00.5'", ValueKind::Text, "12:30:00.5"),
        ("timetz '12:30+02'", ValueKind::Text, "12:30:00+02"),
        ("timestamp '2024-05-18 10:30'", ValueKind::DateTime, "2024-05-18T10:30:00"),
        ("timestamptz '2024-05-18 12:30+02'", ValueKind::DateTime, "2024-05-18T10:30:00"),
        ("timestamptz 'infinity'", ValueKind::Text, "infinity"),
        ("timestamptz '-infinity'", ValueKind::Text, "-infinity"),
        ("interval '1 year 2 months 3 days 04:05:06.5'", ValueKind::Text, "1 year 2 mons 3 days 04:05:06.5"),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", ValueKind::Text, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ("'{\"a\": [1, null]}'::jsonb", ValueKind::Text, "{\"a\": [1, null]}"),
        ("'{\"a\":1}'::json", ValueKind::Text, "{\"a\":1}"),
        ("ARRAY[1, NULL, 3]", ValueKind::Text, "{1,NULL,3}"),
        ("ARRAY['a b', NULL, '']", ValueKind::Text, "{\"a b\",NULL,\"\"}"),
        ("ARRAY[[1, 2], [3, 4]]", ValueKind::Text, "{{1,2},{3,4}}"),
        ("ARRAY[]::int[]", ValueKind::Text, "{}"),
        ("'{calm,NULL}'::mood[]", ValueKind::Text, "{calm,NULL}"),
        ("'it''s, \"odd\"'::mood", ValueKind::Text, "it's, \"odd\""),
        ("ROW(1, 'x')::pair", ValueKind::Text, "(1,x)"),
        ("ARRAY[ROW(1, 'x')::pair]", ValueKind::Text, "{\"(1,x)\"}"),
        ("int4range(1, 5)", ValueKind::Text, "[1,5)"),
        ("'a=>1'::hstore", ValueKind::Text, "\"a\"=>\"1\""),
        ("'10.0.0.1/8'::inet", ValueKind::Text, "10.0.0.1/8"),
        ("B'101'", ValueKind::Text, "101"),
        ("'1.5'::money", ValueKind::Text, "$1.50"),
        ("'a b'::tsvector", ValueKind::Text, "'a' 'b'"),
        ("'\\xdeadbeef'::bytea", ValueKind::Text, "\\xdeadbeef"),
        ("ST_MakePoint(1, 2)", ValueKind::Text, "POINT(1 2)"),
        ("'SRID=4326;POINT Z (1 2 3)'::geometry", ValueKind::Text, "SRID=4326;POINT Z (1 2 3)"),
        ("'POINT M (1 2 3)'::geometry", ValueKind::Text, "POINT M (1 2 3)"),
        ("'SRID=32721;POLYGON EMPTY'::geometry", ValueKind::Text, "SRID=32721;POLYGON EMPTY"),
        ("'POINT EMPTY'::geometry", ValueKind::Text, "POINT EMPTY"),
        ("'POINT(1 2)'::geography", ValueKind::Text, "SRID=4326;POINT(1 2)"),
        ("'BOX(1 2,3 4)'::box2d", ValueKind::Text, "BOX(1 2,3 4)"),
        ("NULL::int", ValueKind::Integer, ""),
        ("NULL", ValueKind::Text, ""),
    ];
    let store = database.store();
    for (expression, kind, expected) in cases {
        let table = ask(&store, &format!("SELECT {expression} AS v")).unwrap().table;
        let column = table.column(0).unwrap();
        let found = if expression.contains("\"char\"") { "\\303".to_owned() } else { column.value(0).to_string() };
        assert_eq!((column.kind(), found.as_str()), (kind, expected), "{expression}");
    }
    let all: Vec<String> = cases.iter().map(|(expression, ..)| (*expression).to_owned()).collect();
    let together = ask(&store, &format!("SELECT {}; -- all at once", all.join(", "))).unwrap().table;
    assert_eq!((together.columns().len(), together.row_count()), (cases.len(), 1));
}

#[test]
fn a_geometry_is_shown_as_the_server_reads_it() {
    let Some(database) = Database::create() else { return };
    let store = database.store();
    for text in [
        "SRID=4326;LINESTRING Z (0 0 1,1 1 2)",
        "SRID=3857;MULTIPOINT ZM ((1 2 3 4),(5 6 7 8))",
        "POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))",
        "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1),MULTIPOLYGON(((0 0,1 0,1 1,0 0))))",
        "CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))",
        "COMPOUNDCURVE(CIRCULARSTRING(0 0,1 1,2 0),(2 0,3 0))",
        "TIN(((0 0,0 1,1 0,0 0)))",
        "MULTIPOINT EMPTY",
    ] {
        let query = Query::new("SELECT :g::geometry AS g").with("g", text);
        let table = store.query(&query, &Limits::default(), &|| false).unwrap().table;
        let shown = table.value(0, 0).to_string();
        let query = Query::new("SELECT ST_AsEWKB(:a::geometry) = ST_AsEWKB(:b::geometry)")
            .with("a", text)
            .with("b", shown.clone());
        let same = store.query(&query, &Limits::default(), &|| false).unwrap().table.value(0, 0) == Value::Bool(true);
        assert!(same, "{text}: {shown}");
    }
}

#[test]
fn parameters_are_of_the_type_that_the_server_expects() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TYPE size AS ENUM ('small', 'large');
         CREATE TABLE t (id int8, class text, s size, day date, share numeric, key uuid, geom geometry(Point, 4326));
         INSERT INTO t VALUES (1, 'dam', 'small', '2020-05-18', 0.25, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
             'SRID=4326;POINT(-54.5 -25.4)'), (2, 'ship', 'large', NULL, NULL, NULL, NULL)",
    );
    let store = database.store();
    let count = |condition: &str, name: &str, value: Parameter| {
        let query = Query::new(format!("SELECT count(*) FROM t WHERE {condition}")).with(name, value);
        let answer = store.query(&query, &Limits::default(), &|| false);
        answer
            .unwrap_or_else(|error| panic!("{condition}: {}", error.with_place(&query.sql)))
            .table
            .value(0, 0)
            .to_string()
    };
    let text = |text: &str| Parameter::from(text);
    for (condition, name, value) in [
        ("id = :id", "id", Parameter::Integer(1)),
        ("id = :id", "id", text("1")),
        ("class = :class", "class", text("dam")),
        ("s = :s", "s", text("small")),
        ("day >= :from", "from", Parameter::Date(jiff::civil::date(2020, 1, 1))),
        ("share < :share", "share", Parameter::Real(0.5)),
        ("key = :key", "key", text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
        ("geom && ST_MakeEnvelope(:bbox, 4326)", "bbox", Parameter::bbox([-55.0, -26.0, -54.0, -25.0])),
        ("ST_X(geom) BETWEEN :west AND :east", "bbox", Parameter::bbox([-55.0, -26.0, -54.0, -25.0])),
        ("class IN (:class)", "class", Parameter::from(vec!["dam", "nothing"])),
        ("(:class IS NULL OR class = :class) AND id = 1", "class", Parameter::Null),
        ("(:n IS NULL OR id = :n) AND class = 'dam'", "n", Parameter::Null),
        ("(:n IS NULL OR id = :n) AND class = 'dam'", "n", Parameter::Integer(1)),
        ("(:from IS NULL OR day >= :from) AND id = 1", "from", Parameter::Null),
        ("(:class = 'x' OR class = :class)", "class", text("dam")),
        (":name IS NOT NULL AND id = 1", "name", text("x")),
        ("id = :n + 0", "n", Parameter::Integer(1)),
    ] {
        assert_eq!(count(condition, name, value), "1", "{condition}");
    }
    assert_eq!(count("class IN (:class)", "class", Parameter::List(Vec::new())), "0");
    // The server takes what it can't know the type of for a text.
    let query = Query::new("SELECT :a AS a, :b AS b, :c AS c").with("a", 1).with("b", "x").with("c", 0.5);
    let table = store.query(&query, &Limits::default(), &|| false).unwrap().table;
    assert_eq!(
        [0, 1, 2].map(|column| table.value(column, 0)),
        [Value::Text("1"), Value::Text("x"), Value::Text("0.5")]
    );
}

/// Texts that break out of a query that is glued together.
pub const INJECTIONS: &str = include_str!("injections.txt");

#[test]
fn fifty_injections_are_only_texts() {
    let Some(database) = Database::create() else { return };
    database.execute("CREATE TABLE t (name text); INSERT INTO t VALUES ('a'), ('b')");
    let store = database.store();
    let texts: Vec<&str> = INJECTIONS.lines().collect();
    assert!(texts.len() >= 50);
    for text in texts {
        let query = Query::new("SELECT count(*), max(:name::text) FROM t WHERE name = :name").with("name", text);
        let table = store.query(&query, &Limits::default(), &|| false).unwrap().table;
        assert_eq!(table.value(0, 0), Value::Integer(0), "{text}");
    }
    assert_eq!(database.value("SELECT count(*) FROM t").as_deref(), Some("2"));
}

#[test]
fn nothing_is_written_whatever_is_asked() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1);
         CREATE FUNCTION meddle() RETURNS int LANGUAGE sql AS 'DELETE FROM t; SELECT 1'",
    );
    let store = database.store();
    for (sql, problem) in [
        ("COMMIT", "transaction"),
        ("ROLLBACK; DELETE FROM t", "transaction"),
        ("SET transaction_read_only = off", "session"),
        ("COPY t TO '/tmp/x'", "files"),
        ("DO $$BEGIN DELETE FROM t; END$$", "program"),
        ("CALL meddle()", "program"),
        ("DELETE FROM t", "only read"),
        ("SELECT 1; DELETE FROM t", "one question"),
        ("WITH gone AS (DELETE FROM t RETURNING a) SELECT * FROM gone", "only read"),
        ("SELECT meddle()", "only read"),
        ("SELECT * INTO other FROM t", "only read"),
        ("EXPLAIN ANALYZE DELETE FROM t", "only read"),
        ("SELECT set_config('transaction_read_only', 'off', false), meddle()", "read"),
    ] {
        let error = ask(&store, sql).unwrap_err();
        assert!(error.to_string().contains(problem), "{sql}: {error}");
    }
    // A setting that a question changes is as it was for the next one.
    ask(&store, "SELECT set_config('search_path', 'nowhere', false)").unwrap();
    assert_eq!(ask(&store, "SELECT count(*) FROM t").unwrap().table.value(0, 0), Value::Integer(1));
}

#[test]
fn mistakes_are_told_with_their_place() {
    let Some(database) = Database::create() else { return };
    database.execute("CREATE TABLE t (id int, class text)");
    let store = database.store();
    for (sql, problem, place) in [
        ("SELECT klass FROM t", "column \"klass\" does not exist", "(character 8)"),
        ("SELECT 'é',\n  :a, nocolumn FROM t", "column \"nocolumn\" does not exist", "(line 2, character 7)"),
        ("SELECT * FROM nowhere", "relation \"nowhere\" does not exist", "information_schema"),
        ("SELECT FROM WHERE", "syntax error at or near \"WHERE\"", "(character 13)"),
        ("SELECT 1 / 0", "division by zero", ""),
        ("SELECT * FROM t WHERE id = :a", "invalid input syntax for type integer: \"x\"", ""),
        ("SELECT $1::int", "parameter", ":name"),
        ("SELECT no_such_function(1)", "function no_such_function(integer) does not exist", "(character 8)"),
    ] {
        let query = Query::new(sql).with("a", "x");
        let error = store.query(&query, &Limits::default(), &|| false).unwrap_err().with_place(sql);
        assert!(error.contains(problem) && error.contains(place), "{sql}: {error}");
    }
}

#[test]
fn limits_cut_off_and_say_so() {
    let Some(database) = Database::create() else { return };
    let store = database.store();
    let of = |limits: Limits| {
        let query = Query::new("SELECT i, repeat('x', 100) FROM generate_series(1, 1000000) i");
        store.query(&query, &limits, &|| false).unwrap().table
    };
    let table = of(Limits { rows: 12_345, ..Limits::default() });
    assert!(table.is_truncated() && table.row_count() == 12_345);
    assert_eq!(table.value(0, 12_344), Value::Integer(12_345));
    let table = of(Limits { bytes: 1 << 20, rows: usize::MAX, ..Limits::default() });
    assert!(table.is_truncated() && (5_000..20_000).contains(&table.row_count()), "{}", table.row_count());
    let exact = Query::new("SELECT i FROM generate_series(1, 200) i");
    let answer = store.query(&exact, &Limits { rows: 200, ..Limits::default() }, &|| false).unwrap();
    assert!(!answer.table.is_truncated() && answer.table.row_count() == 200);
}

/// Backends of a database that are at work on something with this text.
fn at_work(database: &Database, text: &str) -> Option<String> {
    database.value(&format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
         AND pid <> pg_backend_pid() AND query LIKE '%{text}%'"
    ))
}

#[test]
fn a_ten_minute_question_is_cancelled_here_at_once_and_there_soon() {
    let Some(database) = Database::create() else { return };
    let store = database.store();
    ask(&store, "SELECT 1").unwrap();
    let is_cancelled = AtomicBool::new(false);
    let (mut pressed, mut freed) = (Instant::now(), Instant::now());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while at_work(&database, "pg_sleep(600)").as_deref() != Some("1") {
                std::thread::sleep(Duration::from_millis(10));
            }
            pressed = Instant::now();
            is_cancelled.store(true, Ordering::Release);
        });
        let limits = Limits { timeout: Duration::from_mins(20), ..Limits::default() };
        let query = Query::new("SELECT pg_sleep(600)");
        let result = store.query(&query, &limits, &|| is_cancelled.load(Ordering::Acquire));
        freed = Instant::now();
        assert!(matches!(result, Err(QueryError::Cancelled)), "{result:?}");
    });
    assert!(freed - pressed < Duration::from_millis(200), "{:?}", freed - pressed);
    while at_work(&database, "pg_sleep(600)").as_deref() != Some("0") {
        assert!(freed.elapsed() < Duration::from_secs(2), "the backend goes on");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(ask(&store, "SELECT 2").unwrap().table.value(0, 0), Value::Integer(2));
}

#[test]
fn a_question_ends_at_its_deadline() {
    let Some(database) = Database::create() else { return };
    let store = database.store();
    let limits = Limits { timeout: Duration::from_millis(200), ..Limits::default() };
    let start = Instant::now();
    let result = store.query(&Query::new("SELECT pg_sleep(600)"), &limits, &|| false);
    assert!(matches!(result, Err(QueryError::TimedOut { .. })), "{result:?}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_locked_table_is_waited_for_only_so_long() {
    let Some(database) = Database::create() else { return };
    database.execute("CREATE TABLE t (a int)");
    let mut other = common::postgres::client(&database.settings());
    let mut locking = other.transaction().unwrap();
    locking.batch_execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE").unwrap();
    let store = database.store();
    let limits = Limits { timeout: Duration::from_millis(1500), ..Limits::default() };
    let error = store.query(&Query::new("SELECT * FROM t"), &limits, &|| false).unwrap_err();
    assert!(matches!(error, QueryError::TimedOut { .. } | QueryError::Sql(_)), "{error}");
    locking.rollback().unwrap();
    ask(&store, "SELECT * FROM t").unwrap();
}

#[test]
fn a_server_that_is_killed_and_started_again_answers_the_next_question() {
    let Some(server) = OwnServer::start() else { return };
    let store = store(&server.settings());
    ask(&store, "SELECT 1").unwrap();
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| ask(&store, "SELECT pg_sleep(600)"));
        let mut other = common::postgres::client(&server.settings());
        let at_work = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(600)%'
            AND pid <> pg_backend_pid()";
        while other.query_one(at_work, &[]).unwrap().get::<_, i64>(0) == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
        server.kill();
        let error = asked.join().unwrap().unwrap_err();
        assert!(matches!(error, QueryError::Store(DbError::Connect(ConnectError::Lost { .. }))), "{error}");
    });
    let gone = loop {
        match ask(&store, "SELECT 1").unwrap_err() {
            QueryError::Store(DbError::Connect(ConnectError::NotReady { .. })) => {
                std::thread::sleep(Duration::from_millis(10));
            }
            error => break error.to_string(),
        }
    };
    assert!(gone.contains("no PostgreSQL server answers"), "{gone}");
    server.again();
    assert_eq!(ask(&store, "SELECT 1").unwrap().table.value(0, 0), Value::Integer(1));
    // A connection that has died while nobody asked is no error at all.
    server.kill();
    server.again();
    assert_eq!(ask(&store, "SELECT 2").unwrap().table.value(0, 0), Value::Integer(2));
}

fn error_of(settings: &str) -> String {
    match cogscope::db::StoreAddress::open_text(settings) {
        Ok(store) => ask(&store, "SELECT 1").unwrap_err().to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_wrong_with_a_connection_is_told_in_plain_words() {
    let Some(database) = Database::create() else { return };
    database.execute("DO $$BEGIN CREATE ROLE shut_out LOGIN PASSWORD 'x'; EXCEPTION WHEN OTHERS THEN NULL; END$$");
    let settings = database.settings();
    for (more, problem) in [
        ("password=wrong", "wrong password for user \"postgres\""),
        ("password=''", "needs a password"),
        ("user=nobody", "wrong password"),
        ("user=shut_out password=x", "is not let in"),
        ("dbname=nowhere", "there is no database \"nowhere\""),
        ("port=1", "no PostgreSQL server answers at 127.0.0.1:1"),
        ("host=no-such-host.invalid", "the host is not known"),
        ("sslmode=verify-full sslrootcert=/nowhere.crt", "/nowhere.crt"),
        ("sslmode=verify-ca", "sslrootcert"),
        ("sslmode=perhaps", "verify-full"),
        ("service=nowhere", "no service is called \"nowhere\""),
    ] {
        let error = error_of(&format!("{settings} {more}"));
        assert!(error.contains(problem), "{more}: {error}");
        assert!(!error.contains("secret"), "{more}: {error}");
    }
}

#[test]
fn certificates_are_checked_as_far_as_asked() {
    let Some(server) = OwnServer::start() else { return };
    let (own, other) = (server.file("ca.crt"), server.file("other_ca.crt"));
    let (own, other) = (own.display(), other.display());
    let settings = server.settings();
    let encrypted = |more: &str| {
        let store = store(&format!("{settings} {more}"));
        store.info(Duration::from_secs(10), &|| false).map(|info| info.is_encrypted).map_err(|error| error.to_string())
    };
    assert_eq!(encrypted("sslmode=disable"), Ok(false));
    assert_eq!(encrypted("sslmode=prefer"), Ok(true));
    assert_eq!(encrypted("sslmode=require"), Ok(true));
    assert_eq!(encrypted(&format!("sslmode=verify-ca sslrootcert={own}")), Ok(true));
    assert_eq!(encrypted(&format!("host=localhost sslmode=verify-full sslrootcert={own}")), Ok(true));
    let wrong_host = encrypted(&format!("sslmode=verify-full sslrootcert={own}")).unwrap_err();
    assert!(wrong_host.contains("another host"), "{wrong_host}");
    for mode in ["require", "verify-ca", "verify-full"] {
        let wrong = encrypted(&format!("host=localhost sslmode={mode} sslrootcert={other}")).unwrap_err();
        assert!(wrong.contains("signed it"), "{mode}: {wrong}");
    }
    let itself = server.file("server.crt");
    assert_eq!(encrypted(&format!("sslmode=verify-ca sslrootcert={}", itself.display())), Ok(true));
}

#[test]
fn a_role_that_may_do_more_than_read_is_warned_of() {
    let Some(database) = Database::create() else { return };
    let notes = |store: &PostgresStore| ask(store, "SELECT 1").unwrap().notes;
    assert!(notes(&database.store()).iter().any(|note| note.contains("is a superuser")));
    let reader = database.reader();
    assert_eq!(notes(&store(&reader)), Vec::<String>::new());
    database.execute(&format!("GRANT pg_execute_server_program TO reader_of_{}", database.name));
    assert!(notes(&store(&reader)).iter().any(|note| note.contains("pg_execute_server_program")));
}

#[test]
fn several_questions_run_side_by_side() {
    let Some(database) = Database::create() else { return };
    let store = database.store();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| ask(&store, "SELECT pg_sleep(1)").unwrap());
        }
    });
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}
