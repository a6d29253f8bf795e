//! Planes and a mask of one size.

use super::{RasterError, Samples, with_samples};

/// The mask's value of a pixel that holds data.
pub const VALID: u8 = 255;
/// The mask's value of a pixel that holds none.
pub const INVALID: u8 = 0;

/// Some bands' samples over a grid of `width` x `height` pixels, and which pixels are valid.
///
/// Every plane and the mask have `width * height` entries, row by row from the top left.
#[derive(Debug, Clone, PartialEq)]
pub struct Raster {
    width: u32,
    height: u32,
    bands: Vec<Samples>,
    mask: Vec<u8>,
}

impl Raster {
    /// A raster from its parts; the mask's entries are 0 (invalid) or 255 (valid).
    pub fn new(width: u32, height: u32, bands: Vec<Samples>, mask: Vec<u8>) -> Result<Self, RasterError> {
        let pixels = pixel_count(width, height)?;
        let wrong = |what: String, found: usize| RasterError::Length { what, found, expected: pixels };
        if let Some((index, plane)) = bands.iter().enumerate().find(|(_, plane)| plane.len() != pixels) {
            return Err(wrong(format!("band {}", index + 1), plane.len()));
        }
        if mask.len() != pixels {
            return Err(wrong("the mask".to_owned(), mask.len()));
        }
        Ok(Self { width, height, bands, mask })
    }

    /// A raster in which every pixel is valid.
    pub fn fully_valid(width: u32, height: u32, bands: Vec<Samples>) -> Result<Self, RasterError> {
        let mask = vec![VALID; pixel_count(width, height)?];
        Self::new(width, height, bands, mask)
    }

    /// Columns.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Number of pixels: the length of every plane and of the mask.
    pub fn pixels(&self) -> usize {
        self.mask.len()
    }

    /// All planes, in the order in which they were asked for.
    pub fn bands(&self) -> &[Samples] {
        &self.bands
    }

    /// The plane at `index`, counted from 0.
    pub fn band(&self, index: usize) -> Option<&Samples> {
        self.bands.get(index)
    }

    /// 0 (invalid) or 255 (valid) for every pixel.
    pub fn mask(&self) -> &[u8] {
        &self.mask
    }

    /// The position of a pixel in the planes and the mask; `None` outside the raster.
    pub fn index(&self, col: u32, row: u32) -> Option<usize> {
        if col >= self.width || row >= self.height {
            return None;
        }
        usize::try_from(u64::from(row) * u64::from(self.width) + u64::from(col)).ok()
    }

    /// A band's value at a pixel, whether that pixel is valid or not (complex: the real part); `None` outside.
    pub fn value(&self, band: usize, col: u32, row: u32) -> Option<f64> {
        self.band(band)?.value(self.index(col, row)?)
    }

    /// Whether a pixel holds data; `false` outside the raster.
    pub fn is_valid(&self, col: u32, row: u32) -> bool {
        self.index(col, row).and_then(|index| self.mask.get(index)).is_some_and(|&mask| mask != INVALID)
    }

    /// Whether no pixel holds data.
    pub fn is_blank(&self) -> bool {
        self.mask.iter().all(|&mask| mask == INVALID)
    }

    /// Heap bytes of the planes and the mask: what a cache should count.
    pub fn heap_bytes(&self) -> usize {
        self.bands.iter().map(Samples::heap_bytes).fold(self.mask.len(), usize::saturating_add)
    }

    /// The planes and the mask, for a caller that builds another raster out of them.
    pub fn into_parts(self) -> (Vec<Samples>, Vec<u8>) {
        (self.bands, self.mask)
    }

    /// The same planes with another mask.
    pub fn with_mask(self, mask: Vec<u8>) -> Result<Self, RasterError> {
        Self::new(self.width, self.height, self.bands, mask)
    }

    /// A raster of some of the bands, in the order of `indices`; indices past the last band are left out.
    #[must_use]
    pub fn select_bands(&self, indices: &[usize]) -> Self {
        let bands = indices.iter().filter_map(|&index| self.bands.get(index).cloned()).collect();
        Self { width: self.width, height: self.height, bands, mask: self.mask.clone() }
    }

    /// The planes' bytes followed by the mask's, little-endian.
    pub fn to_le_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.heap_bytes());
        for plane in &self.bands {
            with_samples!(plane, plane => plane.iter().for_each(|sample| super::Sample::extend_le_bytes(*sample, &mut out)));
        }
        out.extend_from_slice(&self.mask);
        out
    }
}

fn pixel_count(width: u32, height: u32) -> Result<usize, RasterError> {
    let pixels = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(usize::MAX);
    if pixels == 0 { Err(RasterError::Empty { width, height }) } else { Ok(pixels) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_of_the_wrong_length_is_refused_by_name() {
        let error = Raster::fully_valid(2, 2, vec![Samples::U8(vec![0; 4]), Samples::U8(vec![0; 3])]).unwrap_err();
        assert_eq!(error.to_string(), "band 2 has 3 samples instead of 4");
        assert!(Raster::new(2, 2, vec![], vec![VALID; 5]).is_err());
        assert_eq!(Raster::fully_valid(0, 2, vec![]), Err(RasterError::Empty { width: 0, height: 2 }));
    }

    #[test]
    fn values_are_found_by_column_and_row() {
        let raster = Raster::fully_valid(3, 2, vec![Samples::U8(vec![1, 2, 3, 4, 5, 6])]).unwrap();
        assert_eq!(raster.value(0, 2, 0), Some(3.0));
        assert_eq!(raster.value(0, 0, 1), Some(4.0));
        assert_eq!(raster.value(0, 3, 0), None);
        assert_eq!(raster.value(1, 0, 0), None);
    }

    #[test]
    fn validity_is_the_masks() {
        let raster = Raster::new(2, 1, vec![], vec![INVALID, VALID]).unwrap();
        assert!(!raster.is_valid(0, 0));
        assert!(raster.is_valid(1, 0));
        assert!(!raster.is_valid(2, 0));
        assert!(!raster.is_blank());
    }

    #[test]
    fn bands_are_selected_in_the_order_asked_for() {
        let raster = Raster::fully_valid(1, 1, vec![Samples::U8(vec![1]), Samples::U16(vec![2])]).unwrap();
        let picked = raster.select_bands(&[1, 0, 7]);
        assert_eq!(picked.bands(), [Samples::U16(vec![2]), Samples::U8(vec![1])]);
    }
}
