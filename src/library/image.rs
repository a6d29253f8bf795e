//! One file on disk as the library knows it: opened, placed on the map, dated, its name taken apart.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::civil::Date;

use super::name_pattern::{Matched, NamePattern};
use super::naming::{self, NameParts};
use super::sensor::Sensor;
use super::{date, footprint};
use crate::cog::{Cog, CogError, ColorInterpretation};
use crate::geo::{BoundingBox, LonLat};
use crate::raster::SampleType;

/// An image that was opened; never given twice by one [`ImageIds`], also not to the same file opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageId(pub u32);

/// Gives out numbers for images.
#[derive(Debug, Default)]
pub struct ImageIds {
    next: AtomicU32,
}

impl ImageIds {
    /// A number that no other image has.
    pub fn next(&self) -> ImageId {
        ImageId(self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// A file that could be opened as an image.
#[derive(Debug, Clone)]
pub struct Image {
    /// Its number.
    pub id: ImageId,
    /// Where it was found.
    pub path: PathBuf,
    /// The opened file.
    pub cog: Cog,
    /// The file's name without its ending.
    pub name: String,
    /// What the name says of scene and band.
    pub parts: NameParts,
    /// The instrument that the name speaks of.
    pub sensor: Option<Sensor>,
    /// The day it was taken.
    pub date: Option<Date>,
    /// Size of the file.
    pub file_bytes: u64,
    /// Outline, corners in order; empty if the image has no position that is understood.
    pub footprint_lon_lat: Vec<LonLat>,
    /// The smallest box around it on the map (EPSG:3857, metres); `None` if it can't be shown there.
    pub bounds_mercator: Option<BoundingBox>,
    /// What keeps it from being shown as one would expect, each a sentence for the user.
    pub problems: Vec<String>,
}

impl Image {
    /// Opens a file: its directories are read, no pixels.
    pub fn open(id: ImageId, path: &Path) -> Result<Self, CogError> {
        Ok(Self::new(id, Cog::open(path)?))
    }

    /// Describes a file that has been opened.
    pub fn new(id: ImageId, cog: Cog) -> Self {
        let path = cog.path().to_path_buf();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let parts = naming::parse(&name);
        let sensor = Sensor::from_name(&name);
        let folder = path.parent().and_then(Path::file_name).map(|folder| folder.to_string_lossy().into_owned());
        // A file that is named by its band alone lies in the folder of its scene.
        let folder = folder.filter(|_| parts.scene.is_empty());
        let sensor = sensor.or_else(|| folder.as_deref().and_then(Sensor::from_name));
        let date = date::from_name(&name).or_else(|| folder.as_deref().and_then(date::from_name));
        let date = date.or_else(|| date_in_metadata(&cog));
        let place = footprint::of(&cog);
        Self {
            id,
            name,
            parts,
            sensor,
            date,
            file_bytes: cog.file_bytes(),
            footprint_lon_lat: place.outline_lon_lat,
            bounds_mercator: place.bounds_mercator,
            problems: place.problems,
            path,
            cog,
        }
    }

    /// The same image with what a pattern says of its name, or, where that says nothing, with what is usual.
    #[must_use]
    pub fn named_by(&self, pattern: Option<&NamePattern>) -> Self {
        let usual = || Matched { parts: naming::parse(&self.name), date: None };
        let Matched { parts, date } = pattern.and_then(|pattern| pattern.matched(&self.name)).unwrap_or_else(usual);
        Self { parts, date: date.or(self.date), ..self.clone() }
    }

    /// The folder that the file lies in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// What to call band `index` (counted from 0): the file's own word for it, else the band in the file's name if there is only one,
    /// else `b1`, `b2` and so on.
    pub fn band_name(&self, index: usize) -> String {
        let described = self.cog.bands().get(index).map(|band| band.name.trim()).filter(|name| !name.is_empty());
        let from_file_name = self.parts.band.as_deref().filter(|_| self.cog.band_count() == 1);
        described.or(from_file_name).map_or_else(|| format!("b{}", index.saturating_add(1)), str::to_owned)
    }

    /// What the file says that band `index` shows.
    pub fn band_color(&self, index: usize) -> ColorInterpretation {
        self.cog.bands().get(index).map(|band| band.color).unwrap_or_default()
    }

    /// The type of the values of band `index`.
    pub fn sample_type(&self) -> SampleType {
        self.cog.sample_type()
    }

    /// A number that images with the same colour table share; `None` without a table.
    pub fn palette_key(&self) -> Option<u64> {
        let palette = self.cog.palette()?;
        let mut hasher = DefaultHasher::new();
        palette.colors().hash(&mut hasher);
        Some(hasher.finish())
    }
}

/// A file that could not be opened, or a folder that could not be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The file or folder.
    pub path: PathBuf,
    /// Why, as a sentence for the user.
    pub reason: String,
}

/// Names of metadata items that hold the day of the picture, rather than that of the file.
const DATE_ITEMS: [&str; 6] =
    ["ACQUISITIONDATETIME", "ACQUISITION_DATE", "DATE_ACQUIRED", "SENSING_TIME", "TIFFTAG_DATETIME", "DateTime"];

fn date_in_metadata(cog: &Cog) -> Option<Date> {
    DATE_ITEMS.iter().find_map(|name| date::from_text(cog.metadata().get(name)?))
}
