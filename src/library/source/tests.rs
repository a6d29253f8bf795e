//! Tests of sources, on the sample data and on images made for them.

use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::geo::LonLat;
use crate::library::testing::{HERE, constant, write_bytes};
use crate::library::{Catalog, Entry, ImageIds, PointValues, Sampled, ScanEvent, scan};
use crate::render::Channels;

fn cache() -> BlockCache {
    BlockCache::new(16 << 20)
}

/// The entries of a folder of the sample data.
fn sample(folder: &str) -> Vec<Entry> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(folder);
    let catalog = std::sync::Mutex::new(Catalog::new());
    let tell = |event: ScanEvent| match event {
        ScanEvent::Image(image) => drop(catalog.lock().unwrap().add_image(*image)),
        ScanEvent::Failed(failed) => panic!("{failed:?}"),
        ScanEvent::TargetsFile(_) => {}
    };
    scan(&[folder], &ImageIds::default(), &|| false, &tell);
    let catalog = catalog.into_inner().unwrap();
    catalog.entries().iter().filter_map(|&id| catalog.entry(id)).collect()
}

#[test]
fn two_landsat_scenes_of_one_day_show_natural_colour() {
    let entries = sample("itaipu");
    let names: Vec<&str> = entries.iter().map(Entry::name).collect();
    assert_eq!(names, ["LC08_224077_20200518", "LC08_224078_20200518"]);
    for entry in &entries {
        let source = entry.source();
        assert_eq!(source.band_names(), ["B2", "B3", "B4"]);
        assert_eq!(source.natural_color(), Some([2, 1, 0]));
        assert_eq!(source.sensor(), Some(Sensor::Landsat89));
        assert_eq!(entry.date(), Some(jiff::civil::date(2020, 5, 18)));
    }
    assert_eq!(entries[0].source().kind(), entries[1].source().kind());
}

#[test]
fn six_bands_of_landsat_7_without_names_show_natural_colour() {
    let entries = sample("olinda");
    let [entry] = entries.as_slice() else { panic!("one image: {entries:?}") };
    let source = entry.source();
    assert_eq!(source.bands().len(), 6);
    assert_eq!(source.default_style().channels, Channels::Rgb([2, 1, 0]));
    let outline = &entry.images()[0].footprint_lon_lat;
    assert!(outline.iter().all(|at| (-36.0..-34.0).contains(&at.lon_deg()) && (-9.0..-7.0).contains(&at.lat_deg())));
}

#[test]
fn one_band_alone_is_shown_alone() {
    let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
    let image = constant(&ids, &folder.path().join("a.tif"), HERE, 7);
    let source = Source::Image(image);
    assert_eq!(source.natural_color(), None);
    assert_eq!(source.default_style().channels, Channels::Single(0));
    assert_eq!(source.band_names(), ["b1"]);
    assert!(source.nodata(0).is_some() && source.nodata(1).is_none());
}

#[test]
fn the_values_under_a_position_are_those_of_the_pixel() {
    let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
    let value = |col: u32, row: u32| u8::try_from(10 * row + col).unwrap();
    let path = write_bytes(&folder.path().join("a.tif"), 8, HERE, value);
    let image = Arc::new(Image::open(ids.next(), &path).unwrap());
    let to_lon_lat = crate::geo::Transformer::new(image.cog.crs().unwrap(), &crate::geo::Crs::wgs84(), None).unwrap();
    let position = |col: f64, row: f64| {
        let point = crate::geo::Point::new(HERE.x + col * HERE.px, HERE.y - row * HERE.px);
        let point = to_lon_lat.forward(point).unwrap();
        LonLat::new(point.x, point.y).unwrap()
    };
    let source = Source::Image(image);
    let at = |position| PointValues::at(&source, position, &cache()).unwrap();
    let found = at(position(3.5, 2.5)).unwrap();
    let band = &found.bands[0];
    assert_eq!((band.col, band.row, band.value, band.valid), (3, 2, 23.0, true));
    assert!(!at(position(0.5, 0.5)).unwrap().bands[0].valid, "0 is nodata");
    assert_eq!(at(position(8.5, 2.5)), None);
    assert_eq!(at(position(-0.5, 2.5)), None);
}

#[test]
fn statistics_are_of_all_members_together_without_nodata() {
    let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
    let dark = write_bytes(&folder.path().join("dark.tif"), 8, HERE, |col, _| if col < 4 { 0 } else { 10 });
    let bright = write_bytes(&folder.path().join("bright.tif"), 8, HERE, |_, _| 40);
    let member = |path| Source::Image(Arc::new(Image::open(ids.next(), path).unwrap()));
    let members = [member(&dark), member(&bright)];
    let sampled = Sampled { members: &members, expression: None, area: None };
    let all = LayerStatistics::of(&sampled, &cache(), &|_, _| true).unwrap().unwrap();
    let band = all.bands[0].as_ref().unwrap();
    assert_eq!((band.min, band.max, band.valid_count), (10.0, 40.0, 96));
    assert!((band.mean - 30.0).abs() < 1e-9);
    assert!(LayerStatistics::of(&sampled, &cache(), &|_, _| false).unwrap().is_none(), "it was stopped");
}

#[test]
fn a_member_that_fails_is_left_out_of_the_statistics_and_told() {
    let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
    let member = |name: &str| {
        let path = write_bytes(&folder.path().join(name), 8, HERE, |_, _| 5);
        (Source::Image(Arc::new(Image::open(ids.next(), &path).unwrap())), path)
    };
    let ((sound, _), (broken, path)) = (member("sound.tif"), member("broken.tif"));
    std::fs::write(&path, "gone").unwrap();
    let of = |members: &[Source]| {
        LayerStatistics::of(&Sampled { members, expression: None, area: None }, &cache(), &|_, _| true)
    };
    let statistics = of(&[sound, broken.clone()]).unwrap().unwrap();
    assert_eq!((statistics.sampled_members, statistics.failures.len()), (1, 1));
    assert_eq!(statistics.failures[0].path(), Some(path.as_path()));
    assert!(of(&[broken]).is_err());
}
