//! Conversions of made files, read back.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::*;
use crate::cog::testing::{Page, TiffBuilder, Value};
use crate::cog::{BlockCache, ColorInterpretation, Compression, Predictor};
use crate::raster::{PixelWindow, Raster, Samples};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn source(&self, builder: &TiffBuilder) -> Cog {
        Cog::open(&builder.write(self.0.path(), "source.tif")).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    /// The converted file, which has to be a flawless COG.
    fn convert(&self, source: &Cog, options: &Options) -> Cog {
        let target = self.path("out.tif");
        let options = Options { overwrite: true, ..options.clone() };
        let written = convert(source, &target, &options, &|_| ControlFlow::Continue(())).unwrap();
        let cog = Cog::open(&target).unwrap();
        assert_eq!(written.bytes, cog.file_bytes());
        assert_eq!(written.overviews + 1, cog.levels().len());
        assert!(cog.has_ghost_area());
        let found = cog.validate();
        assert!(found.errors.is_empty() && found.warnings.is_empty(), "{found:?}");
        cog
    }
}

fn read(cog: &Cog, level: usize) -> Raster {
    let Level { width, height, .. } = cog.levels()[level];
    let bands: Vec<usize> = (0..cog.band_count()).collect();
    let window = PixelWindow::full(width, height).unwrap();
    cog.read_window(level, window, &bands, &BlockCache::new(1 << 24)).unwrap()
}

fn error(source: &Cog, target: &Path, options: &Options) -> String {
    convert(source, target, options, &|_| ControlFlow::Continue(())).unwrap_err().to_string()
}

fn shorts(values: impl IntoIterator<Item = u16>) -> Vec<u8> {
    values.into_iter().flat_map(u16::to_le_bytes).collect()
}

/// 16-bit pixels, `value` of column and row, in one strip.
fn image(width: u32, height: u32, value: impl Fn(u32, u32) -> u16) -> Page {
    let values = (0..height).flat_map(|row| (0..width).map(move |col| (col, row)));
    Page::strip(width, height, &shorts(values.map(|(col, row)| value(col, row)))).tag(258, Value::Shorts(vec![16]))
}

fn varied(col: u32, row: u32) -> u16 {
    ((col * 7919 + row * 104_729) % 5003) as u16
}

fn lossless() -> [Codec; 5] {
    [Codec::None, Codec::Deflate { level: 1 }, Codec::Deflate { level: 12 }, Codec::Zstd { level: 3 }, Codec::Lzw]
}

#[test]
fn samples_survive_every_lossless_compression_and_predictor() {
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(image(330, 290, varied)));
    for codec in lossless() {
        for predictor in [None, Some(Predictor::None), Some(Predictor::Horizontal)] {
            if predictor == Some(Predictor::Horizontal) && !codec.takes_predictor() {
                continue;
            }
            let options = Options { codec, predictor, block_size: Some(128), ..Options::default() };
            let cog = folder.convert(&source, &options);
            assert_eq!(read(&cog, 0), read(&source, 0), "{codec:?} {predictor:?}");
            assert_eq!(cog.levels().len(), 3);
            assert!(cog.levels().iter().all(|level| level.tiled && level.block_width == 128));
        }
    }
}

#[test]
fn noise_that_grows_by_compression_is_read_back() {
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    })
    .take(3072 * 3072)
    .collect();
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(Page::strip(3072, 3072, &noise)));
    let options = Options {
        codec: Codec::Lzw,
        predictor: Some(Predictor::None),
        block_size: Some(3072),
        overviews: Overviews::None,
        ..Options::default()
    };
    let target = folder.path("out.tif");
    convert(&source, &target, &options, &|_| ControlFlow::Continue(())).unwrap();
    let cog = Cog::open(&target).unwrap();
    assert!(cog.file_bytes() > 12 << 20);
    assert_eq!(read(&cog, 0), read(&source, 0));
}

