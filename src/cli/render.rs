//! `cogscope render`: any part of the world, from one image or a mosaic of several.

use std::path::PathBuf;
use std::sync::Arc;

use super::args::RenderArguments;
use super::paths::image_files;
use super::{CliError, picture};
use crate::cog::BlockCache;
use crate::geo::Crs;
use crate::library::{Image, ImageIds, Mosaic, Source};
use crate::warp::View;

pub(super) fn run(arguments: &RenderArguments, cache: &BlockCache) -> Result<(), CliError> {
    let (width, height) = arguments.size;
    picture::check_size(width, height)?;
    let crs = Crs::from_epsg(arguments.crs)?;
    crs.check_supported()?;
    let view =
        View::new(crs, arguments.bbox, width, height).ok_or(CliError::TooManyPixels { width, height, most: 0 })?;
    let source = source(&image_files(&arguments.paths)?)?;
    picture::write(&source, &view, &arguments.style, &arguments.output, cache)
}

/// One image, or a mosaic with the first file on top.
fn source(files: &[PathBuf]) -> Result<Source, CliError> {
    let ids = ImageIds::default();
    let open = |file: &PathBuf| Ok(Source::Image(Arc::new(Image::open(ids.next(), file)?)));
    let members = files.iter().map(open).collect::<Result<Vec<_>, CliError>>()?;
    if let [only] = members.as_slice() {
        return Ok(only.clone());
    }
    let nothing = || CliError::NoImages { path: PathBuf::new() };
    Mosaic::new("mosaic", members).map(|mosaic| Source::Mosaic(Arc::new(mosaic))).ok_or_else(nothing)
}
