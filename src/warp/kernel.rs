//! Weights of source pixels around a position, along one axis.

use super::Resampling;

/// Taps that a kernel has at most along an axis; beyond, it takes every so many pixels.
const MAX_TAPS: u32 = 128;
/// How near to a whole number of pixels a scale counts as that number, and up to which scale the kernels for enlarging are
/// used, as in GDAL: views are rarely meant to be off by so little.
const NEARLY_WHOLE: f64 = 0.05;
const NEARLY_ONE: f64 = 1.0 / 0.95;

/// A kernel for views whose pixels are `scale` source pixels wide: stretched by that much, so that nothing is skipped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kernel {
    shape: Shape,
    scale: f64,
    per_scale: f64,
    /// Half its width in source pixels.
    reach: f64,
    taps: u32,
    step: u32,
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    Triangle,
    Cubic,
    Lanczos,
}

/// The first source pixel that a row of taps stands on, and how far they are apart; it may lie outside of the image.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Footing {
    pub(super) first: i64,
    pub(super) step: u32,
}

impl Kernel {
    /// `None` for nearest and average, which have no weights. A scale below 1 (enlarging) counts as 1.
    pub(super) fn new(resampling: Resampling, scale: f64) -> Option<Self> {
        let scale = usual_scale(scale);
        let (shape, reach) = match resampling {
            Resampling::Nearest | Resampling::Average => return None,
            Resampling::Bilinear => (Shape::Triangle, scale),
            Resampling::Cubic => (Shape::Cubic, 2.0 * scale),
            Resampling::Lanczos => (Shape::Lanczos, 3.0 * scale),
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 2 and 6 million")]
        let wanted = (2.0 * reach).ceil() as u32;
        let step = wanted.div_ceil(MAX_TAPS).max(1);
        Some(Self { shape, scale, per_scale: scale.recip(), reach, taps: wanted.div_ceil(step), step })
    }

    /// Number of weights.
    pub(super) fn taps(&self) -> u32 {
        self.taps
    }

    /// Whether it enlarges or keeps the size, so that it is as narrow as can be.
    pub(super) fn is_narrow(&self) -> bool {
        self.scale <= 1.0
    }

    /// How many source pixels beyond a position may have a weight.
    pub(super) fn reach(&self) -> f64 {
        self.reach + 1.0
    }

    /// Fills `weights` (as many as there are taps) for a position (edges: 0.5 is the middle of the first pixel) on an axis of `size`
    /// pixels. Weights of pixels outside of the image are 0; the others add up to 1.
    #[inline]
    pub(super) fn weigh(&self, position: f64, size: u32, weights: &mut [f64]) -> Footing {
        let middle = position - 0.5;
        let first = whole_part(middle - self.reach) + 1;
        let footing = Footing { first, step: self.step };
        let is_inside = first >= 0 && first + i64::from(self.taps) * i64::from(self.step) <= i64::from(size);
        let mut sum = 0.0;
        if let (Shape::Triangle, 1, true) = (self.shape, self.step, is_inside) {
            // The usual case, of which there are two for each pixel of a view.
            let mut distance = first as f64 - middle;
            for weight in weights.iter_mut() {
                *weight = (1.0 - distance.abs() * self.per_scale).max(0.0);
                sum += *weight;
                distance += 1.0;
            }
        } else {
            let mut pixel = first;
            for weight in weights.iter_mut() {
                let inside = (0..i64::from(size)).contains(&pixel);
                *weight = if inside { self.value(pixel as f64 - middle) } else { 0.0 };
                sum += *weight;
                pixel += i64::from(self.step);
            }
        }
        if sum.abs() > f64::EPSILON {
            let factor = sum.recip();
            weights.iter_mut().for_each(|weight| *weight *= factor);
        }
        footing
    }

    /// Height of the kernel `distance` source pixels from its middle.
    fn value(&self, distance: f64) -> f64 {
        let x = (distance / self.scale).abs();
        match self.shape {
            Shape::Triangle => (1.0 - x).max(0.0),
            // Catmull and Rom's cubic: a = -1/2.
            Shape::Cubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Shape::Cubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Shape::Lanczos if x < 1e-9 => 1.0,
            Shape::Lanczos if x < 3.0 => {
                let angle = std::f64::consts::PI * x;
                3.0 * angle.sin() * (angle / 3.0).sin() / (angle * angle)
            }
            Shape::Cubic | Shape::Lanczos => 0.0,
        }
    }
}

/// The greatest whole number that is not greater; without a call, unlike `floor`.
#[expect(clippy::cast_possible_truncation, reason = "positions lie in the image, which is below 2^32")]
fn whole_part(number: f64) -> i64 {
    let cut = number as i64;
    if cut as f64 > number { cut - 1 } else { cut }
}

/// The scale that is worked with: at least 1, and a whole number where it is nearly one.
fn usual_scale(scale: f64) -> f64 {
    if !scale.is_finite() || scale <= NEARLY_ONE {
        return 1.0;
    }
    let whole = scale.round();
    if (scale - whole).abs() < NEARLY_WHOLE { whole } else { scale }.min(1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(resampling: Resampling, scale: f64, position: f64, size: u32) -> (i64, Vec<f64>) {
        let kernel = Kernel::new(resampling, scale).unwrap();
        let mut weights = vec![0.0; kernel.taps() as usize];
        let footing = kernel.weigh(position, size, &mut weights);
        (footing.first, weights)
    }

    #[test]
    fn bilinear_weighs_by_nearness() {
        let (first, w) = weights(Resampling::Bilinear, 1.0, 10.75, 100);
        assert_eq!(first, 10);
        assert!((w[0] - 0.75).abs() < 1e-6 && (w[1] - 0.25).abs() < 1e-6, "{w:?}");
    }

    #[test]
    fn on_a_pixels_middle_every_kernel_gives_that_pixel() {
        for resampling in [Resampling::Bilinear, Resampling::Cubic, Resampling::Lanczos] {
            let (first, w) = weights(resampling, 1.0, 7.5, 100);
            for (at, weight) in w.iter().enumerate() {
                let wanted = if first + at as i64 == 7 { 1.0 } else { 0.0 };
                assert!((weight - wanted).abs() < 1e-6, "{resampling:?} {w:?}");
            }
        }
    }

    #[test]
    fn weights_add_up_to_one_at_the_edge_too() {
        for resampling in [Resampling::Bilinear, Resampling::Cubic, Resampling::Lanczos] {
            for (scale, position) in [(1.0, 0.1), (1.0, 99.9), (2.7, 0.0), (5.0, 50.3), (300.0, 20.0)] {
                let (first, w) = weights(resampling, scale, position, 100);
                assert!((w.iter().sum::<f64>() - 1.0).abs() < 1e-5, "{resampling:?} {scale} {position} {w:?}");
                assert!(w.len() <= 128);
                assert!(first >= 0 || w[0] == 0.0);
            }
        }
    }

    #[test]
    fn a_scale_that_is_nearly_whole_is_whole() {
        let scales = [0.2, f64::NAN, 1.04, 1.1, 1.96, 2.04, 2.06].map(usual_scale);
        assert_eq!(scales, [1.0, 1.0, 1.0, 1.1, 2.0, 2.0, 2.06]);
    }
}
