//! Which bands become which colours: three slots for red, green and blue, or one, each filled from a list or by dragging
//! a band's chip onto it.

use crate::render::ColorBand;
use crate::ui::{form, theme};
use egui::{
    Align2, Color32, CursorIcon, Id, LayerId, Order, Rect, Response, RichText, Sense, Stroke, StrokeKind, vec2,
};

/// A band under way from the chips to a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DraggedBand(usize);

/// The names of the slots and the colours that mark them.
pub const SLOTS: [(&str, Color32); 3] = [
    ("Red", Color32::from_rgb(229, 83, 75)),
    ("Green", Color32::from_rgb(87, 171, 90)),
    ("Blue", Color32::from_rgb(83, 155, 245)),
];

/// Three slots and the chips of all bands. Returns the bands when one of them was changed.
pub fn rgb_ui(ui: &mut egui::Ui, bands: &[ColorBand], chosen: [usize; 3]) -> Option<[usize; 3]> {
    let mut edited = chosen;
    for ((name, color), slot) in SLOTS.iter().zip(&mut edited) {
        if let Some(band) = slot_ui(ui, (name, *color), bands, *slot) {
            *slot = band;
        }
    }
    chips_ui(ui, bands, &chosen);
    (edited != chosen).then_some(edited)
}

/// One slot and the chips of all bands. Returns the band when it was changed.
pub fn single_ui(ui: &mut egui::Ui, bands: &[ColorBand], chosen: usize) -> Option<usize> {
    let color = theme::palette(ui).muted;
    let edited = slot_ui(ui, ("Band", color), bands, chosen);
    if bands.len() > 1 {
        chips_ui(ui, bands, &[chosen]);
    }
    edited.filter(|band| *band != chosen)
}

/// What to call a band: its name with its number where that is not the name.
pub fn title(bands: &[ColorBand], index: usize) -> String {
    let number = format!("b{}", index.saturating_add(1));
    match bands.get(index).map(|band| band.name.as_str()) {
        None => format!("{number} (missing)"),
        Some("") => number,
        Some(name) => name.to_owned(),
    }
}

fn slot_ui(ui: &mut egui::Ui, slot: (&str, Color32), bands: &[ColorBand], chosen: usize) -> Option<usize> {
    let (name, color) = slot;
    let mut edited = None;
    form::row_ui(ui, name, |ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(4.0, theme::ROW_HEIGHT - 8.0), Sense::hover());
        ui.painter().rect_filled(mark, 2.0, color);
        let response = egui::ComboBox::from_id_salt(("slot", name))
            .width(ui.available_width())
            .selected_text(title(bands, chosen))
            .show_ui(ui, |ui| {
                for index in 0..bands.len() {
                    if ui.selectable_label(index == chosen, described(bands, index)).clicked() {
                        edited = Some(index);
                    }
                }
            })
            .response;
        if let Some(dropped) = dropped_on(ui, &response) {
            edited = Some(dropped);
        }
    });
    edited
}

/// The band that was let go over a slot; the slot is marked while one is above it.
fn dropped_on(ui: &egui::Ui, slot: &Response) -> Option<usize> {
    if slot.dnd_hover_payload::<DraggedBand>().is_some() {
        let stroke = Stroke::new(2.0, theme::palette(ui).accent);
        ui.painter().rect_stroke(slot.rect, 4.0, stroke, StrokeKind::Inside);
    }
    slot.dnd_release_payload::<DraggedBand>().map(|band| band.0)
}

fn described(bands: &[ColorBand], index: usize) -> String {
    let name = title(bands, index);
    let kind = bands.get(index).map_or("", |band| band.sample_type.name());
    let number = index.saturating_add(1);
    if name == format!("b{number}") { format!("{name}  {kind}") } else { format!("{name}  b{number}  {kind}") }
}

/// A chip for each band, to be dragged onto a slot. Those in use are marked.
fn chips_ui(ui: &mut egui::Ui, bands: &[ColorBand], used: &[usize]) {
    const MOST_CHIPS: usize = 32;
    form::row_ui(ui, "", |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(theme::GRID, theme::GRID);
            for index in 0..bands.len().min(MOST_CHIPS) {
                chip_ui(ui, &title(bands, index), index, used);
            }
            if bands.len() > MOST_CHIPS {
                ui.label(theme::note(ui, format!("and {} more in the lists", bands.len() - MOST_CHIPS)));
            }
        });
    });
}

fn chip_ui(ui: &mut egui::Ui, name: &str, index: usize, used: &[usize]) {
    let palette = theme::palette(ui);
    let slot = used.iter().position(|band| *band == index);
    let stroke = match slot.and_then(|at| SLOTS.get(at)) {
        Some((_, color)) if used.len() == SLOTS.len() => Stroke::new(1.0, *color),
        Some(_) => Stroke::new(1.0, palette.accent),
        None => Stroke::new(1.0, palette.hairline),
    };
    let chip = egui::Button::new(RichText::new(name).size(11.0))
        .sense(Sense::drag())
        .corner_radius(10.0)
        .stroke(stroke)
        .fill(ui.visuals().panel_fill)
        .min_size(vec2(28.0, 20.0));
    let response = ui.add(chip).on_hover_and_drag_cursor(CursorIcon::Grab);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("Band {name}")));
    response.dnd_set_drag_payload(DraggedBand(index));
    if response.dragged() {
        ghost(ui, name, palette.accent);
    }
    response.on_hover_text(format!("Drag {name} onto a colour"));
}

/// The chip that follows the pointer.
fn ghost(ui: &egui::Ui, name: &str, color: Color32) {
    let Some(at) = ui.ctx().pointer_interact_pos() else { return };
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("dragged band")));
    let rect = Rect::from_center_size(at, vec2(36.0, 20.0));
    painter.rect(rect, 10.0, ui.visuals().panel_fill, Stroke::new(1.0, color), StrokeKind::Inside);
    painter.text(rect.center(), Align2::CENTER_CENTER, name, theme::small_font(), ui.visuals().strong_text_color());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::SampleType;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    fn bands() -> Vec<ColorBand> {
        let band = |name: &str| ColorBand { name: name.to_owned(), sample_type: SampleType::U16, statistics: None };
        ["B2", "B3", "B4", "B5"].map(band).to_vec()
    }

    #[test]
    fn a_chip_dropped_on_a_slot_fills_it() {
        let bands = bands();
        let mut harness =
            Harness::builder().with_size(vec2(300.0, 200.0)).with_context_setup(theme::install).build_ui_state(
                move |ui, chosen: &mut [usize; 3]| *chosen = rgb_ui(ui, &bands, *chosen).unwrap_or(*chosen),
                [2, 1, 0],
            );
        let chip = harness.get_by_label("Band B5").rect().center();
        let slot = harness.get_by_role_and_label(egui::accesskit::Role::ComboBox, "Green").rect().center();
        for step in [0.0, 0.5, 1.0] {
            let at = chip + (slot - chip) * step;
            if step == 0.0 {
                harness.drag_at(at)
            } else {
                harness.hover_at(at)
            }
            harness.run();
        }
        harness.drop_at(slot);
        harness.run();
        assert_eq!(*harness.state(), [2, 3, 0]);
    }

    #[test]
    fn bands_without_a_name_are_called_by_their_number() {
        let mut bands = bands();
        bands[1].name.clear();
        assert_eq!([title(&bands, 0), title(&bands, 1), title(&bands, 9)], ["B2", "b2", "b10 (missing)"]);
    }
}
