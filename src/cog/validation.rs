//! Whether a file is laid out as a Cloud Optimized `GeoTIFF`: one that can be read in parts, coarse first, from its
//! header on.
//!
//! The rules for errors are those of GDAL's validator; rio-cogeo's differ in two points. It lets the first directory be
//! anywhere within 300 bytes, and it calls strips of 513 to 1024 pixels an error, which is a warning here. Each finding says
//! how to mend it.

use std::path::{Path, PathBuf};

use super::block_frames::{self, Promises};
use super::description::Cog;
use super::level::{Level, LevelOrigin};

/// Images up to this many pixels across and down need neither tiles nor overviews.
const SMALL_IMAGE: u32 = 512;
/// Blocks up to this many pixels wide may span the whole image.
const NARROW_BLOCK: u32 = 1024;
/// Blocks of a level that are looked at for the first that was written.
const MAX_BLOCKS: u64 = 1 << 16;

/// Bytes of the line before the mark of GDAL's COG driver.
const GHOST_LINE_BYTES: u64 = 43;

/// Offsets of the first directory that need no mark before it: right after the header.
const RIGHT_AFTER_HEADER: [u64; 2] = [8, 16];
/// Names that are tried for a new file beside this one.
const NAMES: u32 = 100;

/// How to mend what only a new file mends.
const REWRITE: &str = "write the file anew as a COG";
/// How to mend what was cut off.
const FETCH: &str = "fetch the whole file again";
/// How to mend overviews.
const REBUILD: &str = "overviews have to be made before the file is laid out; this does both";

/// What a check of a file's layout found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validation {
    /// What keeps the file from being a COG.
    pub errors: Vec<Finding>,
    /// What is advised against.
    pub warnings: Vec<Finding>,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub message: String,
    /// What to do about it, with the command line that does it.
    pub mend: String,
}

impl Validation {
    /// Whether the file is a valid COG; warnings are no obstacle.
    pub fn is_cog(&self) -> bool {
        self.errors.is_empty()
    }

    fn error(&mut self, message: impl Into<String>, mend: &str) {
        self.errors.push(Finding { message: message.into(), mend: mend.to_owned() });
    }

    fn warning(&mut self, message: impl Into<String>, mend: &str) {
        self.warnings.push(Finding { message: message.into(), mend: mend.to_owned() });
    }
}

impl Cog {
    /// Checks the layout of the file. Reads offsets of blocks, and of some blocks the bytes around them; no pixels.
    pub fn validate(&self) -> Validation {
        let mut found = Validation::default();
        let Some((image, overviews)) = self.levels().split_first() else { return found };
        if overviews.iter().any(|level| level.origin == LevelOrigin::External) {
            found.error("overviews are in a file of their own (.ovr) instead of inside", REBUILD);
        }
        check_tiles(image, overviews, &mut found);
        check_start(self, image, &mut found);

        let mut in_file: Vec<&Level> = overviews.iter().filter(|level| level.origin == LevelOrigin::Internal).collect();
        in_file.sort_by_key(|level| level.directory_index);
        check_directory_order(image, &in_file, &mut found);
        check_data_order(image, &in_file, &mut found);
        let is_whole = check_end(image, &in_file, &mut found);
        if is_whole {
            check_promises(self, image, &in_file, &mut found);
        }
        if !found.errors.is_empty() || !found.warnings.is_empty() {
            let command = convert_command(self.path());
            let findings = found.errors.iter_mut().chain(&mut found.warnings);
            for finding in findings.filter(|finding| finding.mend != FETCH) {
                finding.mend = format!("{}: {command}", finding.mend);
            }
        }
        found
    }
}

