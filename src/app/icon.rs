//! The program's icon, drawn here so that it needs no file: three levels of a pyramid, the finest below, and a target.

use egui::IconData;

/// Width and height in pixels.
const SIDE: u32 = 64;
const GROUND: [u8; 4] = [24, 30, 40, 255];
const LEVELS: [([u8; 4], f32, f32); 3] =
    [([32, 96, 168, 255], 48.0, 46.0), ([56, 140, 220, 255], 34.0, 32.0), ([140, 200, 255, 255], 20.0, 18.0)];
const TARGET: [u8; 4] = [255, 190, 60, 255];

/// The icon of the window.
pub fn icon() -> IconData {
    let mut rgba = Vec::new();
    for y in 0..SIDE {
        for x in 0..SIDE {
            rgba.extend(pixel(x as f32 + 0.5, y as f32 + 0.5));
        }
    }
    IconData { rgba, width: SIDE, height: SIDE }
}

fn pixel(x: f32, y: f32) -> [u8; 4] {
    let side = SIDE as f32;
    // A square with round corners.
    let (dx, dy) = ((x - side / 2.0).abs() - 20.0, (y - side / 2.0).abs() - 20.0);
    let outside = dx.max(0.0).hypot(dy.max(0.0)) - 11.0;
    if outside > 0.5 {
        return [0; 4];
    }
    let mut color = GROUND;
    for (level, width, top) in LEVELS {
        // Each level is a flat rhombus.
        let inside = (x - side / 2.0).abs() / (width / 2.0) + (y - top).abs() / (width / 4.0);
        if inside <= 1.0 {
            color = level;
        }
    }
    if (x - side / 2.0).hypot(y - 16.0) <= 4.5 {
        color = TARGET;
    }
    if outside > -0.5 { [color[0], color[1], color[2], 128] } else { color }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_whole_and_has_clear_corners() {
        let icon = icon();
        assert_eq!(icon.rgba.len(), 64 * 64 * 4);
        assert_eq!(icon.rgba.get(3), Some(&0));
        assert!(icon.rgba.chunks(4).any(|pixel| pixel == TARGET));
    }
}