#[test]
fn every_type_of_sample_survives() {
    // Bits, format, and values that are numbers of that type.
    let one = |bits: u16, format: u16| {
        let bytes: Vec<u8> = (0..(100 * u32::from(bits)).div_ceil(8) * 20).map(|at| (at * 37 % 120) as u8).collect();
        Page::strip(100, 20, &bytes).tag(258, Value::Shorts(vec![bits])).tag(339, Value::Shorts(vec![format]))
    };
    let folder = Folder::new();
    let types = [(8, 1), (8, 2), (16, 1), (16, 2), (32, 1), (32, 2), (64, 1), (64, 2), (16, 3), (32, 3), (64, 3)];
    let complex = [(32, 5), (64, 5), (64, 6), (128, 6)];
    let odd = [(1, 1), (2, 1), (4, 1), (12, 1), (24, 1), (4, 2)];
    for (bits, format) in types.into_iter().chain(complex).chain(odd) {
        let source = folder.source(&TiffBuilder::new(one(bits, format)));
        let cog = folder.convert(&source, &Options { overviews: Overviews::Count(2), ..Options::default() });
        assert_eq!(read(&cog, 0), read(&source, 0), "{bits} bits, format {format}");
        assert_eq!(cog.levels()[0].bits_per_sample, bits);
        assert_eq!(cog.levels()[2].width, 25);
    }
}

#[test]
fn big_endian_strips_of_bands_apart_become_little_endian_tiles_of_bands_together() {
    let bytes: Vec<u8> = (0..2 * 30 * 20_u16).flat_map(u16::to_be_bytes).collect();
    let (first, second) = bytes.split_at(1200);
    let page = Page::strip(30, 20, &[])
        .blocks(vec![Some(first.to_vec()), Some(second.to_vec())])
        .tag(258, Value::Shorts(vec![16, 16]))
        .tag(277, Value::Shorts(vec![2]))
        .tag(284, Value::Shorts(vec![2]));
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(page).big_endian().big());
    let cog = folder.convert(&source, &Options::default());
    assert_eq!(read(&cog, 0), read(&source, 0));
    assert_eq!(read(&cog, 0).value(1, 29, 19), Some(1199.0));
    assert!(!cog.is_big_tiff());
    assert_eq!((cog.levels()[0].block_width, cog.levels()[0].block_height), (32, 32));
}

#[test]
fn overviews_are_means_wherever_blocks_and_pieces_end() {
    // Odd sizes: pixels of overviews are made of parts of pixels.
    let folder = Folder::new();
    let (width, height) = (611, 333);
    let source = folder.source(&TiffBuilder::new(image(width, height, varied)));
    let cog = folder.convert(&source, &Options { block_size: Some(32), ..Options::default() });
    assert_eq!(cog.levels().len(), 6);
    let mean_of = |fine: &Raster, col: u32, row: u32, coarse: &Raster| {
        let across = f64::from(fine.width()) / f64::from(coarse.width());
        let down = f64::from(fine.height()) / f64::from(coarse.height());
        let share = |pixel: u32, target: u32, ratio: f64| {
            let (from, to) = (f64::from(target) * ratio, f64::from(target + 1) * ratio);
            (to.min(f64::from(pixel + 1)) - from.max(f64::from(pixel))).max(0.0)
        };
        let (mut sum, mut weight) = (0.0, 0.0);
        for y in (2 * row).saturating_sub(1)..(2 * row + 2).min(fine.height()) {
            for x in (2 * col).saturating_sub(1)..(2 * col + 2).min(fine.width()) {
                let part = share(x, col, across) * share(y, row, down);
                sum += part * fine.value(0, x, y).unwrap();
                weight += part;
            }
        }
        sum / weight
    };
    for level in 1..cog.levels().len() {
        let (fine, coarse) = (read(&cog, level - 1), read(&cog, level));
        assert_eq!(coarse.width(), fine.width().div_ceil(2));
        for row in 0..coarse.height() {
            for col in 0..coarse.width() {
                let expected = mean_of(&fine, col, row, &coarse);
                let found = coarse.value(0, col, row).unwrap();
                assert!((found - expected).abs() <= 0.5 + 1e-6, "level {level} {col} {row}: {found} not {expected}");
            }
        }
    }
}

#[test]
fn nearest_takes_pixels_of_the_full_resolution() {
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(image(256, 128, |col, row| (col + 256 * row) as u16)));
    let options = Options { block_size: Some(16), resampling: Some(OverviewResampling::Nearest), ..Options::default() };
    let cog = folder.convert(&source, &options);
    let coarse = read(&cog, 3);
    assert_eq!((coarse.width(), coarse.height()), (32, 16));
    assert_eq!(coarse.value(0, 5, 7), Some(f64::from(5 * 8 + 256 * (7 * 8))));
}

