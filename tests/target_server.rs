//! Targets in tables of a PostgreSQL server, in whatever schema: found, mapped, read, filtered, counted, looked at by view.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use cogscope::db::Store;
use cogscope::targets::{ImagesTable, LonLatBox, Mapping, ServerTargets, TargetFilter, TargetSet, ValueRange};
use common::postgres::{Database, store};
use jiff::civil::date;

fn open(database: &Database, table: &str) -> ServerTargets {
    ServerTargets::open(Arc::new(database.store()), table, None, &|| false).unwrap()
}

const WORLD: LonLatBox = LonLatBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

/// The names of a set's targets with their places, rounded to a centimetre, in order.
fn places(set: &TargetSet) -> BTreeSet<String> {
    let told = |id| {
        let target = set.target(id)?;
        let (lon, lat) = (target.position.lon_deg(), target.position.lat_deg());
        Some(format!("{} {} {lon:.6} {lat:.6}", target.class_name, target.label()))
    };
    set.ids().filter_map(told).collect()
}

/// The same two targets in schemas as different as people have.
const SCHEMAS: &str = "
    CREATE TABLE degrees (gid serial PRIMARY KEY, label text, title text, lon float8, lat float8);
    INSERT INTO degrees (label, title, lon, lat) VALUES ('dam', 'Itaipu', -54.588561, -25.407212), ('ship', 'MV A', -34.9, -8.05);
    CREATE TABLE points (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), class text, name text, geom geometry(Point, 4326));
    INSERT INTO points (class, name, geom) SELECT label, title, ST_SetSRID(ST_MakePoint(lon, lat), 4326) FROM degrees;
    CREATE TABLE mercator (fid int PRIMARY KEY, category varchar(20), name text, shape geometry(Point, 3857));
    INSERT INTO mercator SELECT gid, label, title, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857) FROM degrees;
    CREATE TABLE utm (id int PRIMARY KEY, class text, name text, geom geometry);
    INSERT INTO utm SELECT gid, label, title, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 32722) FROM degrees;
    CREATE TABLE globe (id int PRIMARY KEY, class text, name text, place geography(Point));
    INSERT INTO globe SELECT gid, label, title, ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography FROM degrees;
    CREATE TABLE outlines (id int PRIMARY KEY, class text, name text, geom geometry(Polygon, 4326));
    INSERT INTO outlines SELECT gid, label, title, ST_Expand(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 0.01) FROM degrees;
    CREATE TYPE kind AS ENUM ('ship', 'dam');
    CREATE SCHEMA \"Other Place\";
    CREATE TABLE \"Other Place\".\"Odd \"\"Name\"\"\" (\"The Id\" int, \"Class\" kind, \"Name\" text, \"Lon\" numeric(12, 8), \"Lat\" numeric(12, 8));
    INSERT INTO \"Other Place\".\"Odd \"\"Name\"\"\" SELECT gid, label::kind, title, lon, lat FROM degrees;
    CREATE TABLE ours (id int PRIMARY KEY, class text, name text, \"The Place\" geometry(Point, 4326),
        longitude float8 GENERATED ALWAYS AS (ST_X(\"The Place\")) STORED, latitude float8 GENERATED ALWAYS AS (ST_Y(\"The Place\")) STORED,
        shout text GENERATED ALWAYS AS (upper(name)) STORED);
    INSERT INTO ours SELECT gid, label, title, ST_SetSRID(ST_MakePoint(lon, lat), 4326) FROM degrees;
    CREATE VIEW looked_at AS SELECT id, class, name, geom FROM points;
    CREATE MATERIALIZED VIEW kept AS SELECT * FROM points;
    CREATE TABLE parts (id int, class text, name text, geom geometry(Point, 4326), PRIMARY KEY (id, class)) PARTITION BY LIST (class);
    CREATE TABLE parts_dam PARTITION OF parts FOR VALUES IN ('dam');
    CREATE TABLE parts_other PARTITION OF parts DEFAULT;
    CREATE INDEX ON parts USING gist (geom);
    INSERT INTO parts SELECT gid, label, title, ST_SetSRID(ST_MakePoint(lon, lat), 4326) FROM degrees;
    ANALYZE";

#[test]
fn any_schema_gives_the_same_targets() {
    let Some(database) = Database::create() else { return };
    database.execute(SCHEMAS);
    let expected = places(&open(&database, "degrees").load(None, &|| false).unwrap());
    assert_eq!(expected.len(), 2);
    assert!(expected.iter().any(|text| text == "dam Itaipu -54.588561 -25.407212"), "{expected:?}");
    let tables = [
        "points",
        "mercator",
        "utm",
        "globe",
        "outlines",
        "ours",
        "\"Other Place\".\"Odd \"\"Name\"\"\"",
        "looked_at",
        "kept",
        "parts",
    ];
    for table in tables {
        let targets = open(&database, table);
        assert_eq!(places(&targets.load(None, &|| false).unwrap()), expected, "{table}");
        let whole = targets.in_view(&WORLD, &TargetFilter::default(), &|| false).unwrap();
        assert_eq!((whole.count, whole.is_sample), (2, false), "{table}");
        let near_dam = LonLatBox { west: -54.6, south: -25.5, east: -54.5, north: -25.4 };
        let seen = places(&targets.in_view(&near_dam, &TargetFilter::default(), &|| false).unwrap().set);
        assert_eq!(seen.len(), 1, "{table}: {seen:?}");
        assert!(seen.iter().all(|text| text.starts_with("dam")), "{table}");
        let nowhere = LonLatBox { west: 10.0, south: 10.0, east: 11.0, north: 11.0 };
        assert_eq!(targets.in_view(&nowhere, &TargetFilter::default(), &|| false).unwrap().count, 0, "{table}");
        let counts = targets.class_counts(&TargetFilter::default(), &|| false).unwrap();
        let counts: BTreeSet<_> = counts.iter().map(|(class, count)| (class.as_str(), *count)).collect();
        assert_eq!(counts, [("dam", 1), ("ship", 1)].into(), "{table}");
    }
    let listed: Vec<String> = database.store().tables().unwrap().into_iter().map(|table| table.name).collect();
    for table in tables {
        assert!(listed.iter().any(|name| name == table), "{table} is not in {listed:?}");
    }
    for not_for_users in ["parts_dam", "spatial_ref_sys", "geometry_columns"] {
        assert!(!listed.iter().any(|name| name == not_for_users), "{not_for_users}");
    }
}

#[test]
fn a_position_that_is_there_twice_is_read_once() {
    let Some(database) = Database::create() else { return };
    database.execute(SCHEMAS);
    let targets = open(&database, "ours");
    let names: Vec<String> = targets.described().column_names();
    assert_eq!(names, ["id", "class", "name", "shout", "longitude", "latitude"]);
    let read = targets.load(None, &|| false).unwrap();
    let columns: Vec<&str> = read.table().columns().iter().map(cogscope::db::Column::name).collect();
    assert_eq!(columns, names);
    // What is in metres is no longitude.
    database.execute("ALTER TABLE mercator ADD x float8 GENERATED ALWAYS AS (ST_X(shape)) STORED");
    let names = open(&database, "mercator").described().column_names();
    assert_eq!(names, ["fid", "category", "name", "x", "longitude", "latitude"]);
}

const FOUND: &str = "
    CREATE TABLE found (id int PRIMARY KEY, class text, name text, image text, date date, score real, size int, geom geometry(Point, 4326));
    INSERT INTO found SELECT i, (ARRAY['dam', 'ship', NULL, 'bridge'])[i % 4 + 1], CASE WHEN i % 5 > 0 THEN 'Name ' || i || ' 100%_\\' END,
        'image ' || i % 7 || '.tif', CASE WHEN i % 6 > 0 THEN date '2020-01-01' + i END, CASE WHEN i % 9 > 0 THEN i % 100 / 100.0 END,
        i * 10, ST_SetSRID(ST_MakePoint(i % 360 - 180, i % 170 - 85), 4326) FROM generate_series(1, 1000) i;
    ANALYZE";

#[test]
fn the_server_filters_as_the_program_does() {
    let Some(database) = Database::create() else { return };
    database.execute(FOUND);
    let targets = open(&database, "found");
    let all = targets.load(None, &|| false).unwrap();
    assert_eq!(all.len(), 1000);
    let filters = [
        TargetFilter { text: " NAME 10".to_owned(), ..TargetFilter::default() },
        TargetFilter { text: "100%_\\".to_owned(), ..TargetFilter::default() },
        TargetFilter { text: "10".to_owned(), ..TargetFilter::default() },
        TargetFilter { text: "0%_".to_owned(), ..TargetFilter::default() },
        TargetFilter { hidden_classes: ["dam".to_owned()].into(), ..TargetFilter::default() },
        TargetFilter {
            hidden_classes: ["unclassified".to_owned(), "ship".to_owned()].into(),
            ..TargetFilter::default()
        },
        TargetFilter { image: Some("image 3.tif".to_owned()), ..TargetFilter::default() },
        TargetFilter { confidence: Some((0.2, 0.5)), ..TargetFilter::default() },
        TargetFilter { dates: Some((date(2020, 2, 1), date(2020, 3, 1))), ..TargetFilter::default() },
        TargetFilter {
            values: vec![ValueRange { column: "size".to_owned(), low: 100.0, high: 500.0 }],
            ..TargetFilter::default()
        },
    ];
    for filter in filters {
        let kept = filter.apply(&all);
        let here: BTreeSet<String> = kept.iter().filter_map(|id| Some(all.target(*id)?.key.to_string())).collect();
        let view = targets.in_view(&WORLD, &filter, &|| false).unwrap();
        let there: BTreeSet<String> =
            view.set.ids().filter_map(|id| Some(view.set.target(id)?.key.to_string())).collect();
        assert_eq!(here, there, "{filter:?}");
        assert!(!here.is_empty() && here.len() < 1000, "{filter:?}");
        let counted: u64 = targets.class_counts(&filter, &|| false).unwrap().iter().map(|(_, count)| count).sum();
        assert_eq!(counted, here.len() as u64, "{filter:?}");
    }
}

#[test]
fn pages_follow_one_another_without_gaps() {
    let Some(database) = Database::create() else { return };
    database.execute(FOUND);
    let targets = open(&database, "found");
    let filter = TargetFilter { hidden_classes: ["dam".to_owned()].into(), ..TargetFilter::default() };
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page = targets.page((&filter, None), after.as_ref(), 100, &|| false).unwrap();
        assert!(page.has_more == (page.set.len() == 100 && keys.len() < 700), "{} and {}", keys.len(), page.set.len());
        keys.extend(page.set.ids().filter_map(|id| Some(page.set.target(id)?.key.to_string())));
        after = page.last;
        if !page.has_more {
            break;
        }
    }
    assert_eq!(keys.len(), 750);
    assert!(keys.iter().collect::<BTreeSet<_>>().len() == 750);
}

#[test]
fn fifty_injections_through_the_filters_change_no_sql() {
    let Some(database) = Database::create() else { return };
    database.execute(FOUND);
    let targets = open(&database, "found");
    for text in include_str!("injections.txt").lines() {
        let filters = [
            TargetFilter { text: text.to_owned(), ..TargetFilter::default() },
            TargetFilter { image: Some(text.to_owned()), ..TargetFilter::default() },
            TargetFilter { hidden_classes: [text.to_owned()].into(), ..TargetFilter::default() },
        ];
        let all = targets.load(None, &|| false).unwrap();
        for filter in filters {
            let view = targets.in_view(&WORLD, &filter, &|| false).unwrap();
            assert_eq!(view.count, filter.apply(&all).len() as u64, "{filter:?}");
        }
        // A column that isn't there is an error, whatever its name.
        let value = ValueRange { column: format!("size\" = 1 OR \"{text}"), low: 0.0, high: 1.0 };
        let filter = TargetFilter { values: vec![value], ..TargetFilter::default() };
        assert!(targets.in_view(&WORLD, &filter, &|| false).is_err(), "{text}");
    }
    assert_eq!(database.value("SELECT count(*) FROM found").as_deref(), Some("1000"));
}

#[test]
fn of_many_targets_a_view_gets_a_sample_and_the_server_scans_no_more_than_that() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TABLE many (id int PRIMARY KEY, class text, geom geometry(Point, 4326));
         INSERT INTO many SELECT i, 'c' || i % 10, ST_SetSRID(ST_MakePoint(random() * 360 - 180, random() * 170 - 85), 4326)
             FROM generate_series(1, 400000) i;
         CREATE INDEX ON many USING gist (geom); CREATE INDEX ON many (class); ANALYZE",
    );
    let targets = open(&database, "many");
    assert!(!targets.is_small(&|| false).unwrap());
    let whole = targets.in_view(&WORLD, &TargetFilter::default(), &|| false).unwrap();
    assert!(whole.is_sample && (380_000..420_000).contains(&whole.count), "{}", whole.count);
    assert!((25_000..=100_000).contains(&whole.set.len()), "{}", whole.set.len());
    // Every class and every part of the world is in the sample.
    assert_eq!(whole.set.classes().len(), 10);
    let part = LonLatBox { west: 0.0, south: 0.0, east: 20.0, north: 20.0 };
    let seen = targets.in_view(&part, &TargetFilter::default(), &|| false).unwrap();
    let exact = database.value("SELECT count(*) FROM many WHERE geom && ST_MakeEnvelope(0, 0, 20, 20, 4326)").unwrap();
    assert_eq!((seen.is_sample, seen.count.to_string()), (false, exact));
}

