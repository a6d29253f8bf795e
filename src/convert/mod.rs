//! Any image that can be read to a COG: the same pixels, masks and description in GDAL's layout, with overviews.
//!
//! [`convert`] reads the source once, in bounded memory, and encodes on all threads of rayon's pool. What is written has
//! the bands of a pixel together, tiles, overviews from the full resolution on by halves, and a mask where the source has
//! one (or, with lossy compression, where alpha or nodata said what is valid). Lossless compressions keep every sample.

mod axis;
mod error;
mod options;
mod piece;
mod plan;
mod pyramid;
mod reduce;
mod sample;
mod source;
mod tags;

pub use error::ConvertError;
pub use options::{NodataChoice, Options, OverviewResampling, Overviews};

pub use crate::cog::write::{Codec, WriteError};

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::cog::write::{BlockStore, LevelBlocks, Placing, TemporaryFile, write};
use crate::cog::{Cog, Level};
use plan::Plan;
use pyramid::Pyramid;
use source::SourceReader;

/// Called now and then with the share of the work that is done, 0 to 1; `Break` stops it. Runs on the calling thread.
pub type Watch<'a> = &'a dyn Fn(f64) -> ControlFlow<()>;

/// Share of the work that is done once all blocks are encoded.
const ENCODED: f64 = 0.95;
/// Endings of files beside an image that readers take for parts of it.
const SIDE_FILES: [&str; 3] = [".aux.xml", ".ovr", ".msk"];

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Size of the file.
    pub bytes: u64,
    /// Number of overviews.
    pub overviews: usize,
    /// Name of the source's reference system if a side file gave it and the new file can't say it.
    pub lost_crs: Option<String>,
}

/// Writes `source` to the new file `target` as a COG.
///
/// The file appears under its name once it is complete; until then, temporary files beside it take up to twice its size.
/// Memory: about 600 rows of the source's width, or a row of its blocks if these are higher, and some 200 MiB.
///
/// # Errors
///
/// What can't be read or written, options that don't suit the source, a target that exists or is the source, and
/// [`ConvertError::Cancelled`]. Nothing is left of the new file then, and an old one of its name is untouched.
pub fn convert(source: &Cog, target: &Path, options: &Options, watch: Watch<'_>) -> Result<Written, ConvertError> {
    check_target(source, target, options.overwrite)?;
    let Some(level) = source.levels().first() else {
        return Err(ConvertError::Unsuitable {
            path: source.path().to_path_buf(),
            reason: "it has no image".to_owned(),
        });
    };
    let plan = Plan::new(source, level, options)?;
    let Placing { tags: image_tags, lost_crs } = tags::image_tags(source, &plan)?;
    let mut out = TemporaryFile::beside(target)?;
    let mut store = BlockStore::beside(target);
    let reader = SourceReader::new(source, level, &plan)?;
    let records = Pyramid::new(&plan, reader, level, &mut store).run(&|share| watch(share * ENCODED))?;

    let levels: Vec<LevelBlocks> = records
        .into_iter()
        .zip(&plan.levels)
        .enumerate()
        .map(|(index, (records, level))| {
            let is_overview = index > 0;
            let mut tags = tags::level_tags(&plan, level, is_overview);
            if !is_overview {
                tags.extend(image_tags.iter().cloned());
            }
            let mask_tags = plan.has_mask().then(|| tags::mask_tags(&plan, level, is_overview));
            LevelBlocks { tags, mask_tags, records }
        })
        .collect();
    let stopped = std::cell::Cell::new(false);
    let copied = |share: f64| match watch(ENCODED + share * (1.0 - ENCODED)) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => {
            stopped.set(true);
            Err(WriteError::io(target, std::io::ErrorKind::Interrupted.into()))
        }
    };
    let written = write(&levels, &mut store, out.file()?, target, copied);
    if stopped.get() {
        return Err(ConvertError::Cancelled { path: target.to_path_buf() });
    }
    let bytes = written?;
    out.persist(target)?;
    Ok(Written { bytes, overviews: levels.len().saturating_sub(1), lost_crs })
}

/// Refuses targets that are there already, or that are a part of the source.
fn check_target(source: &Cog, target: &Path, overwrite: bool) -> Result<(), ConvertError> {
    let io = |kind: std::io::ErrorKind| ConvertError::Write(WriteError::io(target, kind.into()));
    if target.file_name().is_none() || target.is_dir() {
        return Err(io(std::io::ErrorKind::IsADirectory));
    }
    if let Ok(existing) = target.canonicalize() {
        let masks = source.levels().iter().filter_map(|level| level.mask.as_deref());
        let mut parts = source.levels().iter().chain(masks).map(Level::path).chain([source.path()]);
        if parts.any(|part| part.canonicalize().is_ok_and(|part| part == existing)) {
            return Err(ConvertError::Same { path: target.to_path_buf() });
        }
        if !overwrite {
            return Err(ConvertError::Exists { path: target.to_path_buf() });
        }
    }
    for ending in SIDE_FILES {
        let mut name = target.as_os_str().to_owned();
        name.push(ending);
        let side_file = PathBuf::from(name);
        if side_file.exists() {
            return Err(ConvertError::SideFile { side_file });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
