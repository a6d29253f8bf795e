//! Views of made files compared with those of `gdalwarp`, where it is installed; elsewhere these tests say that they were skipped.
//!
//! `gdalwarp` computes every position exactly here (`-et 0`) and tells what is valid as alpha.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::read_tests::{bbox, noise, placed};
use super::{Resampling, View, footprint, read};
use crate::cog::testing::{Page, TiffBuilder, Value};
use crate::cog::{BlockCache, Cog};
use crate::geo::{BoundingBox, Crs, Point, TileCoord, Transformer};
use crate::raster::{PixelWindow, Raster};

/// Major and minor number of the release, where there is a `gdalwarp`.
static GDAL: LazyLock<Option<(u32, u32)>> = LazyLock::new(|| {
    let output = Command::new("gdalwarp").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.strip_prefix("GDAL ")?.split(['.', ',']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
});

fn is_skipped() -> bool {
    if GDAL.is_none() {
        eprintln!("skipped: no GDAL");
    }
    GDAL.is_none()
}

/// From 3.10 on shrinking by Lanczos is not shifted any more (GDAL's issue 11042).
fn shrinks_by_lanczos_rightly() -> bool {
    GDAL.is_some_and(|release| release >= (3, 10))
}

/// What `gdalwarp` makes of the view.
fn gdal(source: &Path, view: &View, resampling: Resampling) -> Raster {
    let out = source.with_file_name("gdal.tif");
    let crs = format!("EPSG:{}", view.crs().epsg().unwrap());
    let (area, word) = (view.bbox(), if resampling == Resampling::Nearest { "near" } else { resampling.name() });
    let sides = [area.min_x(), area.min_y(), area.max_x(), area.max_y()].map(|side| format!("{side:?}"));
    let mut command = Command::new("gdalwarp");
    command.args(["-q", "-overwrite", "-et", "0", "-dstalpha", "-ovr", "AUTO", "-r", word, "-t_srs", &crs, "-te"]);
    command.args(&sides).args(["-ts", &view.width().to_string(), &view.height().to_string()]);
    let output = command.arg(source).arg(&out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let cog = Cog::open(&out).unwrap();
    let bands: Vec<usize> = (0..cog.band_count()).collect();
    let window = PixelWindow::new(0, 0, cog.width(), cog.height()).unwrap();
    cog.read_window(0, window, &bands, &BlockCache::new(1 << 20)).unwrap()
}

fn ours(source: &Path, view: &View, resampling: Resampling) -> Raster {
    let cog = Cog::open(source).unwrap();
    let bands: Vec<usize> = (0..cog.band_count()).collect();
    read(&cog, view, &bands, resampling, &BlockCache::new(1 << 20)).unwrap().raster
}

/// Shares of pixels that are valid in one of both only, and of values that differ by more than `tolerance`.
fn unlike(source: &Path, view: &View, resampling: Resampling, tolerance: f64) -> (f64, f64) {
    let (theirs, own) = (gdal(source, view, resampling), ours(source, view, resampling));
    let (mut masks, mut values, mut both) = (0, 0, 0);
    for row in 0..view.height() {
        for col in 0..view.width() {
            masks += u32::from(theirs.is_valid(col, row) != own.is_valid(col, row));
            if theirs.is_valid(col, row) && own.is_valid(col, row) {
                for band in 0..own.bands().len() {
                    let value = |raster: &Raster| raster.value(band, col, row).unwrap();
                    both += 1;
                    values += u32::from((value(&theirs) - value(&own)).abs() > tolerance);
                }
            }
        }
    }
    assert!(both > 0, "nothing in common");
    (f64::from(masks) / f64::from(view.width() * view.height()), f64::from(values) / f64::from(both))
}

#[track_caller]
fn assert_alike(source: &Path, view: &View, resampling: Resampling, tolerance: f64) {
    let (masks, values) = unlike(source, view, resampling, tolerance);
    assert!(masks <= 0.005 && values <= 0.005, "{resampling:?} {view:?}: masks {masks}, values {values}");
}

fn write(folder: &Path, page: Page) -> PathBuf {
    TiffBuilder::new(page).write(folder, "image.tif")
}

fn view(epsg: u32, area: BoundingBox, width: u32, height: u32) -> View {
    View::new(Crs::from_epsg(epsg).unwrap(), area, width, height).unwrap()
}

/// A square around a place of UTM zone 31, in another system.
fn square(epsg: u32, center_utm: Point, side: f64, pixels: u32) -> View {
    let crs = Crs::from_epsg(epsg).unwrap();
    let there = Transformer::new(&Crs::from_epsg(32631).unwrap(), &crs, None).unwrap().forward(center_utm).unwrap();
    let half = side / 2.0;
    View::new(crs, bbox(there.x - half, there.y - half, there.x + half, there.y + half), pixels, pixels).unwrap()
}

const WIDTH: u32 = 300;
const HEIGHT: u32 = 240;
/// 300 x 240 pixels of 10 m in UTM zone 31.
const UTM: [f64; 6] = [500_000.0, 10.0, 0.0, 5_600_000.0, 0.0, -10.0];

/// Waves with some noise, the same for every machine.
fn waves(band: u32) -> impl Iterator<Item = f64> {
    let grain = noise(WIDTH, HEIGHT);
    (0..WIDTH * HEIGHT).zip(grain).map(move |(at, grain)| {
        let (x, y) = (f64::from(at % WIDTH), f64::from(at / WIDTH));
        let wave = (x / 9.0).sin() + (y / (7.0 + f64::from(band))).cos() + ((x + y) / 23.0).sin();
        wave / 3.0 + 0.3 * (f64::from(grain) / 127.5 - 1.0)
    })
}

fn bytes_of_waves() -> Vec<u8> {
    waves(0).map(|wave| (wave * 80.0 + 128.0).clamp(1.0, 255.0) as u8).collect()
}

/// Bytes whose nodata value is 0: an area of them, a stripe at the edge, and every so many pixels.
fn with_holes() -> Page {
    let grain = noise(WIDTH, HEIGHT);
    let values: Vec<u8> = bytes_of_waves()
        .iter()
        .enumerate()
        .map(|(at, &value)| {
            let (x, y) = (at % WIDTH as usize, at / WIDTH as usize);
            let hole = (40..80).contains(&x) && (30..60).contains(&y) || x < 7 || grain[at] < 25;
            if hole { 0 } else { value }
        })
        .collect();
    placed(Page::strip(WIDTH, HEIGHT, &values), 32631, UTM).tag(42113, Value::Ascii("0".to_owned()))
}

fn floats() -> Page {
    let values: Vec<u8> = waves(1).flat_map(|wave| (wave as f32).to_le_bytes()).collect();
    placed(Page::strip(WIDTH, HEIGHT, &values), 32631, UTM)
        .tag(258, Value::Shorts(vec![32]))
        .tag(339, Value::Shorts(vec![3]))
}

/// Three bands, each with holes of its own.
fn bands_with_holes() -> Page {
    let grain = noise(WIDTH, HEIGHT);
    let mut bands: Vec<Box<dyn Iterator<Item = f64>>> = (0..3).map(|band| Box::new(waves(band)) as Box<_>).collect();
    let mut values = Vec::new();
    for &grain in &grain {
        for (band, waves) in bands.iter_mut().enumerate() {
            let value = (waves.next().unwrap() * 9000.0 + 20_000.0) as u16;
            let is_hole = usize::from(grain) % 7 == band;
            values.extend((if is_hole { 0 } else { value }).to_le_bytes());
        }
    }
    placed(Page::strip(WIDTH, HEIGHT, &values), 32631, UTM)
        .tag(258, Value::Shorts(vec![16; 3]))
        .tag(277, Value::Shorts(vec![3]))
        .tag(42113, Value::Ascii("0".to_owned()))
}

/// Views inside of the image: in its own system and in Web Mercator, by how many source pixels a pixel is wide.
fn views_inside(ratio: f64) -> [View; 2] {
    let pixels = ((150.0 / ratio).min(150.0)) as u32;
    let side = f64::from(pixels) * ratio * 10.0;
    let (west, north) = (500_173.7, 5_599_688.7);
    let own = view(32631, bbox(west, north - side, west + side, north), pixels, pixels);
    // A metre is 1.58 metres of Web Mercator there.
    [own, square(3857, Point::new(501_500.0, 5_598_800.0), side * 1.58, pixels)]
}

const KERNELS: [Resampling; 5] = Resampling::ALL;

#[test]
fn kernels_make_the_values_of_gdal() {
    if is_skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cases: [(Page, f64, &[f64]); 3] = [
        (with_holes(), 1.0, &[0.27, 1.02, 1.3, 2.7]),
        (floats(), 0.02, &[0.97, 7.3]),
        (bands_with_holes(), 120.0, &[0.6, 2.0]),
    ];
    for (page, tolerance, ratios) in cases {
        let source = write(folder.path(), page);
        for &ratio in ratios {
            for view in views_inside(ratio) {
                for resampling in KERNELS {
                    let is_shrunk = ratio > 1.05;
                    if resampling == Resampling::Lanczos && is_shrunk && !shrinks_by_lanczos_rightly() {
                        continue;
                    }
                    let (masks, values) = unlike(&source, &view, resampling, tolerance);
                    // Near gaps the weights of Lanczos add up to nearly nothing, which GDAL calls invalid.
                    let masks_may = if resampling == Resampling::Lanczos { 0.02 } else { 0.005 };
                    assert!(masks <= masks_may && values <= 0.005, "{resampling:?} {ratio} {view:?}: {masks} {values}");
                }
            }
        }
    }
}

#[test]
fn edges_are_those_of_gdal() {
    if is_skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = write(folder.path(), floats());
    for ratio in [0.3, 1.0] {
        let side = 40.0 * ratio * 10.0;
        let first = Point::new(UTM[0] - 0.35 * side, UTM[3] + 0.3 * side);
        let last = Point::new(UTM[0] + 3000.0 - 0.5 * side, UTM[3] - 2400.0 + 0.55 * side);
        for corner in [first, last] {
            let view = view(32631, bbox(corner.x, corner.y - side, corner.x + side, corner.y), 40, 40);
            for resampling in [Resampling::Nearest, Resampling::Bilinear, Resampling::Cubic, Resampling::Lanczos] {
                assert_alike(&source, &view, resampling, 1e-4);
            }
        }
    }
}

/// Levels that each hold another constant: full, a half, 2 / 7 and a tenth.
fn levels() -> TiffBuilder {
    let level =
        |width: u32, height: u32, value: u8| Page::strip(width, height, &vec![value; (width * height) as usize]);
    let overview = |width, height, value| level(width, height, value).tag(254, Value::Longs(vec![1]));
    TiffBuilder::new(placed(level(700, 560, 10), 32631, UTM))
        .page(overview(350, 280, 20))
        .page(overview(200, 160, 30))
        .page(overview(70, 56, 40))
}

#[test]
fn the_level_is_the_one_that_gdal_chooses() {
    if is_skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = levels().write(folder.path(), "image.tif");
    let center = Point::new(503_500.0, 5_597_200.0);
    let mut views = Vec::new();
    // In its own system, from enlarged to far below the last level; then turned and stretched by other systems.
    for pixels in [900, 600, 351, 349, 210, 200, 199, 71, 69, 9] {
        views.push(square(32631, center, 5_000.0, pixels * 5 / 7 + 1));
    }
    for pixels in [500, 130, 90, 45, 20] {
        for epsg in [3857, 3035, 3413, 32633, 2154] {
            views.push(square(epsg, center, 3_000.0, pixels));
        }
    }
    for zoom in 8..=17 {
        let place = Transformer::new(&Crs::from_epsg(32631).unwrap(), &Crs::wgs84(), None).unwrap();
        let lon_lat = place.forward(center).unwrap();
        let lon_lat = crate::geo::LonLat::new(lon_lat.x, lon_lat.y).unwrap();
        views.push(View::tile(TileCoord::from_lon_lat(lon_lat, zoom).unwrap(), 256));
    }
    let mut seen = [0; 5];
    for view in views {
        let value = |raster: &Raster| {
            let valid = raster.mask().iter().position(|&mask| mask != 0).unwrap();
            let (col, row) = (valid % view.width() as usize, valid / view.width() as usize);
            raster.value(0, col as u32, row as u32).unwrap()
        };
        let theirs = value(&gdal(&source, &view, Resampling::Nearest));
        let own = value(&ours(&source, &view, Resampling::Nearest));
        assert_eq!(theirs, own, "{view:?}");
        seen[(own / 10.0) as usize] += 1;
    }
    assert!(seen[1..].iter().all(|&count| count > 2), "every level serves some views: {seen:?}");
}

/// GDAL's control points of a bent image, as tie points.
fn with_control_points(columns: u32, rows: u32) -> Page {
    let mut numbers = Vec::new();
    for row in 0..rows {
        for col in 0..columns {
            let (c, r) =
                (f64::from(col) / f64::from(columns - 1) * 300.0, f64::from(row) / f64::from(rows - 1) * 240.0);
            let bend = if columns * rows > 5 { 1.0 } else { 0.0 };
            let x = 500_000.0 + 10.0 * c + 1.5 * r + bend * (2e-3 * c * c - 1e-3 * c * r);
            let y = 5_600_000.0 - 9.0 * r + 0.8 * c + bend * 1.5e-3 * r * r;
            numbers.extend([c, r, 0.0, x, y, 0.0]);
        }
    }
    placed(Page::strip(WIDTH, HEIGHT, &bytes_of_waves()), 32631, UTM).without(34264).tag(33922, Value::Doubles(numbers))
}

#[test]
fn control_points_place_pixels_where_gdal_places_them() {
    if is_skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (columns, rows) in [(2, 2), (3, 3), (5, 5)] {
        let source = write(folder.path(), with_control_points(columns, rows));
        for epsg in [32631, 3857] {
            let around =
                BoundingBox::around(footprint(&Cog::open(&source).unwrap(), &Crs::from_epsg(epsg).unwrap()).unwrap());
            assert_alike(&source, &view(epsg, around.unwrap(), 200, 160), Resampling::Nearest, 0.0);
        }
    }
}

/// A camera that looks down on 3 degrees east and 50 degrees north from the side: heights matter.
fn camera() -> [f64; 92] {
    let mut numbers = [0.0; 92];
    numbers[..12].copy_from_slice(&[-1.0, -1.0, 119.5, 149.5, 50.0, 3.0, 400.0, 120.0, 150.0, 0.02, 0.03, 500.0]);
    let mut set =
        |from: usize, terms: &[(usize, f64)]| terms.iter().for_each(|&(at, factor)| numbers[from + at] = factor);
    set(12, &[(0, 0.001), (1, 0.01), (2, -1.0), (3, 0.04), (4, 0.002), (8, 0.003), (16, 0.001)]);
    set(32, &[(0, 1.0), (1, 0.001), (2, -0.002)]);
    set(52, &[(0, -0.002), (1, 1.0), (2, 0.02), (3, -0.05), (7, 0.004), (13, 0.001), (19, -0.001)]);
    set(72, &[(0, 1.0), (2, 0.001), (5, 0.0005)]);
    numbers
}

#[test]
fn camera_models_place_pixels_where_gdal_places_them() {
    if is_skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bare = Page::strip(WIDTH, HEIGHT, &bytes_of_waves());
    let tagged =
        TiffBuilder::new(bare.clone().tag(50844, Value::Doubles(camera().to_vec()))).write(folder.path(), "tagged.tif");
    let beside = TiffBuilder::new(bare).write(folder.path(), "beside.tif");
    let names = [
        "ERR_BIAS",
        "ERR_RAND",
        "LINE_OFF",
        "SAMP_OFF",
        "LAT_OFF",
        "LONG_OFF",
        "HEIGHT_OFF",
        "LINE_SCALE",
        "SAMP_SCALE",
        "LAT_SCALE",
        "LONG_SCALE",
        "HEIGHT_SCALE",
    ]
    .map(str::to_owned)
    .into_iter();
    let sets = ["LINE_NUM_COEFF", "LINE_DEN_COEFF", "SAMP_NUM_COEFF", "SAMP_DEN_COEFF"];
    let numbered = sets.into_iter().flat_map(|set| (1..=20).map(move |at| format!("{set}_{at}")));
    let lines: Vec<String> =
        names.chain(numbered).zip(camera()).map(|(name, number)| format!("{name}: {number}")).collect();
    std::fs::write(folder.path().join("beside_RPC.TXT"), lines.join("\n") + "\n").unwrap();
    for source in [tagged, beside] {
        for (epsg, area) in
            [(4326, bbox(2.968, 49.978, 3.034, 50.022)), (3857, bbox(330_500.0, 6_442_000.0, 337_500.0, 6_449_500.0))]
        {
            assert_alike(&source, &view(epsg, area, 200, 180), Resampling::Nearest, 0.0);
        }
    }
}

#[test]
fn turned_sheared_and_upside_down_images_lie_as_in_gdal() {
    if is_skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for georeference in [
        [500_000.0, 10.0, 0.0, 5_597_600.0, 0.0, 10.0],
        [500_000.0, 8.0, 3.0, 5_600_000.0, 2.5, -9.0],
        [503_000.0, -10.0, 0.0, 5_600_000.0, 0.0, -10.0],
        [500_000.0, 1.0, 10.0, 5_600_000.0, -10.0, 2.0],
        [500_000.0, 10.0, 7.0, 5_600_000.0, 0.0, -10.0],
    ] {
        let source = write(folder.path(), placed(Page::strip(WIDTH, HEIGHT, &bytes_of_waves()), 32631, georeference));
        let cog = Cog::open(&source).unwrap();
        for epsg in [32631, 3857, 3035] {
            let around = BoundingBox::around(footprint(&cog, &Crs::from_epsg(epsg).unwrap()).unwrap()).unwrap();
            assert_alike(&source, &view(epsg, around, 220, 200), Resampling::Nearest, 0.0);
        }
    }
}

#[test]
fn images_at_the_ends_of_the_map_are_seen_as_in_gdal() {
    if is_skipped() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let tile = |z: u8, x: u32, y: u32| View::tile(TileCoord::new(z, x, y).unwrap(), 256);
    let globe = |epsg: u16, georeference| placed(Page::strip(WIDTH, HEIGHT, &bytes_of_waves()), epsg, georeference);
    let cases: Vec<(Page, Vec<View>)> = vec![
        // The whole world in degrees, from pole to pole.
        (
            globe(4326, [-180.0, 1.2, 0.0, 90.0, 0.0, -0.75]),
            vec![tile(0, 0, 0), tile(2, 0, 0), tile(3, 7, 7), view(3031, bbox(-3e6, -3e6, 3e6, 3e6), 200, 200)],
        ),
        // Across the antimeridian, east of 180 degrees and as UTM.
        (
            globe(4326, [170.0, 0.07, 0.0, 10.0, 0.0, -0.08]),
            vec![tile(3, 7, 3), tile(3, 0, 3), tile(3, 0, 4), tile(5, 31, 15)],
        ),
        (
            globe(32601, [200_000.0, 2000.0, 0.0, 7_400_000.0, 0.0, -2000.0]),
            vec![tile(4, 0, 4), tile(4, 15, 4), tile(5, 0, 8)],
        ),
        // Round the poles.
        (
            globe(3413, [-4_500_000.0, 30_000.0, 0.0, 3_600_000.0, 0.0, -30_000.0]),
            vec![tile(0, 0, 0), tile(2, 1, 0), tile(3, 6, 1), view(4326, bbox(-180.0, 60.0, 180.0, 90.0), 360, 60)],
        ),
        (
            globe(3031, [-4_500_000.0, 30_000.0, 0.0, 3_600_000.0, 0.0, -30_000.0]),
            vec![tile(1, 0, 1), tile(3, 2, 7), view(4326, bbox(-180.0, -90.0, 180.0, -60.0), 360, 60)],
        ),
    ];
    for (page, views) in cases {
        let source = write(folder.path(), page);
        for view in views {
            assert_alike(&source, &view, Resampling::Nearest, 0.0);
        }
    }
}
