//! A picture of 8-bit pixels: what the window uploads and the encoders write.

use thiserror::Error;

/// The pixels given don't fill the size given.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("a picture of {width} x {height} pixels can't be made of {bytes} bytes")]
pub struct ImageSizeError {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Bytes that were given for them.
    pub bytes: usize,
}

/// Red, green, blue and straight (unmultiplied) alpha, one byte each, row by row from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RgbaImage {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// `width * height * 4` bytes.
    pub pixels: Vec<u8>,
}

impl RgbaImage {
    /// A picture of these pixels, if they are as many as the size needs.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self, ImageSizeError> {
        if byte_len(width, height) == Some(pixels.len()) {
            Ok(Self { width, height, pixels })
        } else {
            Err(ImageSizeError { width, height, bytes: pixels.len() })
        }
    }

    /// A wholly transparent picture; of no pixels if the size is beyond the machine's memory addresses.
    pub fn transparent(width: u32, height: u32) -> Self {
        match byte_len(width, height) {
            Some(bytes) => Self { width, height, pixels: vec![0; bytes] },
            None => Self { width: 0, height: 0, pixels: Vec::new() },
        }
    }

    /// The pixel in this column and row, or `None` outside the picture.
    pub fn pixel(&self, col: u32, row: u32) -> Option<[u8; 4]> {
        if col >= self.width || row >= self.height {
            return None;
        }
        let index = usize::try_from(row).ok()?.checked_mul(usize::try_from(self.width).ok()?)?;
        let start = index.checked_add(usize::try_from(col).ok()?)?.checked_mul(4)?;
        self.pixels.get(start..)?.first_chunk().copied()
    }

    /// Whether no pixel shows anything.
    pub fn is_blank(&self) -> bool {
        self.alphas_are(0)
    }

    /// Whether nothing below shines through any pixel.
    pub fn is_opaque(&self) -> bool {
        self.alphas_are(u8::MAX)
    }

    /// A run of pixels at a time, without a way out inside it: that compiles to wide comparisons.
    fn alphas_are(&self, wanted: u8) -> bool {
        const RUN: usize = 256;
        let (pixels, _) = self.pixels.as_chunks::<4>();
        pixels.chunks(RUN).all(|run| run.iter().fold(0, |others, pixel| others | (pixel[3] ^ wanted)) == 0)
    }

    /// Lays `top` over this picture where both have pixels ("over" of Porter and Duff, straight alpha).
    ///
    /// Two pictures of different sizes are laid with their top left corners together.
    pub fn composite(&mut self, top: &Self) {
        self.meet(top, (0, 0), |own, other| *own = blend(*own, other));
    }

    /// Lays `below` under this picture, its top left corner in this column and row; what reaches beyond is cut off.
    pub fn composite_below(&mut self, below: &Self, corner: (u32, u32)) {
        self.meet(below, corner, |own, other| *own = blend(other, *own));
    }

    /// Lays the picture on a colour that nothing shines through.
    pub fn flatten(&mut self, [red, green, blue]: [u8; 3]) {
        let (pixels, _) = self.pixels.as_chunks_mut::<4>();
        for pixel in pixels.iter_mut().filter(|pixel| pixel[3] != u8::MAX) {
            *pixel = blend([red, green, blue, u8::MAX], *pixel);
        }
    }

    /// Hands over each of this picture's pixels that the other one has too, when that one's top left corner is laid in a column
    /// and row of this one.
    fn meet(&mut self, other: &Self, (col, row): (u32, u32), mut change: impl FnMut(&mut [u8; 4], [u8; 4])) {
        let size = usize::try_from;
        let (Ok(stride), Ok(other_stride)) = (size(self.width), size(other.width)) else { return };
        let (Ok(col), Ok(row)) = (size(col), size(row)) else { return };
        if stride == 0 || other_stride == 0 {
            return;
        }
        let own_rows = self.pixels.chunks_exact_mut(stride * 4).skip(row);
        for (own_row, other_row) in own_rows.zip(other.pixels.chunks_exact(other_stride * 4)) {
            let (own_pixels, _) = own_row.as_chunks_mut::<4>();
            let (other_pixels, _) = other_row.as_chunks::<4>();
            for (own, &other) in own_pixels.iter_mut().skip(col).zip(other_pixels) {
                change(own, other);
            }
        }
    }

    /// Multiplies every pixel's alpha by an opacity from 0 (gone) to 1 (unchanged).
    pub fn fade(&mut self, opacity: f64) {
        for alpha in self.pixels.iter_mut().skip(3).step_by(4) {
            *alpha = super::to_byte(f64::from(*alpha) * opacity.clamp(0.0, 1.0));
        }
    }
}

fn byte_len(width: u32, height: u32) -> Option<usize> {
    usize::try_from(u64::from(width).checked_mul(u64::from(height))?.checked_mul(4)?).ok()
}