#[test]
fn nodata_enters_no_mean_and_no_mean_becomes_nodata() {
    let folder = Folder::new();
    let rows = [[7, 9, 0, 0], [7, 7, 0, 0], [65_535, 1, 0, 12], [65_535, 65_535, 0, 0]];
    let page = image(4, 4, |col, row| rows[row as usize][col as usize]).tag(42113, Value::Ascii("7".into()));
    let source = folder.source(&TiffBuilder::new(page));
    let cog = folder.convert(&source, &Options { overviews: Overviews::Count(1), ..Options::default() });
    let half = read(&cog, 1);
    // One valid 9; four zeros; rounded; (0 + 12 + 0 + 0) / 4 = 3.
    assert_eq!(half.band(0), Some(&Samples::U16(vec![9, 0, 49_152, 3])));
    assert_eq!(cog.bands()[0].nodata, source.bands()[0].nodata);
    let all_nodata = folder.source(&TiffBuilder::new(image(4, 4, |_, _| 7).tag(42113, Value::Ascii("7".into()))));
    let cog = folder.convert(&all_nodata, &Options { overviews: Overviews::Count(1), ..Options::default() });
    assert!(read(&cog, 0).is_blank() && read(&cog, 1).is_blank());
    // The mean of 6 and 8 would be nodata.
    let mixed =
        folder.source(&TiffBuilder::new(image(2, 2, |col, _| 6 + 2 * col as u16).tag(42113, Value::Ascii("7".into()))));
    let cog = folder.convert(&mixed, &Options { overviews: Overviews::Count(1), ..Options::default() });
    assert_eq!(read(&cog, 1).band(0), Some(&Samples::U16(vec![8])));
}

#[test]
fn a_mask_is_kept_beside_the_pixels_and_hides_them_from_overviews() {
    let folder = Folder::new();
    let bits: Vec<u8> = (0..64).flat_map(|row| [if row < 32 { 0x0f } else { 0xff }; 8]).collect();
    let mask = Page::strip(64, 64, &bits)
        .tag(254, Value::Longs(vec![4]))
        .tag(258, Value::Shorts(vec![1]))
        .tag(262, Value::Shorts(vec![4]));
    let source = folder.source(&TiffBuilder::new(image(64, 64, |col, _| col as u16)).page(mask));
    assert!(!read(&source, 0).is_valid(0, 0) && read(&source, 0).is_valid(4, 0));
    let cog = folder.convert(&source, &Options { block_size: Some(16), ..Options::default() });
    assert_eq!(read(&cog, 0), read(&source, 0));
    let half = read(&cog, 1);
    assert_eq!([0, 1, 2, 3].map(|col| half.is_valid(col, 3)), [false, false, true, true]);
    assert_eq!([0, 1].map(|col| half.is_valid(col, 20)), [true, true]);
    assert_eq!(half.value(0, 2, 3), Some(5.0));
    assert!(cog.levels().iter().all(|level| level.mask.is_some()));
}

