//! What part of the world a path of TiTiler means, and at what size.

use crate::geo::{BoundingBox, Crs, Point, Transformer, transform_bounds};
use crate::library::Source;
use crate::serve::error::RequestError;
use crate::serve::image_format::MOST_PIXELS;
use crate::serve::layer::Layer;
use crate::serve::parameters::{Parameters, shortened};
use crate::serve::resolution::units_per_pixel;
use crate::warp::View;

use super::info::unplaced;

/// The longer side of a preview, unless something else is said.
const PREVIEW_PX: u32 = 1024;

/// The size that a question asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct AskedSize {
    /// The longer side at most.
    pub(super) longest: Option<u32>,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
}

impl AskedSize {
    /// `max_size`, `width`, `height`.
    pub(super) fn from_query(given: &Parameters) -> Result<Self, RequestError> {
        let side = |name| match given.value(name, "number of pixels")? {
            Some(side) if !(1..=MOST_PIXELS).contains(&side) => {
                Err(RequestError::parameter(name, format!("a picture has 1 to {MOST_PIXELS} pixels a side")))
            }
            side => Ok(side),
        };
        Ok(Self { longest: side("max_size")?, width: side("width")?, height: side("height")? })
    }

    /// `300x200`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (width, height) = text.split_once('x')?;
        let side = |text: &str| text.parse().ok().filter(|side| (1..=MOST_PIXELS).contains(side));
        Some(Self { longest: None, width: Some(side(width)?), height: Some(side(height)?) })
    }

    /// Of a picture that would have this many pixels by itself, as rio-tiler computes it.
    fn of(self, own: (f64, f64)) -> Result<(u32, u32), RequestError> {
        let (own_width, own_height) = own;
        let (width, height) = match (self.width, self.height) {
            (Some(width), Some(height)) => (f64::from(width), f64::from(height)),
            (Some(width), None) => (f64::from(width), (f64::from(width) * own_height / own_width).ceil()),
            (None, Some(height)) => ((f64::from(height) * own_width / own_height).ceil(), f64::from(height)),
            (None, None) => match self.longest.map(f64::from) {
                Some(most) if own_width.max(own_height) >= most && own_height > own_width => {
                    ((most * own_width / own_height).ceil(), most)
                }
                Some(most) if own_width.max(own_height) >= most => (most, (most * own_height / own_width).ceil()),
                _ => own,
            },
        };
        let side = |pixels: f64| {
            let pixels = pixels.max(1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just before")]
            let whole = (pixels <= f64::from(MOST_PIXELS)).then_some(pixels as u32);
            whole.ok_or_else(|| {
                let reason = format!("the picture would be larger than {MOST_PIXELS} pixels a side; give max_size");
                RequestError::parameter("max_size", reason)
            })
        };
        Ok((side(width)?, side(height)?))
    }
}

/// The whole layer in its own reference system.
pub(super) fn whole(layer: &Layer, size: AskedSize) -> Result<View, RequestError> {
    let place = layer.place().ok_or_else(unplaced)?;
    let own = match layer.source() {
        Source::Mosaic(_) => {
            // Of no resolution of its own: as large as is asked for.
            let longest = f64::from(size.longest.unwrap_or(PREVIEW_PX));
            let scale = longest / place.bounds.width().max(place.bounds.height());
            ((place.bounds.width() * scale).ceil(), (place.bounds.height() * scale).ceil())
        }
        single => own_size(single),
    };
    let size = AskedSize { longest: Some(size.longest.unwrap_or(PREVIEW_PX)), ..size };
    let (width, height) = size.of(own)?;
    View::new(place.crs.clone(), place.bounds, width, height).ok_or_else(unplaced)
}

/// Columns and rows of the largest file.
fn own_size(source: &Source) -> (f64, f64) {
    let sizes = source.parts().into_iter().map(|part| (part.image.cog.width(), part.image.cog.height()));
    let (width, height) = sizes.max_by_key(|&(width, height)| u64::from(width) * u64::from(height)).unwrap_or((1, 1));
    (f64::from(width), f64::from(height))
}

