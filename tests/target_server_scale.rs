//! A million targets on a PostgreSQL server, in the tables that `db init` makes: what the window asks for while somebody works
//! with it is answered from indexes and samples, never by reading the table from end to end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cogscope::db::SortDirection;
use cogscope::db::postgres::SCHEMA;
use cogscope::targets::{
    FIRST_IN_VIEW, InView, LonLatBox, MOST_IN_VIEW, PageSort, ServerTargets, TargetFilter, TargetId, TargetSet,
};
use common::postgres::Database;

const WORLD: LonLatBox = LonLatBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
/// Half of all targets lie in this town, whose shape the server's statistics know nothing of.
const TOWN: LonLatBox = LonLatBox { west: 10.0, south: 50.0, east: 10.5, north: 50.5 };
const STREET: LonLatBox = LonLatBox { west: 10.2, south: 50.2, east: 10.21, north: 50.21 };

/// Targets by the schema of `db init`; three quarters of them ships, a hundred without a class.
fn million(database: &Database) {
    database.execute(SCHEMA);
    // Indexes are made at the end, which takes a third of the time.
    database.execute("DROP INDEX targets_geom, targets_class, targets_image, targets_date, targets_name");
    database.execute(
        "INSERT INTO targets (image, class, name, geom, date, confidence)
         SELECT 'scene_' || i % 500, CASE WHEN i % 10000 = 0 THEN NULL WHEN i % 4 > 0 THEN 'ship' ELSE 'class ' || i % 10 END,
            CASE WHEN i % 10 = 0 THEN 'target ' || i END, ST_SetSRID(CASE WHEN i % 2 = 0
                THEN ST_MakePoint(10 + random() * 0.5, 50 + random() * 0.5)
                ELSE ST_MakePoint(random() * 360 - 180, random() * 170 - 85) END, 4326),
            CASE WHEN i % 1000 > 0 THEN timestamptz '2015-01-01 10:00:00.123456+00' + i * interval '1 second' END, random()
         FROM generate_series(1, 1000000) AS i",
    );
    database.execute(SCHEMA);
    database.execute("VACUUM (ANALYZE) targets");
}

/// Rows that were read by going through the table in the order of the disk.
fn rows_scanned(database: &Database) -> u64 {
    // What a connection has counted is there for certain once it has ended.
    let deadline = Instant::now() + Duration::from_secs(20);
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'";
    while database.value(others).as_deref() != Some("0") {
        assert!(Instant::now() < deadline, "connections stay open");
        std::thread::sleep(Duration::from_millis(20));
    }
    database.value("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'targets'").unwrap().parse().unwrap()
}

fn keys(set: &TargetSet) -> Vec<String> {
    set.ids().filter_map(|id| Some(set.target(id)?.key.to_string())).collect()
}

/// How many of 8 x 8 cells of a view have a target.
fn cells(set: &TargetSet, view: &LonLatBox) -> usize {
    let cell = |id: TargetId| {
        let at = set.position(id)?;
        let part = |value: f64, low: f64, high: f64| ((value - low) / (high - low) * 8.0).floor();
        Some(format!("{} {}", part(at.lon_deg(), view.west, view.east), part(at.lat_deg(), view.south, view.north)))
    };
    set.ids().filter_map(cell).collect::<BTreeSet<_>>().len()
}

#[track_caller]
fn assert_is_sample(seen: &InView, view: &LonLatBox, most: usize, count: u64) {
    assert!(seen.is_sample && seen.set.len() > most / 2 && seen.set.len() <= most * 2, "{}", seen.set.len());
    assert!(seen.count.abs_diff(count) * 10 < count, "{} instead of {count}", seen.count);
    assert_eq!(cells(&seen.set, view), 64, "every part of the view has some of them");
}

