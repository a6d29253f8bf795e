//! Where an image lies: its outline in longitude and latitude and its box on the map; and which of its pixels lies at a position.

use crate::cog::Cog;
use crate::geo::{Affine, BoundingBox, Crs, LonLat, Point, Transformer};

/// Points along each side of the outline, so that sides that are bent in longitude and latitude look so.
const POINTS_PER_SIDE: u32 = 8;

/// Where an image lies, or why that isn't known.
pub(super) struct Place {
    /// Corners and points between them, in order; empty if not known.
    pub outline_lon_lat: Vec<LonLat>,
    /// In EPSG:3857, metres.
    pub bounds_mercator: Option<BoundingBox>,
    /// A sentence for the user.
    pub problem: Option<String>,
}

/// The place of an image.
pub(super) fn of(cog: &Cog) -> Place {
    match outline(cog) {
        Ok(points) => {
            let transformed = |crs: &Crs| -> Vec<Point> {
                let transformer = transformer(cog, crs).ok();
                transformer.iter().flat_map(|to| points.iter().filter_map(|&point| to.forward(point))).collect()
            };
            let (outline, on_map) = (transformed(&Crs::wgs84()), transformed(&Crs::web_mercator()));
            let bounds_mercator = BoundingBox::around(on_map);
            let outline_lon_lat = outline.into_iter().filter_map(|point| LonLat::new(point.x, point.y)).collect();
            let problem = bounds_mercator.is_none().then(|| "it lies where the map does not reach".to_owned());
            Place { outline_lon_lat, bounds_mercator, problem }
        }
        Err(reason) => Place { outline_lon_lat: Vec::new(), bounds_mercator: None, problem: Some(reason) },
    }
}

/// Column and row, counted from 0, of the pixel at a position; `None` outside of the image, or where its place isn't known.
pub(super) fn pixel_at(cog: &Cog, position: LonLat) -> Option<(u32, u32)> {
    let affine = cog.affine()?.inverse()?;
    let in_crs = transformer(cog, &Crs::wgs84()).ok()?.inverse(position.into())?;
    let pixel = affine.apply(in_crs.x, in_crs.y);
    Some((whole(pixel.x, cog.width())?, whole(pixel.y, cog.height())?))
}

/// The image's outline in its own coordinates, or a sentence that says why there is none.
fn outline(cog: &Cog) -> Result<Vec<Point>, String> {
    let no_place = |why: &str| format!("it has no place on the map: {why}");
    let crs = cog.crs().ok_or_else(|| no_place("the file names no coordinate reference system"))?;
    let affine: &Affine = cog.affine().ok_or_else(|| no_place("the file has no geotransform"))?;
    transformer(cog, &Crs::wgs84()).map_err(|error| no_place(&format!("{}: {error}", crs.name())))?;
    let pixels = BoundingBox::new(0.0, 0.0, f64::from(cog.width()), f64::from(cog.height()));
    let edges = pixels.map(|pixels| pixels.edge_points(POINTS_PER_SIDE)).unwrap_or_default();
    Ok(edges.into_iter().map(|pixel| affine.apply(pixel.x, pixel.y)).collect())
}

fn transformer(cog: &Cog, crs: &Crs) -> Result<Transformer, crate::geo::CrsError> {
    Transformer::new(cog.crs().unwrap_or(&Crs::wgs84()), crs, cog.bounds())
}

/// The pixel that a position between the edges 0 and `size` falls into.
fn whole(position: f64, size: u32) -> Option<u32> {
    let inside = position >= 0.0 && position < f64::from(size);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a u32")]
    inside.then(|| position.floor() as u32)
}
