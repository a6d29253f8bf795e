//! `cogscope render`: any part of the world, from one image or a mosaic of several.

use std::path::PathBuf;

use super::args::RenderArguments;
use super::paths::image_files;
use super::{CliError, picture};
use crate::cog::BlockCache;
use crate::geo::Crs;
use crate::library::{Opened, Source};
use crate::warp::View;

pub(super) fn run(arguments: &RenderArguments, cache: &BlockCache) -> Result<(), CliError> {
    let (width, height) = arguments.size;
    let crs = Crs::from_epsg(arguments.crs)?;
    crs.check_supported()?;
    let view = View::new(crs, arguments.bbox, width, height).ok_or(CliError::TooManyPixels { width, height })?;
    let source = source(&image_files(&arguments.paths)?)?;
    picture::write(&source, &view, &arguments.style, &arguments.output, cache)
}

/// One image or scene, or a mosaic with the first one given on top. Bands in files of their own make scenes, as in the library.
fn source(files: &[PathBuf]) -> Result<Source, CliError> {
    let opened = Opened::files(files, Err)?;
    opened.source().ok_or_else(|| CliError::NoImages { path: PathBuf::new() })
}
