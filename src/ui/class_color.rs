//! Colours of classes: the user's own where they chose one, else one of a colour-blind-safe set, fixed by the class's name.

use crate::document::Project;
use egui::Color32;

/// Okabe and Ito, "Color Universal Design" (2008), without black, and Paul Tol's "muted" for more classes.
const COLORS: [[u8; 3]; 14] = [
    [230, 159, 0],
    [86, 180, 233],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
    [136, 204, 238],
    [68, 170, 153],
    [153, 153, 51],
    [221, 204, 119],
    [204, 102, 119],
    [136, 34, 85],
    [170, 68, 153],
];

/// The colour of a class.
pub fn of(project: &Project, class: &str) -> Color32 {
    let [r, g, b] = project.class_colors.get(class).copied().unwrap_or_else(|| by_name(class));
    Color32::from_rgb(r, g, b)
}

/// FNV-1a, so that a class has its colour on every machine and in every version.
fn by_name(class: &str) -> [u8; 3] {
    let hash = class
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let index = usize::try_from(hash % (COLORS.len() as u64)).unwrap_or_default();
    COLORS.get(index).copied().unwrap_or_default()
}
