//! Blocks that stay as the decoder left them: samples are unpacked as windows are read, and only those that are asked for.
//!
//! A window rarely needs whole blocks. Going over the rows that it does need, each up to its last column, takes about as long as
//! copying them would, and the planes of whole blocks are never made.

use std::sync::{Arc, OnceLock};

use super::codec::Shape;
use super::file::ByteOrder;
use super::predictor;
use super::spares::Spares;
use super::tags::{Predictor, SampleFormat};
use super::unpack::{Packing, unpack};
use super::words::{Word, split_row};
use crate::raster::{Sample, Samples};

/// Wider blocks are unpacked at once: with a predictor each row must be gone over from its beginning.
const MAX_WIDTH: usize = 2048;
/// Larger blocks stay packed however wide they are: memory for all of them twice would be too much.
const LARGE_BYTES: usize = 64 << 20;

/// The uncompressed bytes of a block of samples of 8, 16, 32 or 64 bits.
#[derive(Debug)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    shape: Shape,
    packing: Packing,
    spares: Arc<Spares>,
    /// All of it, for those who want that.
    planes: OnceLock<Vec<Samples>>,
}

/// A part of a block: where it begins, how large it is, where its first pixel goes in a plane, and how far rows lie apart there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) col: usize,
    pub(crate) row: usize,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) to: usize,
    pub(crate) to_stride: usize,
}

impl Part {
    /// Where the part's rows go in a plane, from the top.
    fn targets<'t, T>(&self, plane: &'t mut [T]) -> impl Iterator<Item = &'t mut [T]> + use<'t, T> {
        let columns = self.columns;
        let rows = plane.get_mut(self.to..).unwrap_or_default().chunks_mut(self.to_stride.max(1)).take(self.rows);
        rows.map(move |row| row.get_mut(..columns).unwrap_or_default())
    }
}

impl Packed {
    /// Whether blocks of that shape can stay packed.
    pub(crate) fn suits(shape: &Shape, packing: &Packing) -> bool {
        let is_integer = matches!(packing.format, SampleFormat::Unsigned | SampleFormat::Signed | SampleFormat::Void);
        let is_float = packing.format == SampleFormat::Float;
        let is_simple = match packing.predictor {
            Predictor::None | Predictor::Horizontal => {
                (is_integer && matches!(shape.bits, 8 | 16 | 32 | 64)) || (is_float && matches!(shape.bits, 32 | 64))
            }
            Predictor::FloatingPoint => is_float && matches!(shape.bits, 32 | 64),
            Predictor::Other(_) => false,
        };
        is_simple && (shape.width <= MAX_WIDTH || shape.bytes >= LARGE_BYTES)
    }

    /// `bytes` are those of a whole block, of a shape and packing that [suit](Self::suits).
    pub(crate) fn new(bytes: Vec<u8>, shape: Shape, packing: Packing, spares: Arc<Spares>) -> Self {
        Self { bytes, shape, packing, spares, planes: OnceLock::new() }
    }

    /// Heap bytes, without planes that somebody asked for.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// All samples, one plane for each of a pixel.
    pub(crate) fn planes(&self) -> &[Samples] {
        self.planes.get_or_init(|| unpack(&self.bytes, &self.shape, self.packing).unwrap_or_default())
    }

    /// Unpacks a part of the block into planes; each target is one with the index of the sample that it takes.
    pub(crate) fn copy(&self, part: &Part, targets: &mut [(usize, &mut Samples)]) {
        use SampleFormat::{Float, Signed};
        match (self.packing.format, self.shape.bits, self.packing.predictor) {
            (Float, 32, Predictor::FloatingPoint) => self.copy_apart(part, targets, f32::from_be_bytes),
            (Float, 64, Predictor::FloatingPoint) => self.copy_apart(part, targets, f64::from_be_bytes),
            (Float, 32, _) => self.copy_words(part, targets, f32::from_bits),
            (Float, 64, _) => self.copy_words(part, targets, f64::from_bits),
            (Signed, 8, _) => self.copy_words(part, targets, u8::cast_signed),
            (Signed, 16, _) => self.copy_words(part, targets, u16::cast_signed),
            (Signed, 32, _) => self.copy_words(part, targets, u32::cast_signed),
            (Signed, 64, _) => self.copy_words(part, targets, u64::cast_signed),
            (_, 8, _) => self.copy_words(part, targets, |word: u8| word),
            (_, 16, _) => self.copy_words(part, targets, |word: u16| word),
            (_, 32, _) => self.copy_words(part, targets, |word: u32| word),
            (_, 64, _) => self.copy_words(part, targets, |word: u64| word),
            _ => {}
        }
    }

