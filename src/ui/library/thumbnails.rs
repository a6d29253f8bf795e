//! Thumbnails: asked for when their row is first seen, uploaded when it is seen again.

use crate::library::EntryId;
use crate::render::RgbaImage;
use crate::ui::{Command, icons, theme, widgets};
use egui::{Align2, Color32, FontId, Rect, Sense, TextureHandle, TextureOptions, pos2, vec2};
use rustc_hash::FxHashMap;

const THUMBNAIL_POINTS: f32 = 36.0;
/// Pixels of a thumbnail's longer side: sharp on screens of twice the density.
pub const THUMBNAIL_PIXELS: u32 = 96;

/// All thumbnails that were asked for.
#[derive(Default)]
pub struct Thumbnails {
    known: FxHashMap<EntryId, Thumbnail>,
}

enum Thumbnail {
    Asked,
    Arrived(RgbaImage),
    Shown(TextureHandle),
    Failed(String),
}

impl Thumbnails {
    /// Takes a thumbnail, or why there is none.
    pub fn receive(&mut self, entry: EntryId, result: Result<RgbaImage, String>) {
        let thumbnail = match result {
            Ok(picture) => Thumbnail::Arrived(picture),
            Err(reason) => Thumbnail::Failed(reason),
        };
        self.known.insert(entry, thumbnail);
    }

    /// Asks for it again when it is next seen.
    pub fn forget(&mut self, entry: EntryId) {
        self.known.remove(&entry);
    }

    /// Draws a thumbnail, or its place.
    pub fn ui(&mut self, ui: &mut egui::Ui, id: EntryId, commands: &mut Vec<Command>) {
        let side = vec2(THUMBNAIL_POINTS, THUMBNAIL_POINTS);
        let (rect, response) = ui.allocate_exact_size(side, Sense::hover());
        let palette = theme::palette(ui);
        if let Some(Thumbnail::Arrived(picture)) = self.known.get(&id) {
            let uploaded = widgets::color_image(picture).map_or_else(
                || Thumbnail::Failed("the thumbnail has no pixels".to_owned()),
                |image| Thumbnail::Shown(ui.ctx().load_texture("thumbnail", image, TextureOptions::LINEAR)),
            );
            self.known.insert(id, uploaded);
        }
        match self.known.get(&id) {
            Some(Thumbnail::Shown(texture)) => {
                let size = texture.size_vec2();
                let scale = (side.x / size.x).min(side.y / size.y);
                let place = Rect::from_center_size(rect.center(), size * scale);
                let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), place, all, Color32::WHITE);
                return;
            }
            Some(Thumbnail::Failed(reason)) => {
                let font = FontId::new(16.0, icons::ERROR.font_family());
                let middle = rect.center();
                ui.painter().text(middle, Align2::CENTER_CENTER, icons::ERROR.codepoint, font, palette.error);
                response.on_hover_text(reason);
                return;
            }
            Some(Thumbnail::Asked | Thumbnail::Arrived(_)) => {}
            None => {
                self.known.insert(id, Thumbnail::Asked);
                commands.push(Command::WantThumbnail(id));
            }
        }
        ui.painter().rect_filled(rect, 3.0, palette.row_hover);
    }
}
