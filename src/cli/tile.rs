//! `cogscope tile`: one tile of the web map grid.

use std::sync::Arc;

use super::args::TileArguments;
use super::{CliError, picture};
use crate::cog::BlockCache;
use crate::library::{Image, ImageIds, Source};
use crate::warp::View;

pub(super) fn run(arguments: &TileArguments, cache: &BlockCache) -> Result<(), CliError> {
    let image = Image::open(ImageIds::default().next(), &arguments.file)?;
    let source = Source::Image(Arc::new(image));
    let view = View::tile(arguments.tile, arguments.size);
    picture::write(&source, &view, &arguments.style, &arguments.output, cache)
}