#[test]
fn a_table_that_is_not_there_or_has_no_positions_is_said_so() {
    let Some(database) = Database::create() else { return };
    database.execute("CREATE TABLE bare (id int, class text); INSERT INTO bare VALUES (1, 'dam')");
    let open = |table: &str, mapping: Option<Mapping>| {
        ServerTargets::open(Arc::new(database.store()), table, mapping, &|| false)
            .and_then(|targets| targets.load(None, &|| false))
            .unwrap_err()
            .to_string()
    };
    let missing = open("nowhere", None);
    assert!(missing.contains("\"nowhere\"") && missing.contains("bare"), "{missing}");
    assert!(open("bare", None).contains("no column for the longitude"));
    let wrong = Mapping { longitude: Some("x".to_owned()), latitude: Some("y".to_owned()), ..Mapping::default() };
    assert!(open("bare", Some(wrong)).contains("no column \"x\""));
    database.execute("CREATE TABLE secret (id int, lon float8, lat float8)");
    let reader = store(&database.reader());
    database.execute(&format!("REVOKE SELECT ON secret FROM reader_of_{}", database.name));
    assert!(reader.tables().unwrap().iter().all(|table| table.name != "secret"));
}

#[test]
fn positions_are_those_of_pixels_where_there_are_no_others() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TABLE boxes (id int PRIMARY KEY, image text, class text, col float8, row float8);
         INSERT INTO boxes VALUES (1, 'a.tif', 'dam', 10, 20), (2, 'unknown.tif', 'ship', 1, 1), (3, 'a.tif', 'ship', NULL, 1)",
    );
    let place = |image: &str, column: f64, row: f64| {
        (image == "a.tif").then(|| cogscope::geo::LonLat::new(column / 10.0, row / 10.0)).flatten()
    };
    let set = open(&database, "boxes").load(Some(&place), &|| false).unwrap();
    assert_eq!(places(&set).into_iter().collect::<Vec<_>>(), ["dam dam 1 1.000000 2.000000"]);
    let reasons: Vec<&str> = set.set_aside().iter().map(|row| row.reason.as_str()).collect();
    assert_eq!(reasons, ["the image \"unknown.tif\" is not open, or has no position", "no column of a pixel"]);
}

