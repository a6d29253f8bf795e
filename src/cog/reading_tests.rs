//! Tests of reading as a whole: small files built in memory, opened, read by window.

use std::cell::Cell;
use std::path::PathBuf;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::testing::{Page, TiffBuilder, Value};
use super::{BlockCache, BlockPosition, Cog, CogError};
use crate::raster::{PixelWindow, Raster, Samples};

/// Files in a folder that goes when the test ends.
struct Folder {
    folder: tempfile::TempDir,
    cache: BlockCache,
    files: Cell<usize>,
}

impl Folder {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), cache: BlockCache::new(1 << 20), files: Cell::new(0) }
    }

    fn open(&self, page: Page) -> Cog {
        self.open_file(&TiffBuilder::new(page))
    }

    fn open_file(&self, file: &TiffBuilder) -> Cog {
        self.files.set(self.files.get() + 1);
        let path: PathBuf = file.write(self.folder.path(), &format!("{}-image.tif", self.files.get()));
        Cog::open(&path).unwrap()
    }

    fn read(&self, cog: &Cog, window: (u32, u32, u32, u32), bands: &[usize]) -> Result<Raster, CogError> {
        let (col, row, width, height) = window;
        cog.read_window(0, PixelWindow::new(col, row, width, height).unwrap(), bands, &self.cache)
    }

    fn read_all(&self, cog: &Cog) -> Raster {
        let bands: Vec<usize> = (0..cog.band_count()).collect();
        self.read(cog, (0, 0, cog.width(), cog.height()), &bands).unwrap()
    }
}

/// A tile of 4 x 4 pixels counted up from `first`.
fn tile(first: u8) -> Option<Vec<u8>> {
    Some((first..first + 16).collect())
}

/// `samples` 8-bit samples a pixel, `interleave` 1 by pixel, 2 by band; the samples beyond `colors` are `extra`.
fn samples(page: Page, samples: u16, interleave: u16, extra: &[u16]) -> Page {
    let page = page
        .tag(258, Value::Shorts(vec![8; usize::from(samples)]))
        .tag(277, Value::Shorts(vec![samples]))
        .tag(284, Value::Shorts(vec![interleave]));
    if extra.is_empty() { page } else { page.tag(338, Value::Shorts(extra.to_vec())) }
}

fn nodata(page: Page, text: &str) -> Page {
    page.tag(42113, Value::Ascii(text.to_owned()))
}

#[test]
fn a_window_is_put_together_from_the_tiles_that_it_touches() {
    let folder = Folder::new();
    let blocks = vec![tile(0), tile(16), tile(32), tile(48)];
    let cog = folder.open(Page::tiles(7, 6, 4, blocks));
    let raster = folder.read(&cog, (2, 3, 4, 2), &[0]).unwrap();
    assert_eq!(raster.band(0), Some(&Samples::U8(vec![14, 15, 28, 29, 34, 35, 48, 49])));
    let touched = cog.blocks_of_window(0, PixelWindow::new(2, 3, 4, 2).unwrap(), &[0]).unwrap();
    assert_eq!(touched.len(), 4);
    assert_eq!(touched[1], BlockPosition { column: 1, row: 0, plane: 0 });
    let block = cog.read_block(0, touched[3], &folder.cache).unwrap();
    assert_eq!(block.planes(), [Samples::U8((48..64).collect())]);
}

#[test]
fn bands_in_blocks_of_their_own_are_read_like_interleaved_ones() {
    let folder = Folder::new();
    let apart =
        folder.open(samples(Page::strip(2, 1, &[]).blocks(vec![Some(vec![1, 2]), Some(vec![3, 4])]), 2, 2, &[0]));
    let together = folder.open(samples(Page::strip(2, 1, &[1, 3, 2, 4]), 2, 1, &[0]));
    for cog in [apart, together] {
        let raster = folder.read(&cog, (0, 0, 2, 1), &[1, 0]);
        assert_eq!(raster.unwrap().bands(), [Samples::U8(vec![3, 4]), Samples::U8(vec![1, 2])]);
    }
}

