//! The predictor for floating point numbers (Adobe, TIFF technical note 3).
//!
//! A row holds the highest bytes of all its samples, then the next ones, and so on; each byte is the difference from the
//! one a pixel before. Horizontal differences of whole words are undone while samples are put into planes; see `words`.

use super::codec::Shape;

/// One plane for each sample of a pixel, of numbers of `BYTES` bytes; `convert` takes a number's bytes, highest first.
pub(crate) fn planes<T: Copy + Default, const BYTES: usize>(
    bytes: &[u8],
    shape: &Shape,
    convert: impl Fn([u8; BYTES]) -> T,
) -> Vec<Vec<T>> {
    let mut planes: Vec<Vec<T>> = (0..shape.samples).map(|_| vec![T::default(); shape.pixels()]).collect();
    for (index, row) in bytes.chunks_exact(shape.row_bytes.max(1)).enumerate() {
        let columns = index * shape.width..(index + 1) * shape.width;
        for (first, plane) in planes.iter_mut().enumerate() {
            line(row, shape, (first, 0), plane.get_mut(columns.clone()).unwrap_or_default(), &convert);
        }
    }
    planes
}

/// Numbers of one row, those of the sample `index` of each pixel from the column `col` on, as many as `target` takes.
///
/// The parts of a row are one running sum. What each part begins with is worked out before, so that the sums of all parts
/// can run side by side.
#[inline]
pub(crate) fn line<T, const BYTES: usize>(
    row: &[u8],
    shape: &Shape,
    (index, col): (usize, usize),
    target: &mut [T],
    convert: impl Fn([u8; BYTES]) -> T,
) {
    let in_part = shape.width * shape.samples;
    let parts: [&[u8]; BYTES] =
        std::array::from_fn(|part| row.get(part * in_part..(part + 1) * in_part).unwrap_or_default());
    match shape.samples {
        1 => add_up_alone(parts, col, target, convert),
        samples => add_up(parts.map(|part| part.iter().skip(index).step_by(samples)), col, target, convert),
    }
}

/// Adds up the differences of a row of one sample a pixel. All slices are cut to one length first, so that the loop checks
/// no bounds.
#[inline]
fn add_up_alone<T, const BYTES: usize>(
    parts: [&[u8]; BYTES],
    col: usize,
    target: &mut [T],
    convert: impl Fn([u8; BYTES]) -> T,
) {
    let mut before = 0_u8;
    let mut sums = parts.map(|part| {
        let (left, right) = part.split_at_checked(col).unwrap_or((part, &[]));
        let start = before.wrapping_add(sum(left));
        before = start.wrapping_add(sum(right));
        start
    });
    let parts = parts.map(|part| part.get(col..).unwrap_or_default());
    let columns = parts.iter().map(|part| part.len()).min().unwrap_or(0).min(target.len());
    let (parts, target) = (parts.map(|part| &part[..columns]), &mut target[..columns]);
    for column in 0..columns {
        for (sum, part) in sums.iter_mut().zip(&parts) {
            *sum = sum.wrapping_add(part[column]);
        }
        target[column] = convert(sums);
    }
}

/// The sum of many differences, several added side by side.
fn sum(differences: &[u8]) -> u8 {
    const SIDE_BY_SIDE: usize = 32;
    let (groups, rest) = differences.as_chunks::<SIDE_BY_SIDE>();
    let mut lanes = [0_u8; SIDE_BY_SIDE];
    for group in groups {
        lanes.iter_mut().zip(group).for_each(|(lane, &difference)| *lane = lane.wrapping_add(difference));
    }
    lanes.iter().chain(rest).fold(0, |sum, &difference| sum.wrapping_add(difference))
}

/// Adds up the differences of one plane's row.
#[inline]
fn add_up<'a, T, const BYTES: usize>(
    mut parts: [impl Iterator<Item = &'a u8> + Clone; BYTES],
    col: usize,
    target: &mut [T],
    convert: impl Fn([u8; BYTES]) -> T,
) {
    let add = |sum: u8, &difference: &u8| sum.wrapping_add(difference);
    let mut before = 0_u8;
    let mut sums = parts.each_mut().map(|part| {
        let start = part.by_ref().take(col).fold(before, add);
        before = part.clone().fold(start, add);
        start
    });
    for sample in target {
        for (sum, part) in sums.iter_mut().zip(&mut parts) {
            *sum = sum.wrapping_add(part.next().copied().unwrap_or(0));
        }
        *sample = convert(sums);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back_for_any_number_of_samples(
            samples in 1_usize..6,
            width in 1_usize..9,
            values in proptest::collection::vec(any::<u32>(), 80),
        ) {
            let shape = Shape::for_tests(width, 2, samples, 32);
            let mut coded = Vec::new();
            for row in values.chunks_exact(width * samples).take(2) {
                let mut bytes: Vec<u8> =
                    (0..4).flat_map(|part| row.iter().map(move |value| value.to_be_bytes()[part])).collect();
                for index in (samples..bytes.len()).rev() {
                    bytes[index] = bytes[index].wrapping_sub(bytes[index - samples]);
                }
                coded.extend(bytes);
            }
            let expected: Vec<Vec<u32>> = (0..samples)
                .map(|first| values.iter().skip(first).step_by(samples).take(width * 2).copied().collect())
                .collect();
            prop_assert_eq!(planes(&coded, &shape, u32::from_be_bytes), expected);
        }
    }
}
