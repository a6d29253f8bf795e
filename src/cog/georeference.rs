//! Where an image lies: an affine map, control points or a camera model, and the coordinate reference system of these.
//!
//! Sources in GDAL's order: the side file `.aux.xml` (or `.aux`), the tags, a world file, and control points in the tags at last. Coordinates are of the outer corner of a
//! pixel; files whose tags mean pixel centres (`RasterPixelIsPoint`) are moved by half a pixel.

use std::path::Path;

use tiff::tags::Tag;

use super::crs_keys::{KeyedCrs, crs_from_keys, crs_from_text};
use super::directory::{Directory, DirectoryReader};
use super::geokeys::{GeoKeys, key};
use super::pam::Pam;
use super::rpc::RationalPolynomials;
use super::tags::RPC_COEFFICIENTS;
use super::world_file;
use crate::geo::{Affine, Crs};

/// `GTRasterTypeGeoKey`: coordinates are of the centre of a pixel.
const PIXEL_IS_POINT: u32 = 2;
/// `ResolutionUnit`: pixels a centimetre, else an inch.
const CENTIMETRE: u64 = 3;
/// Control points that are kept.
const MAX_CONTROL_POINTS: usize = 100_000;

/// Where an image lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Georeference {
    /// How pixels lead to coordinates.
    pub kind: GeoreferenceKind,
    /// Reference system of the coordinates; may be one that is known by name only.
    pub crs: Option<Crs>,
    /// Whether the file meant the centres of pixels, and half a pixel was taken off.
    pub pixel_is_point_adjusted: bool,
}

/// How pixels lead to coordinates.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum GeoreferenceKind {
    /// Nothing is known.
    None,
    /// Column and row (of pixel corners) to x and y.
    Affine(Affine),
    /// Points whose coordinates are known, nothing between them.
    Gcps(Vec<GroundControlPoint>),
    /// A camera model: rational polynomials from longitude, latitude and height to column and row.
    Rpc(Box<RationalPolynomials>),
}

/// A pixel position whose coordinates are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroundControlPoint {
    /// Columns from the left edge.
    pub column: f64,
    /// Rows from the upper edge.
    pub row: f64,
    /// East.
    pub x: f64,
    /// North.
    pub y: f64,
}