    /// The bytes of the part's rows, whole rows.
    fn rows(&self, part: &Part) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.shape.row_bytes.max(1)).skip(part.row).take(part.rows)
    }

    fn copy_words<W: Word, T: Sample>(
        &self,
        part: &Part,
        targets: &mut [(usize, &mut Samples)],
        convert: impl Fn(W) -> T + Copy,
    ) {
        match self.packing.order {
            ByteOrder::LittleEndian => self.copy_read(part, targets, W::from_little_endian, convert),
            ByteOrder::BigEndian => self.copy_read(part, targets, W::from_big_endian, convert),
        }
    }

    fn copy_read<W: Word, T: Sample>(
        &self,
        part: &Part,
        targets: &mut [(usize, &mut Samples)],
        read: impl Fn(W::Bytes) -> W + Copy,
        convert: impl Fn(W) -> T + Copy,
    ) {
        let indices: Vec<usize> = targets.iter().map(|(index, _)| *index).collect();
        let mut planes: Vec<&mut [T]> = targets.iter_mut().filter_map(|(_, samples)| T::of_mut(samples)).collect();
        match (self.shape.samples, indices.as_slice(), planes.as_mut_slice()) {
            (1, [0], [plane]) => self.copy_alone(part, plane, read, convert),
            (2, [0, 1], [a, b]) => self.copy_together(part, [a, b], read, convert),
            (3, [0, 1, 2], [a, b, c]) => self.copy_together(part, [a, b, c], read, convert),
            (4, [0, 1, 2, 3], [a, b, c, d]) => self.copy_together(part, [a, b, c, d], read, convert),
            _ => {
                for (index, plane) in indices.into_iter().zip(planes) {
                    self.copy_one_of_many(part, index, plane, read, convert);
                }
            }
        }
    }

    fn has_differences(&self) -> bool {
        self.packing.predictor == Predictor::Horizontal
    }

    /// One sample a pixel.
    fn copy_alone<W: Word, T: Sample>(
        &self,
        part: &Part,
        plane: &mut [T],
        read: impl Fn(W::Bytes) -> W,
        convert: impl Fn(W) -> T,
    ) {
        for (row, target) in self.rows(part).zip(part.targets(plane)) {
            let (before, words) = W::split(row).split_at_checked(part.col).unwrap_or_default();
            if self.has_differences() {
                let mut sum = before.iter().fold(W::default(), |sum, &word| sum.plus(read(word)));
                for (sample, &word) in target.iter_mut().zip(words) {
                    sum = sum.plus(read(word));
                    *sample = convert(sum);
                }
            } else {
                target.iter_mut().zip(words).for_each(|(sample, &word)| *sample = convert(read(word)));
            }
        }
    }

    /// All samples of each pixel, in one pass, the sums in registers.
    fn copy_together<W: Word, T: Sample, const N: usize>(
        &self,
        part: &Part,
        planes: [&mut [T]; N],
        read: impl Fn(W::Bytes) -> W,
        convert: impl Fn(W) -> T,
    ) {
        let mut targets = planes.map(|plane| part.targets(plane));
        for row in self.rows(part) {
            let target = targets.each_mut().map(|rows| rows.next().unwrap_or_default());
            let pixels = W::split(row).as_chunks::<N>().0;
            let (before, pixels) = pixels.split_at_checked(part.col).unwrap_or_default();
            if self.has_differences() {
                let mut sums = sums_of(before, &read);
                split_row(pixels, target, |words| {
                    for (sum, &word) in sums.iter_mut().zip(words) {
                        *sum = sum.plus(read(word));
                    }
                    sums.map(&convert)
                });
            } else {
                split_row(pixels, target, |words| words.map(|word| convert(read(word))));
            }
        }
    }

    /// The sample `index` of each pixel.
    fn copy_one_of_many<W: Word, T: Sample>(
        &self,
        part: &Part,
        index: usize,
        plane: &mut [T],
        read: impl Fn(W::Bytes) -> W,
        convert: impl Fn(W) -> T,
    ) {
        let samples = self.shape.samples.max(1);
        for (row, target) in self.rows(part).zip(part.targets(plane)) {
            let words = W::split(row).get(index..).unwrap_or_default();
            let mut sum = W::default();
            if self.has_differences() {
                let before = words.iter().step_by(samples).take(part.col);
                sum = before.fold(sum, |sum, &word| sum.plus(read(word)));
            }
            let wanted = words.get(part.col * samples..).unwrap_or_default();
            for (sample, &word) in target.iter_mut().zip(wanted.iter().step_by(samples)) {
                sum = if self.has_differences() { sum.plus(read(word)) } else { read(word) };
                *sample = convert(sum);
            }
        }
    }

    /// Floating point numbers whose bytes lie apart; see [`predictor`].
    fn copy_apart<T: Sample, const BYTES: usize>(
        &self,
        part: &Part,
        targets: &mut [(usize, &mut Samples)],
        convert: impl Fn([u8; BYTES]) -> T + Copy,
    ) {
        for (index, samples) in targets {
            let Some(plane) = T::of_mut(samples) else { continue };
            for (row, target) in self.rows(part).zip(part.targets(plane)) {
                predictor::line(row, &self.shape, (*index, part.col), target, convert);
            }
        }
    }
}