/// The command line that writes the file anew as a COG beside it, under a name that is free.
fn convert_command(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = |number: u32| match number {
        1 => format!("{stem}_cog.tif"),
        number => format!("{stem}_cog{number}.tif"),
    };
    let target = (1..NAMES).map(|number| path.with_file_name(name(number))).find(|target| !target.exists());
    let target = target.unwrap_or_else(|| PathBuf::from(name(NAMES)));
    format!("cogscope convert {} {}", quoted(path), quoted(&target))
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |character: char| character.is_alphanumeric() || "/\\._-:+,@%".contains(character);
    let is_option = text.starts_with('-');
    let text = if is_option { format!("./{text}") } else { text.into_owned() };
    if text.chars().all(|character| is_plain(character) && (cfg!(windows) || character != '\\')) {
        return text;
    }
    if cfg!(windows) { format!("\"{text}\"") } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

fn check_tiles(image: &Level, overviews: &[Level], found: &mut Validation) {
    let is_large = |level: &Level| level.width > SMALL_IMAGE || level.height > SMALL_IMAGE;
    let spans_all = |level: &Level| level.block_width == level.width && level.block_width > NARROW_BLOCK;
    if is_large(image) {
        if spans_all(image) {
            found.error(format!("it is {} pixels wide, but not cut into tiles", image.width), REWRITE);
        } else if !image.tiled {
            found.warning(format!("it is larger than {SMALL_IMAGE} pixels, but not cut into tiles"), REWRITE);
        }
        if overviews.is_empty() {
            found.warning(format!("it is larger than {SMALL_IMAGE} pixels, but without overviews"), REBUILD);
        }
    }
    for level in overviews.iter().filter(|level| is_large(level) && spans_all(level)) {
        let Level { index, width, height, .. } = level;
        found.error(format!("overview {index} ({width} x {height}) is not cut into tiles"), REWRITE);
    }
}

/// The first directory follows the header, or the mark of GDAL's COG driver after it.
fn check_start(cog: &Cog, image: &Level, found: &mut Validation) {
    let header = if cog.is_big_tiff() { 16 } else { 8 };
    let ghost_bytes = cog.layout().ghost_area.as_ref().map_or(0, |text| GHOST_LINE_BYTES + text.len() as u64);
    let expected = (header + ghost_bytes).next_multiple_of(2);
    let offset = image.directory_offset;
    if offset != expected && !RIGHT_AFTER_HEADER.contains(&offset) {
        found.error(
            format!("the first directory is at offset {offset}; right after the header would be {expected}"),
            REWRITE,
        );
    }
    let ghost_area = cog.layout().ghost_area.as_deref().unwrap_or_default();
    if ghost_area.contains("KNOWN_INCOMPATIBLE_EDITION=YES") {
        found.error("it was a COG, but was changed since, and its mark says that the order of data is lost", REWRITE);
    }
}

/// Directories of overviews follow that of the image, from the finest to the coarsest.
fn check_directory_order(image: &Level, overviews: &[&Level], found: &mut Validation) {
    let pairs = || overviews.iter().zip(overviews.iter().skip(1));
    if pairs().any(|(finer, coarser)| coarser.width > finer.width || coarser.height > finer.height) {
        found.error("overviews do not go from the finest to the coarsest", REBUILD);
    }
    let mut previous = image.directory_offset;
    for level in overviews {
        if level.directory_offset < previous {
            let (offset, width, height) = (level.directory_offset, level.width, level.height);
            found.error(
                format!("the directory of overview {width} x {height} is at offset {offset}, before that of the level above it ({previous})"),
                REWRITE,
            );
        }
        previous = level.directory_offset;
    }
}

/// Data follow the last directory: those of the coarsest overview first, those of the image last.
fn check_data_order(image: &Level, overviews: &[&Level], found: &mut Validation) {
    let levels = std::iter::once(image).chain(overviews.iter().copied());
    let first_blocks: Vec<(String, u64)> = levels
        .filter_map(|level| {
            Some((format!("{} x {}", level.width, level.height), level.first_block_offset(MAX_BLOCKS)?))
        })
        .collect();
    let last_directory = overviews.last().map_or(image.directory_offset, |level| level.directory_offset);
    if let Some((name, offset)) = first_blocks.last().filter(|(_, offset)| *offset < last_directory) {
        let message = format!("data of {name} start at offset {offset}, before the last directory ({last_directory})");
        found.error(message, REWRITE);
    }
    for ((finer_name, finer), (coarser_name, coarser)) in first_blocks.iter().zip(first_blocks.iter().skip(1)) {
        if finer < coarser {
            let message = format!(
                "data of {finer_name} start at offset {finer}, before those of the coarser {coarser_name} ({coarser})"
            );
            found.error(message, REWRITE);
        }
    }
}

/// No block lies beyond the end of the file: it wasn't cut off. Of large levels the first and the last blocks are looked at.
fn check_end(image: &Level, overviews: &[&Level], found: &mut Validation) -> bool {
    let levels = std::iter::once(image).chain(overviews.iter().copied());
    let with_masks = levels.flat_map(|level| std::iter::once(level).chain(level.mask.as_deref()));
    let beyond =
        with_masks.flat_map(|level| block_frames::beyond_end(level).map(move |(block, range)| (level, block, range)));
    let Some((level, block, range)) = beyond.min_by_key(|(_, _, range)| range.offset) else { return true };
    let Level { width, height, .. } = level;
    let (offset, length, bytes) = (range.offset, range.length, level.file.bytes());
    let message = format!(
        "the file ends too early: the {length} bytes at offset {offset} of block {block} of {width} x {height} lie beyond its end ({bytes} bytes)"
    );
    found.error(message, FETCH);
    false
}

/// What the mark of GDAL's COG driver promises of blocks is kept.
fn check_promises(cog: &Cog, image: &Level, overviews: &[&Level], found: &mut Validation) {
    let mark = cog.layout().ghost_area.as_deref().unwrap_or_default();
    let promises = Promises::of(mark);
    let levels = std::iter::once(image).chain(overviews.iter().copied());
    for level in levels.filter(|_| image.directory_offset > RIGHT_AFTER_HEADER[1]) {
        if let Some(broken) = block_frames::first_broken(level, promises) {
            let Level { width, height, .. } = level;
            found.error(format!("{width} x {height}: {broken}, which the file's mark promises"), REWRITE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cog::testing::{Page, TiffBuilder, Value};

    fn validate(builder: &TiffBuilder) -> Validation {
        let folder = tempfile::tempdir().unwrap();
        Cog::open(&builder.write(folder.path(), "image.tif")).unwrap().validate()
    }

    fn overview(page: Page) -> Page {
        page.tag(254, Value::Longs(vec![1]))
    }

    #[test]
    fn a_small_image_with_its_directory_first_is_a_cog() {
        let found = validate(&TiffBuilder::new(Page::strip(4, 4, &[0; 16])));
        assert_eq!(found, Validation::default());
    }

    #[test]
    fn a_wide_image_of_strips_without_overviews_is_none() {
        let found = validate(&TiffBuilder::new(Page::strip(1100, 2, &[0; 2200])));
        assert_eq!((found.errors.len(), found.warnings.len()), (1, 1));
        assert!(found.errors[0].message.contains("tiles") && found.warnings[0].message.contains("overviews"));
    }

    #[test]
    fn data_of_the_image_before_those_of_its_overview_are_found() {
        let image = Page::tiles(32, 32, 16, vec![Some(vec![0; 256]); 4]);
        let half = overview(Page::tiles(16, 16, 16, vec![Some(vec![0; 256])]));
        let found = validate(&TiffBuilder::new(image).page(half));
        assert_eq!(found.errors.len(), 1, "{found:?}");
        assert!(found.errors[0].message.contains("before those of the coarser 16 x 16"));
    }

    #[test]
    fn a_file_that_was_cut_off_is_none_whatever_its_layout() {
        let folder = tempfile::tempdir().unwrap();
        let image = Page::tiles(32, 32, 16, vec![Some(vec![7; 256]); 4]);
        let path = TiffBuilder::new(image).write(folder.path(), "cut.tif");
        let whole = std::fs::read(&path).unwrap();
        let last = Cog::open(&path).unwrap().levels()[0].block_range(3).unwrap().unwrap();
        let end = usize::try_from(last.end().unwrap()).unwrap();
        std::fs::write(&path, &whole[..end]).unwrap();
        assert!(Cog::open(&path).unwrap().validate().is_cog(), "blocks are the last thing in the file");
        std::fs::write(&path, &whole[..end - 1]).unwrap();
        let found = Cog::open(&path).unwrap().validate();
        assert_eq!(found.errors.len(), 1, "{found:?}");
        let message = &found.errors[0].message;
        assert!(message.contains("the file ends too early") && message.contains("block 3 of 32 x 32"), "{message}");
        assert_eq!(found.errors[0].mend, "fetch the whole file again");
    }

    #[test]
    fn the_mend_names_files_that_a_shell_takes_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = TiffBuilder::new(Page::strip(1100, 2, &[0; 2200])).write(folder.path(), "it's wide.tif");
        std::fs::write(folder.path().join("it's wide_cog.tif"), b"").unwrap();
        let found = Cog::open(&path).unwrap().validate();
        let mend = &found.errors[0].mend;
        assert!(mend.starts_with("write the file anew as a COG: cogscope convert "), "{mend}");
        assert!(mend.contains("wide_cog2.tif"), "{mend}");
        if cfg!(unix) {
            assert!(mend.contains("it'\\''s wide.tif'"), "{mend}");
        }
        assert_eq!(quoted(Path::new("a/b-1.tif")), "a/b-1.tif");
        assert_eq!(quoted(Path::new("-o.tif")), "./-o.tif");
    }

    #[test]
    fn overviews_out_of_order_are_found() {
        let image = Page::tiles(64, 64, 64, vec![Some(vec![0; 4096])]);
        let quarter = overview(Page::strip(16, 16, &[0; 256]));
        let half = overview(Page::strip(32, 32, &[0; 1024]));
        let found = validate(&TiffBuilder::new(image).page(quarter).page(half));
        assert!(found.errors.iter().any(|finding| finding.message.contains("finest")), "{found:?}");
    }
}
