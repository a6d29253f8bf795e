//! A view of a source into a file: a picture, or values. Shared by `tile` and `render`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::CliError;
use super::args::StyleArguments;
use crate::cog::BlockCache;
use crate::library::{
    self, Drawn, LayerStatistics, LibraryError, Look, Painting, PaintingError, Sampled, Source, ValuesError,
};
use crate::raster::Raster;
use crate::render::RgbaImage;
use crate::render::encode::{EncodeError, Placement, geotiff_picture, geotiff_values, npy, png};
use crate::warp::View;

/// What is written, by the ending of the output's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Png,
    Npy,
    GeoTiff,
}

/// Reads the view and writes it to `output`.
pub(super) fn write(
    source: &Source,
    view: &View,
    arguments: &StyleArguments,
    output: &Path,
    cache: &BlockCache,
) -> Result<(), CliError> {
    let kind = kind_of(output)?;
    if is_read_from(source, output) {
        return Err(CliError::OutputIsInput { path: output.to_path_buf() });
    }
    let encoded = match kind {
        Kind::Png => png(&picture(source, view, arguments, cache)?),
        Kind::Npy => Ok(npy(&values(source, view, arguments, cache)?)),
        Kind::GeoTiff if arguments.says_colors() => {
            geotiff_picture(&picture(source, view, arguments, cache)?, &placement(view))
        }
        Kind::GeoTiff => geotiff_values(&values(source, view, arguments, cache)?, &placement(view)),
    };
    let bytes = encoded.map_err(|source: EncodeError| CliError::Encode { path: output.to_path_buf(), source })?;
    std::fs::write(output, bytes).map_err(|source| CliError::File { path: output.to_path_buf(), source })
}

/// Whether the file is one of those that are read, by whatever name.
fn is_read_from(source: &Source, output: &Path) -> bool {
    let Ok(output) = output.canonicalize() else { return false };
    let images: Vec<_> = source.parts().into_iter().map(|part| part.image).collect();
    let members = match source {
        Source::Mosaic(mosaic) => mosaic.members().iter().flat_map(Source::parts).map(|part| part.image).collect(),
        Source::Image(_) | Source::Scene(_) => Vec::new(),
    };
    images.iter().chain(&members).any(|image| image.path.canonicalize().is_ok_and(|path| path == output))
}

/// What messages call the source: its file, where it is one.
fn path_of(source: &Source) -> PathBuf {
    match source {
        Source::Image(image) => image.path.clone(),
        several => several.name().into(),
    }
}

fn kind_of(output: &Path) -> Result<Kind, CliError> {
    let ending = output.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "png" => Ok(Kind::Png),
        "npy" => Ok(Kind::Npy),
        "tif" | "tiff" => Ok(Kind::GeoTiff),
        _ => Err(CliError::OutputKind { path: output.to_path_buf() }),
    }
}

fn placement(view: &View) -> Placement {
    Placement { affine: view.crs_from_pixel(), crs: view.crs().clone() }
}

fn picture(
    source: &Source,
    view: &View,
    arguments: &StyleArguments,
    cache: &BlockCache,
) -> Result<RgbaImage, CliError> {
    let look = Look::Words(arguments.words());
    let painting = Painting::new(source, &look, &mut |_, members, expression| {
        let sampled = Sampled { members, expression, area: None };
        LayerStatistics::of(&sampled, cache, &|_, _| true)?.map(Arc::new).ok_or(LibraryError::Stopped)
    });
    let painting = painting.map_err(|error| match error {
        PaintingError::Word(error) => error.into(),
        PaintingError::Style { source: error, .. } => CliError::Style { path: path_of(source), source: error },
        PaintingError::Statistics(error) => error.into(),
    })?;
    let Drawn { picture, failures } = painting.draw(view, cache, &|| true)?;
    match failures.into_iter().next() {
        Some(failure) => Err(failure.into()),
        None => Ok(picture),
    }
}

/// The values as stored of the bands asked for, or those of the expression.
fn values(source: &Source, view: &View, arguments: &StyleArguments, cache: &BlockCache) -> Result<Raster, CliError> {
    library::values(source, view, &arguments.words(), cache).map_err(|error| match error {
        ValuesError::Word(error) => error.into(),
        ValuesError::Expression(error) => CliError::Style { path: path_of(source), source: error.into() },
        ValuesError::Library(error) => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_is_written() {
        assert_eq!(kind_of(Path::new("a/b.PNG")).unwrap(), Kind::Png);
        assert_eq!(kind_of(Path::new("b.tiff")).unwrap(), Kind::GeoTiff);
        assert!(kind_of(Path::new("png")).is_err());
        assert!(kind_of(Path::new("a.jpg")).is_err());
    }
}