#[test]
fn lossy_pictures_get_a_mask_where_nodata_or_alpha_was() {
    let folder = Folder::new();
    let pixels: Vec<u8> = (0..64 * 64).flat_map(|at: u32| [if at < 640 { 0 } else { 200 }, 100, 50]).collect();
    let rgb = Page::strip(64, 64, &pixels)
        .tag(258, Value::Shorts(vec![8; 3]))
        .tag(262, Value::Shorts(vec![2]))
        .tag(277, Value::Shorts(vec![3]));
    let grey: Vec<u8> = (0..64 * 64).map(|at: u32| if at < 640 { 0 } else { 200 }).collect();
    let grey = Page::strip(64, 64, &grey).tag(42113, Value::Ascii("0".into()));
    let source = folder.source(&TiffBuilder::new(grey));
    let cog = folder.convert(&source, &Options { codec: Codec::Jpeg { quality: 90 }, ..Options::default() });
    assert_eq!(read(&cog, 0).mask(), read(&source, 0).mask());
    assert_eq!(cog.bands()[0].nodata, None);

    let rgba: Vec<u8> = pixels.chunks(3).flat_map(|pixel| [pixel, &[pixel[0]]].concat()).collect();
    let rgba = Page::strip(64, 64, &rgba)
        .tag(258, Value::Shorts(vec![8; 4]))
        .tag(262, Value::Shorts(vec![2]))
        .tag(277, Value::Shorts(vec![4]))
        .tag(338, Value::Shorts(vec![2]));
    let source = folder.source(&TiffBuilder::new(rgba));
    let jpeg = folder.convert(&source, &Options { codec: Codec::Jpeg { quality: 90 }, ..Options::default() });
    assert!(!jpeg.has_alpha() && jpeg.levels()[0].mask.is_some());
    assert_eq!(read(&jpeg, 0).mask(), read(&source, 0).mask());
    let difference = read(&jpeg, 0).value(1, 40, 40).unwrap() - 100.0;
    assert!(difference.abs() < 8.0, "{difference}");
    let webp = folder.convert(&source, &Options { codec: Codec::WebP { quality: None }, ..Options::default() });
    assert!(webp.has_alpha());
    assert_eq!(read(&webp, 0), read(&source, 0));
    let lossy = folder.convert(&source, &Options { codec: Codec::WebP { quality: Some(80) }, ..Options::default() });
    assert_eq!(read(&lossy, 0).mask(), read(&source, 0).mask());

    let source = folder.source(&TiffBuilder::new(rgb));
    let cog = folder.convert(&source, &Options { codec: Codec::Jpeg { quality: 75 }, ..Options::default() });
    assert_eq!(cog.bands()[2].color, ColorInterpretation::Blue);
    assert!(cog.levels()[0].mask.is_none());
}

#[test]
fn a_palette_keeps_its_colours_and_its_overviews_are_of_indices() {
    let map: Vec<u16> = (0..768).map(|at| at * 85).collect();
    let indices: Vec<u8> = (0..64 * 64).map(|at| if at % 3 == 0 { 200 } else { 3 }).collect();
    let page = Page::strip(64, 64, &indices).tag(262, Value::Shorts(vec![3])).tag(320, Value::Shorts(map));
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(page));
    let cog = folder.convert(&source, &Options { block_size: Some(16), ..Options::default() });
    assert_eq!(cog.palette(), source.palette());
    assert_eq!(read(&cog, 0), read(&source, 0));
    let Some(Samples::U8(half)) = read(&cog, 1).band(0).cloned() else { panic!("bytes") };
    assert!(half.iter().all(|index| [3, 200].contains(index)));
    let target = folder.path("no.tif");
    let average = Options { resampling: Some(OverviewResampling::Average), ..Options::default() };
    assert!(error(&source, &target, &average).contains("mode or nearest"));
    let jpeg = Options { codec: Codec::Jpeg { quality: 75 }, ..Options::default() };
    assert!(error(&source, &target, &jpeg).contains("palette"));
}

#[test]
fn blocks_that_say_nothing_are_not_stored() {
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(image(96, 32, |col, _| if (32..64).contains(&col) { 5 } else { 0 })));
    let options = Options { block_size: Some(32), overviews: Overviews::None, ..Options::default() };
    let cog = folder.convert(&source, &options);
    let stored = |cog: &Cog| [0, 1, 2].map(|block| cog.levels()[0].block_range(block).unwrap().is_some());
    assert_eq!(stored(&cog), [false, true, false]);
    assert_eq!(read(&cog, 0), read(&source, 0));
    let cog = folder.convert(&source, &Options { nodata: NodataChoice::Set("5".into()), ..options });
    assert_eq!(stored(&cog), [true, false, true]);
    assert_eq!(read(&cog, 0).bands(), read(&source, 0).bands());
    // A source with such blocks is read as its own nodata.
    let sparse = Page::tiles(32, 16, 16, vec![None, Some(vec![9; 256])]).tag(42113, Value::Ascii("4".into()));
    let source = folder.source(&TiffBuilder::new(sparse));
    let cog = folder.convert(&source, &Options { nodata: NodataChoice::Drop, ..Options::default() });
    assert_eq!(read(&cog, 0).value(0, 3, 3), Some(4.0));
    assert_eq!(cog.bands()[0].nodata, None);
}