/// Reads the georeference of the image at `path` from its first directory and the files beside it.
pub(crate) fn read(
    reader: &mut DirectoryReader<'_>,
    directory: &Directory,
    path: &Path,
    pam: Option<&Pam>,
) -> Georeference {
    let keys = GeoKeys::read(reader, directory);
    let keyed = crs_from_keys(&keys);
    let is_point = keys.code(key::RASTER_TYPE) == Some(PIXEL_IS_POINT);
    let pam_crs = pam.and_then(|pam| pam.known_crs.clone().or_else(|| pam.crs.as_deref().map(crs_from_text)));
    let own_factor = |crs: &Option<Crs>| crs.as_ref().map_or(1.0, Crs::degrees_per_file_unit);
    let factor = match (&pam_crs, &keyed) {
        (Some(_), _) => own_factor(&pam_crs),
        (None, Some(keyed)) => keyed.coordinate_factor,
        (None, None) => 1.0,
    };
    let crs = pam_crs.or_else(|| keyed.map(|KeyedCrs { crs, .. }| crs));

    if let Some(numbers) = pam.and_then(|pam| pam.geo_transform).and_then(usable) {
        return Georeference { kind: affine(numbers, factor), crs, pixel_is_point_adjusted: false };
    }
    if let Some((gcps, pam)) = pam.and_then(|pam| Some((pam_control_points(reader, directory, pam)?, pam))) {
        let gcp_crs = pam.gcp_crs.as_deref().map(crs_from_text);
        let factor = if gcp_crs.is_some() { own_factor(&gcp_crs) } else { factor };
        let gcps = gcps.into_iter().map(|gcp| GroundControlPoint { x: gcp.x * factor, y: gcp.y * factor, ..gcp });
        return Georeference {
            kind: GeoreferenceKind::Gcps(gcps.collect()),
            crs: gcp_crs.or(crs),
            pixel_is_point_adjusted: false,
        };
    }
    let mut doubles = |tag: Tag| reader.doubles(directory, tag).ok().flatten().unwrap_or_default();
    let tie_points = doubles(Tag::ModelTiepointTag);
    let scale = doubles(Tag::ModelPixelScaleTag);
    let matrix = doubles(Tag::ModelTransformationTag);
    let camera = RationalPolynomials::beside(path)
        .or_else(|| RationalPolynomials::new(&doubles(RPC_COEFFICIENTS)))
        .or_else(|| RationalPolynomials::from_items(&pam?.rpc));
    let in_tags = from_scale(&scale, &tie_points).or_else(|| from_matrix(&scale, &matrix));
    if let Some(numbers) = in_tags.filter(|numbers| camera.is_none() || !says_nothing(numbers)) {
        let numbers = if is_point { moved_to_corner(numbers) } else { numbers };
        return Georeference { kind: affine(numbers, factor), crs, pixel_is_point_adjusted: is_point };
    }
    if let Some(numbers) = world_file::beside(path) {
        return Georeference { kind: affine(numbers, factor), crs, pixel_is_point_adjusted: false };
    }
    let shift = if is_point { 0.5 } else { 0.0 };
    let gcps = control_points(&tie_points, shift, factor);
    if !gcps.is_empty() {
        return Georeference { kind: GeoreferenceKind::Gcps(gcps), crs, pixel_is_point_adjusted: is_point };
    }
    let kind = camera.map_or(GeoreferenceKind::None, |model| GeoreferenceKind::Rpc(Box::new(model)));
    Georeference { kind, crs, pixel_is_point_adjusted: false }
}

/// Control points of the side file. Those of `ArcGIS` are in inches or centimetres from the lower left corner where the
/// image has a resolution, else in pixels.
fn pam_control_points(
    reader: &mut DirectoryReader<'_>,
    directory: &Directory,
    pam: &Pam,
) -> Option<Vec<GroundControlPoint>> {
    if !pam.gcps.is_empty() {
        return Some(pam.gcps.clone());
    }
    let unit = reader.unsigned(directory, Tag::ResolutionUnit).ok().flatten().and_then(|units| units.first().copied());
    let mut first = |tag: Tag| reader.doubles(directory, tag).ok().flatten()?.first().copied();
    let resolution = (|| {
        let per_unit = if unit? == CENTIMETRE { 2.54 } else { 1.0 };
        Some((first(Tag::XResolution)? * per_unit, first(Tag::YResolution)? * per_unit, first(Tag::ImageLength)?))
    })();
    let in_pixels = |gcp: &GroundControlPoint| match resolution {
        Some((across, down, height)) => {
            GroundControlPoint { column: gcp.column * across, row: height - gcp.row * down, ..*gcp }
        }
        None => *gcp,
    };
    let gcps: Vec<_> = pam.esri_gcps.iter().map(in_pixels).collect();
    (!gcps.is_empty()).then_some(gcps)
}

fn affine(numbers: [f64; 6], factor: f64) -> GeoreferenceKind {
    GeoreferenceKind::Affine(Affine::from_gdal(numbers.map(|number| number * factor)))
}

/// Numbers that a map can be made of.
fn usable(numbers: [f64; 6]) -> Option<[f64; 6]> {
    numbers.iter().all(|number| number.is_finite()).then_some(numbers)
}

/// Size of a pixel and one point: rows always go south, whatever the sign of the scale, as in GDAL.
fn from_scale(scale: &[f64], tie_points: &[f64]) -> Option<[f64; 6]> {
    let &[width, height, ..] = scale else { return None };
    let &[column, row, _, x, y, ..] = tie_points else { return None };
    if width == 0.0 || height == 0.0 || tie_points.len() < 6 {
        return None;
    }
    let height = -height.abs();
    usable([x - column * width, width, 0.0, y - row * height, 0.0, height])
}

