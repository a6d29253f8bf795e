//! What can be looked at: an image, a scene whose bands lie in several files, or a mosaic of such.

use std::sync::Arc;

use rayon::prelude::*;

use super::sensor::{Sensor, Spectrum, spectrum};
use super::{Image, Kind, LayerStatistics, LibraryError, Mosaic, Scene};
use crate::cog::{BlockCache, ColorInterpretation, Nodata, Palette};
use crate::geo::BoundingBox;
use crate::raster::{INVALID, Raster, SampleType};
use crate::render::{ColorBand, ColorSource, Style};
use crate::warp::{self, Resampling, View};

/// Something that shows pixels. Cheap to clone and to send to a worker.
#[derive(Debug, Clone)]
pub enum Source {
    /// One file.
    Image(Arc<Image>),
    /// Bands in several files.
    Scene(Arc<Scene>),
    /// Several of them, laid over one another.
    Mosaic(Arc<Mosaic>),
}

/// One band of a source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceBand {
    /// `B4`, `red`, or `b1`, `b2`, … where nothing else is known.
    pub name: String,
    /// What the file says that it shows.
    pub color: ColorInterpretation,
    /// The type of its values.
    pub sample_type: SampleType,
}

/// Where a band's pixels are: a file and the band in it, counted from 0.
#[derive(Debug, Clone)]
pub struct BandPart {
    /// The file.
    pub image: Arc<Image>,
    /// The band of the file.
    pub band: usize,
}

impl Source {
    /// What to call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Image(image) => &image.name,
            Self::Scene(scene) => &scene.name,
            Self::Mosaic(mosaic) => mosaic.name(),
        }
    }

    /// The bands in order; of a mosaic those of its first member.
    pub fn bands(&self) -> Vec<SourceBand> {
        let of = |name: String, part: &BandPart| SourceBand {
            name,
            color: part.image.band_color(part.band),
            sample_type: part.image.sample_type(),
        };
        match self {
            Self::Image(image) => self.parts().iter().map(|part| of(image.band_name(part.band), part)).collect(),
            Self::Scene(scene) => {
                scene.bands.iter().zip(self.parts()).map(|(band, part)| of(band.name.clone(), &part)).collect()
            }
            Self::Mosaic(mosaic) => mosaic.members().first().map(Self::bands).unwrap_or_default(),
        }
    }

    /// Where each band is; of a mosaic where those of its first member are.
    pub fn parts(&self) -> Vec<BandPart> {
        match self {
            Self::Image(image) => {
                (0..image.cog.band_count()).map(|band| BandPart { image: Arc::clone(image), band }).collect()
            }
            Self::Scene(scene) => {
                let part = |band: &super::SceneBand| BandPart { image: Arc::clone(&band.image), band: band.band };
                scene.bands.iter().map(part).collect()
            }
            Self::Mosaic(mosaic) => mosaic.members().first().map(Self::parts).unwrap_or_default(),
        }
    }

    /// The names of the bands, in order.
    pub fn band_names(&self) -> Vec<String> {
        self.bands().into_iter().map(|band| band.name).collect()
    }

    /// What a painter has to know of it, with the statistics of its kind where these are there.
    pub fn color_source(&self, statistics: Option<&LayerStatistics>) -> ColorSource {
        let band = |(index, band): (usize, SourceBand)| ColorBand {
            name: band.name,
            sample_type: band.sample_type,
            statistics: statistics.and_then(|all| all.bands.get(index).cloned().flatten()),
        };
        ColorSource {
            bands: self.bands().into_iter().enumerate().map(band).collect(),
            palette: self
                .palette()
                .map(|palette| palette.colors().iter().map(|&[r, g, b]| [r, g, b, u8::MAX]).collect()),
            expression_statistics: statistics.and_then(|all| all.expression.clone()),
        }
    }

    /// The instrument, if known.
    pub fn sensor(&self) -> Option<Sensor> {
        match self {
            Self::Image(image) => image.sensor,
            Self::Scene(scene) => scene.sensor,
            Self::Mosaic(mosaic) => mosaic.members().first().and_then(Self::sensor),
        }
    }

    /// What its style belongs to.
    pub fn kind(&self) -> Kind {
        let palette = self.parts().first().and_then(|part| part.image.palette_key());
        Kind::new(self.sensor(), self.bands(), palette)
    }

    /// The box around it on the map (EPSG:3857, metres); `None` if it has no place there.
    pub fn bounds_mercator(&self) -> Option<BoundingBox> {
        match self {
            Self::Image(image) => image.bounds_mercator,
            Self::Scene(scene) => scene.bounds_mercator(),
            Self::Mosaic(mosaic) => mosaic.bounds_mercator(),
        }
    }

    /// The colours that its values are indices of, if it is a single band with a colour table.
    pub fn palette(&self) -> Option<Palette> {
        match self.parts().as_slice() {
            [only] => only.image.cog.palette().cloned(),
            _ => None,
        }
    }

    /// The value that means "no data" in band `index`.
    pub fn nodata(&self, index: usize) -> Option<Nodata> {
        let parts = self.parts();
        let part = parts.get(index)?;
        part.image.cog.bands().get(part.band)?.nodata
    }

    /// The bands (counted from 0) that make natural colour: what the file says is red, green and blue; else by their names and the
    /// sensor; else by the sensor and their number. `None` if there are none, or nothing tells which they are.
    pub fn natural_color(&self) -> Option<[usize; 3]> {
        let bands = self.bands();
        let find = |is: &dyn Fn(&SourceBand) -> bool| bands.iter().position(is);
        let by_color = |wanted| find(&|band| band.color == wanted);
        let by_name = |wanted| find(&|band| spectrum(&band.name, self.sensor()) == Some(wanted));
        let rgb = |red: Option<usize>, green: Option<usize>, blue: Option<usize>| Some([red?, green?, blue?]);
        rgb(
            by_color(ColorInterpretation::Red),
            by_color(ColorInterpretation::Green),
            by_color(ColorInterpretation::Blue),
        )
        .or_else(|| rgb(by_name(Spectrum::Red), by_name(Spectrum::Green), by_name(Spectrum::Blue)))
        .or_else(|| self.sensor()?.natural_color_of_stack(bands.len()))
    }

    /// Natural colour where that is known, the first three bands where there are as many, else the first band alone.
    pub fn default_style(&self) -> Style {
        let first_three = || (self.bands().len() >= 3).then_some([0, 1, 2]);
        let mut style = self.natural_color().or_else(first_three).map_or_else(|| Style::single(0), Style::rgb);
        if self.palette().is_some() {
            // An index between two indices is a third class, not a mixture of them.
            style.resampling = Resampling::Nearest;
        }
        style
    }

    /// The values of some bands (counted from 0) in the view's grid, in that order, and which pixels are valid.
    ///
    /// A scene's bands are read from their own files, whose resolutions may differ. A pixel is valid if it is in any of the bands. A
    /// mosaic reads its members one after the other until no pixel is left invalid.
    pub fn read(
        &self,
        view: &View,
        bands: &[usize],
        resampling: Resampling,
        cache: &BlockCache,
    ) -> Result<Raster, LibraryError> {
        match self {
            Self::Image(_) | Self::Scene(_) => read_parts(self, view, bands, resampling, cache),
            Self::Mosaic(mosaic) => mosaic.read(view, bands, resampling, cache),
        }
    }
}

