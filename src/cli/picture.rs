//! A view of a source into a file: a picture, or values. Shared by `tile` and `render`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::CliError;
use super::args::StyleArguments;
use super::output::print_error;
use crate::cog::BlockCache;
use crate::geo::BoundingBox;
use crate::library::{Image, LayerStatistics, LibraryError, Sampled, Source};
use crate::raster::{INVALID, Raster, Resampling, Sample, Samples, with_samples};
use crate::render::encode::{EncodeError, Placement, geotiff_picture, geotiff_values, npy, png};
use crate::render::{Channels, Expression, RgbaImage, Style};
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
            let is_empty = picture.pixels.chunks_exact(4).all(|pixel| pixel.last() == Some(&0));
            let encoded = if kind == Kind::Png { png(&picture) } else { geotiff_picture(&picture, &placement(view)) };
            (encoded, is_empty)
        }
    };
    let bytes = encoded.map_err(|source: EncodeError| CliError::Encode { path: output.to_path_buf(), source })?;
    std::fs::write(output, bytes).map_err(|source| CliError::File { path: output.to_path_buf(), source })?;
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
    let style = arguments.style(source)?;
    let failed = |error| CliError::Style { path: path_of(source), source: error };
    // Wrong styles are told before anything is read.
    style.painter(&source.color_source(None)).map_err(failed)?;
    let statistics = statistics(source, &style, cache)?;
    let painter = style.painter(&source.color_source(statistics.as_ref())).map_err(failed)?;
    let raster = source.read(view, painter.bands(), style.resampling, cache)?;
    Ok(painter.paint(&raster))
}

/// Statistics of the whole source, if the style depends on them.
fn statistics(source: &Source, style: &Style, cache: &BlockCache) -> Result<Option<LayerStatistics>, CliError> {
    if !style.needs_statistics(&source.color_source(None)) {
        return Ok(None);
    }
    let members = match source {
        Source::Mosaic(mosaic) => mosaic.members().to_vec(),
        single => vec![single.clone()],
    };
    let expression = match &style.channels {
        Channels::Expression(text) => Some(text.as_str()),
        _ => None,
    };
    Ok(LayerStatistics::of(&Sampled { members: &members, expression, area: None }, cache, &|_, _| true)?)
}

/// The values as stored of the bands asked for, or those of the expression.
fn values(source: &Source, view: &View, arguments: &StyleArguments, cache: &BlockCache) -> Result<Raster, CliError> {
    let resampling = arguments.resampling.unwrap_or(Resampling::Nearest);
    let names = source.band_names();
    let raster = if let Some(text) = &arguments.expression {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let expression = Expression::parse(text, &names)
            .map_err(|error| CliError::Style { path: path_of(source), source: error.into() })?;
        let raster = source.read(view, expression.bands(), resampling, cache)?;
        let planes: Vec<Vec<f64>> = raster.bands().iter().map(Samples::to_f64).collect();
        let calculated = expression.evaluate(&planes);
        let mask = raster.mask().iter().zip(&calculated);
        let mask = mask.map(|(&mask, value)| if value.is_nan() { INVALID } else { mask }).collect();
        Raster::new(raster.width(), raster.height(), vec![Samples::F64(calculated)], mask)
            .map_err(|error| LibraryError::Raster { name: source.name().to_owned(), source: error })?
    } else {
        let bands = arguments.band_indices(source)?.unwrap_or_else(|| (0..names.len()).collect());
        source.read(view, &bands, resampling, cache)?
    };
    match arguments.nodata {
        Some(nodata) => Ok(without(raster, nodata)),
        None => Ok(raster),
    }
}

/// Invalidates the pixels of which every band has this value.
fn without(raster: Raster, nodata: f64) -> Raster {
    let mut is_nodata = vec![true; raster.pixels()];
    for plane in raster.bands() {
        with_samples!(plane, plane => {
            for (is_nodata, sample) in is_nodata.iter_mut().zip(plane) {
                #[expect(clippy::float_cmp, reason = "nodata is a value, not a neighbourhood")]
                let same = sample.real() == nodata;
                *is_nodata &= same;
            }
        });
    }
    let mask = raster.mask().iter().zip(is_nodata);
    let mask = mask.map(|(&mask, is_nodata)| if is_nodata { INVALID } else { mask }).collect();
    // The mask has the length of the raster's own, so the raster can always be made.
    raster.clone().with_mask(mask).unwrap_or(raster)
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

    #[test]
    fn a_pixel_is_left_out_only_where_every_band_has_the_value() {
        let planes = vec![Samples::U8(vec![0, 0, 1]), Samples::U8(vec![0, 2, 0])];
        let raster = Raster::fully_valid(3, 1, planes).unwrap();
        assert_eq!(without(raster, 0.0).mask(), [0, 255, 255]);
    }
}