/// A box given in one system, seen in the one of `dst_crs`, else in its own; at about the layer's own resolution.
pub(super) fn part(layer: &Layer, bbox: &str, size: AskedSize, given: &Parameters) -> Result<View, RequestError> {
    let wrong = || {
        let reason = format!("`{}` is no box; give minx,miny,maxx,maxy", shortened(bbox));
        RequestError::parameter("bbox", reason)
    };
    let numbers: Vec<f64> =
        bbox.split(',').map(|number| number.trim().parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    let &[min_x, min_y, max_x, max_y] = numbers.as_slice() else { return Err(wrong()) };
    let bounds = BoundingBox::new(min_x, min_y, max_x, max_y).filter(|b| b.width() > 0.0 && b.height() > 0.0);
    let bounds = bounds.ok_or_else(wrong)?;
    let given_in = crs(given, "coord_crs")?;
    let shown_in = if given.filled("dst_crs").is_some() { crs(given, "dst_crs")? } else { given_in.clone() };
    let transformer = transformer(&given_in, &shown_in)?;
    let bounds = if transformer.is_identity() { Some(bounds) } else { transform_bounds(&transformer, bounds) };
    let bounds =
        bounds.ok_or_else(|| RequestError::parameter("bbox", "it does not lie in the other reference system"))?;
    let resolution = match (size.width, size.height) {
        (Some(_), Some(_)) => 1.0,
        _ => units_per_pixel(layer.source(), &shown_in).ok_or_else(unplaced)?,
    };
    let own = ((bounds.width() / resolution).round(), (bounds.height() / resolution).round());
    let (width, height) = size.of(own)?;
    View::new(shown_in, bounds, width, height).ok_or_else(wrong)
}

/// A reference system by its code; longitude and latitude if none is given.
pub(super) fn crs(given: &Parameters, name: &str) -> Result<Crs, RequestError> {
    let Some(text) = given.filled(name) else { return Ok(Crs::wgs84()) };
    let wrong = |reason: String| RequestError::parameter(name, reason);
    let code = text.get(..5).filter(|start| start.eq_ignore_ascii_case("EPSG:")).and(text.get(5..));
    let code = code.and_then(|code| code.parse().ok());
    let code = code.ok_or_else(|| wrong(format!("`{}` is none; give a code such as EPSG:3857", shortened(text))))?;
    let crs = Crs::from_epsg(code).map_err(|error| wrong(error.to_string()))?;
    crs.check_supported().map_err(|error| wrong(error.to_string()))?;
    Ok(crs)
}

fn transformer(from: &Crs, to: &Crs) -> Result<Transformer, RequestError> {
    Transformer::new(from, to, None).map_err(|error| RequestError::parameter("dst_crs", error.to_string()))
}

/// Longitude and latitude of a position in another system.
pub(super) fn position_in_degrees([x, y]: [f64; 2], crs: &Crs) -> Result<(f64, f64), RequestError> {
    let position = transformer(crs, &Crs::wgs84())?.forward(Point::new(x, y));
    let position = position.ok_or_else(|| RequestError::parameter("coord_crs", "the position does not lie in it"))?;
    Ok((position.x, position.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_rio_tiler() {
        let longest = |most| AskedSize { longest: Some(most), ..AskedSize::default() };
        assert_eq!(longest(100).of((240.0, 150.0)), Ok((100, 63)));
        assert_eq!(longest(100).of((150.0, 241.0)), Ok((63, 100)));
        assert_eq!(longest(1024).of((240.0, 150.0)), Ok((240, 150)));
        assert_eq!(AskedSize { width: Some(50), ..AskedSize::default() }.of((240.0, 150.0)), Ok((50, 32)));
        assert!(AskedSize::default().of((1e6, 2.0)).is_err());
    }

    #[test]
    fn a_size_in_a_path_is_two_numbers() {
        assert_eq!(AskedSize::parse("300x200").unwrap().width, Some(300));
        for wrong in ["300", "0x5", "5x", "4097x5", "axb", "5x5x5", "-5x5"] {
            assert_eq!(AskedSize::parse(wrong), None, "{wrong}");
        }
    }
}
