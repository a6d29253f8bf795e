//! Tests of reading whole files into views.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::{ImageGeometry, Resampling, View, choose_level, footprint, pixel_at, read};
use crate::cog::testing::{Page, TiffBuilder, Value};
use crate::cog::{BlockCache, Cog};
use crate::geo::{BoundingBox, Crs, Point};
use crate::raster::{Raster, Samples};

/// A page with a place: EPSG code and GDAL's six numbers.
pub(super) fn placed(page: Page, epsg: u16, [x, x_col, x_row, y, y_col, y_row]: [f64; 6]) -> Page {
    let (model, key) = if epsg == 4326 { (2, 2048) } else { (1, 3072) };
    let matrix = vec![x_col, x_row, 0.0, x, y_col, y_row, 0.0, y, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    page.tag(34264, Value::Doubles(matrix))
        .tag(34735, Value::Shorts(vec![1, 1, 0, 3, 1024, 0, 1, model, 1025, 0, 1, 1, key, 0, 1, epsg]))
}

pub(super) fn noise(width: u32, height: u32) -> Vec<u8> {
    let value = |at: u32| (at.wrapping_mul(2_654_435_761) >> 13) as u8;
    (0..width * height).map(value).collect()
}

fn open(folder: &Path, file: &TiffBuilder) -> Cog {
    let path: PathBuf = file.write(folder, "image.tif");
    Cog::open(&path).unwrap()
}

fn with_cog<T>(page: Page, check: impl FnOnce(&Cog) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    check(&open(folder.path(), &TiffBuilder::new(page)))
}

pub(super) fn bbox(min_x: f64, min_y: f64, max_x: f64, max_y: f64) -> BoundingBox {
    BoundingBox::new(min_x, min_y, max_x, max_y).unwrap()
}

fn warp(cog: &Cog, view: &View, resampling: Resampling) -> Raster {
    read(cog, view, &[0], resampling, &BlockCache::new(1 << 20)).unwrap().raster
}

fn bytes(raster: &Raster) -> &[u8] {
    match raster.band(0) {
        Some(Samples::U8(bytes)) => bytes,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_resolution_reads_from_its_own_level() {
    let georeference = [0.0, 10.0, 0.0, 640.0, 0.0, -10.0];
    let level = |size: u32, value: u8| Page::strip(size, size, &vec![value; (size * size) as usize]);
    let overview = |size: u32, value: u8| level(size, value).tag(254, Value::Longs(vec![1]));
    let file =
        TiffBuilder::new(placed(level(64, 10), 3857, georeference)).page(overview(32, 20)).page(overview(16, 30));
    let folder = tempfile::tempdir().unwrap();
    let cog = open(folder.path(), &file);
    for (size, value, index) in
        [(128, 10, 0), (64, 10, 0), (40, 10, 0), (32, 20, 1), (20, 20, 1), (16, 30, 2), (3, 30, 2)]
    {
        let view = View::new(Crs::web_mercator(), bbox(0.0, 0.0, 640.0, 640.0), size, size).unwrap();
        assert_eq!(choose_level(&cog, &view).unwrap(), index, "{size}");
        let raster = warp(&cog, &view, Resampling::Nearest);
        assert!(bytes(&raster).iter().all(|&found| found == value), "{size}");
        assert!(!raster.mask().contains(&0));
    }
}

#[test]
fn tiles_at_the_edge_of_the_earth_take_the_level_of_their_neighbours() {
    let level = |width: u32, value: u8| Page::strip(width, width / 2, &vec![value; (width * width / 2) as usize]);
    let overview = |width: u32, value: u8| level(width, value).tag(254, Value::Longs(vec![1]));
    for west in [-180.0, 0.0, -180.4] {
        let page = placed(level(360, 10), 4326, [west, 1.0, 0.0, 90.0, 0.0, -1.0]);
        let folder = tempfile::tempdir().unwrap();
        let cog = open(folder.path(), &TiffBuilder::new(page).page(overview(180, 20)).page(overview(90, 30)));
        let chosen = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| {
            let tile = crate::geo::TileCoord::new(1, x, y).unwrap();
            choose_level(&cog, &View::tile(tile, 64)).unwrap()
        });
        assert_eq!(chosen, [1; 4], "{west}");
    }
}

#[test]
fn pixels_come_from_where_they_lie_turned_or_upside_down() {
    let (width, height) = (61, 47);
    for georeference in [
        [500_000.0, 30.0, 0.0, 5_000_000.0, 0.0, -30.0],
        [500_000.0, 30.0, 0.0, 5_000_000.0, 0.0, 30.0],
        [500_000.0, 20.0, 15.0, 5_000_000.0, 15.0, -20.0],
    ] {
        let values = noise(width, height);
        with_cog(placed(Page::strip(width, height, &values), 32633, georeference), |cog| {
            let outline = footprint(cog, &Crs::web_mercator()).unwrap();
            let view = View::new(Crs::web_mercator(), BoundingBox::around(outline).unwrap(), 200, 150).unwrap();
            let raster = warp(cog, &view, Resampling::Nearest);
            let geometry = ImageGeometry::new(cog, view.crs()).unwrap();
            let (mut inside, mut wrong) = (0, 0);
            for row in 0..view.height() {
                for col in 0..view.width() {
                    let place = view.crs_from_pixel().apply(f64::from(col) + 0.5, f64::from(row) + 0.5);
                    let p = geometry.pixel_from_view(place).unwrap();
                    let is_inside = (0.0..f64::from(width)).contains(&p.x) && (0.0..f64::from(height)).contains(&p.y);
                    let value = is_inside.then(|| f64::from(values[p.y as usize * width as usize + p.x as usize]));
                    let found = raster.is_valid(col, row).then(|| raster.value(0, col, row).unwrap());
                    inside += u32::from(is_inside);
                    wrong += u32::from(value != found);
                }
            }
            assert!(inside > 10_000 && wrong < inside / 200, "{wrong} of {inside} wrong, {georeference:?}");
        });
    }
}

#[test]
fn nodata_never_bleeds_into_a_neighbour() {
    let values: Vec<u8> = (0..64 * 64).map(|at| if at % 64 < 31 { 0 } else { 100 }).collect();
    let page = Page::strip(64, 64, &values).tag(42113, Value::Ascii("0".to_owned()));
    with_cog(placed(page, 3857, [0.0, 1.0, 0.0, 64.0, 0.0, -1.0]), |cog| {
        for resampling in Resampling::ALL {
            for size in [150, 64, 50, 23, 7] {
                let view = View::new(Crs::web_mercator(), bbox(0.0, 0.0, 64.0, 64.0), size, size).unwrap();
                let raster = warp(cog, &view, resampling);
                let valid = raster.mask().iter().zip(bytes(&raster)).filter(|(mask, _)| **mask != 0);
                let values: Vec<u8> = valid.map(|(_, &value)| value).collect();
                assert!(!values.is_empty() && values.iter().all(|&value| value == 100), "{resampling:?} {size}");
                assert!(!raster.is_valid(0, size / 2) && raster.is_valid(size - 1, size / 2));
            }
        }
    });
}

#[test]
fn kernels_meet_the_values_of_a_slope() {
    let values: Vec<u8> = (0..100 * 100).map(|at| (at % 100 * 2) as u8).collect();
    with_cog(placed(Page::strip(100, 100, &values), 3857, [0.0, 1.0, 0.0, 100.0, 0.0, -1.0]), |cog| {
        for resampling in [Resampling::Bilinear, Resampling::Cubic, Resampling::Average, Resampling::Lanczos] {
            for size in [300, 100, 40, 10] {
                let view = View::new(Crs::web_mercator(), bbox(20.0, 20.0, 80.0, 80.0), size, size).unwrap();
                let raster = warp(cog, &view, resampling);
                for col in 0..size {
                    let x = 20.0 + 60.0 * (f64::from(col) + 0.5) / f64::from(size);
                    let value = raster.value(0, col, size / 2).unwrap();
                    assert!((value - (x - 0.5) * 2.0).abs() <= 1.5, "{resampling:?} {size} {col}: {value}");
                }
            }
        }
    });
}

#[test]
fn an_image_across_the_antimeridian_is_seen_from_both_sides() {
    let values: Vec<u8> = (0..20 * 10).map(|at| (at % 20) as u8).collect();
    with_cog(placed(Page::strip(20, 10, &values), 4326, [170.0, 1.0, 0.0, 5.0, 0.0, -1.0]), |cog| {
        let at = |lon: f64| {
            let view = View::new(Crs::wgs84(), bbox(lon, 0.0, lon + 1.0, 1.0), 1, 1).unwrap();
            let raster = warp(cog, &view, Resampling::Nearest);
            raster.is_valid(0, 0).then(|| raster.value(0, 0, 0).unwrap())
        };
        assert_eq!((at(170.0), at(179.0), at(-180.0), at(-171.0)), (Some(0.0), Some(9.0), Some(10.0), Some(19.0)));
        assert_eq!((at(169.0), at(-170.0), at(0.0)), (None, None, None));
        let around = BoundingBox::around(footprint(cog, &Crs::wgs84()).unwrap()).unwrap();
        assert!((around.min_x() - 170.0).abs() < 1e-9 && (around.max_x() - 190.0).abs() < 1e-9);
    });
}

#[test]
fn the_whole_earth_is_cut_where_the_map_ends() {
    with_cog(placed(Page::strip(36, 18, &noise(36, 18)), 4326, [-180.0, 10.0, 0.0, 90.0, 0.0, -10.0]), |cog| {
        let tile = crate::geo::TileCoord::new(0, 0, 0).unwrap();
        let raster = warp(cog, &View::tile(tile, 64), Resampling::Nearest);
        assert!(!raster.mask().contains(&0));
        let around = BoundingBox::around(footprint(cog, &Crs::web_mercator()).unwrap()).unwrap();
        assert!(around.width() > 4.0e7 && around.height() > 4.0e7, "{around:?}");
    });
}

#[test]
fn the_outline_of_an_image_round_the_pole_is_its_cap() {
    let georeference = [-2_000_000.0, 40_000.0, 0.0, 2_000_000.0, 0.0, -40_000.0];
    with_cog(placed(Page::strip(100, 100, &noise(100, 100)), 3413, georeference), |cog| {
        let around = BoundingBox::around(footprint(cog, &Crs::wgs84()).unwrap()).unwrap();
        assert_eq!((around.min_x(), around.max_x(), around.max_y()), (-180.0, 180.0, 90.0));
        assert!((60.0..75.0).contains(&around.min_y()), "{around:?}");
        let view = View::new(Crs::wgs84(), bbox(-180.0, 80.0, 180.0, 90.0), 36, 10).unwrap();
        assert!(!warp(cog, &view, Resampling::Nearest).mask().contains(&0));
    });
}

#[test]
fn a_view_beside_the_image_is_blank_and_reads_nothing() {
    // Blocks that are too short can't be read; the third is two runs of 128 sevens in PackBits.
    let blocks = vec![Some(vec![0]), Some(vec![0]), Some([0x81, 7].repeat(2)), Some(vec![0])];
    let page = Page::tiles(32, 32, 16, blocks).tag(259, Value::Shorts(vec![32_773]));
    with_cog(placed(page, 3857, [0.0, 1.0, 0.0, 32.0, 0.0, -1.0]), |cog| {
        let view = |area| View::new(Crs::web_mercator(), area, 8, 8).unwrap();
        assert!(warp(cog, &view(bbox(100.0, 100.0, 108.0, 108.0)), Resampling::Nearest).is_blank());
        let lower_left = view(bbox(0.0, 0.0, 16.0, 16.0));
        assert!(bytes(&warp(cog, &lower_left, Resampling::Nearest)).iter().all(|&value| value == 7));
        let cache = BlockCache::new(1 << 20);
        assert!(read(cog, &view(bbox(0.0, 16.0, 16.0, 32.0)), &[0], Resampling::Nearest, &cache).is_err());
    });
}

#[test]
fn a_sparse_look_at_a_large_image_skips_what_lies_between() {
    // Strips of one row, of which only those that a view of 4 rows hits can be read: 15 runs of 128 nines and one of 80.
    let row_of_nines = || [[0x81, 9].repeat(15), vec![0xb1, 9]].concat();
    let strips = (0..2000).map(|row| if row % 500 == 250 { Some(row_of_nines()) } else { Some(vec![0]) }).collect();
    let page = Page::strip(2000, 2000, &[]).tag(259, Value::Shorts(vec![32_773]));
    let page = page.tag(278, Value::Longs(vec![1])).blocks(strips);
    with_cog(placed(page, 3857, [0.0, 1.0, 0.0, 2000.0, 0.0, -1.0]), |cog| {
        let view = View::new(Crs::web_mercator(), bbox(0.0, 0.0, 2000.0, 2000.0), 4, 4).unwrap();
        assert_eq!(bytes(&warp(cog, &view, Resampling::Nearest)), [9; 16]);
    });
}

#[test]
fn a_place_leads_to_its_pixel() {
    with_cog(placed(Page::strip(10, 5, &noise(10, 5)), 4326, [10.0, 0.1, 0.0, 50.0, 0.0, -0.1]), |cog| {
        let pixel = pixel_at(cog, &Crs::wgs84(), Point::new(10.25, 49.95)).unwrap().unwrap();
        assert!((pixel.x - 2.5).abs() < 1e-9 && (pixel.y - 0.5).abs() < 1e-9);
        assert_eq!(pixel_at(cog, &Crs::wgs84(), Point::new(11.05, 49.95)).unwrap(), None);
    });
}

#[test]
fn files_without_a_place_say_so() {
    with_cog(Page::strip(4, 4, &noise(4, 4)), |cog| {
        let error = choose_level(cog, &View::tile(crate::geo::TileCoord::new(0, 0, 0).unwrap(), 256)).unwrap_err();
        assert!(error.to_string().ends_with("the file has no georeference, so it has no place on the map"), "{error}");
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn two_views_side_by_side_are_one_of_double_width(
        west in -4.0..3.0_f64, south in -4.0..3.0_f64, size in 0.1..3.0_f64, pixels in 1_u32..80,
        resampling in proptest::sample::select(vec![Resampling::Nearest, Resampling::Bilinear]),
    ) {
        with_cog(placed(Page::strip(90, 70, &noise(90, 70)), 4326, [-3.0, 0.07, 0.0, 3.0, 0.0, -0.09]), |cog| {
            let (middle, east, north) = (west + size, west + 2.0 * size, south + size);
            let view = |from: f64, to: f64, width: u32| View::new(Crs::wgs84(), bbox(from, south, to, north), width, pixels);
            let whole = warp(cog, &view(west, east, 2 * pixels).unwrap(), resampling);
            let left = warp(cog, &view(west, middle, pixels).unwrap(), resampling);
            let right = warp(cog, &view(middle, east, pixels).unwrap(), resampling);
            let mut unlike = 0;
            for row in 0..pixels {
                for col in 0..2 * pixels {
                    let (half, at) = if col < pixels { (&left, col) } else { (&right, col - pixels) };
                    let value = |raster: &Raster, col: u32| {
                        raster.is_valid(col, row).then(|| raster.value(0, col, row).unwrap())
                    };
                    let same = match (value(&whole, col), value(half, at)) {
                        (Some(a), Some(b)) => (a - b).abs() <= 1.0,
                        (a, b) => a == b,
                    };
                    unlike += u32::from(!same);
                }
            }
            // Rounding may take a pixel whose middle lies on an edge to either side.
            prop_assert!(unlike <= pixels / 20, "{unlike} unlike");
            Ok(())
        })?;
    }
}