#[test]
fn a_table_of_images_says_which_file_a_number_means() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TABLE users (id int PRIMARY KEY, name text);
         CREATE TABLE profiles (id int PRIMARY KEY, name text);
         CREATE TABLE scenes (image_no int PRIMARY KEY, taken date, file_name text, note text);
         INSERT INTO scenes VALUES (7, '2020-05-18', 'itaipu/a.tif', 'x'), (8, '2020-05-18', '/data/b.tif', NULL);
         INSERT INTO users VALUES (7, 'Ana');
         CREATE TABLE found (id int PRIMARY KEY, class text, by_user int REFERENCES users, image_id int REFERENCES scenes, lon float8, lat float8);
         INSERT INTO found VALUES (1, 'dam', 7, 7, 10, 20), (2, 'ship', 7, 8, 11, 21), (3, 'ship', 7, NULL, 12, 22);
         CREATE TABLE loose (id int PRIMARY KEY, class text, scene_id text, lon float8, lat float8);
         INSERT INTO loose VALUES (1, 'dam', '8', 10, 20), (2, 'dam', '9', 10, 21);
         CREATE TABLE named (id int PRIMARY KEY, class text, image text, lon float8, lat float8);
         INSERT INTO named VALUES (1, 'dam', 'c.tif', 10, 20)",
    );
    let files = |set: &TargetSet| -> Vec<String> {
        let of = |id| set.target(id)?.image.map(|image| set.image_file_of(image).to_owned());
        set.ids().filter_map(of).collect()
    };
    let targets = open(&database, "found");
    assert_eq!(targets.mapping().image.as_deref(), Some("image_id"));
    let scenes = targets.mapping().images.clone().unwrap();
    assert_eq!((scenes.table.as_str(), scenes.key.as_str(), scenes.file.as_str()), ("scenes", "image_no", "file_name"));
    assert_eq!(files(&targets.load(None, &|| false).unwrap()), ["itaipu/a.tif", "/data/b.tif"]);
    let seen = targets.in_view(&WORLD, &TargetFilter::default(), &|| false).unwrap();
    assert_eq!(files(&seen.set).len(), 2);
    // Nothing on the server says that these belong together, but their names do; a number that is not there stays one.
    let loose = open(&database, "loose");
    assert_eq!(loose.mapping().images.as_ref(), Some(&scenes));
    assert_eq!(files(&loose.load(None, &|| false).unwrap()), ["/data/b.tif", "9"]);
    // A name that only sounds a little like it is not taken for one: there the user chooses.
    database.execute("ALTER TABLE scenes RENAME TO deck");
    assert_eq!(open(&database, "loose").mapping().images, None);
    database.execute("ALTER TABLE deck RENAME TO scenes");
    // Who has names needs no table.
    assert_eq!(open(&database, "named").mapping().images, None);
    let choices: Vec<String> =
        targets.image_tables(&|| false).unwrap().into_iter().map(|choice| choice.images.table).collect();
    assert_eq!((choices.first().map(String::as_str), choices.contains(&"users".to_owned())), (Some("scenes"), true));
    // One that has gone is told; one that is meant to be SQL is only a name.
    for table in ["gone", "scenes; DROP TABLE scenes", "(SELECT 1) AS x"] {
        let mapping = Mapping {
            images: Some(ImagesTable { table: table.to_owned(), ..scenes.clone() }),
            ..targets.mapping().clone()
        };
        let error = ServerTargets::open(Arc::new(database.store()), "found", Some(mapping), &|| false);
        let error = error.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(table), "{table}: {error}");
    }
    assert_eq!(database.value("SELECT count(*) FROM scenes").as_deref(), Some("2"));
}

