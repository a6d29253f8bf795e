//! Which directories are overviews and masks of the image, in the file itself and in those beside it.
//!
//! The rules are GDAL's: the first directory is the image; a directory marked as reduced is an overview of it, one marked
//! as a mask belongs to the level of its size; other pages are not part of the image. The image's own sub-directories are
//! looked at, too. Where the file has no overviews the file `NAME.ovr` is asked, and `NAME.msk` with `NAME.msk.ovr` for
//! masks.

use std::path::Path;
use std::sync::Arc;

use tiff::tags::Tag;

use super::CogError;
use super::directory::{Directory, DirectoryReader};
use super::file::SharedFile;
use super::level::{Level, LevelOrigin};
use super::level_tags::LevelTags;
use super::pam::with_suffix;
use super::tags::Photometric;

/// `NewSubfileType`: a reduced version of another image.
const REDUCED: u64 = 1;
/// `NewSubfileType`: a mask of another image.
const MASK: u64 = 4;

/// Levels of an image: the full resolution first, then overviews from finer to coarser, each with its mask.
pub(crate) fn levels(
    reader: &mut DirectoryReader<'_>,
    file: &Arc<SharedFile>,
    directories: &[Directory],
) -> Result<Vec<Level>, CogError> {
    let (first, others) =
        directories.split_first().ok_or_else(|| CogError::malformed(file.path(), "there is no directory"))?;
    let image = LevelTags { reader, file }.level(first, LevelOrigin::Image)?;
    let mut levels = vec![image];
    let sub_directories = reader.sub_directories(first);
    let others = others.iter().chain(&sub_directories);
    let masks = add_overviews(&mut levels, reader, file, others);
    attach_masks(&mut levels, masks);
    if levels.len() == 1 {
        add_external_overviews(&mut levels, &with_suffix(file.path(), ".ovr"));
    }
    if levels.iter().all(|level| level.mask.is_none()) {
        attach_masks(&mut levels, external_masks(file.path()));
    }
    for (index, level) in levels.iter_mut().enumerate() {
        level.directory_index = index;
    }
    if let Some((_, overviews)) = levels.split_first_mut() {
        overviews.sort_by_key(|level| std::cmp::Reverse(u64::from(level.width) * u64::from(level.height)));
    }
    for (index, level) in levels.iter_mut().enumerate() {
        level.index = index;
        if let Some(mask) = &mut level.mask {
            mask.index = index;
        }
    }
    Ok(levels)
}

/// Adds the overviews among `directories` and returns the masks among them. What can't be read is left out.
fn add_overviews<'d>(
    levels: &mut Vec<Level>,
    reader: &mut DirectoryReader<'_>,
    file: &Arc<SharedFile>,
    directories: impl Iterator<Item = &'d Directory>,
) -> Vec<Level> {
    let mut masks = Vec::new();
    for directory in directories {
        let subfile_type = reader.unsigned(directory, Tag::NewSubfileType).ok().flatten();
        let subfile_type = subfile_type.and_then(|values| values.first().copied()).unwrap_or(0);
        if subfile_type & (REDUCED | MASK) == 0 {
            continue;
        }
        let level = LevelTags { reader, file }.level(directory, LevelOrigin::Internal);
        match level {
            Ok(level) if subfile_type & MASK != 0 => masks.push(level),
            Ok(level) if levels.first().is_some_and(|image| is_overview_of(&level, image)) => levels.push(level),
            Ok(level) => {
                let Level { width, height, .. } = level;
                tracing::debug!("{}: {width} x {height} pixels are no overview", file.path().display());
            }
            Err(error) => tracing::debug!("a directory is left out: {error}"),
        }
    }
    masks
}

/// Whether `level` shows the same as `image` with fewer pixels.
fn is_overview_of(level: &Level, image: &Level) -> bool {
    level.width <= image.width
        && level.height <= image.height
        && (level.width < image.width || level.height < image.height)
        && level.samples_per_pixel == image.samples_per_pixel
        && level.sample_format == image.sample_format
        && level.bits_per_sample == image.bits_per_sample
}

/// Gives each mask to the level of its size that has none yet.
fn attach_masks(levels: &mut [Level], masks: Vec<Level>) {
    for mask in masks {
        let fits = |level: &&mut Level| {
            level.mask.is_none() && (level.width, level.height) == (mask.width, mask.height) && is_mask(&mask)
        };
        if let Some(level) = levels.iter_mut().find(fits) {
            level.mask = Some(Box::new(mask));
        }
    }
}

/// Whether a directory can be a mask at all: integers of up to 8 bits.
fn is_mask(level: &Level) -> bool {
    level.bits_per_sample <= 8
        && matches!(level.photometric, Photometric::Mask | Photometric::MinIsBlack | Photometric::MinIsWhite)
}

/// Overviews of the file `NAME.ovr`: all of its directories are levels, the first is the finest.
fn add_external_overviews(levels: &mut Vec<Level>, path: &Path) {
    let Some((overviews, masks)) = external_levels(path) else { return };
    let overviews = overviews.into_iter();
    for overview in overviews {
        if levels.first().is_some_and(|image| is_overview_of(&overview, image)) {
            levels.push(overview);
        }
    }
    attach_masks(levels, masks);
}

/// Masks of the file `NAME.msk` and of its own overviews in `NAME.msk.ovr`, all of their directories.
fn external_masks(path: &Path) -> Vec<Level> {
    let files = [".msk", ".msk.ovr"].into_iter().filter_map(|suffix| external_levels(&with_suffix(path, suffix)));
    files.flat_map(|(levels, masks)| levels.into_iter().chain(masks)).collect()
}

/// Levels and masks of a file beside the image; `None` if there is none or it can't be read.
fn external_levels(path: &Path) -> Option<(Vec<Level>, Vec<Level>)> {
    if !path.is_file() {
        return None;
    }
    let read = || -> Result<_, CogError> {
        let file = Arc::new(SharedFile::open(path)?);
        let mut reader = DirectoryReader::new(&file)?;
        let directories = reader.directories()?;
        let (mut levels, mut masks) = (Vec::new(), Vec::new());
        for directory in &directories {
            let subfile_type = reader.unsigned(directory, Tag::NewSubfileType)?;
            let is_mask = subfile_type.is_some_and(|values| values.first().is_some_and(|value| value & MASK != 0));
            let level = LevelTags { reader: &mut reader, file: &file }.level(directory, LevelOrigin::External)?;
            if is_mask { masks.push(level) } else { levels.push(level) }
        }
        Ok((levels, masks))
    };
    read().map_err(|error| tracing::warn!("{error}")).ok()
}
