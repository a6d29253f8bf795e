//! Tests of sources, on the sample data and on images made for them.

use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::geo::LonLat;
use crate::library::testing::{HERE, TestPlace, constant, write_bytes};
use crate::library::{Catalog, Entry, ImageIds, PixelMean, PointValues, Sampled, ScanEvent, Under, scan};
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
fn natural_colour_is_chosen_by_sensor_or_by_name() {
    type Case<'a> = (&'a str, [&'a str; 4], Option<[&'a str; 3]>);
    let table: [Case<'_>; 6] = [
        ("LC09_L2SP_224077_20220518_02_T1_SR", ["B5", "B4", "B3", "B2"], Some(["B4", "B3", "B2"])),
        ("LT05_L1TP_224077_19980518_02_T1", ["B4", "B3", "B2", "B1"], Some(["B3", "B2", "B1"])),
        ("T31TCJ_20200518T105031", ["B08", "B04", "B03", "B02"], Some(["B04", "B03", "B02"])),
        ("drone_20200518", ["nir", "blue", "green", "red"], Some(["red", "green", "blue"])),
        ("unknown_20200518", ["B4", "B3", "B2", "B1"], None),
        ("LC08_thermal", ["B10", "B11", "B4", "B3"], None),
    ];
    for (scene, bands, expected) in table {
        let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
        let mut catalog = Catalog::new();
        for band in bands {
            catalog.add_image(constant(&ids, &folder.path().join(format!("{scene}_{band}.tif")), HERE, 1));
        }
        let source = catalog.entry(catalog.entries()[0]).unwrap().source();
        let names = source.band_names();
        let chosen = source.natural_color().map(|bands| bands.map(|band| names[band].as_str()));
        assert_eq!(chosen, expected, "{scene}");
    }
}

