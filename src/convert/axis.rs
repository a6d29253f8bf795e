//! Which pixels of the finer level make a pixel of an overview, along one axis, and with which weights.
//!
//! An overview covers the whole extent of its image, so its pixels are `source / target` pixels wide: exactly 2 if the
//! number of source pixels is even, else a little less.

use super::options::OverviewResampling;

/// Tolerance of positions that should be whole numbers.
const TOLERANCE: f64 = 1e-8;

/// Which source pixels make a target pixel; worked out when it is asked for, as images may have many columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    source: u32,
    target: u32,
    /// Source pixels of a target pixel.
    ratio: f64,
    method: OverviewResampling,
}

/// The source pixels `start..end` of one target pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Axis {
    /// The axis of `source` pixels that become `target` pixels.
    pub(super) fn new(source: u32, target: u32, method: OverviewResampling) -> Self {
        Self { source, target, ratio: f64::from(source) / f64::from(target.max(1)), method }
    }

    /// Whether each target pixel is the mean of exactly two source pixels.
    pub(super) fn is_pairs(&self) -> bool {
        self.method == OverviewResampling::Average && u64::from(self.source) == 2 * u64::from(self.target)
    }

    /// The source pixels of a target pixel, one at least.
    pub(super) fn span(&self, target: u32) -> Span {
        let from = f64::from(target) * self.ratio;
        let center = from + 0.5 * self.ratio;
        let [start, end] = match self.method {
            OverviewResampling::Nearest => {
                // The upper left one of those around the centre, as in GDAL.
                let pixel = whole(from + 0.5 + TOLERANCE);
                [pixel, pixel + 1]
            }
            OverviewResampling::Mode | OverviewResampling::Average => {
                [whole(from + TOLERANCE), whole((from + self.ratio - TOLERANCE).ceil())]
            }
            OverviewResampling::Bilinear | OverviewResampling::Cubic => {
                let reach = self.radius() * self.ratio.max(1.0);
                [whole((center - reach + 0.5 + TOLERANCE).floor()), whole((center + reach + 0.5 - TOLERANCE).floor())]
            }
        };
        let start = start.min(self.source.saturating_sub(1));
        Span { start, end: end.min(self.source).max(start + 1) }
    }

    /// Appends the weights of a target pixel's source pixels.
    pub(super) fn add_weights(&self, target: u32, weights: &mut Vec<f64>) {
        let Span { start, end } = self.span(target);
        let from = f64::from(target) * self.ratio;
        let to = from + self.ratio;
        let center = from + 0.5 * self.ratio;
        weights.extend((start..end).map(|pixel| match self.method {
            OverviewResampling::Nearest | OverviewResampling::Mode => 1.0,
            OverviewResampling::Average => {
                let share = (to.min(f64::from(pixel) + 1.0) - from.max(f64::from(pixel))).clamp(0.0, 1.0);
                if share > 1.0 - TOLERANCE { 1.0 } else { share }
            }
            OverviewResampling::Bilinear | OverviewResampling::Cubic => {
                let distance = ((f64::from(pixel) + 0.5 - center) / self.ratio.max(1.0)).abs();
                match self.method {
                    _ if distance >= self.radius() => 0.0,
                    OverviewResampling::Bilinear => 1.0 - distance,
                    _ => cubic(distance),
                }
            }
        }));
    }

    /// Target pixels that a kernel reaches to either side.
    fn radius(&self) -> f64 {
        if self.method == OverviewResampling::Cubic { 2.0 } else { 1.0 }
    }

    /// How many target pixels can be made once the source pixels before `source_end` are known.
    pub(super) fn ready(&self, source_end: u32) -> u32 {
        let (mut known, mut unknown) = (0, self.target);
        while known < unknown {
            let middle = known + (unknown - known) / 2;
            if self.span(middle).end <= source_end {
                known = middle + 1;
            } else {
                unknown = middle;
            }
        }
        known
    }

    /// The first source pixel that target pixels from `target` on need; `source_end` if there are none.
    pub(super) fn needed_from(&self, target: u32, source_end: u32) -> u32 {
        if target < self.target { self.span(target).start } else { source_end }
    }
}

