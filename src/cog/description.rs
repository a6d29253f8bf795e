//! [`Cog`]: what a file says about its image, read once.

use std::path::Path;
use std::sync::Arc;

use tiff::tags::Tag;

use super::band_tags::{self, BandSources};
use super::bands::{Band, ColorInterpretation, Palette};
use super::directory::DirectoryReader;
use super::file::SharedFile;
use super::georeference::{self, Georeference, GeoreferenceKind};
use super::level::Level;
use super::metadata::{self, Metadata};
use super::pam::Pam;
use super::{CogError, pyramid};
use crate::geo::{Affine, BoundingBox, Crs, Point};
use crate::raster::SampleType;

/// An open image file: its description and the handle that blocks are read through. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cog {
    description: Arc<Description>,
}

#[derive(Debug)]
struct Description {
    file: Arc<SharedFile>,
    sample_type: SampleType,
    levels: Vec<Level>,
    bands: Vec<Band>,
    palette: Option<Palette>,
    metadata: Metadata,
    georeference: Georeference,
    layout: FileLayout,
}

/// How the file is built, for validation and for those who ask.
#[derive(Debug)]
pub(crate) struct FileLayout {
    /// Offsets have 64 bits.
    pub(crate) big: bool,
    /// Number of directories in the main chain.
    pub(crate) directories: usize,
    /// What GDAL's COG driver says of the order of data, right after the header.
    pub(crate) ghost_area: Option<String>,
}

impl Cog {
    /// Opens a TIFF file and reads its directories, a few reads of some kilobytes. The arrays that tell where blocks lie
    /// are not read. Files beside it (`.aux.xml`, `.ovr`, `.msk`, world files) are taken along.
    pub fn open(path: &Path) -> Result<Self, CogError> {
        let file = Arc::new(SharedFile::open(path)?);
        let mut reader = DirectoryReader::new(&file)?;
        let directories = reader.directories()?;
        let first = directories.first().ok_or_else(|| CogError::malformed(path, "there is no directory"))?;
        let mut levels = pyramid::levels(&mut reader, &file, &directories)?;
        let image = levels.first().ok_or_else(|| CogError::malformed(path, "there is no image"))?;
        let sample_type = image.sample_type().ok_or_else(|| {
            let (bits, format) = (image.bits_per_sample, image.sample_format);
            CogError::unsupported(path, format!("samples of {bits} bits, {format:?}"))
        })?;

        let samples = usize::from(image.samples_per_pixel);
        let pam = Pam::beside(path, (image.width, image.height), samples);
        let described = metadata::from_tags(&mut reader, first, samples);
        let nodata = reader.text(first, Tag::GdalNodata).ok().flatten();
        let sources =
            BandSources { nodata: nodata.as_deref(), tags: &described, pam: pam.as_ref().map(|pam| &pam.described) };
        let colors = band_tags::colors(image, &sources);
        let has_alpha = colors.len() > 1 && colors.last() == Some(&ColorInterpretation::Alpha);
        for level in &mut levels {
            level.has_alpha = has_alpha;
        }
        let image = levels.first().ok_or_else(|| CogError::malformed(path, "there is no image"))?;
        let bands = band_tags::bands(image, sample_type, &colors, &sources);
        let pam_palette = pam.as_ref().filter(|_| !sample_type.is_float()).and_then(|pam| Palette::new(&pam.colors));
        let palette = pam_palette.or_else(|| image.palette());
        let georeference = georeference::read(&mut reader, first, path, pam.as_ref());
        let layout = FileLayout {
            big: reader.is_big(),
            directories: directories.len(),
            ghost_area: ghost_area(reader.head(), reader.is_big()),
        };
        let mut metadata = described.metadata;
        metadata.items.extend(pam.map(|pam| pam.described.metadata.items).unwrap_or_default());
        let description = Description { file, sample_type, levels, bands, palette, metadata, georeference, layout };
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

    /// Type of the samples of every band, once decoded.
    pub fn sample_type(&self) -> SampleType {
        self.description.sample_type
    }

    /// Whether the last sample of a pixel is alpha, and so the mask.
    pub fn has_alpha(&self) -> bool {
        self.full().is_some_and(Level::has_alpha)
    }

    /// Items that describe the image as a whole.
    pub fn metadata(&self) -> &Metadata {
        &self.description.metadata
    }

    /// Where the image lies.
    pub fn georeference(&self) -> &Georeference {
        &self.description.georeference
    }

    /// Coordinate reference system of the image; may be one that is known by name only.
    pub fn crs(&self) -> Option<&Crs> {
        self.georeference().crs.as_ref()
    }

    /// Map from columns and rows to coordinates, if that is what the file says.
    pub fn affine(&self) -> Option<&Affine> {
        match &self.georeference().kind {
            GeoreferenceKind::Affine(affine) => Some(affine),
            _ => None,
        }
    }

    /// Box around the image in its own reference system; around its control points where there are only these.
    pub fn bounds(&self) -> Option<BoundingBox> {
        match &self.georeference().kind {
            GeoreferenceKind::Affine(affine) => affine.bounds(self.width(), self.height()),
            GeoreferenceKind::Gcps(points) => BoundingBox::around(points.iter().map(|gcp| Point::new(gcp.x, gcp.y))),
            _ => None,
        }
    }

    /// Whether offsets in the file have 64 bits.
    pub fn is_big_tiff(&self) -> bool {
        self.description.layout.big
    }

    /// Number of directories in the file, those that are neither image, overview nor mask included.
    pub fn directory_count(&self) -> usize {
        self.description.layout.directories
    }

    /// Whether the file carries the mark of GDAL's COG driver, which promises an order of data.
    pub fn has_ghost_area(&self) -> bool {
        self.description.layout.ghost_area.is_some()
    }

    pub(crate) fn layout(&self) -> &FileLayout {
        &self.description.layout
    }

    /// The bytes of a part of the file as they are, without any decoding.
    pub fn read_bytes(&self, range: super::ByteRange) -> Result<Vec<u8>, CogError> {
        self.file().read(range)
    }

    /// When the file had last been changed when it was opened, if the system tells.
    pub fn changed(&self) -> Option<std::time::SystemTime> {
        self.file().changed()
    }

    /// The open file, for what is not read when it is opened.
    pub(crate) fn file(&self) -> &SharedFile {
        &self.description.file
    }
}

/// Text that GDAL's COG driver puts between the header and the first directory.
fn ghost_area(head: &[u8], big: bool) -> Option<String> {
    let start = if big { 16 } else { 8 };
    let area = head.get(start..)?;
    let length_text = area.strip_prefix(b"GDAL_STRUCTURAL_METADATA_SIZE=")?.get(..6)?;
    let length: usize = std::str::from_utf8(length_text).ok()?.trim().parse().ok()?;
    // The line with the size ends with " bytes" and a line feed.
    let text = area.get(43..43_usize.checked_add(length)?)?;
    Some(String::from_utf8_lossy(text).into_owned())
}
