//! SGI's 24-bit `LogLuv` colour (Larson, "`LogLuv` encoding for full-gamut, high-dynamic range images", 1998).
//!
//! Each pixel is three bytes: 10 bits of log luminance and 14 bits that number a square of the CIE (u', v') diagram, row
//! by row over the visible gamut. Samples come out as for the 32-bit encoding; see `sgilog`.

use super::CodecError;

const NAME: &str = "SGILog24";
/// Side of a square of the diagram.
const SQUARE: f64 = 0.0035;
/// v' at which the first row of squares begins.
const FIRST_V: f64 = 0.016_94;
/// What u' and v' are multiplied with in 16-bit samples.
const UV_ONE: f64 = 32_768.0;
/// Neutral u' and v', for numbers beyond the last square.
const NEUTRAL: [u16; 2] = [6898, 15_521];

/// Rows of squares in ascending v': u' where the row begins, in millionths, and its number of squares.
#[rustfmt::skip]
const ROWS: [(u32, u16); 163] = [
    (247_660, 4), (243_780, 6), (241_680, 7), (237_873, 9), (235_906, 10), (232_153, 12), (228_352, 14),
    (226_260, 15), (222_371, 17), (220_410, 18), (214_710, 21), (212_714, 22), (210_722, 23), (204_976, 26),
    (202_985, 27), (199_245, 29), (195_525, 31), (193_560, 32), (189_878, 34), (186_216, 36), (186_216, 36),
    (182_592, 38), (179_002, 40), (175_466, 42), (172_000, 44), (172_000, 44), (168_612, 46), (168_612, 46),
    (163_576, 49), (158_641, 52), (158_641, 52), (158_641, 52), (153_815, 55), (153_815, 55), (149_097, 58),
    (149_097, 58), (142_745, 62), (142_745, 62), (142_745, 62), (138_270, 65), (138_270, 65), (138_270, 65),
    (132_165, 69), (132_165, 69), (126_204, 73), (126_204, 73), (126_204, 73), (120_381, 77), (120_381, 77),
    (120_381, 77), (120_381, 77), (112_962, 82), (112_962, 82), (112_962, 82), (107_450, 86), (107_450, 86),
    (107_450, 86), (107_450, 86), (100_343, 91), (100_343, 91), (100_343, 91), (95_126, 95), (95_126, 95),
    (95_126, 95), (95_126, 95), (88_276, 100), (88_276, 100), (88_276, 100), (88_276, 100), (81_523, 105),
    (81_523, 105), (81_523, 105), (81_523, 105), (74_861, 110), (74_861, 110), (74_861, 110), (74_861, 110),
    (68_290, 115), (68_290, 115), (68_290, 115), (68_290, 115), (63_573, 119), (63_573, 119), (63_573, 119),
    (63_573, 119), (57_219, 124), (57_219, 124), (57_219, 124), (57_219, 124), (50_985, 129), (50_985, 129),
    (50_985, 129), (50_985, 129), (50_985, 129), (44_859, 134), (44_859, 134), (44_859, 134), (44_859, 134),
    (40_571, 138), (40_571, 138), (40_571, 138), (40_571, 138), (36_339, 142), (36_339, 142), (36_339, 142),
    (36_339, 142), (32_139, 146), (32_139, 146), (32_139, 146), (32_139, 146), (27_947, 150), (27_947, 150),
    (27_947, 150), (23_739, 154), (23_739, 154), (23_739, 154), (23_739, 154), (19_504, 158), (19_504, 158),
    (19_504, 158), (16_976, 161), (16_976, 161), (16_976, 161), (16_976, 161), (12_639, 165), (12_639, 165),
    (12_639, 165), (9_991, 168), (9_991, 168), (9_991, 168), (9_016, 170), (9_016, 170), (9_016, 170), (6_217, 173),
    (6_217, 173), (5_097, 175), (5_097, 175), (5_097, 175), (3_909, 177), (3_909, 177), (2_340, 177), (2_389, 170),
    (1_068, 164), (1_653, 157), (717, 150), (1_614, 143), (270, 136), (484, 129), (1_103, 123), (1_242, 115),
    (1_188, 109), (1_011, 103), (709, 97), (301, 89), (2_416, 82), (3_251, 76), (3_246, 69), (4_141, 62), (5_963, 55),
    (8_838, 47), (10_490, 40), (16_994, 31), (23_659, 21),
];

/// Decodes pixels into `out`: little-endian 16-bit luminance, u' and v'.
pub(crate) fn decompress(data: &[u8], samples: usize, out: &mut [u8]) -> Result<(), CodecError> {
    if samples != 3 {
        return Err(CodecError::Unsupported(format!("SGILog24 of {samples} samples")));
    }
    let expected = out.len();
    let (pixels, targets) = (data.as_chunks::<3>().0, out.as_chunks_mut::<6>().0);
    let found = pixels.len().min(targets.len()) * 6;
    let colors = chromaticities();
    for (target, &[high, middle, low]) in targets.iter_mut().zip(pixels) {
        let word = u32::from_be_bytes([0, high, middle, low]);
        let luminance = ((word >> 12 & 0x0ffd) + 13_314).to_le_bytes();
        let [u, v] = colors.get((word & 0x3fff) as usize).copied().unwrap_or(NEUTRAL).map(u16::to_le_bytes);
        *target = [luminance[0], luminance[1], u[0], u[1], v[0], v[1]];
    }
    CodecError::check_full(NAME, found, expected)
}

/// Scaled u' and v' of the centre of each square, in the order of their numbers.
fn chromaticities() -> Vec<[u16; 2]> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "u' and v' are below 0.65")]
    let scaled = |value: f64| (value * UV_ONE) as u16;
    let squares = (0_u16..).zip(&ROWS).flat_map(|(row, &(start, count))| {
        let v = FIRST_V + (f64::from(row) + 0.5) * SQUARE;
        (0..count).map(move |index| (f64::from(start) / 1e6 + (f64::from(index) + 0.5) * SQUARE, v))
    });
    squares.map(|(u, v)| [scaled(u), scaled(v)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_square_has_a_number() {
        let colors = chromaticities();
        assert_eq!(colors.len(), 16_289);
        assert_eq!(colors[0], [8172, 612]);
        assert_eq!(colors[1], [8287, 612]);
    }

    #[test]
    fn a_number_beyond_the_last_square_is_neutral() {
        let word = (100_u32 << 14 | 0x3fff).to_be_bytes();
        let mut out = [0; 6];
        decompress(&word[1..], 3, &mut out).unwrap();
        assert_eq!(u16::from_le_bytes([out[0], out[1]]), 13_715);
        assert_eq!([u16::from_le_bytes([out[2], out[3]]), u16::from_le_bytes([out[4], out[5]])], NEUTRAL);
    }

    #[test]
    fn missing_pixels_and_other_samples_are_errors() {
        assert_eq!(
            decompress(&[1, 2, 3, 4], 3, &mut [0; 12]),
            Err(CodecError::Short { codec: NAME, found: 6, expected: 12 })
        );
        assert!(decompress(&[1, 2, 3], 1, &mut [0; 2]).is_err());
    }
}