/// Spans and weights of some target pixels in a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    spans: Vec<(Span, usize)>,
    weights: Vec<f64>,
}

impl Table {
    /// Of target pixels `first` to before `end`.
    pub(super) fn new(axis: &Axis, first: u32, end: u32) -> Self {
        let mut weights = Vec::new();
        let spans = (first..end)
            .map(|target| {
                let weights_at = weights.len();
                axis.add_weights(target, &mut weights);
                (axis.span(target), weights_at)
            })
            .collect();
        Self { spans, weights }
    }

    /// Span and weights of each target pixel.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Span, &[f64])> {
        self.spans.iter().map(|&(span, at)| {
            let count = (span.end - span.start) as usize;
            (span, self.weights.get(at..at + count).unwrap_or_default())
        })
    }
}

/// A position that is not negative as the number of its pixel.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positions are within an image")]
fn whole(position: f64) -> u32 {
    position.max(0.0) as u32
}

/// Cubic convolution with a = -0.5 (Keys 1981).
fn cubic(x: f64) -> f64 {
    if x <= 1.0 { (1.5 * x - 2.5) * x * x + 1.0 } else { ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(axis: &Axis, count: u32) -> Vec<(u32, u32)> {
        (0..count).map(|index| axis.span(index)).map(|span| (span.start, span.end)).collect()
    }

    fn weights(axis: &Axis, target: u32) -> Vec<f64> {
        let mut weights = Vec::new();
        axis.add_weights(target, &mut weights);
        weights
    }

    #[test]
    fn an_even_number_of_pixels_is_taken_in_pairs() {
        let axis = Axis::new(6, 3, OverviewResampling::Average);
        assert!(axis.is_pairs());
        assert_eq!(spans(&axis, 3), [(0, 2), (2, 4), (4, 6)]);
        assert_eq!(weights(&axis, 1), [1.0, 1.0]);
    }

    #[test]
    fn an_odd_number_of_pixels_is_shared_out_so_that_each_counts_as_much() {
        let axis = Axis::new(5, 3, OverviewResampling::Average);
        assert!(!axis.is_pairs());
        assert_eq!(spans(&axis, 3), [(0, 2), (1, 4), (3, 5)]);
        let mut shares = [0.0; 5];
        for index in 0..3 {
            for (pixel, weight) in (axis.span(index).start..).zip(weights(&axis, index)) {
                shares[pixel as usize] += weight;
            }
        }
        assert!(shares.iter().all(|share| (share - 1.0_f64).abs() < 1e-9), "{shares:?}");
    }

    #[test]
    fn what_can_be_made_is_known_from_what_is_there() {
        let axis = Axis::new(5, 3, OverviewResampling::Average);
        assert_eq!([0, 1, 2, 3, 4, 5].map(|end| axis.ready(end)), [0, 0, 1, 1, 2, 3]);
        assert_eq!([0, 1, 2, 3].map(|target| axis.needed_from(target, 5)), [0, 1, 3, 5]);
    }

    #[test]
    fn kernels_are_symmetrical_and_cut_at_the_edges() {
        for method in [OverviewResampling::Bilinear, OverviewResampling::Cubic] {
            let axis = Axis::new(64, 32, method);
            let middle = weights(&axis, 16);
            let mut mirrored = middle.clone();
            mirrored.reverse();
            assert!(middle.iter().zip(&mirrored).all(|(a, b)| (a - b).abs() < 1e-12), "{middle:?}");
            assert_eq!(axis.span(16).start + axis.span(16).end, 66);
            assert_eq!(axis.span(0).start, 0);
            assert_eq!(axis.span(31).end, 64);
            let table = Table::new(&axis, 15, 17);
            assert_eq!(table.iter().nth(1), Some((axis.span(16), middle.as_slice())));
        }
    }

    #[test]
    fn nearest_is_the_pixel_where_the_target_begins() {
        let axis = Axis::new(16, 2, OverviewResampling::Nearest);
        assert_eq!(spans(&axis, 2), [(0, 1), (8, 9)]);
        assert_eq!(spans(&Axis::new(5, 3, OverviewResampling::Nearest), 3), [(0, 1), (2, 3), (3, 4)]);
    }
}