#[test]
fn alpha_is_the_mask_and_not_a_band() {
    let folder = Folder::new();
    let cog = folder.open(samples(Page::strip(3, 1, &[10, 0, 20, 1, 30, 255]), 2, 1, &[2]));
    assert_eq!(cog.band_count(), 1);
    let raster = folder.read_all(&cog);
    assert_eq!(raster.mask(), [0, 255, 255]);
    assert!(folder.read(&cog, (0, 0, 1, 1), &[1]).is_err());
    assert_eq!(folder.read(&cog, (0, 0, 3, 1), &[]).unwrap().mask(), [0, 255, 255]);
}

#[test]
fn a_pixel_is_nodata_when_all_of_its_bands_are() {
    let folder = Folder::new();
    let cog = folder.open(nodata(samples(Page::strip(3, 1, &[7, 7, 7, 1, 2, 7]), 2, 1, &[0]), "7"));
    assert_eq!(folder.read(&cog, (0, 0, 3, 1), &[0, 1]).unwrap().mask(), [0, 255, 255]);
    assert_eq!(folder.read(&cog, (0, 0, 3, 1), &[1]).unwrap().mask(), [0, 255, 0]);
}

#[test]
fn tiles_that_were_never_written_are_nodata_or_else_zero() {
    let folder = Folder::new();
    let page = Page::tiles(5, 4, 4, vec![tile(1), None]);
    let raster = folder.read_all(&folder.open(nodata(page.clone(), "9")));
    assert_eq!((raster.value(0, 4, 2), raster.is_valid(4, 2)), (Some(9.0), false));
    assert!(raster.is_valid(0, 0));
    let raster = folder.read_all(&folder.open(page));
    assert_eq!((raster.value(0, 4, 2), raster.is_valid(4, 2)), (Some(0.0), true));
}

#[test]
fn a_mask_directory_of_one_bit_hides_pixels() {
    let folder = Folder::new();
    let mask = Page::strip(3, 1, &[0b1010_0000])
        .tag(254, Value::Longs(vec![4]))
        .tag(258, Value::Shorts(vec![1]))
        .tag(262, Value::Shorts(vec![4]));
    let cog = folder.open_file(&TiffBuilder::new(Page::strip(3, 1, &[1, 2, 3])).page(mask));
    assert_eq!(folder.read_all(&cog).mask(), [255, 0, 255]);
}

#[test]
fn the_last_strip_may_be_short() {
    let folder = Folder::new();
    let page =
        Page::strip(2, 3, &[]).tag(278, Value::Longs(vec![2])).blocks(vec![Some(vec![1, 2, 3, 4]), Some(vec![5, 6])]);
    assert_eq!(folder.read_all(&folder.open(page)).band(0), Some(&Samples::U8(vec![1, 2, 3, 4, 5, 6])));
}

#[test]
fn a_tile_may_lack_only_rows_below_the_image() {
    let folder = Folder::new();
    let whole: Vec<u8> = (1..=12).collect();
    let cog = folder.open(Page::tiles(4, 3, 4, vec![Some(whole.clone())]));
    assert_eq!(folder.read_all(&cog).band(0), Some(&Samples::U8(whole.clone())));
    let cog = folder.open(Page::tiles(4, 3, 4, vec![Some(whole[..11].to_vec())]));
    let error = folder.read(&cog, (0, 0, 1, 1), &[0]).unwrap_err();
    assert!(matches!(error, CogError::Block { level: 0, block: 0, .. }), "{error}");
    assert!(error.to_string().contains("image.tif") && error.to_string().contains("11 of 16 bytes"), "{error}");
}

