//! Damaged and hostile files, built here byte by byte: each must be an error or a sound description, at once and in little
//! memory.

use std::path::Path;
use std::time::{Duration, Instant};

use super::testing::{Page, TiffBuilder, Value};
use super::{Cog, CogError, GeoreferenceKind};

fn open(bytes: &[u8]) -> Result<Cog, CogError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tif");
    std::fs::write(&path, bytes).unwrap();
    let start = Instant::now();
    let result = Cog::open(&path);
    assert!(start.elapsed() < Duration::from_secs(1), "opening took {:?}", start.elapsed());
    result
}

fn image() -> Page {
    Page::strip(4, 4, &[7; 16])
}

/// Everything that can be asked of a file without decoding pixels.
fn ask_everything(cog: &Cog) {
    let _ = (cog.bounds(), cog.validate(), cog.metadata().date_time());
    for level in cog.levels() {
        for block in 0..level.block_count().min(100) {
            let _ = level.block_range(block);
        }
    }
}

#[test]
fn a_file_cut_off_anywhere_gives_no_panic() {
    let whole = TiffBuilder::new(image().tag(270, Value::Ascii("a description of the image".to_owned())))
        .page(Page::tiles(32, 32, 16, vec![Some(vec![1; 256]); 4]).tag(254, Value::Longs(vec![1])))
        .bytes();
    for length in 0..whole.len() {
        if let Ok(cog) = open(&whole[..length]) {
            ask_everything(&cog);
        }
    }
    assert!(matches!(open(&whole[..6]), Err(CogError::NotTiff { .. })));
    assert!(matches!(open(&[]), Err(CogError::NotTiff { .. })));
}

#[test]
fn any_byte_of_the_directory_may_be_wrong() {
    for builder in [TiffBuilder::new(image()), TiffBuilder::new(image()).big().big_endian()] {
        let whole = builder.bytes();
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                if let Ok(cog) = open(&bytes) {
                    ask_everything(&cog);
                }
            }
        }
    }
}

#[test]
fn a_chain_of_directories_that_leads_back_ends_there() {
    let mut bytes = TiffBuilder::new(image()).bytes();
    let entries = usize::from(bytes[8]);
    let link = 8 + 2 + 12 * entries;
    bytes[link..link + 4].copy_from_slice(&8_u32.to_le_bytes());
    let cog = open(&bytes).unwrap();
    assert_eq!((cog.directory_count(), cog.levels().len()), (1, 1));
}

#[test]
fn sub_directories_that_lead_back_end_there() {
    let cog = open(&TiffBuilder::new(image().tag(330, Value::Longs(vec![8, 8, 4_000_000_000]))).bytes()).unwrap();
    assert_eq!(cog.levels().len(), 1);
}

#[test]
fn sizes_of_zero_and_beyond_reason_are_refused() {
    for (tag, value) in [(256, 0), (257, 0), (256, u32::MAX), (278, 0)] {
        let page = image().tag(tag, Value::Longs(vec![value]));
        assert!(matches!(open(&TiffBuilder::new(page).bytes()), Err(CogError::Malformed { .. })), "tag {tag}: {value}");
    }
    let no_samples = image().tag(277, Value::Shorts(vec![0]));
    assert!(open(&TiffBuilder::new(no_samples).bytes()).is_err());
    for tile in [0, u32::MAX] {
        let page = Page::tiles(16, 16, 16, vec![None]).tag(322, Value::Longs(vec![tile]));
        assert!(open(&TiffBuilder::new(page).bytes()).is_err(), "tiles {tile} wide");
    }
    let huge = Page::tiles(16, 16, 16, vec![None]).tag(322, Value::Longs(vec![1 << 30]));
    assert!(matches!(open(&TiffBuilder::new(huge).bytes()), Err(CogError::TooLarge { .. })));
}

#[test]
fn a_count_of_2_to_the_62_is_an_error_and_not_an_allocation() {
    for tag in [258, 270, 33550, 34735, 42112, 42113] {
        let page = image().tag(tag, Value::Raw(12, 1 << 62, vec![0; 8]));
        match open(&TiffBuilder::new(page).big().bytes()) {
            Ok(cog) => ask_everything(&cog),
            Err(error) => assert!(matches!(error, CogError::Malformed { .. }), "tag {tag}: {error}"),
        }
    }
    let page = image().tag(273, Value::Raw(16, 1 << 62, vec![0; 16]));
    let cog = open(&TiffBuilder::new(page).big().bytes()).unwrap();
    ask_everything(&cog);
}

