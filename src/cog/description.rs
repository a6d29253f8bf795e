//! [`Cog`]: what a file says about its image, read once.

use std::path::Path;
use std::sync::Arc;

use super::CogError;
use super::bands::{Band, Palette};
use super::directory::DirectoryReader;
use super::file::SharedFile;
use super::level::{Level, LevelOrigin};
use super::level_tags::LevelTags;

/// An open image file: its description and the handle that blocks are read through. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cog {
    description: Arc<Description>,
}

#[derive(Debug)]
struct Description {
    file: Arc<SharedFile>,
    levels: Vec<Level>,
    bands: Vec<Band>,
    palette: Option<Palette>,
}

impl Cog {
    /// Opens a TIFF file and reads its directories, a few reads of some kilobytes. The arrays that tell where blocks lie
    /// are not read.
    pub fn open(path: &Path) -> Result<Self, CogError> {
        let file = Arc::new(SharedFile::open(path)?);
        let mut reader = DirectoryReader::new(&file)?;
        let directories = reader.directories()?;
        let first = directories.first().ok_or_else(|| CogError::malformed(path, "there is no directory"))?;
        let level = LevelTags { reader: &mut reader, file: &file }.level(first, LevelOrigin::Image)?;
        let palette = level.color_map.as_deref().and_then(Palette::from_color_map);
        let bands = vec![Band::default(); usize::from(level.samples_per_pixel)];
        let description = Description { file, levels: vec![level], bands, palette };
        Ok(Self { description: Arc::new(description) })
    }

    /// The file that was opened.
    pub fn path(&self) -> &Path {
        self.description.file.path()
    }

    /// The last part of the path, as text.
    pub fn file_name(&self) -> String {
        self.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Size of the file when it was opened.
    pub fn file_bytes(&self) -> u64 {
        self.description.file.bytes()
    }

    /// Columns of pixels at full resolution.
    pub fn width(&self) -> u32 {
        self.full().map_or(0, |level| level.width)
    }

    /// Rows of pixels at full resolution.
    pub fn height(&self) -> u32 {
        self.full().map_or(0, |level| level.height)
    }

    fn full(&self) -> Option<&Level> {
        self.levels().first()
    }

    /// Full resolution first, then overviews from finer to coarser.
    pub fn levels(&self) -> &[Level] {
        &self.description.levels
    }

    /// Number of bands; alpha is not one.
    pub fn band_count(&self) -> usize {
        self.bands().len()
    }

    /// The bands in the order of the file; alpha is not one.
    pub fn bands(&self) -> &[Band] {
        &self.description.bands
    }

    /// Colours of an image whose values are indices.
    pub fn palette(&self) -> Option<&Palette> {
        self.description.palette.as_ref()
    }
}