#[test]
fn bits_in_reverse_order_are_turned_round() {
    let folder = Folder::new();
    let page = Page::strip(8, 1, &[0b0000_0101]).tag(258, Value::Shorts(vec![1])).tag(266, Value::Shorts(vec![2]));
    assert_eq!(folder.read_all(&folder.open(page)).band(0), Some(&Samples::U8(vec![1, 0, 1, 0, 0, 0, 0, 0])));
}

#[test]
fn requests_beyond_the_image_are_refused() {
    let folder = Folder::new();
    let cog = folder.open(Page::strip(2, 2, &[1, 2, 3, 4]));
    assert!(matches!(folder.read(&cog, (1, 0, 2, 1), &[0]), Err(CogError::Request { .. })));
    assert!(matches!(folder.read(&cog, (0, 0, 1, 1), &[1]), Err(CogError::Request { .. })));
    let window = PixelWindow::new(0, 0, 1, 1).unwrap();
    assert!(matches!(cog.read_window(1, window, &[0], &folder.cache), Err(CogError::Request { .. })));
}

#[test]
fn what_would_take_too_much_memory_is_refused_with_the_number() {
    let folder = Folder::new();
    let sparse = folder.open(Page::strip(60_000, 60_000, &[]).blocks(vec![None]));
    assert!(matches!(folder.read(&sparse, (0, 0, 60_000, 60_000), &[0]), Err(CogError::TooLarge { .. })));
    let bomb = Page::strip(60_000, 60_000, &[]).tag(259, Value::Shorts(vec![5])).blocks(vec![Some(vec![0x80, 0, 0])]);
    let error = folder.read(&folder.open(bomb), (0, 0, 1, 1), &[0]).unwrap_err();
    assert!(matches!(error, CogError::TooLarge { needed: 3_600_000_000, .. }), "{error}");
}

#[test]
fn checksums_are_those_of_the_whole_band_however_it_is_stored() {
    let folder = Folder::new();
    let tiled = folder.open(Page::tiles(7, 4, 4, vec![tile(0), tile(16)]));
    let rows: Vec<u8> = (0..4).flat_map(|row| (row * 4..row * 4 + 4).chain(16 + row * 4..19 + row * 4)).collect();
    let strip = folder.open(Page::strip(7, 4, &rows));
    let expected: [u8; 32] = Sha256::digest(&rows).into();
    assert_eq!(tiled.band_checksums(0, &folder.cache).unwrap(), [expected]);
    assert_eq!(strip.band_checksums(0, &folder.cache).unwrap(), [expected]);
}

/// 8 x 8 grey pixels as a JPEG stream.
const JPEG: [u8; 167] = [
    0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00,
    0x00, 0xff, 0xdb, 0x00, 0x43, 0x00, 0x08, 0x06, 0x06, 0x07, 0x06, 0x05, 0x08, 0x07, 0x07, 0x07, 0x09, 0x09, 0x08,
    0x0a, 0x0c, 0x14, 0x0d, 0x0c, 0x0b, 0x0b, 0x0c, 0x19, 0x12, 0x13, 0x0f, 0x14, 0x1d, 0x1a, 0x1f, 0x1e, 0x1d, 0x1a,
    0x1c, 0x1c, 0x20, 0x24, 0x2e, 0x27, 0x20, 0x22, 0x2c, 0x23, 0x1c, 0x1c, 0x28, 0x37, 0x29, 0x2c, 0x30, 0x31, 0x34,
    0x34, 0x34, 0x1f, 0x27, 0x39, 0x3d, 0x38, 0x32, 0x3c, 0x2e, 0x33, 0x34, 0x32, 0xff, 0xc0, 0x00, 0x0b, 0x08, 0x00,
    0x08, 0x00, 0x08, 0x01, 0x01, 0x11, 0x00, 0xff, 0xc4, 0x00, 0x14, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0xff, 0xc4, 0x00, 0x18, 0x10, 0x00, 0x02, 0x03, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x06, 0x23, 0x33, 0xa1, 0xff, 0xda,
    0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3f, 0x00, 0x3d, 0x39, 0x3a, 0xb8, 0xf0, 0xff, 0xd9,
];

