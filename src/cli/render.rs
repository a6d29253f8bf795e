//! `cogscope render`: any part of the world, from one image or a mosaic of several.

use std::path::PathBuf;
use std::sync::Arc;

use super::args::RenderArguments;
use super::paths::image_files;
use super::{CliError, picture};
use crate::cog::BlockCache;
use crate::geo::Crs;
use crate::library::{Catalog, EntryId, Image, ImageIds, Mosaic, Source};
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
    let ids = ImageIds::default();
    let mut catalog = Catalog::new();
    let mut images = Vec::new();
    for file in files {
        let image = Image::open(ids.next(), file)?;
        images.push(image.id);
        catalog.add_image(image);
    }
    let mut order: Vec<EntryId> = Vec::new();
    for entry in images.into_iter().filter_map(|id| catalog.entry_of_image(id)) {
        if !order.contains(&entry) {
            order.push(entry);
        }
    }
    let members: Vec<Source> = order.iter().filter_map(|&id| catalog.entry(id)).map(|entry| entry.source()).collect();
    if let [only] = members.as_slice() {
        return Ok(only.clone());
    }
    let nothing = || CliError::NoImages { path: PathBuf::new() };
    Mosaic::new("mosaic", members).map(|mosaic| Source::Mosaic(Arc::new(mosaic))).ok_or_else(nothing)
}
