//! Windows of a level: the blocks that they touch, put together, and which of their pixels are valid.

use std::sync::Arc;

use super::CogError;
use super::bands::Nodata;
use super::block::{self, Block, BlockPosition};
use super::cache::{BlockCache, BlockKey};
use super::description::Cog;
use super::layout::Layout;
use super::level::Level;
use super::nodata;
use super::packed::Part;
use crate::raster::{INVALID, PixelWindow, Raster, Samples, VALID};

/// Bytes that one window may take.
const MAX_WINDOW_BYTES: u64 = 1 << 30;

impl Cog {
    /// The pixels of `window` of a level (0 is the full resolution) of some bands, counted from 0, in that order.
    ///
    /// Values are as stored; palette indices stay indices, colours are red, green and blue. A pixel is invalid where the
    /// mask or alpha says so, or where every band asked for is nodata or NaN. With no bands, only the mask is read.
    ///
    /// Runs on the calling thread alone. To read blocks in parallel before, see [`Cog::blocks_of_window`].
    pub fn read_window(
        &self,
        level: usize,
        window: PixelWindow,
        bands: &[usize],
        cache: &BlockCache,
    ) -> Result<Raster, CogError> {
        let level = self.checked_level(level)?;
        let layout = level.layout()?;
        self.check_window(level, &layout, window, bands)?;
        let pixels = usize::try_from(window.pixels()).unwrap_or(usize::MAX);
        let nodata: Vec<Option<Nodata>> =
            bands.iter().map(|&band| self.bands().get(band).and_then(|band| band.nodata)).collect();
        let mut planes: Vec<Samples> = bands.iter().map(|_| Samples::zeros(layout.sample_type, pixels)).collect();
        let mut alpha = layout.has_alpha.then(|| Samples::zeros(layout.sample_type, pixels));
        let reader = Reader { level, layout, window, cache };
        if layout.is_apart {
            for ((&band, plane), &nodata) in bands.iter().zip(&mut planes).zip(&nodata) {
                reader.read_plane(band, plane, nodata)?;
            }
            if let Some(alpha) = &mut alpha {
                reader.read_plane(layout.bands(), alpha, None)?;
            }
        } else {
            let mut targets: Vec<Target<'_>> = bands
                .iter()
                .zip(&mut planes)
                .zip(&nodata)
                .map(|((&plane, samples), &nodata)| Target { plane, samples, nodata })
                .collect();
            targets.extend(alpha.as_mut().map(|samples| Target { plane: layout.bands(), samples, nodata: None }));
            reader.read(0, &mut targets)?;
        }
        let mut mask = vec![VALID; pixels];
        if let Some(alpha) = &alpha {
            clear_where_zero(alpha, &mut mask);
        }
        if let Some(mask_level) = level.mask.as_deref() {
            clear_where_zero(&read_mask(mask_level, window, cache)?, &mut mask);
        }
        clear_nodata(&planes, &nodata, &mut mask);
        Raster::new(window.width(), window.height(), planes, mask)
            .map_err(|error| CogError::Request { path: self.path().to_path_buf(), reason: error.to_string() })
    }

    /// One block, decoded: its planes as they lie in the file, alpha among them, without a mask.
    pub fn read_block(
        &self,
        level: usize,
        position: BlockPosition,
        cache: &BlockCache,
    ) -> Result<Arc<Block>, CogError> {
        let level = self.checked_level(level)?;
        let layout = level.layout()?;
        load(level, &layout, position, cache)
    }

    /// The blocks that reading a window touches, so that callers can have them decoded in parallel with
    /// [`Cog::read_block`] before they read the window. Those of a mask are not among them.
    pub fn blocks_of_window(
        &self,
        level: usize,
        window: PixelWindow,
        bands: &[usize],
    ) -> Result<Vec<BlockPosition>, CogError> {
        let level = self.checked_level(level)?;
        let layout = level.layout()?;
        self.check_window(level, &layout, window, bands)?;
        let planes: Vec<u16> = if layout.is_apart {
            let alpha = layout.has_alpha.then(|| layout.bands());
            bands.iter().copied().chain(alpha).filter_map(|plane| u16::try_from(plane).ok()).collect()
        } else {
            vec![0]
        };
        Ok(planes.into_iter().flat_map(|plane| positions(level, window, plane)).collect())
    }

    fn checked_level(&self, level: usize) -> Result<&Level, CogError> {
        self.levels()
            .get(level)
            .ok_or_else(|| self.refused(format!("there is no level {level}, only {} of them", self.levels().len())))
    }

