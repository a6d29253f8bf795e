//! The georeference of a sound file: the three tags of the GeoKeys, tie points, scale and matrix, from one input in parts.

#![no_main]

use cogscope::geo::{Crs, Point, Transformer};
use libfuzzer_sys::fuzz_target;

#[path = "tiff.rs"]
#[allow(dead_code)]
mod tiff;

/// Two bytes say how long the first of two parts is.
fn part(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk() else { return (&[], &[]) };
    rest.split_at(usize::from(u16::from_le_bytes(*length)).min(rest.len()))
}

fuzz_target!(|bytes: &[u8]| {
    let (keys, rest) = part(bytes);
    let (numbers, rest) = part(rest);
    let (text, rest) = part(rest);
    let (points, matrix) = part(rest);
    let mut tags = vec![
        (256, 3, tiff::shorts(&[16])),
        (257, 3, tiff::shorts(&[16])),
        (258, 3, tiff::shorts(&[8])),
        (262, 3, tiff::shorts(&[1])),
        (273, 4, tiff::word(8).to_vec()),
        (278, 3, tiff::shorts(&[16])),
        (279, 4, tiff::word(256).to_vec()),
    ];
    for (number, kind, width, values) in
        [(34735, 3, 2, keys), (34736, 12, 8, numbers), (34737, 2, 1, text), (33922, 12, 8, points), (34264, 12, 8, matrix)]
    {
        let whole = &values[..values.len() / width * width];
        if !whole.is_empty() {
            tags.push((number, kind, whole.to_vec()));
        }
    }
    let Some(cog) = tiff::open(&tiff::file(&mut tags, &[7; 256])) else { return };
    tiff::describe(&cog);
    if let Some(crs) = cog.crs()
        && let Ok(transformer) = Transformer::new(crs, &Crs::wgs84(), cog.bounds())
    {
        let middle = cog.bounds().map_or(Point::new(0.0, 0.0), |bounds| bounds.center());
        let _ = transformer.forward(middle).and_then(|lon_lat| transformer.inverse(lon_lat));
    }
});