/// The first two rows of the 4 x 4 matrix; heeded only where there is no usable pixel size.
fn from_matrix(scale: &[f64], matrix: &[f64]) -> Option<[f64; 6]> {
    let has_scale = matches!(scale, &[width, height, ..] if width != 0.0 && height != 0.0);
    let &[a, b, _, x, d, e, _, y, _, _, _, _, _, _, _, _] = matrix else { return None };
    if has_scale {
        return None;
    }
    usable([x, a, b, y, d, e])
}

/// Whether a map only repeats columns and rows, as writers do who have none.
fn says_nothing(&[x, across, skew, y, turn, down]: &[f64; 6]) -> bool {
    [x, across - 1.0, skew, y, turn, down.abs() - 1.0].into_iter().all(|number| number.abs() < 1e-12)
}

/// From the centre of the first pixel to its corner.
fn moved_to_corner([x, a, b, y, d, e]: [f64; 6]) -> [f64; 6] {
    [x - 0.5 * (a + b), a, b, y - 0.5 * (d + e), d, e]
}

fn control_points(tie_points: &[f64], shift: f64, factor: f64) -> Vec<GroundControlPoint> {
    let point = |numbers: &[f64]| {
        let &[column, row, _, x, y, _] = numbers else { return None };
        let point = GroundControlPoint { column: column + shift, row: row + shift, x: x * factor, y: y * factor };
        [point.column, point.row, point.x, point.y].iter().all(|number| number.is_finite()).then_some(point)
    };
    tie_points.chunks_exact(6).filter_map(point).take(MAX_CONTROL_POINTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixel_size_and_a_point_that_is_not_the_corner_give_the_corner() {
        let numbers = from_scale(&[2.0, 3.0, 0.0], &[10.0, 20.0, 0.0, 100.0, 200.0, 0.0]);
        assert_eq!(numbers, Some([80.0, 2.0, 0.0, 260.0, 0.0, -3.0]));
        assert_eq!(from_scale(&[2.0, -3.0, 0.0], &[0.0, 0.0, 0.0, 1.0, 2.0, 0.0]).unwrap()[5], -3.0);
        assert_eq!(from_scale(&[2.0, 0.0, 0.0], &[0.0; 6]), None);
        assert_eq!(from_scale(&[2.0, 3.0, 0.0], &[0.0, 0.0, 0.0, f64::NAN, 2.0, 0.0]), None);
    }

    #[test]
    fn a_matrix_keeps_rotation_and_south_up_rows() {
        let mut matrix = [0.0; 16];
        matrix[..8].copy_from_slice(&[1.0, 2.0, 0.0, 10.0, 3.0, 4.0, 0.0, 20.0]);
        assert_eq!(from_matrix(&[], &matrix), Some([10.0, 1.0, 2.0, 20.0, 3.0, 4.0]));
        assert_eq!(moved_to_corner([10.0, 1.0, 2.0, 20.0, 3.0, 4.0]), [8.5, 1.0, 2.0, 16.5, 3.0, 4.0]);
    }

    #[test]
    fn a_map_that_repeats_columns_and_rows_is_told_from_one() {
        assert!(says_nothing(&[0.0, 1.0, 0.0, 0.0, 0.0, -1.0]) && says_nothing(&[0.0, 1.0, 0.0, 0.0, 0.0, 1.0]));
        assert!(!says_nothing(&[0.0, 1.0, 0.0, 5.0, 0.0, -1.0]) && !says_nothing(&[0.0, 2.0, 0.0, 0.0, 0.0, -2.0]));
    }

    #[test]
    fn control_points_move_by_half_a_pixel_where_pixels_are_points() {
        let points = control_points(&[1.0, 2.0, 0.0, 3.0, 4.0, 0.0, f64::INFINITY, 0.0, 0.0, 0.0, 0.0, 0.0], 0.5, 1.0);
        assert_eq!(points, [GroundControlPoint { column: 1.5, row: 2.5, x: 3.0, y: 4.0 }]);
    }
}
