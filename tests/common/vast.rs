//! An image of many blocks in a small file: every block lies at the same place.

use std::path::{Path, PathBuf};

/// Pixels of a side.
pub const SIDE_PX: u32 = 1 << 16;
/// Blocks of the image.
pub const BLOCKS: u64 = (SIDE_PX as u64 / BLOCK_PX as u64).pow(2);
const BLOCK_PX: u32 = 256;
/// Metres of EPSG:3857 that a pixel covers.
const PIXEL_M: f64 = 100.0;

/// The whole image as a box of EPSG:3857: from 0, 0 to the north-east.
pub fn bbox() -> String {
    let side = f64::from(SIDE_PX) * PIXEL_M;
    format!("0,0,{side},{side}")
}

/// Writes the image: one band of bytes, without overviews.
pub fn vast_image(folder: &Path) -> PathBuf {
    let blocks = u32::try_from(BLOCKS).unwrap();
    let block: Vec<u8> = (0..BLOCK_PX * BLOCK_PX).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut put = |bytes: &[u8]| {
        let at = u32::try_from(file.len()).unwrap();
        file.extend(bytes);
        at
    };
    let longs = |values: &[u32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let doubles = |values: &[f64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let pixels = put(&block);
    let offsets = put(&longs(&vec![pixels; BLOCKS as usize]));
    let lengths = put(&longs(&vec![BLOCK_PX * BLOCK_PX; BLOCKS as usize]));
    let scale = put(&doubles(&[PIXEL_M, PIXEL_M, 0.0]));
    let north = f64::from(SIDE_PX) * PIXEL_M;
    let tie = put(&doubles(&[0.0, 0.0, 0.0, 0.0, north, 0.0]));
    let keys: [u16; 16] = [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 3857];
    let keys = put(&keys.iter().flat_map(|key| key.to_le_bytes()).collect::<Vec<u8>>());
    let (short, long, double) = (3, 4, 12);
    let tags: [(u16, u16, u32, u32); 14] = [
        (256, long, 1, SIDE_PX),
        (257, long, 1, SIDE_PX),
        (258, short, 1, 8),
        (259, short, 1, 1),
        (262, short, 1, 1),
        (277, short, 1, 1),
        (322, long, 1, BLOCK_PX),
        (323, long, 1, BLOCK_PX),
        (324, long, blocks, offsets),
        (325, long, blocks, lengths),
        (339, short, 1, 1),
        (33550, double, 3, scale),
        (33922, double, 6, tie),
        (34735, short, 16, keys),
    ];
    let directory = u32::try_from(file.len()).unwrap();
    file.extend(u16::try_from(tags.len()).unwrap().to_le_bytes());
    for (tag, kind, count, value) in tags {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file[4..8].copy_from_slice(&directory.to_le_bytes());
    let path = folder.join("vast.tif");
    std::fs::write(&path, file).unwrap();
    path
}
