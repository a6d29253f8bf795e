//! What lies under a position: the pixel of every band, at full resolution.

use std::path::PathBuf;

use super::{BandPart, LibraryError, Source, footprint};
use crate::cog::BlockCache;
use crate::geo::LonLat;
use crate::raster::PixelWindow;

/// The values of an image or scene under a position.
#[derive(Debug, Clone, PartialEq)]
pub struct PointValues {
    /// The image or scene.
    pub name: String,
    /// Its bands, in order.
    pub bands: Vec<PointBand>,
}

/// The value of one band under a position.
#[derive(Debug, Clone, PartialEq)]
pub struct PointBand {
    /// What the band is called.
    pub name: String,
    /// The file that holds it.
    pub path: PathBuf,
    /// Column in the file, counted from 0.
    pub col: u32,
    /// Row in the file, counted from 0.
    pub row: u32,
    /// The level that was read: 0 is full resolution.
    pub level: usize,
    /// The value as stored; of complex values the real part.
    pub value: f64,
    /// The other part of a complex value.
    pub imaginary: Option<f64>,
    /// The value with the file's scale and offset applied, where it has any.
    pub scaled: Option<f64>,
    /// The unit of the scaled value.
    pub unit: Option<String>,
    /// Whether the pixel is valid; otherwise it is nodata, or masked.
    pub valid: bool,
}

impl PointValues {
    /// The values of a source under a position (of a mosaic: of its topmost member there); `None` where it doesn't reach.
    pub fn at(source: &Source, position: LonLat, cache: &BlockCache) -> Result<Option<Self>, LibraryError> {
        if let Source::Mosaic(mosaic) = source {
            let mut found = mosaic.members().iter().map(|member| Self::at(member, position, cache));
            return found.find_map(Result::transpose).transpose();
        }
        let mut bands = Vec::new();
        for (band, part) in source.bands().into_iter().zip(source.parts()) {
            if let Some(found) = read(band.name, &part, position, cache)? {
                bands.push(found);
            }
        }
        Ok((!bands.is_empty()).then(|| Self { name: source.name().to_owned(), bands }))
    }
}

fn read(
    name: String,
    part: &BandPart,
    position: LonLat,
    cache: &BlockCache,
) -> Result<Option<PointBand>, LibraryError> {
    let cog = &part.image.cog;
    let Some((col, row)) = footprint::pixel_at(cog, position) else { return Ok(None) };
    let Some(window) = PixelWindow::new(col, row, 1, 1) else { return Ok(None) };
    let raster = cog.read_window(0, window, &[part.band], cache)?;
    let Some([value, imaginary]) = raster.band(0).and_then(|samples| samples.complex(0)) else { return Ok(None) };
    let described = cog.bands().get(part.band);
    let (scale, offset) = described.map(|band| (band.scale, band.offset)).unwrap_or_default();
    let is_scaled = scale.is_some() || offset.is_some();
    Ok(Some(PointBand {
        name,
        path: part.image.path.clone(),
        col,
        row,
        level: 0,
        value,
        imaginary: part.image.sample_type().is_complex().then_some(imaginary),
        scaled: is_scaled.then(|| value * scale.unwrap_or(1.0) + offset.unwrap_or(0.0)),
        unit: described.and_then(|band| band.unit.clone()),
        valid: raster.is_valid(0, 0),
    }))
}
