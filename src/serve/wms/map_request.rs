//! A request for a map: its parameters, read once and checked.

use std::sync::Arc;

use super::exception::WmsError;
use super::reference_system::ReferenceSystem;
use super::version::Version;
use crate::geo::BoundingBox;
use crate::library::Look;
use crate::serve::days::Days;
use crate::serve::layer::Layer;
use crate::serve::look_words::from_query;
use crate::serve::parameters::{Parameters, shortened};
use crate::serve::picture::{Part, Wish};
use crate::serve::shelf::Shelf;
use crate::warp::View;

/// Pixels of a side, at most; the capabilities say so.
pub(super) const MOST_PIXELS: u32 = 4096;
/// Layers of one map, at most.
pub(super) const MOST_LAYERS: usize = 64;

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
pub(super) fn size(given: &Parameters, parameter: &str) -> Result<u32, WmsError> {
    let text = given.filled(parameter).ok_or_else(|| WmsError::missing(parameter))?;
    let pixels = text.parse().ok().filter(|pixels| (1..=MOST_PIXELS).contains(pixels));
    pixels.ok_or_else(|| {
        let name = parameter.to_ascii_uppercase();
        WmsError::other(format!("{name} {} is not a number of pixels from 1 to {MOST_PIXELS}", shortened(text)))
    })
}

/// The colour that a map is laid on, `BGCOLOR=0xRRGGBB`; white if nothing is said.
pub(super) fn background(given: &Parameters) -> Result<[u8; 3], WmsError> {
    let Some(text) = given.filled("bgcolor") else { return Ok([u8::MAX; 3]) };
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).or_else(|| text.strip_prefix('#'));
    let digits = digits.filter(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let [_, red, green, blue] =
        number.ok_or_else(|| WmsError::other(format!("BGCOLOR {} is no colour", shortened(text))))?.to_be_bytes();
    Ok([red, green, blue])
}

/// The layers in their styles, the lowest first.
pub(super) fn parts(given: &Parameters, shelf: &Shelf) -> Result<Vec<Part>, WmsError> {
    let layers = given.filled("layers").ok_or_else(|| WmsError::missing("layers"))?;
    let ids: Vec<&str> = layers.split(',').map(str::trim).collect();
    if ids.len() > MOST_LAYERS {
        return Err(WmsError::other(format!("LAYERS names more than {MOST_LAYERS} layers")));
    }
    let styles: Vec<&str> = match given.filled("styles") {
        None => vec![""; ids.len()],
        Some(styles) => styles.split(',').map(str::trim).collect(),
    };
    if styles.len() != ids.len() {
        return Err(WmsError::new("StyleNotDefined", "STYLES needs as many names as LAYERS, or none"));
    }
    ids.into_iter().zip(styles).map(|(id, style)| part(given, shelf, id, style)).collect()
}

/// A layer of this id in a style.
pub(super) fn part(given: &Parameters, shelf: &Shelf, id: &str, style: &str) -> Result<Part, WmsError> {
    let no_layer = || WmsError::new("LayerNotDefined", format!("there is no layer {}", shortened(id)));
    let no_style = || WmsError::new("StyleNotDefined", format!("layer {id} has no style {}", shortened(style)));
    if let Some(targets) = shelf.target_layer(id) {
        let is_known = style.is_empty() || style == crate::serve::shelf::DEFAULT_LOOK;
        return if is_known { Ok(Part::Targets(Arc::clone(targets))) } else { Err(no_style()) };
    }
    let layer = shelf.layer(id).filter(|layer| layer.place().is_some()).ok_or_else(no_layer)?;
    let named = layer.look(style).ok_or_else(no_style)?;
    // Beside the standard: the same words as in the address of a tile.
    let look = from_query(given)?.map_or_else(|| named.clone(), Look::Words);
    Ok(Part::Images(Wish { layer: Arc::clone(layer), look, days: days(given, layer)? }))
}

/// The days asked for of a layer that has any; by default all.
fn days(given: &Parameters, layer: &Layer) -> Result<Option<Days>, WmsError> {
    let Some(text) = given.filled("time").filter(|_| !layer.dates().is_empty()) else { return Ok(None) };
    let wrong = |why: &str| WmsError::new("InvalidDimensionValue", format!("TIME {} {why}", shortened(text)));
    let days = Days::parse(text, layer.dates()).ok_or_else(|| wrong("is no day, month, year or span of them"))?;
    let has_any = layer.dates().iter().any(|date| days.contain(*date));
    if has_any { Ok(Some(days)) } else { Err(wrong("is none of the days of the layer")) }
}
