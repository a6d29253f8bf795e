//! Inks, L*a*b* and luminance with colour differences as red, green and blue, by the formulas that libtiff uses.

use super::codec::{CodecError, Shape};
use crate::raster::Samples;

/// Four planes of inks to three of red, green and blue; further planes stay.
pub(crate) fn rgb_from_cmyk(planes: Vec<Samples>) -> Result<Vec<Samples>, CodecError> {
    convert::<4>(planes, |[cyan, magenta, yellow, black]| {
        let white = u16::from(255 - black);
        [cyan, magenta, yellow].map(|ink| (white * u16::from(255 - ink) / 255).to_le_bytes()[0])
    })
}

/// Three planes of CIE L*a*b* (a* and b* signed) to three of red, green and blue; further planes stay.
pub(crate) fn rgb_from_lab(planes: Vec<Samples>) -> Result<Vec<Samples>, CodecError> {
    convert::<3>(planes, |[lightness, a, b]| {
        rgb_from_xyz(xyz_from_lab(f32::from(lightness), f32::from(a.cast_signed()), f32::from(b.cast_signed())))
    })
}

fn convert<const N: usize>(planes: Vec<Samples>, rgb: impl Fn([u8; N]) -> [u8; 3]) -> Result<Vec<Samples>, CodecError> {
    let too_few = || CodecError::Unsupported(format!("colours of fewer than {N} samples of 8 bits"));
    let mut bytes: Vec<Vec<u8>> = Vec::with_capacity(planes.len());
    for plane in planes {
        let Samples::U8(plane) = plane else { return Err(too_few()) };
        bytes.push(plane);
    }
    let (colors, others) = bytes.split_first_chunk_mut::<N>().ok_or_else(too_few)?;
    let others: Vec<Vec<u8>> = others.iter_mut().map(std::mem::take).collect();
    let pixels = colors.iter().map(Vec::len).min().unwrap_or(0);
    let mut out = [(); 3].map(|()| vec![0; pixels]);
    for index in 0..pixels {
        let color = colors.each_ref().map(|plane| plane.get(index).copied().unwrap_or(0));
        for (plane, value) in out.iter_mut().zip(rgb(color)) {
            if let Some(sample) = plane.get_mut(index) {
                *sample = value;
            }
        }
    }
    Ok(out.into_iter().chain(others).map(Samples::U8).collect())
}

/// The white point D50, on a scale where its Y is 100.
const WHITE: [f32; 3] = [96.425, 100.0, 82.468];

/// CIE L*a*b* to XYZ, with lightness 0 to 255 for 0 to 100.
fn xyz_from_lab(lightness: f32, a: f32, b: f32) -> [f32; 3] {
    const CUBE_LIMIT: f32 = 0.2069;
    let [x0, y0, z0] = WHITE;
    let lightness = lightness * 100.0 / 255.0;
    let (y, fy) = if lightness < 8.856 {
        let y = lightness * y0 / 903.292;
        (y, 7.787 * (y / y0) + 16.0 / 116.0)
    } else {
        let fy = (lightness + 16.0) / 116.0;
        (y0 * fy * fy * fy, fy)
    };
    let part = |f: f32, white: f32| {
        if f < CUBE_LIMIT { white * (f - 0.13793) / 7.787 } else { white * f * f * f }
    };
    [part(a / 500.0 + fy, x0), y, part(fy - b / 200.0, z0)]
}

/// XYZ to the colours of an sRGB display with a gamma of 2.4 throughout, in 1500 steps.
fn rgb_from_xyz([x, y, z]: [f32; 3]) -> [u8; 3] {
    const DISPLAY: [[f32; 3]; 3] = [[3.2410, -1.5374, -0.4986], [-0.9692, 1.8760, 0.0416], [0.0556, -0.2040, 1.0570]];
    const RESIDUAL_LIGHT: f32 = 1.0;
    const WHITE_LIGHT: f32 = 100.0;
    const STEPS: f32 = 1500.0;
    DISPLAY.map(|[from_x, from_y, from_z]| {
        let light = (from_x * x + from_y * y + from_z * z).clamp(RESIDUAL_LIGHT, WHITE_LIGHT);
        let step = ((light - RESIDUAL_LIGHT) / ((WHITE_LIGHT - RESIDUAL_LIGHT) / STEPS)).floor().min(STEPS);
        let value = 255.0 * (f64::from(step) / f64::from(STEPS)).powf(1.0 / 2.4);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let value = value.round().clamp(0.0, 255.0) as u8;
        value
    })
}