#[test]
fn blocks_beyond_the_end_of_the_file_are_named() {
    let page = image().tag(273, Value::Longs(vec![1_000_000]));
    let cog = open(&TiffBuilder::new(page).bytes()).unwrap();
    let error = cog.levels()[0].block_range(0).unwrap_err();
    assert!(matches!(error, CogError::Block { block: 0, level: 0, .. }), "{error}");
    assert!(cog.levels()[0].block_range(1).is_err(), "there is only one block");
}

#[test]
fn uncompressed_blocks_are_as_long_as_they_must_be_whatever_is_said() {
    for count in [0, 1, 15, 1_000_000] {
        let page = image().tag(279, Value::Longs(vec![count]));
        let cog = open(&TiffBuilder::new(page).bytes()).unwrap();
        assert_eq!(cog.levels()[0].block_range(0).unwrap().map(|range| range.length), Some(16), "{count} bytes said");
    }
    let two = Page::strip(4, 4, &[]).tag(278, Value::Longs(vec![2])).blocks(vec![Some(vec![1; 8]), Some(vec![2; 8])]);
    let cog = open(&TiffBuilder::new(two.tag(279, Value::Longs(vec![0, 3]))).bytes()).unwrap();
    assert_eq!(cog.levels()[0].block_range(0).unwrap(), None, "of several strips, an empty one was never written");
    assert_eq!(cog.levels()[0].block_range(1).unwrap().map(|range| range.length), Some(8));
}

#[test]
fn arrays_of_blocks_that_are_too_short_mean_blocks_that_were_never_written() {
    let page = Page::tiles(32, 32, 16, vec![Some(vec![1; 256])]);
    let cog = open(&TiffBuilder::new(page).bytes()).unwrap();
    let level = &cog.levels()[0];
    assert!(level.block_range(0).unwrap().is_some());
    assert_eq!(level.block_range(3).unwrap(), None);
}

#[test]
fn offsets_of_many_tiles_are_not_read_when_a_file_is_opened() {
    const TILES: usize = 400_000;
    let offsets = Value::Raw(4, TILES as u64, vec![0; 4 * TILES]);
    let page = Page::tiles(16 * 400_000, 16, 16, Vec::new()).tag(324, offsets.clone()).tag(325, offsets);
    let cog = open(&TiffBuilder::new(page).bytes()).unwrap();
    let level = &cog.levels()[0];
    assert_eq!(level.block_count(), TILES as u64);
    assert!(!level.blocks.offsets.is_at_hand());
    assert_eq!(level.block_range(399_999).unwrap(), None);
}

#[test]
fn one_large_strip_is_read_in_slices() {
    let rows = 1000_u32;
    let block: Vec<u8> = (0..rows).flat_map(|row| vec![row.to_le_bytes()[0]; 256]).collect();
    let cog = open(&TiffBuilder::new(Page::strip(256, rows, &block)).bytes()).unwrap();
    let level = &cog.levels()[0];
    assert_eq!((level.block_height, level.blocks_down()), (256, 4));
    let (second, last) = (level.block_range(1).unwrap().unwrap(), level.block_range(3).unwrap().unwrap());
    assert_eq!((second.length, last.length), (256 * 256, 256 * (1000 - 768)));
    assert_eq!(second.end(), level.block_range(2).unwrap().map(|range| range.offset));
}

#[test]
fn numbers_that_are_none_give_no_position() {
    let page = image()
        .tag(33550, Value::Doubles(vec![f64::NAN, 1.0, 0.0]))
        .tag(33922, Value::Doubles(vec![0.0, 0.0, 0.0, f64::INFINITY, 0.0, 0.0]));
    let cog = open(&TiffBuilder::new(page).bytes()).unwrap();
    assert_eq!(cog.georeference().kind, GeoreferenceKind::None);
    assert_eq!(cog.bounds(), None);
}

#[test]
fn what_is_no_file_is_an_error_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path(), &folder.path().join("missing.tif"), Path::new("")] {
        let message = Cog::open(path).unwrap_err().to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
    }
}
