//! A request for a map: its parameters, read once and checked.

use super::exception::WmsError;
use super::reference_system::ReferenceSystem;
use super::version::Version;
use crate::geo::BoundingBox;
use crate::serve::error::RequestError;
use crate::serve::parameters::{Parameters, shortened};
use crate::serve::picture::Wish;
use crate::serve::shelf::Shelf;
use crate::warp::View;

/// Pixels of a side, at most; the capabilities say so.
pub(super) const MOST_PIXELS: u32 = 4096;

/// What part of the world, at what size.
pub(super) fn view(given: &Parameters, version: Version) -> Result<View, WmsError> {
    let system = reference_system(given, version)?;
    let bbox = bbox(given, &system)?;
    let (width, height) = (size(given, "width")?, size(given, "height")?);
    View::new(system.crs, bbox, width, height).ok_or_else(|| WmsError::other("BBOX has no area"))
}

fn reference_system(given: &Parameters, version: Version) -> Result<ReferenceSystem, WmsError> {
    let (parameter, code) = match version {
        Version::V111 => ("srs", "InvalidSRS"),
        Version::V130 => ("crs", "InvalidCRS"),
    };
    let name = given.filled(parameter).ok_or_else(|| WmsError::missing(parameter))?;
    ReferenceSystem::named(name, version)
        .ok_or_else(|| WmsError::new(code, format!("the reference system {} is not known here", shortened(name))))
}

fn bbox(given: &Parameters, system: &ReferenceSystem) -> Result<BoundingBox, WmsError> {
    let text = given.filled("bbox").ok_or_else(|| WmsError::missing("bbox"))?;
    let wrong = |why: &str| WmsError::other(format!("BBOX {} {why}", shortened(text)));
    let numbers: Vec<f64> = text.split(',').map_while(|number| number.trim().parse().ok()).collect();
    let (Ok(sides), 4) = (<[f64; 4]>::try_from(numbers), text.split(',').count()) else {
        return Err(wrong("is not four numbers"));
    };
    let bbox = system.bbox(sides).ok_or_else(|| wrong("has a minimum above its maximum"))?;
    if bbox.width() > 0.0 && bbox.height() > 0.0 { Ok(bbox) } else { Err(wrong("has no area")) }
}

/// A width or height.
fn size(given: &Parameters, parameter: &str) -> Result<u32, WmsError> {
    let wrong = || RequestError::parameter(parameter, format!("it is a number of pixels from 1 to {MOST_PIXELS}"));
    let pixels = given.value(parameter, "number of pixels")?.ok_or_else(|| WmsError::missing(parameter))?;
    if (1..=MOST_PIXELS).contains(&pixels) { Ok(pixels) } else { Err(wrong().into()) }
}

/// The layers in their styles, the lowest first.
pub(super) fn wishes(given: &Parameters, shelf: &Shelf) -> Result<Vec<Wish>, WmsError> {
    let layers = given.filled("layers").ok_or_else(|| WmsError::missing("layers"))?;
    let ids: Vec<&str> = layers.split(',').map(str::trim).collect();
    let styles: Vec<&str> = match given.filled("styles") {
        None => vec![""; ids.len()],
        Some(styles) => styles.split(',').map(str::trim).collect(),
    };
    if styles.len() != ids.len() {
        return Err(WmsError::new("StyleNotDefined", "STYLES needs as many names as LAYERS, or none"));
    }
    let wish = |(id, style): (&str, &str)| {
        let layer = shelf.layer(id).filter(|layer| layer.place().is_some());
        let layer =
            layer.ok_or_else(|| WmsError::new("LayerNotDefined", format!("there is no layer {}", shortened(id))))?;
        let look = layer
            .look(style)
            .ok_or_else(|| WmsError::new("StyleNotDefined", format!("layer {id} has no style {}", shortened(style))))?;
        Ok(Wish { layer: layer.clone(), look: look.clone(), day: None })
    };
    ids.into_iter().zip(styles).map(wish).collect()
}
