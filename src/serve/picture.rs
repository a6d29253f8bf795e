//! The layers of a request as one picture: by the same code, and so with the same pixels, as `cogscope render`.

use std::sync::Arc;

use super::days::Days;
use super::endpoint::Work;
use super::error::RequestError;
use super::layer::Layer;
use super::target_layer::TargetLayer;
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
    /// Only what was taken on these days.
    pub(super) days: Option<Days>,
}

/// A layer of a map.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Pixels.
    Images(Wish),
    /// Targets.
    Targets(Arc<TargetLayer>),
}

/// Draws layers over one another, the first at the bottom; transparent where there is nothing.
pub(super) fn draw_parts(work: &Work<'_>, view: &View, parts: &[Part]) -> Result<RgbaImage, RequestError> {
    let mut picture: Option<RgbaImage> = None;
    for part in parts {
        let top = match part {
            Part::Images(wish) => draw(work, view, wish)?,
            Part::Targets(targets) => targets.draw(view),
        };
        match &mut picture {
            Some(picture) => picture.composite(&top),
            None => picture = Some(top),
        }
    }
    Ok(picture.unwrap_or_else(|| RgbaImage::transparent(view.width(), view.height())))
}

/// Draws a layer; transparent where there is nothing.
///
/// A member of a mosaic that can't be read is left out, as on the map; it is a failure if there is nothing else to see.
pub(super) fn draw(work: &Work<'_>, view: &View, wish: &Wish) -> Result<RgbaImage, RequestError> {
    let Wish { layer, look, days } = wish;
    let go_on = || work.is_wanted();
    let painting = layer.painting(look, days.as_ref(), work.blocks, &go_on);
    let Some(painting) = painting.map_err(|error| RequestError::look(layer.title(), &error))? else {
        return Ok(RgbaImage::transparent(view.width(), view.height()));
    };
    let failed = |error| RequestError::failed(layer.title(), &error);
    let Drawn { picture, failures } = painting.draw(view, work.blocks, &go_on).map_err(failed)?;
    for error in &failures {
        tracing::warn!(layer = layer.title(), %error, "a member of a picture is left out");
    }
    work.check()?;
    if failures.is_empty() || !picture.is_blank() {
        return Ok(picture);
    }
    Err(RequestError::Failed { what: layer.title().to_owned() })
}
