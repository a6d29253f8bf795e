//! The layers of a request as one picture: by the same code, and so with the same pixels, as `cogscope render`.

use std::sync::Arc;

use jiff::civil::Date;

use super::endpoint::Work;
use super::error::RequestError;
use super::layer::Layer;
use crate::library::{Drawn, Look};
use crate::render::RgbaImage;
use crate::warp::View;

/// A layer as one request wants it.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    /// The layer.
    pub(super) layer: Arc<Layer>,
    /// How it shall look.
    pub(super) look: Look,
    /// Only what was taken on this day.
    pub(super) day: Option<Date>,
}

/// Draws layers over one another, the first at the bottom; transparent where there is nothing.
///
/// A member of a mosaic that can't be read is left out, as on the map; it is a failure if there is nothing else to see.
pub(super) fn draw(work: &Work<'_>, view: &View, wishes: &[Wish]) -> Result<RgbaImage, RequestError> {
    let go_on = || work.is_wanted();
    let mut picture: Option<RgbaImage> = None;
    for Wish { layer, look, day } in wishes {
        let painting = layer
            .painting(look, *day, work.blocks, &go_on)
            .map_err(|error| RequestError::look(layer.title(), &error))?;
        let Some(painting) = painting else { continue };
        let failed = |error| RequestError::failed(layer.title(), &error);
        let Drawn { picture: top, failures } = painting.draw(view, work.blocks, &go_on).map_err(failed)?;
        let mut failures = failures.iter().map(|error| RequestError::failed(layer.title(), error));
        if let Some(failure) = failures.by_ref().last().filter(|_| top.is_blank()) {
            return Err(failure);
        }
        match &mut picture {
            Some(picture) => picture.composite(&top),
            None => picture = Some(top),
        }
    }
    Ok(picture.unwrap_or_else(|| RgbaImage::transparent(view.width(), view.height())))
}
