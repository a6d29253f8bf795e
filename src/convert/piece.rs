//! A rectangle of pixels of one level on its way into the file: all planes, alpha among them, and the mask.

use crate::raster::{Sample, SampleType, Samples, with_samples};

/// Evaluates an expression with the vectors of two planes, if they are of one type.
macro_rules! with_same_type {
    ($from:expr, $to:expr, ($source:ident, $target:ident) => $body:expr) => {
        with_same_type!(@arms $from, $to, $source, $target, $body;
            U8, I8, U16, I16, U32, I32, U64, I64, F32, F64, CI16, CI32, CF32, CF64)
    };
    (@arms $from:expr, $to:expr, $source:ident, $target:ident, $body:expr; $($type:ident),*) => {
        match ($from, $to) {
            $(($crate::raster::Samples::$type($source), $crate::raster::Samples::$type($target)) => $body,)*
            // All planes of a conversion are of one type.
            _ => {}
        }
    };
}
pub(super) use with_same_type;

/// Pixels from column `col` and row `row` on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) col: u32,
    pub(super) row: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    /// One a sample, `width * height` long.
    pub(super) planes: Vec<Samples>,
    /// 0 or 255 a pixel, where the file has a mask.
    pub(super) mask: Option<Vec<u8>>,
}

/// A part of a piece or of something that is copied into one: first column and row, from its own upper left corner, and
/// columns of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) col: usize,
    pub(super) row: usize,
    pub(super) stride: usize,
}

impl Piece {
    /// A piece of zeros, invalid where there is a mask.
    pub(super) fn zeros(place: [u32; 4], sample_type: SampleType, planes: usize, has_mask: bool) -> Self {
        let [col, row, width, height] = place;
        let pixels = width as usize * height as usize;
        Self {
            col,
            row,
            width,
            height,
            planes: (0..planes).map(|_| Samples::zeros(sample_type, pixels)).collect(),
            mask: has_mask.then(|| vec![0; pixels]),
        }
    }

    /// The column after the last one.
    pub(super) fn col_end(&self) -> u32 {
        self.col + self.width
    }

    /// The row after the last one.
    pub(super) fn row_end(&self) -> u32 {
        self.row + self.height
    }

    /// Adds rows of zeros, or takes rows away, so that the piece ends before `row_end`.
    pub(super) fn resize_to(&mut self, row_end: u32) {
        self.height = row_end.saturating_sub(self.row);
        let pixels = self.width as usize * self.height as usize;
        for plane in &mut self.planes {
            with_samples!(plane, plane => plane.resize(pixels, Default::default()));
        }
        if let Some(mask) = &mut self.mask {
            mask.resize(pixels, 0);
        }
    }

    /// Takes away the rows before `row`.
    pub(super) fn drop_rows_before(&mut self, row: u32) {
        let row = row.clamp(self.row, self.row_end());
        let pixels = (row - self.row) as usize * self.width as usize;
        for plane in &mut self.planes {
            with_samples!(plane, plane => drop(plane.drain(..pixels.min(plane.len()))));
        }
        if let Some(mask) = &mut self.mask {
            mask.drain(..pixels.min(mask.len()));
        }
        self.height -= row - self.row;
        self.row = row;
    }

    /// Copies what both have from another piece.
    pub(super) fn paste(&mut self, other: &Self) {
        let (col, col_end) = (self.col.max(other.col), self.col_end().min(other.col_end()));
        let (row, row_end) = (self.row.max(other.row), self.row_end().min(other.row_end()));
        if col >= col_end || row >= row_end {
            return;
        }
        let size = [(col_end - col) as usize, (row_end - row) as usize];
        let place = |piece: &Self| Place {
            col: (col - piece.col) as usize,
            row: (row - piece.row) as usize,
            stride: piece.width as usize,
        };
        let (from, to) = (place(other), place(self));
        for (source, target) in other.planes.iter().zip(&mut self.planes) {
            copy_rect(source, from, target, to, size);
        }
        if let (Some(source), Some(target)) = (&other.mask, &mut self.mask) {
            copy_rows(source, from, target, to, size);
        }
    }

    /// A block of `width` x `height` pixels; beyond the piece, the last column and the last row are repeated.
    pub(super) fn block(&self, col: u32, row: u32, width: u32, height: u32) -> Self {
        let inside_width = self.col_end().saturating_sub(col).min(width);
        let inside_height = self.row_end().saturating_sub(row).min(height);
        let first = self.planes.first().map_or(SampleType::U8, Samples::sample_type);
        let mut block = Self::zeros([col, row, width, height], first, self.planes.len(), self.mask.is_some());
        block.paste(self);
        let inside = [inside_width as usize, inside_height as usize];
        for plane in &mut block.planes {
            with_samples!(plane, plane => repeat_edges(plane, width as usize, inside));
        }
        block
    }
}

/// Copies `columns` x `rows` samples.
pub(super) fn copy_rect(source: &Samples, from: Place, target: &mut Samples, to: Place, size: [usize; 2]) {
    with_same_type!(source, target, (source, target) => copy_rows(source, from, target, to, size));
}

pub(super) fn copy_rows<T: Copy>(source: &[T], from: Place, target: &mut [T], to: Place, [columns, rows]: [usize; 2]) {
    for row in 0..rows {
        let (from_start, to_start) = ((from.row + row) * from.stride + from.col, (to.row + row) * to.stride + to.col);
        let source = source.get(from_start..from_start + columns);
        if let (Some(source), Some(target)) = (source, target.get_mut(to_start..to_start + columns)) {
            target.copy_from_slice(source);
        }
    }
}

/// Repeats the last column and the last row that are inside over what is outside.
fn repeat_edges<T: Sample>(plane: &mut [T], width: usize, [columns, rows]: [usize; 2]) {
    if columns == 0 || rows == 0 {
        return;
    }
    if columns < width {
        for row in plane.chunks_exact_mut(width).take(rows) {
            if let Some(&last) = row.get(columns - 1) {
                row.get_mut(columns..).unwrap_or_default().fill(last);
            }
        }
    }
    let (inside, outside) = plane.split_at_mut(rows * width);
    let last_row = inside.get((rows - 1) * width..).unwrap_or_default();
    outside.chunks_exact_mut(width).for_each(|row| row.copy_from_slice(last_row));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered() -> Piece {
        Piece { planes: vec![Samples::U8((0..12).collect())], ..Piece::zeros([10, 20, 4, 3], SampleType::U8, 0, false) }
    }

    #[test]
    fn a_block_beyond_the_edge_repeats_the_last_column_and_row() {
        let block = numbered().block(12, 21, 3, 4);
        assert_eq!(block.planes, [Samples::U8(vec![6, 7, 7, 10, 11, 11, 10, 11, 11, 10, 11, 11])]);
    }

    #[test]
    fn rows_go_and_come_while_the_others_stay_in_their_place() {
        let mut piece = numbered();
        piece.drop_rows_before(21);
        piece.resize_to(24);
        assert_eq!((piece.row, piece.height), (21, 3));
        assert_eq!(piece.planes, [Samples::U8(vec![4, 5, 6, 7, 8, 9, 10, 11, 0, 0, 0, 0])]);
        let mut other = Piece::zeros([13, 20, 2, 2], SampleType::U8, 1, false);
        other.paste(&piece);
        assert_eq!(other.planes, [Samples::U8(vec![0, 0, 7, 0])]);
        piece.drop_rows_before(100);
        assert_eq!(piece.planes, [Samples::U8(vec![])]);
    }
}
