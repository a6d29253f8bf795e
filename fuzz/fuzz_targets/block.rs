//! One tile: the first bytes choose compression, predictor, type, number and meaning of samples, the rest is its data.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "tiff.rs"]
#[allow(dead_code)]
mod tiff;

const COMPRESSIONS: [u16; 20] = [
    1, 2, 3, 4, 5, 6, 7, 8, 32766, 32771, 32773, 32809, 32946, 34676, 34677, 34712, 34887, 34925, 50000, 50001,
];
const JPEG_XL: u16 = 50002;
const BITS: [u16; 12] = [8, 1, 2, 4, 12, 16, 24, 32, 64, 128, 5, 33];
const SIDES: [u16; 4] = [16, 32, 64, 48];

fuzz_target!(|bytes: &[u8]| {
    let Some((&[codec, kind, shape, more], data)) = bytes.split_first_chunk() else { return };
    let compression = COMPRESSIONS.get(usize::from(codec & 31)).copied().unwrap_or(JPEG_XL);
    let bits = BITS[usize::from(kind & 15) % BITS.len()];
    let samples = u16::from(shape & 7).clamp(1, 5);
    let photometric = [1, 2, 6, 5, 0, 3, 8, 32845][usize::from(shape >> 3 & 7)];
    let side = SIDES[usize::from(more & 3)];
    let mut tags = vec![
        (256, 3, tiff::shorts(&[side])),
        (257, 3, tiff::shorts(&[side])),
        (258, 3, tiff::shorts(&vec![bits; usize::from(samples)])),
        (259, 3, tiff::shorts(&[compression])),
        (262, 3, tiff::shorts(&[photometric])),
        (266, 3, tiff::shorts(&[1 + u16::from(codec >> 7)])),
        (277, 3, tiff::shorts(&[samples])),
        (284, 3, tiff::shorts(&[1 + u16::from(shape >> 6 & 1)])),
        (292, 4, tiff::word(usize::from(more >> 2 & 1)).to_vec()),
        (317, 3, tiff::shorts(&[1 + u16::from(kind >> 4 & 3) % 3])),
        (322, 3, tiff::shorts(&[side])),
        (323, 3, tiff::shorts(&[side])),
        (339, 3, tiff::shorts(&vec![1 + u16::from(more >> 3 & 7) % 6; usize::from(samples)])),
        (530, 3, tiff::shorts(&[1 << (more >> 6), 1 << (kind >> 6)])),
        (50674, 4, [tiff::word(4), tiff::word(usize::from(codec >> 5 & 3))].concat()),
    ];
    let blocks = if shape >> 6 & 1 == 1 { usize::from(samples) } else { 1 };
    tags.push((324, 4, tiff::word(8).repeat(blocks)));
    tags.push((325, 4, tiff::word(data.len()).repeat(blocks)));
    if let Some(cog) = tiff::open(&tiff::file(&mut tags, data)) {
        tiff::decode(&cog);
    }
});
