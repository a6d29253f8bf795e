//! The predictor for floating point numbers (Adobe, TIFF technical note 3).
//!
//! A row holds the highest bytes of all its samples, then the next ones, and so on; each byte is the difference from the
//! one a pixel before. Horizontal differences of whole words are undone while samples are put into planes; see `words`.

use super::codec::Shape;

/// One plane for each sample of a pixel, of numbers of `BYTES` bytes; `convert` takes a number's bytes, highest first.
///
/// The parts of a row are one running sum. What each part begins with is worked out before, so that the sums of all parts
/// can run side by side.
pub(crate) fn planes<T: Copy + Default, const BYTES: usize>(
    bytes: &[u8],
    shape: &Shape,
    convert: impl Fn([u8; BYTES]) -> T,
) -> Vec<Vec<T>> {
    let in_part = shape.width * shape.samples;
    let mut planes: Vec<Vec<T>> = (0..shape.samples).map(|_| vec![T::default(); shape.pixels()]).collect();
    for (index, row) in bytes.chunks_exact(shape.row_bytes.max(1)).enumerate() {
        let parts: [&[u8]; BYTES] =
            std::array::from_fn(|part| row.get(part * in_part..(part + 1) * in_part).unwrap_or_default());
        let columns = index * shape.width..(index + 1) * shape.width;
        for (first, plane) in planes.iter_mut().enumerate() {
            let target = plane.get_mut(columns.clone()).unwrap_or_default();
            match shape.samples {
                1 => add_up_alone(parts, target, &convert),
                samples => add_up(parts.map(|part| part.iter().skip(first).step_by(samples)), target, &convert),
            }
        }
    }
    planes
}

/// Adds up the differences of a row of one sample a pixel. All slices are cut to one length first, so that the loop checks
/// no bounds.
#[inline]
fn add_up_alone<T, const BYTES: usize>(parts: [&[u8]; BYTES], target: &mut [T], convert: impl Fn([u8; BYTES]) -> T) {
    let columns = parts.iter().map(|part| part.len()).min().unwrap_or(0).min(target.len());
    let (parts, target) = (parts.map(|part| &part[..columns]), &mut target[..columns]);
    let mut before = 0_u8;
    let mut sums = parts.map(|part| {
        let start = before;
        before = part.iter().fold(before, |sum, &difference| sum.wrapping_add(difference));
        start
    });
    for column in 0..columns {
        for (sum, part) in sums.iter_mut().zip(&parts) {
            *sum = sum.wrapping_add(part[column]);
        }
        target[column] = convert(sums);
    }
}

/// Adds up the differences of one plane's row.
#[inline]
fn add_up<'a, T, const BYTES: usize>(
    parts: [impl Iterator<Item = &'a u8> + Clone; BYTES],
    target: &mut [T],
    convert: impl Fn([u8; BYTES]) -> T,
) {
    let mut before = 0_u8;
    let mut sums = parts.each_ref().map(|part| {
        let start = before;
        before = part.clone().fold(before, |sum, &difference| sum.wrapping_add(difference));
        start
    });
    let mut parts = parts;
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