#[test]
fn nothing_on_the_way_of_interaction_reads_the_whole_table() {
    let Some(database) = Database::create() else { return };
    million(&database);
    let scanned = rows_scanned(&database);
    let targets = ServerTargets::open(Arc::new(database.store()), "targets", None, &|| false).unwrap();
    assert!(!targets.is_small(&|| false).unwrap());
    let all = TargetFilter::default();

    let counts = targets.class_counts(&all, &|| false).unwrap();
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 1_000_000);
    assert_eq!(counts[0], ("ship".to_owned(), 750_000));
    assert!(counts.contains(&("unclassified".to_owned(), 100)), "{counts:?}");
    let of_image = TargetFilter { image: Some("scene_7".to_owned()), ..TargetFilter::default() };
    let counts = targets.class_counts(&of_image, &|| false).unwrap();
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 2_000);

    let town = 500_000;
    assert_is_sample(&targets.in_view(&WORLD, &all, &|| false).unwrap(), &WORLD, MOST_IN_VIEW, 1_000_000);
    assert_is_sample(&targets.in_view(&TOWN, &all, &|| false).unwrap(), &TOWN, MOST_IN_VIEW, town);
    let first = targets.first_in_view(&TOWN, &all, &|| false).unwrap();
    assert!(first.is_sample && (FIRST_IN_VIEW / 2..=FIRST_IN_VIEW * 2).contains(&first.set.len()));
    let street = targets.in_view(&STREET, &all, &|| false).unwrap();
    assert!(!street.is_sample && (100..400).contains(&street.count), "{}", street.count);
    let of_street = targets.in_view(&STREET, &of_image, &|| false).unwrap();
    assert!(!of_street.is_sample && of_street.count < 10);

    let no_ships = TargetFilter { hidden_classes: ["ship".to_owned()].into(), ..TargetFilter::default() };
    for filter in [&all, &of_image, &no_ships] {
        let first = targets.page((filter, None), None, 500, &|| false).unwrap();
        let second = targets.page((filter, None), first.last.as_ref(), 500, &|| false).unwrap();
        assert!(first.set.len() == 500 && second.set.len() == 500 && second.has_more);
        assert!(keys(&first.set).iter().all(|key| !keys(&second.set).contains(key)));
        for column in ["date", "class", "id"] {
            let sort = PageSort { column: column.to_owned(), direction: SortDirection::Descending };
            assert!(first.sortable.contains(&sort.column), "{:?}", first.sortable);
            let first = targets.page((filter, Some(&sort)), None, 500, &|| false).unwrap();
            let second = targets.page((filter, Some(&sort)), first.last.as_ref(), 500, &|| false).unwrap();
            assert!(first.set.len() == 500 && second.set.len() == 500, "{column}");
        }
    }
    drop(targets);
    // A thousand rows that the parts of the columns are guessed from, and two samples: of the world a twentieth of the table, of
    // the town a tenth.
    let scanned = rows_scanned(&database) - scanned;
    assert!(scanned <= 1_000 + 160_000, "{scanned} rows were read in the order of the disk");
}

#[test]
fn pages_in_the_order_of_a_column_have_every_row_once() {
    let Some(database) = Database::create() else { return };
    // Few values and many, missing ones, ties, a key of two columns.
    database.execute(
        "CREATE TABLE found (tile text, id int, class text, date timestamptz, score real, lon float8, lat float8, PRIMARY KEY (tile, id));
         INSERT INTO found SELECT 't' || i % 3, i, (ARRAY['dam', 'ship', NULL, 'bridge'])[i % 4 + 1],
            CASE WHEN i % 6 > 0 THEN timestamptz '2020-01-01 00:00:00.000001+02' + (i % 400) * interval '1 hour 1 microsecond' END,
            (i % 100) / 7.0, i % 360 - 180, i % 170 - 85 FROM generate_series(1, 1000) i;
         CREATE INDEX ON found (class); CREATE INDEX ON found (date); CREATE INDEX ON found (score DESC); ANALYZE",
    );
    let targets = ServerTargets::open(Arc::new(database.store()), "found", None, &|| false).unwrap();
    let filter = TargetFilter { hidden_classes: ["ship".to_owned()].into(), ..TargetFilter::default() };
    for (column, value) in [("class", "class"), ("date", "date"), ("score", "score"), ("tile", "tile")] {
        for (direction, falling) in [(SortDirection::Ascending, ""), (SortDirection::Descending, "DESC")] {
            let sort = PageSort { column: column.to_owned(), direction };
            let (mut read, mut after) = (Vec::new(), None);
            loop {
                let page = targets.page((&filter, Some(&sort)), after.as_ref(), 70, &|| false).unwrap();
                assert!(page.set.len() == 70 || !page.has_more);
                let id = page.set.table().column_index("id").unwrap();
                read.extend((0..page.set.len()).map(|row| page.set.table().value(id, row).to_string()));
                after = page.last;
                if !page.has_more {
                    break;
                }
            }
            let order = format!("{value} {falling} NULLS LAST, tile {falling}, id {falling}");
            let sql = format!(
                "SELECT string_agg(id::text, ',' ORDER BY {order}) FROM found WHERE class IS DISTINCT FROM 'ship'"
            );
            assert_eq!(Some(read.join(",")), database.value(&sql), "{column} {falling}");
        }
    }
    let page = targets.page((&filter, None), None, 10, &|| false).unwrap();
    assert_eq!(page.sortable, ["tile", "class", "date", "score"]);
    database.execute("CREATE VIEW bare AS SELECT class AS kind, lon, lat FROM found");
    let bare = ServerTargets::open(Arc::new(database.store()), "bare", None, &|| false).unwrap();
    let told = bare.page((&filter, None), None, 10, &|| false).unwrap_err().to_string();
    assert!(told.contains("no primary key"), "{told}");
}
