//! The program's icon, drawn here so that it needs no picture: three levels of a pyramid, the finest below, and a target.
//! `assets/cogscope.ico`, which Windows wants inside the executable, holds the same drawing in the sizes that Windows asks for.

use egui::IconData;

/// Width and height in pixels of the window's own icon.
const SIDE: u32 = 64;
/// The drawing's own units a side, whatever the size in pixels.
const UNITS: f32 = 64.0;
/// Points a pixel and axis that are averaged, so that edges are smooth at 16 pixels too.
const POINTS: u32 = 4;
const GROUND: [u8; 3] = [24, 30, 40];
const LEVELS: [([u8; 3], f32, f32); 3] =
    [([32, 96, 168], 48.0, 46.0), ([56, 140, 220], 34.0, 32.0), ([140, 200, 255], 20.0, 18.0)];
const TARGET: [u8; 3] = [255, 190, 60];

/// The icon of the window.
pub fn icon() -> IconData {
    IconData { rgba: draw(SIDE), width: SIDE, height: SIDE }
}

/// The drawing at `side` x `side` pixels, as RGBA with straight alpha.
fn draw(side: u32) -> Vec<u8> {
    let rows = (0..side).flat_map(|y| (0..side).map(move |x| [x, y]));
    rows.flat_map(|pixel| average(pixel, side)).collect()
}

/// The mean of the points of a pixel.
fn average([x, y]: [u32; 2], side: u32) -> [u8; 4] {
    let unit = |pixel: u32, point: u32| (pixel as f32 + (point as f32 + 0.5) / POINTS as f32) * UNITS / side as f32;
    let mut sums = [0_u32; 3];
    let mut inside = 0;
    for point in 0..POINTS * POINTS {
        let Some(color) = color_at(unit(x, point % POINTS), unit(y, point / POINTS)) else { continue };
        inside += 1;
        for (sum, channel) in sums.iter_mut().zip(color) {
            *sum += u32::from(channel);
        }
    }
    let byte = |value: u32| u8::try_from(value).unwrap_or(u8::MAX);
    let [red, green, blue] = sums.map(|sum| byte(sum.checked_div(inside).unwrap_or(0)));
    [red, green, blue, byte(inside * u32::from(u8::MAX) / (POINTS * POINTS))]
}

/// The colour at a point of the drawing; `None` outside the square with round corners.
fn color_at(x: f32, y: f32) -> Option<[u8; 3]> {
    let middle = UNITS / 2.0;
    let (dx, dy) = ((x - middle).abs() - 20.0, (y - middle).abs() - 20.0);
    if dx.max(0.0).hypot(dy.max(0.0)) > 11.0 {
        return None;
    }
    if (x - middle).hypot(y - 16.0) <= 4.5 {
        return Some(TARGET);
    }
    // Each level is a flat rhombus; the coarsest lies on top.
    let level = LEVELS
        .iter()
        .rev()
        .find(|(_, width, top)| (x - middle).abs() / (width / 2.0) + (y - top).abs() / (width / 4.0) <= 1.0);
    Some(level.map_or(GROUND, |(color, ..)| *color))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{RgbaImage, encode};
    use std::path::Path;

    /// What the shell of Windows asks for between 100 and 400 % scale.
    const ICO_SIDES: [u32; 8] = [16, 20, 24, 32, 40, 48, 64, 256];
    /// Above this, a picture in an .ico file is a PNG; up to it, a bitmap, which every resource compiler takes.
    const LARGEST_BITMAP: u32 = 64;

    #[test]
    fn the_icon_is_whole_and_has_clear_corners() {
        let icon = icon();
        assert_eq!(icon.rgba.len(), 64 * 64 * 4);
        assert_eq!(icon.rgba.get(3), Some(&0));
        assert!(icon.rgba.chunks(4).any(|pixel| pixel == [255, 190, 60, 255]));
    }

    #[test]
    fn a_small_icon_still_shows_each_color() {
        let icon = draw(32);
        for color in LEVELS.map(|(color, ..)| color).into_iter().chain([GROUND, TARGET]) {
            assert!(icon.chunks(4).any(|pixel| pixel.starts_with(&color)), "{color:?} is there");
        }
    }

    /// With `COGSCOPE_WRITE_ICON` set, the test writes the file instead, after the drawing was changed.
    #[test]
    fn the_file_for_windows_holds_this_drawing() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/cogscope.ico");
        let drawn = ico();
        if std::env::var_os("COGSCOPE_WRITE_ICON").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        assert!(std::fs::read(&path).unwrap() == drawn, "{} is out of date", path.display());
    }

    /// An .ico file: a header of 6 bytes, an entry of 16 for each size, then the pictures.
    fn ico() -> Vec<u8> {
        let pictures = ICO_SIDES.map(|side| if side > LARGEST_BITMAP { png(side) } else { bitmap(side) });
        let mut file = Vec::new();
        file.extend([0, 0, 1, 0]);
        file.extend((ICO_SIDES.len() as u16).to_le_bytes());
        let mut offset = 6 + 16 * ICO_SIDES.len();
        for (side, picture) in ICO_SIDES.iter().zip(&pictures) {
            // 256 is written as 0.
            file.extend([*side as u8, *side as u8, 0, 0, 1, 0, 32, 0]);
            file.extend((picture.len() as u32).to_le_bytes());
            file.extend((offset as u32).to_le_bytes());
            offset += picture.len();
        }
        file.extend(pictures.concat());
        file
    }

    fn png(side: u32) -> Vec<u8> {
        encode::png(&RgbaImage::new(side, side, draw(side)).unwrap()).unwrap()
    }

    /// A BITMAPINFOHEADER of twice the height, the rows as BGRA from the bottom, and an empty mask of one bit a pixel.
    fn bitmap(side: u32) -> Vec<u8> {
        let mask_bytes = side * side.div_ceil(32) * 4;
        let header = [40, side, side * 2, 1 | 32 << 16, 0, side * side * 4 + mask_bytes, 0, 0, 0, 0];
        let mut picture: Vec<u8> = header.iter().flat_map(|field| field.to_le_bytes()).collect();
        for row in draw(side).chunks(side as usize * 4).rev() {
            picture.extend(row.chunks(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0], pixel[3]]));
        }
        picture.resize(picture.len() + mask_bytes as usize, 0);
        picture
    }
}
