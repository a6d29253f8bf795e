//! Which level of the pyramid serves a view.

use super::geometry::ImageGeometry;
use super::surface::Surface;
use super::{View, WarpError};
use crate::cog::Cog;
use crate::geo::{BoundingBox, Point};

/// Points along each side of the view at which its position in the image is looked up.
const VIEW_POINTS: u32 = 10;
/// Steps along each side of the image at which its place in the view is looked up, where the other way fails.
const IMAGE_STEPS: u32 = 20;
/// How much coarser, as a share, a level may be and still count as equal: grids that fit one another differ by rounding.
const TOLERANCE: f64 = 1e-6;

/// The coarsest level that is still as fine as the view, counted from 0, the full resolution.
pub fn choose_level(cog: &Cog, view: &View) -> Result<usize, WarpError> {
    let geometry = ImageGeometry::new(cog, view.crs())?;
    Ok(level_for(cog, view, &geometry, None))
}

/// `positions` are those of the view, where they are known.
pub(super) fn level_for(cog: &Cog, view: &View, geometry: &ImageGeometry, positions: Option<&Surface>) -> usize {
    let wanted = columns_per_pixel(view, geometry, positions).or_else(|| natural_ratio(view, geometry));
    let Some(wanted) = wanted else {
        return 0;
    };
    let ratio = |width: u32| f64::from(cog.width()) / f64::from(width.max(1));
    let ratios: Vec<f64> = cog.levels().iter().map(|level| ratio(level.width)).collect();
    coarsest_fine_enough(&ratios, wanted)
}

/// Full-resolution columns that a pixel of the view is wide: those between the first and the last that the view meets, inside
/// of the image or beyond, over the view's width. It is the measure of GDAL's warper where it chooses overviews by itself.
fn columns_per_pixel(view: &View, geometry: &ImageGeometry, positions: Option<&Surface>) -> Option<f64> {
    let crs_from_pixel = view.crs_from_pixel();
    let at = |i: u32, size: u32| f64::from(size) * f64::from(i) / f64::from(VIEW_POINTS - 1);
    let pixel_at = |col: f64, row: f64| match positions {
        Some(positions) => Some(positions.at(col, row)),
        None => geometry.pixel_from_view(crs_from_pixel.apply(col, row)),
    };
    let middle = pixel_at(f64::from(view.width()) / 2.0, f64::from(view.height()) / 2.0);
    // Where an image's first and last column meet, or the map ends, columns go on as they do in the middle of the view.
    let continued = |x: f64| match (geometry.columns_around(), middle) {
        (Some(around), Some(middle)) => x - ((x - middle.x) / around).round() * around,
        _ => x,
    };
    let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
    for row in 0..VIEW_POINTS {
        for col in 0..VIEW_POINTS {
            let (col, row) = (at(col, view.width()), at(row, view.height()));
            if let Some(pixel) = pixel_at(col, row) {
                let x = continued(pixel.x);
                (least, greatest) = (least.min(x), greatest.max(x));
            }
        }
    }
    (greatest > least).then(|| (greatest - least) / f64::from(view.width()))
}

/// The index of the last ratio (full width / level width, ascending from 1) that doesn't exceed `wanted`, full-resolution
/// pixels per pixel of the view.
fn coarsest_fine_enough(ratios: &[f64], wanted: f64) -> usize {
    let fine_enough = |ratio: &f64| *ratio <= wanted * (1.0 + TOLERANCE);
    ratios.iter().rposition(fine_enough).unwrap_or(0)
}

/// Full-resolution pixels per pixel of the view, were the image laid out with square pixels of one size: the diagonal of its
/// pixels over that of the laid-out image. `None` where too little of the image can be placed.
fn natural_ratio(view: &View, geometry: &ImageGeometry) -> Option<f64> {
    let (width, height) = geometry.size();
    let at = |i: u32, size: f64| f64::from(i) / f64::from(IMAGE_STEPS) * size;
    let place = |col: u32, row: u32| geometry.view_from_pixel(at(col, width), at(row, height));
    let along = || 0..=IMAGE_STEPS;
    let edges = along()
        .flat_map(|i| [place(0, i), place(IMAGE_STEPS, i), place(i, 0), place(i, IMAGE_STEPS)])
        .collect::<Vec<Option<Point>>>();
    let failed = edges.iter().filter(|p| p.is_none()).count();
    let bounds = if failed * 10 > edges.len() {
        BoundingBox::around(along().flat_map(|row| along().map(move |col| (col, row))).filter_map(|(c, r)| place(c, r)))
    } else {
        BoundingBox::around(edges.iter().flatten().copied())
    }?;
    let diagonal = match (place(0, 0), place(IMAGE_STEPS, IMAGE_STEPS)) {
        (Some(first), Some(last)) if (last.x - first.x).abs() > 0.0 && (last.y - first.y).abs() > 0.0 => {
            (last.x - first.x).hypot(last.y - first.y)
        }
        _ => bounds.width().hypot(bounds.height()),
    };
    let resolution = diagonal / width.hypot(height);
    let ratio = view.bbox().width() / f64::from(view.width()) / resolution;
    ratio.is_finite().then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarsest_level_that_is_fine_enough_is_taken() {
        let ratios = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(coarsest_fine_enough(&ratios, 0.3), 0);
        assert_eq!(coarsest_fine_enough(&ratios, 1.5), 0);
        assert_eq!(coarsest_fine_enough(&ratios, 2.0), 1);
        assert_eq!(coarsest_fine_enough(&ratios, 3.7), 1);
        assert_eq!(coarsest_fine_enough(&ratios, 7.7), 2);
        assert_eq!(coarsest_fine_enough(&ratios, 100.0), 3);
        assert_eq!(coarsest_fine_enough(&ratios, f64::NAN), 0);
    }

    #[test]
    fn a_level_that_is_equal_but_for_rounding_will_do() {
        assert_eq!(coarsest_fine_enough(&[1.0, 2.0, 4.0], 3.999_999_9), 2);
        assert_eq!(coarsest_fine_enough(&[1.0, 2.0, 4.0], 3.9), 1);
        assert_eq!(coarsest_fine_enough(&[1.0], 9.0), 0);
    }
}
