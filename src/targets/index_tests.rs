//! Tests of the spatial index, on targets scattered by a fixed rule.

use std::collections::BTreeSet;

use super::*;
use crate::db::{Column, ColumnData, ReadTable, Table};
use crate::targets::Mapping;

/// Targets of five classes: half of them scattered over the world, half close to Itaipu.
fn scattered(count: u32) -> TargetSet {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1_u32 << 24)
    };
    let (mut lon, mut lat) = (Vec::new(), Vec::new());
    for number in 0..count {
        let (x, y) = (random(), random());
        let is_near = number % 2 == 0;
        lon.push(Some(if is_near { -54.6 + x * 0.1 } else { x * 360.0 - 180.0 }));
        lat.push(Some(if is_near { -25.4 + y * 0.1 } else { y * 178.0 - 89.0 }));
    }
    set(lon, lat)
}

fn set(lon: Vec<Option<f64>>, lat: Vec<Option<f64>>) -> TargetSet {
    let names = ["dam", "ship", "bridge", "ship", "field", "ship", "quay"];
    let classes = (0..lon.len()).map(|row| names.get(row % names.len()).copied()).collect();
    let columns = vec![
        Column::new("class", ColumnData::Text(classes)),
        Column::new("lon", ColumnData::Real(lon)),
        Column::new("lat", ColumnData::Real(lat)),
    ];
    let table = Table::new(columns).unwrap();
    let mapping = Mapping::guess(&table, None);
    TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap()
}

fn index(set: &TargetSet) -> TargetIndex {
    TargetIndex::build(set, &set.ids().collect::<Vec<_>>())
}

fn world() -> BoundingBox {
    let half = MERCATOR_HALF_WORLD_M;
    BoundingBox::new(-half, -half, half, half).unwrap()
}

fn ids_of(markers: &[Marker<'_>]) -> Vec<TargetId> {
    let ids = |marker: &Marker<'_>| match marker {
        Marker::Single { id, .. } => vec![*id],
        Marker::Cluster { ids, .. } => ids.to_vec(),
    };
    markers.iter().flat_map(ids).collect()
}

#[test]
fn every_target_is_in_one_marker_at_every_zoom() {
    let set = scattered(3000);
    let index = index(&set);
    for zoom in 0..24 {
        let metres_per_px = 2.0 * MERCATOR_HALF_WORLD_M / 256.0 / f64::from(1_u32 << zoom);
        let markers = index.in_view(&MarkerView { bounds: world(), metres_per_px, most_singles: 100 });
        let ids = ids_of(&markers);
        assert_eq!(ids.len(), set.len(), "zoom {zoom}");
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len(), set.len(), "zoom {zoom}");
    }
}

#[test]
fn the_classes_of_a_cluster_are_those_of_its_targets() {
    let set = scattered(5000);
    let index = index(&set);
    let mut clusters = 0;
    for zoom in [0, 2, 4, 8, 12] {
        let metres_per_px = 2.0 * MERCATOR_HALF_WORLD_M / 256.0 / f64::from(1_u32 << zoom);
        for marker in index.in_view(&MarkerView { bounds: world(), metres_per_px, most_singles: 0 }) {
            let Marker::Cluster { ids, classes, place } = marker else { continue };
            let of_class = |class: ClassId| ids.iter().filter(|id| set.class_of(**id) == Some(class)).count();
            assert!(classes.iter().all(|(class, count)| of_class(*class) == *count));
            assert_eq!(classes.iter().map(|(_, count)| count).sum::<usize>(), ids.len());
            assert!(classes.is_sorted_by(|a, b| a.1 >= b.1));
            let places = ids.iter().map(|id| mercator(set.position(*id).unwrap()));
            let cell = BoundingBox::around(places).and_then(|bounds| bounds.expand(1e-3));
            assert!(cell.is_some_and(|cell| cell.contains(place)));
            clusters += 1;
        }
    }
    assert!(clusters > 100, "{clusters}");
}

#[test]
fn few_shapes_are_drawn_however_many_targets_there_are() {
    let set = scattered(20_000);
    let view = MarkerView { bounds: world(), metres_per_px: 2.0 * MERCATOR_HALF_WORLD_M / 1024.0, most_singles: 2000 };
    let shapes = index(&set).in_view(&view).len();
    assert!(shapes < 1200, "{shapes}");
}

#[test]
fn few_targets_are_drawn_one_by_one() {
    let set = scattered(500);
    let view = MarkerView { bounds: world(), metres_per_px: 100_000.0, most_singles: 500 };
    let index = index(&set);
    let markers = index.in_view(&view);
    assert!(markers.iter().all(|marker| matches!(marker, Marker::Single { .. })));
    assert_eq!(markers.len(), 500);
}

#[test]
fn a_box_holds_the_targets_that_looking_at_each_finds() {
    let set = scattered(4000);
    let index = index(&set);
    for (lon, lat, side) in [(-54.58, -25.38, 3000.0), (0.0, 0.0, 4e6), (179.0, 60.0, 1e6), (-54.6, -25.4, 1.0)] {
        let center = mercator(LonLat::new(lon, lat).unwrap());
        let bounds = BoundingBox::new(center.x, center.y, center.x + side, center.y + side).unwrap();
        let expected: BTreeSet<_> =
            set.ids().filter(|id| bounds.contains(mercator(set.position(*id).unwrap()))).collect();
        assert_eq!(index.within(bounds).into_iter().collect::<BTreeSet<_>>(), expected);
    }
}

#[test]
fn the_nearest_target_is_the_one_that_looking_at_each_finds() {
    let set = scattered(4000);
    let index = index(&set);
    for (lon, lat) in [(-54.55, -25.35), (-54.601, -25.42), (10.0, 50.0), (179.99, 0.0)] {
        let center = mercator(LonLat::new(lon, lat).unwrap());
        for radius in [100.0, 5000.0, 300_000.0] {
            let distance = |id: &TargetId| {
                let place = mercator(set.position(*id).unwrap());
                (place.x - center.x).hypot(place.y - center.y)
            };
            let expected = set.ids().min_by(|a, b| distance(a).total_cmp(&distance(b)));
            let expected = expected.filter(|id| distance(id) <= radius);
            assert_eq!(index.nearest(LonLat::new(lon, lat).unwrap(), radius), expected);
        }
    }
}

#[test]
fn targets_in_one_place_and_at_the_poles_are_kept() {
    let lon = [vec![Some(1.0); 200], vec![Some(180.0), Some(-180.0)]].concat();
    let lat = [vec![Some(2.0); 200], vec![Some(90.0), Some(-90.0)]].concat();
    let set = set(lon, lat);
    let index = index(&set);
    let view = MarkerView { bounds: world(), metres_per_px: 0.01, most_singles: 10 };
    let markers = index.in_view(&view);
    assert_eq!((markers.len(), ids_of(&markers).len()), (3, 202));
}

#[test]
fn codes_of_cells_come_back() {
    for (column, row) in [(0, 0), (1, 0), (0, 1), (0x7FFF_FFFF, 0x5555_5555), (123_456, 654_321)] {
        assert_eq!(unmorton(morton(column, row)), (column, row));
    }
    assert_eq!(morton(0b11, 0b01), 0b0111);
}

#[test]
fn an_index_of_nothing_answers() {
    let index = TargetIndex::default();
    let view = MarkerView { bounds: world(), metres_per_px: 1.0, most_singles: 10 };
    assert!(index.is_empty() && index.in_view(&view).is_empty() && index.bounds().is_none());
    assert_eq!(index.nearest(LonLat::new(0.0, 0.0).unwrap(), 1e6), None);
}