/// A small valid block for each compression that has an encoder here.
fn compressed_pages() -> Vec<Page> {
    let data: Vec<u8> = (0..64).map(|index| index * 3).collect();
    let mut deflate = vec![0; 200];
    let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
    let length = compressor.zlib_compress(&data, &mut deflate).unwrap();
    deflate.truncate(length);
    let lzw = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(&data).unwrap();
    let packbits: Vec<u8> = [&[63], data.as_slice()].concat();
    let zstd = zstd::bulk::compress(&data, 3).unwrap();
    let fax = vec![0b0010_0010, 0b1111_0011, 0xff, 0xff, 0x00, 0x10, 0x01];
    let page = |code: u16, block: Vec<u8>| Page::strip(8, 8, &block).tag(259, Value::Shorts(vec![code]));
    let bits = |page: Page, bits: u16| page.tag(258, Value::Shorts(vec![bits]));
    vec![
        page(8, deflate.clone()),
        page(8, deflate).tag(317, Value::Shorts(vec![2])),
        page(5, lzw),
        page(32773, packbits),
        page(50000, zstd),
        page(7, JPEG.to_vec()),
        page(6, JPEG.to_vec()),
        bits(page(4, fax.clone()), 1),
        bits(page(3, fax.clone()), 1).tag(292, Value::Longs(vec![1])),
        bits(page(2, fax), 1),
        bits(page(32766, vec![0x40, 0, 0, 0, 1, 9, 0x08, 0x48]), 2),
        bits(page(32809, vec![0x0f, 0x5b, 0x9d, 0xc1]), 4),
        bits(page(34676, vec![0x90, 1, 0x90, 2]), 16),
        page(34887, b"Lerc2 \x04\0\0\0".to_vec()),
        page(34925, vec![0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]),
        page(50001, b"RIFF\x20\0\0\0WEBPVP8L".to_vec()),
        page(50002, vec![0xff, 0x0a, 0x7f, 0x01]),
        page(34712, vec![0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0]),
    ]
}

#[test]
fn a_jpeg_block_is_read() {
    let folder = Folder::new();
    let cog = folder.open(Page::strip(8, 8, &JPEG).tag(259, Value::Shorts(vec![7])));
    let raster = folder.read_all(&cog);
    for (col, row) in [(0, 0), (7, 0), (3, 5), (7, 7)] {
        let value = raster.value(0, col, row).unwrap();
        assert!((value - f64::from((col + row) * 16)).abs() < 12.0, "{value} at {col}, {row}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is in a block, reading gives pixels or an error: nothing panics outside of a decoder, nothing hangs.
    #[test]
    fn damaged_blocks_of_any_compression_give_pixels_or_an_error(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let folder = Folder::new();
        for page in compressed_pages() {
            let mut bytes = TiffBuilder::new(page).bytes();
            // The block is the end of the file; the directory before it is another test's matter.
            let start = bytes.len() - bytes.len().min(160).min(bytes.len() / 3);
            for (index, value) in &changes {
                let at = start + index.index(bytes.len() - start);
                bytes[at] = *value;
            }
            if is_cut {
                let length = start + cut.index(bytes.len() - start);
                bytes[length..].fill(0);
            }
            let path = folder.folder.path().join("damaged.tif");
            std::fs::write(&path, &bytes).unwrap();
            let Ok(cog) = Cog::open(&path) else { continue };
            match folder.read(&cog, (0, 0, cog.width().min(8), cog.height().min(8)), &[0]) {
                Ok(raster) => prop_assert!(raster.pixels() <= 64),
                Err(error) => prop_assert!(error.to_string().contains("damaged.tif")),
            }
        }
    }
}
