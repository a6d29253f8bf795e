//! Very many discs as one mesh, whatever their colours: cut from a small picture of a disc with a soft edge.

use egui::epaint::{Mesh, Vertex};
use egui::{Color32, ColorImage, Context, Pos2, Rect, TextureHandle, TextureOptions, pos2, vec2};

/// Pixels of the picture that discs are cut from.
const DISC_PIXELS: usize = 28;

/// Adds a disc to a mesh with [`disc_texture`].
pub fn disc_into(mesh: &mut Mesh, center: Pos2, radius: f32, color: Color32) {
    // The picture's disc is a pixel smaller than the picture.
    let half = radius * DISC_PIXELS as f32 / (DISC_PIXELS as f32 - 2.0);
    let rect = Rect::from_center_size(center, vec2(2.0 * half, 2.0 * half));
    let Ok(first) = u32::try_from(mesh.vertices.len()) else { return };
    let corners = [(rect.left_top(), pos2(0.0, 0.0)), (rect.right_top(), pos2(1.0, 0.0))];
    let lower = [(rect.right_bottom(), pos2(1.0, 1.0)), (rect.left_bottom(), pos2(0.0, 1.0))];
    mesh.vertices.extend(corners.into_iter().chain(lower).map(|(pos, uv)| Vertex { pos, uv, color }));
    mesh.indices.extend([first, first + 1, first + 2, first, first + 2, first + 3]);
}

/// A white disc with a soft edge on nothing.
pub fn disc_texture(ctx: &Context) -> TextureHandle {
    let middle = DISC_PIXELS as f32 / 2.0;
    let mut image = ColorImage::filled([DISC_PIXELS, DISC_PIXELS], Color32::TRANSPARENT);
    for (index, pixel) in image.pixels.iter_mut().enumerate() {
        let (x, y) = ((index % DISC_PIXELS) as f32 + 0.5 - middle, (index / DISC_PIXELS) as f32 + 0.5 - middle);
        let inside = (middle - 1.0 - x.hypot(y)).clamp(-0.5, 0.5) + 0.5;
        *pixel = Color32::WHITE.gamma_multiply(inside);
    }
    ctx.load_texture("disc", image, TextureOptions::LINEAR)
}
