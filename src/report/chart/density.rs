//! Very many points as a picture: how many there are in each pixel, and in which colours.

use super::marks::{Chart, Marks, Points};
use crate::render::RgbaImage;

/// The pixels that points are counted in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DensityGrid {
    /// First and last position along the bottom.
    pub x: (f64, f64),
    /// First and last position up the side.
    pub y: (f64, f64),
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from bottom to top.
    pub height: u32,
}

/// The least opacity of a pixel with a point in it.
const FAINTEST: f64 = 0.45;

impl DensityGrid {
    /// The place in the picture (rows from the top) of a position; `None` outside.
    fn place(&self, x: f64, y: f64) -> Option<usize> {
        let part = |position: f64, (low, high): (f64, f64)| (position - low) / (high - low);
        let (col, row) = (cell(part(x, self.x), self.width)?, cell(1.0 - part(y, self.y), self.height)?);
        Some(row as usize * self.width as usize + col as usize)
    }
}

/// The cell of a part (0 to 1, both included).
fn cell(part: f64, count: u32) -> Option<u32> {
    if !(0.0..=1.0).contains(&part) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and count")]
    let cell = (part * f64::from(count)) as u32;
    Some(cell.min(count.checked_sub(1)?))
}

#[derive(Clone, Copy, Default)]
struct Sum {
    count: u32,
    rgb: [u32; 3],
}

/// A picture of a scatter plot's points, of which only those are shown that `shown` lets through by their place: colours are
/// the mean of the points in a pixel, opacities grow with the logarithm of their number. Blank for other charts.
pub fn density(chart: &Chart, grid: DensityGrid, plain: [u8; 3], shown: impl Fn(usize) -> bool) -> RgbaImage {
    let mut picture = RgbaImage::transparent(grid.width, grid.height);
    let Marks::Points(points) = &chart.marks else { return picture };
    let mut sums = vec![Sum::default(); picture.pixels.len() / 4];
    for at in 0..points.len() {
        let position = points.x.get(at).zip(points.y.get(at));
        let Some(place) = position.and_then(|(x, y)| grid.place(*x, *y)).filter(|_| shown(at)) else { continue };
        if let Some(sum) = sums.get_mut(place) {
            sum.count = sum.count.saturating_add(1);
            for (channel, value) in sum.rgb.iter_mut().zip(points.color(at, chart, plain)) {
                *channel = channel.saturating_add(u32::from(value));
            }
        }
    }
    let most = f64::from(sums.iter().map(|sum| sum.count).max().unwrap_or(0));
    for (pixel, sum) in picture.pixels.chunks_exact_mut(4).zip(sums) {
        if sum.count == 0 {
            continue;
        }
        let share = if most > 1.0 { f64::from(sum.count).ln() / most.ln() } else { 1.0 };
        let [red, green, blue] = sum.rgb.map(|channel| u8::try_from(channel / sum.count).unwrap_or(u8::MAX));
        pixel.copy_from_slice(&[red, green, blue, opacity(FAINTEST + (1.0 - FAINTEST) * share)]);
    }
    picture
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
fn opacity(part: f64) -> u8 {
    (part.clamp(0.0, 1.0) * 255.0).round() as u8
}

impl Points {
    /// The colour of a point: by its group, by its place on the ramp, or `plain`; grey without a value.
    pub fn color(&self, at: usize, chart: &Chart, plain: [u8; 3]) -> [u8; 3] {
        const GREY: [u8; 3] = [0x88, 0x88, 0x88];
        if let (Some(place), Some(scale)) = (self.ramp.get(at), &chart.color_scale) {
            return if place.is_nan() { GREY } else { scale.color(f64::from(*place)) };
        }
        let group = self.groups.get(at).and_then(|group| chart.groups.get(usize::from(*group)));
        group.map_or(plain, |group| group.color)
    }
}