/// `over` on `below`, both with straight alpha; rounded to the nearest.
fn blend(below: [u8; 4], over: [u8; 4]) -> [u8; 4] {
    let (over_alpha, below_alpha) = (u32::from(over[3]), u32::from(below[3]));
    match (over_alpha, below_alpha) {
        (255, _) | (_, 0) => return over,
        (0, _) => return below,
        _ => {}
    }
    // Alphas in units of 1 / 255^2 keep the sums exact.
    let top_weight = over_alpha * 255;
    let below_weight = below_alpha * (255 - over_alpha);
    let total = top_weight + below_weight;
    let mix = |top: u8, under: u8| {
        let sum = u32::from(top) * top_weight + u32::from(under) * below_weight;
        u8::try_from((sum + total / 2) / total).unwrap_or(u8::MAX)
    };
    let alpha = u8::try_from((total + 127) / 255).unwrap_or(u8::MAX);
    [mix(over[0], below[0]), mix(over[1], below[1]), mix(over[2], below[2]), alpha]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(pixel: [u8; 4]) -> RgbaImage {
        RgbaImage::new(1, 1, pixel.to_vec()).unwrap()
    }

    #[test]
    fn pixels_that_do_not_fill_the_picture_are_refused() {
        let error = RgbaImage::new(2, 2, vec![0; 15]).unwrap_err();
        assert_eq!(error, ImageSizeError { width: 2, height: 2, bytes: 15 });
    }

    #[test]
    fn one_pixel_decides_whether_all_are_opaque_or_blank() {
        let mut opaque = RgbaImage::new(25, 23, [9, 9, 9, 255].repeat(25 * 23)).unwrap();
        assert!(opaque.is_opaque() && !opaque.is_blank());
        opaque.pixels[25 * 23 * 4 - 1] = 254;
        assert!(!opaque.is_opaque());
        let mut blank = RgbaImage::transparent(25, 23);
        assert!(blank.is_blank() && !blank.is_opaque());
        blank.pixels[25 * 23 * 4 - 1] = 1;
        assert!(!blank.is_blank());
    }

    #[test]
    fn an_opaque_picture_hides_what_is_below() {
        let mut below = one([10, 20, 30, 255]);
        below.composite(&one([1, 2, 3, 255]));
        assert_eq!(below.pixel(0, 0), Some([1, 2, 3, 255]));
    }

    #[test]
    fn a_transparent_picture_changes_nothing() {
        let mut below = one([10, 20, 30, 200]);
        below.composite(&one([255, 255, 255, 0]));
        assert_eq!(below.pixel(0, 0), Some([10, 20, 30, 200]));
    }

    #[test]
    fn half_transparent_white_over_black_is_grey() {
        let mut below = one([0, 0, 0, 255]);
        below.composite(&one([255, 255, 255, 128]));
        assert_eq!(below.pixel(0, 0), Some([128, 128, 128, 255]));
    }

    #[test]
    fn two_half_transparent_pictures_follow_porter_and_duff() {
        let mut below = one([0, 0, 200, 128]);
        below.composite(&one([200, 0, 0, 128]));
        // alpha = 128 + 128 * 127 / 255 = 191.75; red = 200 * 128 / 191.75 = 133.5.
        assert_eq!(below.pixel(0, 0), Some([134, 0, 66, 192]));
    }

    #[test]
    fn a_smaller_picture_goes_below_at_its_place() {
        let mut above = RgbaImage::transparent(3, 2);
        above.pixels[(3 + 1) * 4..(3 + 2) * 4].copy_from_slice(&[9, 9, 9, 255]);
        let below = RgbaImage::new(2, 2, [7, 7, 7, 255].repeat(4)).unwrap();
        above.composite_below(&below, (1, 1));
        let shown = |col, row| above.pixel(col, row).map(|pixel| (pixel[0], pixel[3]));
        assert_eq!([shown(0, 1), shown(1, 1), shown(2, 1)], [Some((0, 0)), Some((9, 255)), Some((7, 255))]);
        assert_eq!([shown(1, 0), shown(2, 0)], [Some((0, 0)), Some((0, 0))]);
    }

    #[test]
    fn a_picture_on_a_colour_is_opaque() {
        let mut image = RgbaImage::new(3, 1, [[9, 8, 7, 0], [0, 0, 0, 128], [1, 2, 3, 255]].concat()).unwrap();
        image.flatten([255, 0, 255]);
        assert_eq!(image.pixels, [[255, 0, 255, 255], [127, 0, 127, 255], [1, 2, 3, 255]].concat());
    }

    #[test]
    fn fading_scales_alpha_only() {
        let mut image = one([9, 8, 7, 200]);
        image.fade(0.5);
        assert_eq!(image.pixel(0, 0), Some([9, 8, 7, 100]));
    }

    #[test]
    fn a_pixel_outside_is_none() {
        assert_eq!(one([1, 1, 1, 1]).pixel(1, 0), None);
        assert_eq!(one([1, 1, 1, 1]).pixel(0, 1), None);
    }
}
