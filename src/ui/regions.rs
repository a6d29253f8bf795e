//! The regions of the window: bars, panels in sight, windows over them. Each has a name for screen readers, and F6 goes from one to the
//! next: it puts the focus on the region itself, and Tab goes on from there.

use super::theme;
use egui::accesskit::Role;
use egui::{Context, Id, Rect, Sense, Stroke, StrokeKind, UiBuilder};

/// What is known of the regions between frames.
#[derive(Default)]
pub struct Regions {
    /// Of this frame, in the order in which they are drawn; and of the frame before.
    now: Vec<Region>,
    before: Vec<Region>,
    /// The one that is to get the focus.
    wanted: Option<Id>,
    /// The one that has it, until Tab goes on.
    held: Option<Id>,
}

#[derive(Clone, Copy, Debug)]
struct Region {
    id: Id,
    rect: Rect,
    layer: egui::LayerId,
}

impl Regions {
    /// A new frame begins.
    pub fn begin_frame(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }

    /// Puts the focus on the region after the one that has it, or on the one before.
    pub fn go(&mut self, ctx: &Context, forward: bool) {
        let regions = if self.now.is_empty() { &self.before } else { &self.now };
        let count = regions.len();
        let next = match self.current(ctx, regions) {
            Some(at) if forward => (at + 1) % count.max(1),
            Some(at) => (at + count.saturating_sub(1)) % count.max(1),
            None if forward => 0,
            None => count.saturating_sub(1),
        };
        self.wanted = regions.get(next).map(|region| region.id);
        ctx.request_repaint();
    }

    /// The region that the focus is in.
    fn current(&self, ctx: &Context, regions: &[Region]) -> Option<usize> {
        if let Some(at) = self.held.and_then(|held| regions.iter().position(|region| region.id == held)) {
            return Some(at);
        }
        let focused = ctx.memory(egui::Memory::focused).and_then(|id| ctx.read_response(id))?;
        let of_layer = |region: &&Region| region.layer == focused.layer_id;
        let area = |region: &Region| region.rect.area();
        let around = regions.iter().filter(of_layer).filter(|region| region.rect.contains(focused.rect.center()));
        let smallest = around.min_by(|a, b| area(a).total_cmp(&area(b)))?;
        regions.iter().position(|region| region.id == smallest.id)
    }

    /// Draws a region.
    pub fn region_ui<R>(&mut self, ui: &mut egui::Ui, name: &str, add: impl FnOnce(&mut egui::Ui) -> R) -> R {
        let has_focus = self.anchor_ui(ui, name);
        let builder = UiBuilder::new().accessibility_label(name).accessibility_role(Role::Region);
        let inner = ui.scope_builder(builder, add).inner;
        if has_focus {
            let stroke = Stroke::new(2.0, theme::palette(ui).accent);
            ui.painter().rect_stroke(ui.max_rect().shrink(1.0), 4.0, stroke, StrokeKind::Inside);
        }
        inner
    }

    /// What carries the focus of a region: there only while it does.
    fn anchor_ui(&mut self, ui: &egui::Ui, name: &str) -> bool {
        let id = self.note(ui, name);
        let is_wanted = self.take_wanted(id);
        if !is_wanted && self.held != Some(id) {
            return false;
        }
        let response = ui.interact(ui.max_rect(), id, Sense::focusable_noninteractive());
        response.widget_info(|| egui::WidgetInfo::labeled(Role::Region, true, name));
        if is_wanted {
            response.request_focus();
        }
        self.held = (is_wanted || response.has_focus()).then_some(id);
        self.held.is_some()
    }

    /// A region whose own widget takes the focus; whether it is to take it now.
    pub fn is_wanted(&mut self, ui: &egui::Ui, name: &str) -> bool {
        let id = self.note(ui, name);
        self.take_wanted(id)
    }

    fn note(&mut self, ui: &egui::Ui, name: &str) -> Id {
        let id = Id::unique(("region", name));
        self.now.push(Region { id, rect: ui.max_rect(), layer: ui.layer_id() });
        id
    }

    fn take_wanted(&mut self, id: Id) -> bool {
        let is_wanted = self.wanted == Some(id);
        if is_wanted {
            (self.wanted, self.held) = (None, None);
        }
        is_wanted
    }
}
