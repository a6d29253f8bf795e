//! A view of a source into a file: a picture, or values. Shared by `tile` and `render`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::CliError;
use super::args::StyleArguments;
use super::output::print_error;
use crate::cog::BlockCache;
use crate::files;
use crate::geo::BoundingBox;
use crate::library::{
    self, Drawn, Image, LayerStatistics, LibraryError, Look, Painting, PaintingError, Sampled, Source, ValuesError,
};
use crate::raster::{INVALID, Raster};
use crate::render::RgbaImage;
use crate::render::encode::{EncodeError, Placement, geotiff_picture, geotiff_values, npy, png};
use crate::warp::{View, footprint};

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
    let (encoded, is_empty) = match kind {
        Kind::Npy => {
            let raster = values(source, view, arguments, cache)?;
            (Ok(npy(&raster)), is_all_invalid(&raster))
        }
        Kind::GeoTiff if !arguments.says_colors() => {
            let raster = values(source, view, arguments, cache)?;
            (geotiff_values(&raster, &placement(view)), is_all_invalid(&raster))
        }
        Kind::Png | Kind::GeoTiff => {
            let picture = picture(source, view, arguments, cache)?;
            let is_empty = picture.is_blank();
            let encoded = if kind == Kind::Png { png(&picture) } else { geotiff_picture(&picture, &placement(view)) };
            (encoded, is_empty)
        }
    };
    let bytes = encoded.map_err(|source: EncodeError| CliError::Encode { path: output.to_path_buf(), source })?;
    files::replace(output, &bytes).map_err(|source| CliError::File { path: output.to_path_buf(), source })?;
    if is_empty {
        print_error(&format!("{}: {}", output.display(), why_empty(source, view)));
    }
    Ok(())
}

fn is_all_invalid(raster: &Raster) -> bool {
    raster.mask().iter().all(|mask| *mask == INVALID)
}

/// What to think of an output without a single pixel.
fn why_empty(source: &Source, view: &View) -> String {
    let name = path_of(source).display().to_string();
    let outlines =
        images(source).iter().filter_map(|image| footprint(&image.cog, view.crs())).flatten().collect::<Vec<_>>();
    match BoundingBox::around(outlines) {
        Some(covered) if !covered.intersects(&view.bbox()) => {
            let digits = if view.crs().is_geographic() { 6 } else { 1 };
            let sides = [covered.min_x(), covered.min_y(), covered.max_x(), covered.max_y()];
            let sides = sides.map(|side| format!("{side:.digits$}")).join(",");
            format!("there is nothing in it: the area lies outside of {name}, which covers {sides} in the same system")
        }
        _ => format!("there is nothing in it: {name} has no data in this area"),
    }
}

/// Every file of a source.
fn images(source: &Source) -> Vec<Arc<Image>> {
    let parts = match source {
        Source::Mosaic(mosaic) => mosaic.members().iter().flat_map(Source::parts).collect(),
        Source::Image(_) | Source::Scene(_) => source.parts(),
    };
    parts.into_iter().map(|part| part.image).collect()
}

/// Whether the file is one of those that are read, by whatever name.
fn is_read_from(source: &Source, output: &Path) -> bool {
    let Ok(output) = output.canonicalize() else { return false };
    images(source).iter().any(|image| image.path.canonicalize().is_ok_and(|path| path == output))
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