#[test]
fn what_the_file_says_is_red_green_and_blue_goes_first() {
    use crate::cog::testing::{Page, TiffBuilder, Value};
    let folder = TempDir::new().unwrap();
    let page = Page::strip(2, 1, &[0; 8])
        .tag(262, Value::Shorts(vec![2]))
        .tag(258, Value::Shorts(vec![8; 4]))
        .tag(277, Value::Shorts(vec![4]))
        .tag(338, Value::Shorts(vec![0]));
    let path = TiffBuilder::new(page).write(folder.path(), "LE07_rgb.tif");
    let source = Source::Image(Arc::new(Image::open(ImageIds::default().next(), &path).unwrap()));
    assert_eq!(source.natural_color(), Some([0, 1, 2]));
    assert!(source.bounds_mercator().is_none());
    let raster = source.preview(&[2, 0], None, 64, &cache()).unwrap();
    assert_eq!((raster.width(), raster.height(), raster.bands().len()), (2, 1, 2));
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
    let mean = |text: &str, side_px, position| {
        PixelMean::parse(text, &["b1"], side_px).unwrap().under(&source, position, &cache()).unwrap()
    };
    assert_eq!(mean("b1", 1, position(3.5, 2.5)), Under::Value(23.0));
    assert_eq!(mean("b1", 3, position(3.5, 2.5)), Under::Value(23.0), "12 to 34 around 23");
    assert_eq!(mean("b1*2", 3, position(7.5, 7.5)), Under::Value(143.0), "the corner has four pixels: 66, 67, 76, 77");
    assert_eq!(mean("b1", 3, position(0.5, 0.5)), Under::Value(22.0 / 3.0), "0 is nodata, 1, 10 and 11 are not");
    assert_eq!(mean("b1", 1, position(0.5, 0.5)), Under::NoData);
    assert_eq!(mean("b1", 3, position(8.5, 2.5)), Under::Outside);
    let data = |position| source.data_under(position, &cache()).unwrap();
    assert_eq!(
        [data(position(3.5, 2.5)), data(position(0.5, 0.5)), data(position(8.5, 2.5))],
        [Under::Value(1.0), Under::NoData, Under::Outside]
    );
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

/// The middle four pixels of an image at `HERE`, as the map shows them.
fn middle_of(source: &Source) -> View {
    let bounds = source.bounds_mercator().unwrap();
    let middle = bounds.center();
    let (across, down) = (bounds.width() / 16.0, bounds.height() / 16.0);
    let bbox = BoundingBox::new(middle.x - across, middle.y - down, middle.x + across, middle.y + down).unwrap();
    View::new(crate::geo::Crs::web_mercator(), bbox, 4, 4).unwrap()
}

fn values(raster: &Raster) -> Vec<Option<f64>> {
    let plane = raster.band(0).unwrap();
    (0..raster.pixels()).map(|at| plane.value(at).filter(|_| raster.mask()[at] != INVALID)).collect()
}

#[test]
fn a_mosaic_fills_what_the_first_member_lacks_and_reads_no_more_than_it_needs() {
    let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
    let member = |name: &str, value: fn(u32, u32) -> u8| {
        let path = write_bytes(&folder.path().join(name), 8, HERE, value);
        (Source::Image(Arc::new(Image::open(ids.next(), &path).unwrap())), path)
    };
    let (half, _) = member("half.tif", |col, _| u8::from(col < 4));
    let (whole, _) = member("whole.tif", |_, _| 2);
    let (broken, path) = member("broken.tif", |_, _| 3);
    std::fs::write(path, "gone").unwrap();
    let view = middle_of(&whole);
    let mosaic = |members: &[&Source]| {
        let mosaic = Mosaic::new("all", members.iter().map(|&member| member.clone()).collect()).unwrap();
        Source::Mosaic(Arc::new(mosaic)).read(&view, &[0], Resampling::Nearest, &cache())
    };
    let alone = mosaic(&[&half]).unwrap();
    assert!(values(&alone).contains(&None) && values(&alone).contains(&Some(1.0)));
    let filled = values(&mosaic(&[&half, &whole, &broken]).unwrap());
    assert!(filled.iter().zip(values(&alone)).all(|(&now, before)| now == before.or(Some(2.0))), "{filled:?}");
    assert!(values(&mosaic(&[&whole, &half]).unwrap()).iter().all(|&value| value == Some(2.0)));
    assert!(mosaic(&[&half, &broken]).is_err(), "what is needed and can't be read is an error");
}

#[test]
fn a_mosaic_out_of_view_is_nothing_and_of_no_members_there_is_none() {
    let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
    let near = Source::Image(constant(&ids, &folder.path().join("near.tif"), HERE, 1));
    let far = Source::Image(constant(&ids, &folder.path().join("far.tif"), HERE.moved_east(90_000.0), 2));
    let mosaic = Mosaic::new("far", vec![far]).unwrap();
    let raster = mosaic.read(&middle_of(&near), &[0], Resampling::Nearest, &cache()).unwrap();
    assert!(raster.is_blank() && raster.bands().len() == 1);
    assert!(mosaic.read(&middle_of(&near), &[1], Resampling::Nearest, &cache()).is_err());
    assert!(Mosaic::new("none", Vec::new()).is_none());
    let nested = Mosaic::new("outer", vec![Source::Mosaic(Arc::new(mosaic)), near]).unwrap();
    assert_eq!(nested.members().iter().map(Source::name).collect::<Vec<_>>(), ["far", "near"]);
}

#[test]
fn a_scene_takes_each_band_from_its_own_file() {
    let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
    let mut catalog = Catalog::new();
    let fine = write_bytes(&folder.path().join("a_B2.tif"), 16, TestPlace { px: 15.0, ..HERE }, |_, _| 20);
    catalog.add_image(Image::open(ids.next(), &fine).unwrap());
    catalog.add_image(constant(&ids, &folder.path().join("a_B3.tif"), HERE, 30));
    let scene = catalog.entry(catalog.entries()[0]).unwrap().source();
    assert!(matches!(scene, Source::Scene(_)));
    let read = |bands: &[usize]| scene.read(&middle_of(&scene), bands, Resampling::Nearest, &cache());
    let raster = read(&[1, 0, 1]).unwrap();
    assert_eq!((0..3).map(|band| raster.value(band, 1, 1)).collect::<Vec<_>>(), [Some(30.0), Some(20.0), Some(30.0)]);
    assert!(matches!(read(&[2]), Err(LibraryError::NoSuchBand { index: 2, count: 2, .. })));
    assert!(matches!(read(&[]), Err(LibraryError::NoBands { .. })));
}

#[test]
fn a_calculation_has_statistics_of_its_own_and_an_area_has_too() {
    let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
    let path = write_bytes(&folder.path().join("a.tif"), 8, HERE, |col, _| if col < 4 { 10 } else { 30 });
    let members = [Source::Image(Arc::new(Image::open(ids.next(), &path).unwrap()))];
    let of = |expression: Option<&str>, area: Option<BoundingBox>| {
        LayerStatistics::of(&Sampled { members: &members, expression, area }, &cache(), &|_, _| true)
    };
    let calculated = of(Some("b1 * 2 + 1"), None).unwrap().unwrap().expression.unwrap();
    assert_eq!((calculated.min, calculated.max), (21.0, 61.0));
    assert!(matches!(of(Some("b1 *"), None), Err(LibraryError::Expression(_))));
    let whole = members[0].bounds_mercator().unwrap();
    let west = BoundingBox::new(whole.min_x(), whole.min_y(), whole.min_x() + whole.width() * 0.4, whole.max_y());
    let in_the_west = of(None, west).unwrap().unwrap().bands[0].clone().unwrap();
    assert_eq!((in_the_west.min, in_the_west.max), (10.0, 10.0));
}
