//! SGI's logarithmic luminance and colour (Larson, "`LogLuv` encoding for full-gamut, high-dynamic range images", 1998).
//!
//! Samples come as signed 16-bit integers, as GDAL shows them: the logarithm of the luminance, and u' and v' times 2^15.

use super::CodecError;

const NAME: &str = "SGILog";
/// Steps of u' and v' in the 32-bit encoding.
const UV_SCALE: f64 = 410.0;
/// What u' and v' are multiplied with in 16-bit samples.
const UV_ONE: f64 = 32_768.0;

/// Decodes rows of `width` pixels into `out`: little-endian 16-bit luminance of one sample, or `LogLuv` of three.
pub(crate) fn decompress(data: &[u8], width: usize, samples: usize, out: &mut [u8]) -> Result<(), CodecError> {
    let planes = match samples {
        1 => 2,
        3 => 4,
        other => return Err(CodecError::Unsupported(format!("SGILog of {other} samples"))),
    };
    let expected = out.len();
    let row_bytes = (width * samples * 2).max(1);
    let mut data = data;
    let mut words = vec![0_u32; width];
    for (index, row) in out.chunks_exact_mut(row_bytes).enumerate() {
        data = decode_row(data, planes, &mut words).ok_or(CodecError::Short {
            codec: NAME,
            found: index * row_bytes,
            expected,
        })?;
        for (pixel, &word) in row.chunks_exact_mut(samples * 2).zip(&words) {
            if samples == 1 {
                let [low, high, ..] = word.to_le_bytes();
                pixel.copy_from_slice(&[low, high]);
            } else {
                let [v, u, luminance_low, luminance_high] = word.to_le_bytes();
                let (u, v) = (chromaticity(u).to_le_bytes(), chromaticity(v).to_le_bytes());
                pixel.copy_from_slice(&[luminance_low, luminance_high, u[0], u[1], v[0], v[1]]);
            }
        }
    }
    Ok(())
}

fn chromaticity(step: u8) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 255.5 / 410 * 2^15")]
    let scaled = ((f64::from(step) + 0.5) / UV_SCALE * UV_ONE) as u16;
    scaled
}

/// Puts the words of a row together from run lengths of their bytes, highest byte of all words first. Gives the data that
/// follows, `None` if it ended before.
fn decode_row<'a>(data: &'a [u8], planes: u32, words: &mut [u32]) -> Option<&'a [u8]> {
    words.fill(0);
    let mut data = data;
    for plane in (0..planes).rev() {
        let mut rest = &mut *words;
        while !rest.is_empty() {
            let (&count, tail) = data.split_first()?;
            let is_run = count >= 128;
            let length = usize::from(if is_run { count - 126 } else { count });
            let (target, remaining) = rest.split_at_mut(length.min(rest.len()));
            rest = remaining;
            let taken = if is_run { 1 } else { target.len() };
            let values = tail.get(..taken)?;
            data = tail.get(taken..)?;
            for (word, &value) in target.iter_mut().zip(values.iter().cycle()) {
                *word |= u32::from(value) << (8 * plane);
            }
        }
    }
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luminance_is_put_together_from_its_bytes() {
        // High bytes: a run of three 1; low bytes: 7, 8, 9 one by one.
        let mut out = [0; 6];
        decompress(&[129, 1, 3, 7, 8, 9], 3, 1, &mut out).unwrap();
        assert_eq!(out, [7, 1, 8, 1, 9, 1]);
    }

    #[test]
    fn chromaticity_is_scaled_to_15_bits() {
        let mut out = [0; 6];
        decompress(&[1, 2, 1, 3, 1, 86, 1, 194], 1, 3, &mut out).unwrap();
        assert_eq!(out[..2], [3, 2]);
        assert_eq!(u16::from_le_bytes([out[2], out[3]]), 6913);
        assert_eq!(u16::from_le_bytes([out[4], out[5]]), 15_544);
    }

    #[test]
    fn missing_data_is_an_error() {
        assert!(decompress(&[129, 1, 3, 7], 3, 1, &mut [0; 6]).is_err());
        assert!(decompress(&[0, 0, 0], 3, 1, &mut [0; 6]).is_err());
        assert!(decompress(&[], 1, 3, &mut [0; 6]).is_err());
    }
}
