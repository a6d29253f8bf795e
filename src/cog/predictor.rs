//! The predictor for floating point numbers (Adobe, TIFF technical note 3).
//!
//! Horizontal differences of integers are undone while samples are put into planes; see `unpack`.

/// Undoes the differences between bytes of each row, which leaves the bytes of its samples apart: first all highest bytes,
/// then the next ones. `stride` is the number of samples of a pixel.
pub(crate) fn undo_byte_differences(data: &mut [u8], row_bytes: usize, stride: usize) {
    for row in data.chunks_exact_mut(row_bytes.max(1)) {
        match stride {
            1 => add_up::<1>(row),
            2 => add_up::<2>(row),
            3 => add_up::<3>(row),
            4 => add_up::<4>(row),
            stride => (stride..row.len()).for_each(|index| {
                let before = row.get(index - stride).copied().unwrap_or(0);
                if let Some(byte) = row.get_mut(index) {
                    *byte = byte.wrapping_add(before);
                }
            }),
        }
    }
}

fn add_up<const STRIDE: usize>(row: &mut [u8]) {
    let mut sums = [0_u8; STRIDE];
    for pixel in row.as_chunks_mut::<STRIDE>().0 {
        for (sum, byte) in sums.iter_mut().zip(pixel) {
            *sum = sum.wrapping_add(*byte);
            *byte = *sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn differences_are_undone_for_any_number_of_samples(
            stride in 1_usize..7,
            pixels in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let row_bytes = (pixels.len() / stride / 2 * stride).max(stride);
            let rows = pixels.len() / row_bytes;
            let original = pixels[..rows * row_bytes].to_vec();
            let mut coded = original.clone();
            for row in coded.chunks_exact_mut(row_bytes) {
                for index in (stride..row.len()).rev() {
                    row[index] = row[index].wrapping_sub(row[index - stride]);
                }
            }
            undo_byte_differences(&mut coded, row_bytes, stride);
            prop_assert_eq!(coded, original);
        }
    }
}