#[test]
fn bands_can_be_chosen_and_changed_in_order() {
    let page = Page::strip(4, 1, &(0..12).collect::<Vec<u8>>())
        .tag(258, Value::Shorts(vec![8; 3]))
        .tag(277, Value::Shorts(vec![3]))
        .tag(262, Value::Shorts(vec![2]));
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(page));
    let cog = folder.convert(&source, &Options { bands: Some(vec![2, 0]), ..Options::default() });
    assert_eq!(read(&cog, 0).bands(), [Samples::U8(vec![2, 5, 8, 11]), Samples::U8(vec![0, 3, 6, 9])]);
    assert_eq!([0, 1].map(|at| cog.bands()[at].color), [ColorInterpretation::Blue, ColorInterpretation::Red]);
    let missing = Options { bands: Some(vec![3]), ..Options::default() };
    assert!(error(&source, &folder.path("no.tif"), &missing).contains("no band 4, only 3"));
}

#[test]
fn what_does_not_go_together_is_refused_before_anything_is_written() {
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(image(8, 8, varied)));
    let target = folder.path("out.tif");
    let wrong = |options: Options, reason: &str| {
        let message = error(&source, &target, &options);
        assert!(message.contains(reason), "{message}");
    };
    let usual = Options::default;
    wrong(Options { codec: Codec::Jpeg { quality: 75 }, ..usual() }, "not UInt16; choose deflate");
    wrong(Options { codec: Codec::WebP { quality: None }, ..usual() }, "not UInt16; choose deflate");
    wrong(Options { codec: Codec::Deflate { level: 13 }, ..usual() }, "1 to 12");
    wrong(Options { predictor: Some(Predictor::FloatingPoint), ..usual() }, "predictor 3 does not suit");
    wrong(
        Options { codec: Codec::None, predictor: Some(Predictor::Horizontal), ..usual() },
        "deflate, zstd and lzw only",
    );
    wrong(Options { block_size: Some(100), ..usual() }, "multiples of 16");
    wrong(Options { nodata: NodataChoice::Set("x".into()), ..usual() }, "`x` is no number");
    assert_eq!(folder.names(), ["source.tif"]);
}

#[test]
fn the_source_and_what_is_there_already_are_not_touched() {
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(image(8, 8, varied)));
    let replace = Options { overwrite: true, ..Options::default() };
    assert!(error(&source, source.path(), &replace).contains("into itself"));
    let other = folder.path("other.tif");
    std::fs::write(&other, b"mine").unwrap();
    assert!(error(&source, &other, &Options::default()).contains("already"));
    assert_eq!(std::fs::read(&other).unwrap(), b"mine");
    std::fs::write(folder.path("other.tif.ovr"), b"stale").unwrap();
    assert!(error(&source, &other, &replace).contains("other.tif.ovr"));
    std::fs::remove_file(folder.path("other.tif.ovr")).unwrap();
    let stopped = convert(&source, &other, &replace, &|_| ControlFlow::Break(())).unwrap_err();
    assert!(matches!(stopped, ConvertError::Cancelled { .. }));
    assert_eq!(std::fs::read(&other).unwrap(), b"mine");
    assert_eq!(folder.names().len(), 2);
    convert(&source, &other, &replace, &|_| ControlFlow::Continue(())).unwrap();
    assert_eq!(read(&Cog::open(&other).unwrap(), 0), read(&source, 0));
}

#[test]
fn a_damaged_source_leaves_nothing_behind() {
    let folder = Folder::new();
    let damaged = Page::tiles(32, 16, 16, vec![Some(vec![1; 256]), Some(vec![2; 7])]).tag(259, Value::Shorts(vec![8]));
    let source = folder.source(&TiffBuilder::new(damaged));
    let message = error(&source, &folder.path("out.tif"), &Options::default());
    assert!(message.contains("source.tif") && message.contains("block"), "{message}");
    assert_eq!(folder.names(), ["source.tif"]);
}

#[test]
fn levels_that_are_one_block_wide_are_not_taken_for_strips() {
    let folder = Folder::new();
    let source = folder.source(&TiffBuilder::new(image(64, 1100, varied)));
    let cog = folder.convert(&source, &Options { block_size: Some(64), ..Options::default() });
    assert_eq!(cog.levels()[0].block_width, 32);
    assert_eq!(cog.levels()[0].compression, Compression::Deflate);
    assert_eq!(read(&cog, 0), read(&source, 0));
}