    fn check_window(
        &self,
        level: &Level,
        layout: &Layout,
        window: PixelWindow,
        bands: &[usize],
    ) -> Result<(), CogError> {
        if let Some(band) = bands.iter().find(|&&band| band >= layout.bands()) {
            return Err(self.refused(format!("there is no band {}, only {} of them", band + 1, layout.bands())));
        }
        if window.col_end() > level.width || window.row_end() > level.height {
            let reason = format!("{window:?} leaves level {} of {} x {}", level.index, level.width, level.height);
            return Err(self.refused(reason));
        }
        let planes = bands.len() as u64 + u64::from(layout.has_alpha);
        let pixel_bytes = planes.saturating_mul(layout.sample_type.bytes() as u64).saturating_add(2);
        let needed = window.pixels().saturating_mul(pixel_bytes);
        if needed > MAX_WINDOW_BYTES {
            let what = format!("a window of {} x {} pixels", window.width(), window.height());
            return Err(CogError::TooLarge {
                path: self.path().to_path_buf(),
                what,
                needed,
                allowed: MAX_WINDOW_BYTES,
            });
        }
        Ok(())
    }

    fn refused(&self, reason: String) -> CogError {
        CogError::Request { path: self.path().to_path_buf(), reason }
    }
}

/// The block from the cache, or decoded into it.
pub(crate) fn load(
    level: &Level,
    layout: &Layout,
    position: BlockPosition,
    cache: &BlockCache,
) -> Result<Arc<Block>, CogError> {
    cache.check(level.path())?;
    let key = key(level, position)?;
    cache.get_or_decode(key, |spares| block::decode(level, layout, position, spares))
}

/// The same, but `None` if another thread is decoding it.
fn load_unless_busy(
    level: &Level,
    layout: &Layout,
    position: BlockPosition,
    cache: &BlockCache,
) -> Result<Option<Arc<Block>>, CogError> {
    cache.check(level.path())?;
    let key = key(level, position)?;
    cache.get_or_decode_unless_busy(key, |spares| block::decode(level, layout, position, spares))
}

fn key(level: &Level, position: BlockPosition) -> Result<BlockKey, CogError> {
    let Some(block) = level.block_index(position.column, position.row, position.plane) else {
        return Err(CogError::Request {
            path: level.path().to_path_buf(),
            reason: format!("level {} has no block {position:?}", level.index),
        });
    };
    Ok(BlockKey { file: level.file.number(), directory: level.directory_offset, block })
}

/// Positions of the blocks that a window touches, row by row.
fn positions(level: &Level, window: PixelWindow, plane: u16) -> impl Iterator<Item = BlockPosition> {
    let (width, height) = (level.block_width.max(1), level.block_height.max(1));
    let columns = window.col() / width..=(window.col_end() - 1) / width;
    let rows = window.row() / height..=(window.row_end() - 1) / height;
    rows.flat_map(move |row| columns.clone().map(move |column| BlockPosition { column, row, plane }))
}

/// A plane of a block, and where it goes.
struct Target<'a> {
    /// Index of the plane in the block.
    plane: usize,
    samples: &'a mut Samples,
    /// What blocks that were never written are filled with.
    nodata: Option<Nodata>,
}

struct Reader<'a> {
    level: &'a Level,
    layout: Layout,
    window: PixelWindow,
    cache: &'a BlockCache,
}