/// What a file says about its luminance and colour differences.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct YCbCrTags {
    /// Pixels that share a colour difference, across and down.
    pub(crate) subsampling: (usize, usize),
    /// Shares of red, green and blue in the luminance.
    pub(crate) coefficients: Option<[f64; 3]>,
    /// Codes of black and white for the luminance and both differences.
    pub(crate) reference: Option<[f64; 6]>,
}

/// Luminance and two colour differences to red, green and blue, by tables in 16-bit fixed point.
struct YCbCr {
    luminance: [i32; 256],
    red_from_cr: [i32; 256],
    blue_from_cb: [i32; 256],
    green_from_cr: [i32; 256],
    green_from_cb: [i32; 256],
}

impl YCbCr {
    /// Factors are worked out in single precision and rounded to 16 bits after the point: so the colours are libtiff's.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to small numbers before")]
    fn new(tags: &YCbCrTags) -> Self {
        const HALF: i32 = 1 << 15;
        let [red, green, blue] = tags.coefficients.unwrap_or([0.299, 0.587, 0.114]).map(|share| share as f32);
        let [y_black, y_white, cb_black, cb_white, cr_black, cr_white] =
            tags.reference.unwrap_or([0.0, 255.0, 128.0, 255.0, 128.0, 255.0]).map(|code| code as f32);
        let fixed = |factor: f32| (f64::from(factor.clamp(0.0, 2.0) * 65_536.0) + 0.5) as i32;
        let from_cr = 2.0 - 2.0 * red;
        let from_cb = 2.0 - 2.0 * blue;
        let (red_cr, green_cr) = (fixed(from_cr), -fixed(red * from_cr / green));
        let (blue_cb, green_cb) = (fixed(from_cb), -fixed(blue * from_cb / green));
        let value = |code: i32, black: f32, white: f32, range: f32| {
            let span = if white - black == 0.0 { 1.0 } else { white - black };
            ((code - black as i32) as f32 * range / span).clamp(-4096.0, 4096.0) as i32
        };
        let cr = |code: i32| value(code - 128, cr_black - 128.0, cr_white - 128.0, 127.0);
        let cb = |code: i32| value(code - 128, cb_black - 128.0, cb_white - 128.0, 127.0);
        Self {
            luminance: table(|code| value(code, y_black, y_white, 255.0)),
            red_from_cr: table(|code| (red_cr * cr(code) + HALF) >> 16),
            blue_from_cb: table(|code| (blue_cb * cb(code) + HALF) >> 16),
            green_from_cr: table(|code| green_cr * cr(code)),
            green_from_cb: table(|code| green_cb * cb(code) + HALF),
        }
    }

    fn rgb(&self, y: u8, cb: u8, cr: u8) -> [u8; 3] {
        let at = |table: &[i32; 256], index: u8| table.get(usize::from(index)).copied().unwrap_or(0);
        let y = at(&self.luminance, y);
        let green = (at(&self.green_from_cb, cb) + at(&self.green_from_cr, cr)) >> 16;
        [y + at(&self.red_from_cr, cr), y + green, y + at(&self.blue_from_cb, cb)]
            .map(|value| value.clamp(0, 255).to_le_bytes()[0])
    }
}

/// The value of each code from 0 to 255.
fn table(value: impl Fn(i32) -> i32) -> [i32; 256] {
    let mut codes = 0..;
    std::array::from_fn(|_| value(codes.next().unwrap_or_default()))
}