#[test]
fn a_table_that_is_spread_over_other_servers_is_used_unchanged() {
    let Some(database) = Database::create() else { return };
    let setting = |name: &str| {
        let settings = database.settings();
        let value =
            settings.split_whitespace().find_map(|word| word.strip_prefix(&format!("{name}=")).map(str::to_owned));
        value.unwrap_or_default()
    };
    let (host, port, dbname) = (setting("host"), setting("port"), setting("dbname"));
    let (user, password) = (setting("user"), setting("password"));
    // Shards behind a coordinator, distributed by the key: what Citus does, with what comes with PostgreSQL.
    database.execute(&format!(
        "CREATE EXTENSION postgres_fdw;
         CREATE SERVER worker FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{host}', port '{port}', dbname '{dbname}');
         CREATE USER MAPPING FOR CURRENT_USER SERVER worker OPTIONS (user '{user}', password '{password}');
         CREATE SCHEMA shards;
         CREATE TABLE shards.one (id bigint NOT NULL, class text, name text, image text, geom geometry(Point, 4326));
         CREATE TABLE shards.two (LIKE shards.one);
         CREATE INDEX ON shards.one USING gist (geom); CREATE INDEX ON shards.two USING gist (geom);
         CREATE TABLE spread (id bigint NOT NULL, class text, name text, image text, geom geometry(Point, 4326)) PARTITION BY HASH (id);
         CREATE FOREIGN TABLE spread_1 PARTITION OF spread FOR VALUES WITH (MODULUS 2, REMAINDER 0)
             SERVER worker OPTIONS (schema_name 'shards', table_name 'one');
         CREATE FOREIGN TABLE spread_2 PARTITION OF spread FOR VALUES WITH (MODULUS 2, REMAINDER 1)
             SERVER worker OPTIONS (schema_name 'shards', table_name 'two');
         "
    ));
    // The shards are seen by the coordinator once they are there for all.
    database.execute(
        "INSERT INTO spread SELECT i, (ARRAY['dam', 'ship'])[i % 2 + 1], 'n' || i, 'image ' || i % 3 || '.tif',
             ST_SetSRID(ST_MakePoint(i % 360 - 180, i % 170 - 85), 4326) FROM generate_series(1, 1000) i;
         ANALYZE",
    );
    assert!(database.value("SELECT count(*) FROM shards.two").is_some_and(|count| count != "0" && count != "1000"));
    let targets = open(&database, "spread");
    assert_eq!(targets.load(None, &|| false).unwrap().len(), 1000);
    let counts = targets.class_counts(&TargetFilter::default(), &|| false).unwrap();
    assert_eq!(counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [500, 500]);
    let part = LonLatBox { west: 0.0, south: 0.0, east: 20.0, north: 20.0 };
    let seen = targets.in_view(&part, &TargetFilter::default(), &|| false).unwrap();
    let exact =
        database.value("SELECT count(*) FROM spread WHERE geom && ST_MakeEnvelope(0, 0, 20, 20, 4326)").unwrap();
    assert_eq!((seen.is_sample, seen.count.to_string()), (false, exact));
    let only = TargetFilter { image: Some("image 1.tif".to_owned()), ..TargetFilter::default() };
    let named = targets.in_view(&WORLD, &only, &|| false).unwrap();
    assert_eq!(
        named.count.to_string(),
        database.value("SELECT count(*) FROM spread WHERE image = 'image 1.tif'").unwrap()
    );
    let listed: Vec<String> = database.store().tables().unwrap().into_iter().map(|table| table.name).collect();
    assert!(listed.contains(&"spread".to_owned()) && !listed.contains(&"spread_1".to_owned()), "{listed:?}");
}