impl Reader<'_> {
    /// One plane that has blocks of its own.
    fn read_plane(&self, plane: usize, samples: &mut Samples, nodata: Option<Nodata>) -> Result<(), CogError> {
        let index = u16::try_from(plane).unwrap_or(u16::MAX);
        self.read(index, &mut [Target { plane: 0, samples, nodata }])
    }

    /// Planes of the same blocks, each block looked up once.
    fn read(&self, block_plane: u16, targets: &mut [Target<'_>]) -> Result<(), CogError> {
        if targets.is_empty() {
            return Ok(());
        }
        let mut busy = Vec::new();
        for position in positions(self.level, self.window, block_plane) {
            match load_unless_busy(self.level, &self.layout, position, self.cache)? {
                Some(block) => self.copy(&block, position, targets),
                None => busy.push(position),
            }
        }
        // Those that other threads are decoding come last: so hardly anybody waits.
        for position in busy {
            self.copy(&*load(self.level, &self.layout, position, self.cache)?, position, targets);
        }
        Ok(())
    }

    fn copy(&self, block: &Block, position: BlockPosition, targets: &mut [Target<'_>]) {
        let Some(rows) = self.rows_of_block(position) else { return };
        if let Some(packed) = block.packed() {
            let mut planes: Vec<(usize, &mut Samples)> =
                targets.iter_mut().map(|target| (target.plane, &mut *target.samples)).collect();
            return packed.copy(&rows.part(), &mut planes);
        }
        for target in targets {
            match block.planes().get(target.plane) {
                Some(plane) => rows.copy(plane, target.samples),
                None => rows.fill(target.nodata, target.samples),
            }
        }
    }

    /// Where the part of a block that lies in the window begins in both, and how large it is.
    fn rows_of_block(&self, position: BlockPosition) -> Option<SharedRows> {
        let level = self.level;
        let col = position.column.checked_mul(level.block_width)?;
        let row = position.row.checked_mul(level.block_height)?;
        let width = level.block_width.min(u32::MAX - col);
        let height = level.block_rows(position.row).min(u32::MAX - row);
        let shared = PixelWindow::new(col, row, width, height)?.intersection(&self.window)?;
        let index =
            |row: u32, col: u32, width: u32| usize::try_from(u64::from(row) * u64::from(width) + u64::from(col));
        Some(SharedRows {
            columns: shared.width() as usize,
            rows: shared.height() as usize,
            from: index(shared.row() - row, shared.col() - col, level.block_width).ok()?,
            from_stride: level.block_width as usize,
            to: index(shared.row() - self.window.row(), shared.col() - self.window.col(), self.window.width()).ok()?,
            to_stride: self.window.width() as usize,
        })
    }
}

/// Parts of rows that a block and a window share; positions are indices into their planes.
struct SharedRows {
    columns: usize,
    rows: usize,
    from: usize,
    from_stride: usize,
    to: usize,
    to_stride: usize,
}

impl SharedRows {
    fn part(&self) -> Part {
        let stride = self.from_stride.max(1);
        Part {
            col: self.from % stride,
            row: self.from / stride,
            columns: self.columns,
            rows: self.rows,
            to: self.to,
            to_stride: self.to_stride,
        }
    }

    fn copy(&self, from: &Samples, to: &mut Samples) {
        macro_rules! same_type {
            ($($type:ident),*) => {
                match (from, to) {
                    $((Samples::$type(from), Samples::$type(to)) => self.copy_rows(from, to),)*
                    // The layout of the level settles the type of both.
                    _ => {}
                }
            };
        }
        same_type!(U8, I8, U16, I16, U32, I32, U64, I64, F32, F64, CI16, CI32, CF32, CF64);
    }

    fn copy_rows<T: Copy>(&self, from: &[T], to: &mut [T]) {
        for row in 0..self.rows {
            let (from_start, to_start) = (self.from + row * self.from_stride, self.to + row * self.to_stride);
            let source = from.get(from_start..from_start + self.columns);
            if let (Some(source), Some(target)) = (source, to.get_mut(to_start..to_start + self.columns)) {
                target.copy_from_slice(source);
            }
        }
    }

    fn fill(&self, nodata: Option<Nodata>, to: &mut Samples) {
        if nodata.is_none() {
            return;
        }
        let mut row = Samples::zeros(to.sample_type(), self.columns);
        nodata::fill(&mut row, nodata);
        SharedRows { from: 0, from_stride: 0, ..*self }.copy(&row, to);
    }
}

fn read_mask(level: &Level, window: PixelWindow, cache: &BlockCache) -> Result<Samples, CogError> {
    let layout = level.layout()?;
    let pixels = usize::try_from(window.pixels()).unwrap_or(usize::MAX);
    let mut samples = Samples::zeros(layout.sample_type, pixels);
    Reader { level, layout, window, cache }.read(0, &mut [Target { plane: 0, samples: &mut samples, nodata: None }])?;
    Ok(samples)
}

fn clear_where_zero(alpha: &Samples, mask: &mut [u8]) {
    match alpha {
        Samples::U8(alpha) => clear(alpha, |&alpha| alpha == 0, mask),
        Samples::U16(alpha) => clear(alpha, |&alpha| alpha == 0, mask),
        Samples::F32(alpha) => clear(alpha, |&alpha| alpha == 0.0 || alpha.is_nan(), mask),
        other => clear(&other.to_f64(), |&alpha| alpha == 0.0 || alpha.is_nan(), mask),
    }
}

fn clear<T>(alpha: &[T], is_clear: impl Fn(&T) -> bool, mask: &mut [u8]) {
    for (mask, alpha) in mask.iter_mut().zip(alpha) {
        *mask = if is_clear(alpha) { INVALID } else { *mask };
    }
}

/// Invalidates pixels of which every band is nodata.
fn clear_nodata(planes: &[Samples], nodata: &[Option<Nodata>], mask: &mut [u8]) {
    let possible = |(plane, &nodata): (&Samples, &Option<Nodata>)| nodata::is_possible(plane, nodata);
    if planes.is_empty() || !planes.iter().zip(nodata).all(possible) {
        return;
    }
    // The first plane mostly tells that there is no such pixel.
    if planes.iter().zip(nodata).any(|(plane, &nodata)| !nodata::is_anywhere(plane, nodata)) {
        return;
    }
    let mut all = vec![1; mask.len()];
    for (plane, &nodata) in planes.iter().zip(nodata) {
        nodata::keep_nodata(plane, nodata, &mut all);
    }
    clear(&all, |&flag| flag == 1, mask);
}