impl Drop for Packed {
    fn drop(&mut self) {
        self.spares.give(std::mem::take(&mut self.bytes));
    }
}

/// The sums of pixels' words, sample by sample. Several pixels are added side by side, so that it takes but few steps.
fn sums_of<W: Word, const N: usize>(pixels: &[[W::Bytes; N]], read: impl Fn(W::Bytes) -> W) -> [W; N] {
    const SIDE_BY_SIDE: usize = 16;
    let add = |sums: &mut [W; N], words: &[W::Bytes; N]| {
        for (sum, &word) in sums.iter_mut().zip(words) {
            *sum = sum.plus(read(word));
        }
    };
    let (groups, rest) = pixels.as_chunks::<SIDE_BY_SIDE>();
    let mut lanes = [[W::default(); N]; SIDE_BY_SIDE];
    for group in groups {
        lanes.iter_mut().zip(group).for_each(|(sums, words)| add(sums, words));
    }
    let mut sums = [W::default(); N];
    rest.iter().for_each(|words| add(&mut sums, words));
    for lane in lanes {
        sums.iter_mut().zip(lane).for_each(|(sum, of_lane)| *sum = sum.plus(of_lane));
    }
    sums
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cog::unpack::sample_type;

    fn packings() -> impl Strategy<Value = (usize, Packing)> {
        let integers = [SampleFormat::Unsigned, SampleFormat::Signed].into_iter().flat_map(|format| {
            [8, 16, 32, 64].into_iter().flat_map(move |bits| {
                [Predictor::None, Predictor::Horizontal].map(move |predictor| (bits, format, predictor))
            })
        });
        let floats = [32, 64].into_iter().flat_map(|bits| {
            [Predictor::None, Predictor::Horizontal, Predictor::FloatingPoint]
                .map(move |predictor| (bits, SampleFormat::Float, predictor))
        });
        let all: Vec<_> = integers.chain(floats).collect();
        (proptest::sample::select(all), any::<bool>()).prop_map(|((bits, format, predictor), big)| {
            let order = if big { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };
            (bits, Packing { format, order, predictor })
        })
    }

    fn bits_of(plane: &Samples) -> Vec<u8> {
        let mut bytes = Vec::new();
        plane.extend_le_bytes(&mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn a_part_is_what_the_whole_has_there(
            (bits, packing) in packings(),
            samples in 1_usize..6,
            (width, rows) in (1_usize..20, 1_usize..5),
            (col, row) in (0_usize..20, 0_usize..5),
            seed in any::<u8>(),
        ) {
            let shape = Shape::for_tests(width, rows, samples, bits);
            prop_assert!(Packed::suits(&shape, &packing));
            let bytes: Vec<u8> = (0..shape.bytes).map(|at| (at * at / 7 + 31 * at) as u8 ^ seed).collect();
            let packed = Packed::new(bytes, shape, packing, Arc::new(Spares::new(0)));
            let (col, row) = (col % width, row % rows);
            let part = Part { col, row, columns: width - col, rows: rows - row, to: 3, to_stride: width + 2 };
            let mut planes: Vec<Samples> = (0..samples)
                .map(|_| Samples::zeros(sample_type(bits as u16, packing.format).unwrap(), 3 + (width + 2) * rows))
                .collect();
            let mut targets: Vec<(usize, &mut Samples)> = planes.iter_mut().enumerate().collect();
            // All samples, and then one of them once more by itself.
            packed.copy(&part, &mut targets);
            if let Some(last) = targets.last_mut() {
                packed.copy(&part, std::slice::from_mut(last));
            }
            let size = bits / 8;
            for (plane, whole) in planes.iter().zip(packed.planes()) {
                let (found, whole) = (bits_of(plane), bits_of(whole));
                for line in 0..part.rows {
                    let found = &found[size * (3 + line * (width + 2))..][..size * part.columns];
                    let wanted = &whole[size * ((row + line) * width + col)..][..size * part.columns];
                    prop_assert_eq!(found, wanted);
                }
                prop_assert!(found[..3 * size].iter().all(|&byte| byte == 0));
            }
        }
    }

    #[test]
    fn a_dropped_block_leaves_its_buffer() {
        let spares = Arc::new(Spares::new(1 << 20));
        let shape = Shape::for_tests(256, 256, 1, 8);
        let packing =
            Packing { format: SampleFormat::Unsigned, order: ByteOrder::LittleEndian, predictor: Predictor::None };
        drop(Packed::new(vec![9; shape.bytes], shape, packing, Arc::clone(&spares)));
        assert_eq!(spares.take(shape.bytes), vec![9; shape.bytes]);
    }
}