impl Source {
    pub(super) fn no_such_band(&self, index: usize) -> LibraryError {
        LibraryError::NoSuchBand { name: self.name().to_owned(), index, count: self.parts().len() }
    }
}

/// The bands that lie in one file, each with its place in the answer.
struct FilePart {
    image: Arc<Image>,
    bands: Vec<usize>,
    places: Vec<usize>,
}

fn file_parts(source: &Source, bands: &[usize]) -> Result<Vec<FilePart>, LibraryError> {
    let parts = source.parts();
    let mut files: Vec<FilePart> = Vec::new();
    for (place, &index) in bands.iter().enumerate() {
        let part = parts.get(index).ok_or_else(|| source.no_such_band(index))?;
        match files.iter_mut().find(|file| file.image.id == part.image.id) {
            Some(file) => {
                file.bands.push(part.band);
                file.places.push(place);
            }
            None => {
                files.push(FilePart { image: Arc::clone(&part.image), bands: vec![part.band], places: vec![place] });
            }
        }
    }
    Ok(files)
}

fn read_parts(
    source: &Source,
    view: &View,
    bands: &[usize],
    resampling: Resampling,
    cache: &BlockCache,
) -> Result<Raster, LibraryError> {
    let files = file_parts(source, bands)?;
    let read = |file: &FilePart| {
        let warped = warp::read(&file.image.cog, view, &file.bands, resampling, cache)?;
        Ok::<Raster, LibraryError>(warped.raster)
    };
    match files.as_slice() {
        [] => Err(LibraryError::NoBands { name: source.name().to_owned() }),
        [only] => read(only),
        several => {
            let rasters: Vec<Raster> = several.par_iter().map(read).collect::<Result<_, _>>()?;
            let places = several.iter().map(|file| file.places.as_slice());
            join(source.name(), places.zip(rasters).collect())
        }
    }
}

/// Puts the bands of several rasters of one size together, each at its place.
fn join(name: &str, rasters: Vec<(&[usize], Raster)>) -> Result<Raster, LibraryError> {
    let mut planes = Vec::new();
    let mut joint_mask: Vec<u8> = Vec::new();
    let mut size = (0, 0);
    for (places, raster) in rasters {
        size = (raster.width(), raster.height());
        let (bands, mask) = raster.into_parts();
        planes.extend(places.iter().copied().zip(bands));
        if joint_mask.is_empty() {
            joint_mask = mask;
        } else {
            joint_mask
                .iter_mut()
                .zip(mask)
                .filter(|(_, valid)| *valid != INVALID)
                .for_each(|(all, valid)| *all = valid);
        }
    }
    planes.sort_by_key(|(place, _)| *place);
    let planes = planes.into_iter().map(|(_, plane)| plane).collect();
    Raster::new(size.0, size.1, planes, joint_mask)
        .map_err(|source| LibraryError::Raster { name: name.to_owned(), source })
}

#[cfg(test)]
mod tests;