/// Bytes of a block of subsampled pixels; `None` beyond the address space.
pub(crate) fn ycbcr_bytes(shape: &Shape, across: usize, down: usize) -> Option<usize> {
    let unit = across.checked_mul(down)?.checked_add(2)?;
    shape.width.div_ceil(across).checked_mul(shape.rows.div_ceil(down))?.checked_mul(unit)
}

/// Three planes of luminance and colour differences to three of red, green and blue.
pub(crate) fn rgb_from_ycbcr_planes(planes: Vec<Samples>, tags: &YCbCrTags) -> Result<Vec<Samples>, CodecError> {
    let colors = YCbCr::new(tags);
    convert::<3>(planes, |[y, cb, cr]| colors.rgb(y, cb, cr))
}

/// Units of `across` x `down` luminances and two colour differences to planes of red, green and blue.
pub(crate) fn rgb_from_ycbcr(bytes: &[u8], shape: &Shape, tags: &YCbCrTags) -> Vec<Samples> {
    let colors = YCbCr::new(tags);
    let (across, down) = tags.subsampling;
    let mut planes = [(); 3].map(|()| vec![0_u8; shape.pixels()]);
    let units_across = shape.width.div_ceil(across).max(1);
    for (index, unit) in bytes.chunks_exact(across * down + 2).enumerate() {
        let (first_row, first_column) = (index / units_across * down, index % units_across * across);
        let Some((luminances, &[cb, cr])) = unit.split_last_chunk::<2>() else { continue };
        for (row, luminances) in (first_row..shape.rows).zip(luminances.chunks_exact(across)) {
            for (column, &y) in (first_column..shape.width).zip(luminances) {
                for (plane, value) in planes.iter_mut().zip(colors.rgb(y, cb, cr)) {
                    if let Some(sample) = plane.get_mut(row * shape.width + column) {
                        *sample = value;
                    }
                }
            }
        }
    }
    planes.into_iter().map(Samples::U8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(values: &[u8]) -> Vec<Samples> {
        values.iter().map(|&value| Samples::U8(vec![value])).collect()
    }

    #[test]
    fn inks_darken_white() {
        assert_eq!(rgb_from_cmyk(bytes(&[0, 0, 0, 0])).unwrap(), bytes(&[255, 255, 255]));
        assert_eq!(rgb_from_cmyk(bytes(&[255, 0, 128, 0])).unwrap(), bytes(&[0, 255, 127]));
        assert_eq!(rgb_from_cmyk(bytes(&[10, 20, 30, 255, 77])).unwrap(), bytes(&[0, 0, 0, 77]));
        assert!(rgb_from_cmyk(bytes(&[1, 2, 3])).is_err());
    }

    #[test]
    fn lightness_alone_is_grey_or_nearly_so() {
        let [black, white] = [0, 255].map(|lightness| rgb_from_lab(bytes(&[lightness, 0, 0])).unwrap());
        assert_eq!(black, bytes(&[0, 0, 0]));
        assert_eq!(white[0], Samples::U8(vec![255]));
    }

    #[test]
    fn colour_differences_of_128_are_grey() {
        let colors = YCbCr::new(&YCbCrTags::default());
        for y in [0, 1, 127, 255] {
            assert_eq!(colors.rgb(y, 128, 128), [y; 3]);
        }
        assert_eq!(colors.rgb(76, 85, 255), [254, 0, 0]);
    }

    #[test]
    fn a_unit_at_the_edge_is_cut() {
        let shape = Shape::for_tests(3, 1, 3, 8);
        assert_eq!(ycbcr_bytes(&shape, 2, 2), Some(12));
        let data = [10, 20, 0, 0, 128, 128, 30, 0, 0, 0, 128, 128];
        let planes = rgb_from_ycbcr(&data, &shape, &YCbCrTags { subsampling: (2, 2), ..YCbCrTags::default() });
        assert_eq!(planes, [(); 3].map(|()| Samples::U8(vec![10, 20, 30])));
    }
}
