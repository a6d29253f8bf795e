//! The status bar: where the pointer is and what lies there, scale and zoom, jobs with progress and cancel, notices, memory.

use super::map::{self, MapState};
use super::{Command, icons, theme, widgets};
use crate::cog::GeoreferenceKind;
use crate::document::{Document, JobLine, NoticeLevel};
use crate::library::{PointBand, PointValues};
use crate::render::Channels;
use egui::{Align, Layout, RichText};
use std::time::Duration;

/// So many values are shown of an image with many bands.
const MOST_VALUES: usize = 6;

/// How long a new notice stands here, and in how many characters.
const LATEST_SHOWN: Duration = Duration::from_secs(6);
const MOST_LATEST: usize = 72;

/// Draws the status bar.
pub fn status_bar_ui(ui: &mut egui::Ui, document: &Document, map: &MapState, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        ui.spacing_mut().item_spacing.x = 10.0;
        // The right end first: jobs must stay visible in a narrow window.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            right_ui(ui, document, commands);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                left_ui(ui, document, map);
            });
        });
    });
}

fn left_ui(ui: &mut egui::Ui, document: &Document, map: &MapState) {
    let viewport = map.viewport();
    let scale = map::scale_denominator(&viewport);
    if scale > 0.0 {
        #[expect(clippy::cast_possible_truncation, reason = "a scale of the world is far below 2^63")]
        let scale = widgets::grouped(scale as i64);
        ui.label(format!("1:{scale}")).on_hover_text("Scale on a screen with pixels of 0.28 mm");
    }
    ui.label(RichText::new(format!("z{:.1}", viewport.zoom)).color(theme::palette(ui).muted))
        .on_hover_text("Zoom level");
    let Some(reading) = &document.pointer else { return };
    separator(ui);
    ui.label(widgets::lat_lon(reading.position)).on_hover_text("Latitude and longitude under the pointer");
    let Some(found) = reading.values.as_ref().and_then(|values| values.first()) else { return };
    if let Some(own) = own_coordinates(document, found) {
        separator(ui);
        ui.label(own).on_hover_text("In the image's own coordinate system");
    }
    let values = values_text(document, found);
    if !values.is_empty() {
        separator(ui);
        ui.add(egui::Label::new(values).truncate()).on_hover_text(&found.name);
    }
}

/// The middle of the pixel in the image's own coordinate system.
fn own_coordinates(document: &Document, found: &PointValues) -> Option<String> {
    let band = found.bands.first()?;
    let image = document.imagery.catalog.image_at(&band.path)?;
    let GeoreferenceKind::Affine(affine) = &image.cog.georeference().kind else { return None };
    let crs = image.cog.crs()?;
    let place = affine.apply(f64::from(band.col) + 0.5, f64::from(band.row) + 0.5);
    if crs.is_geographic() {
        return Some(format!("{:.6} {:.6}", place.x, place.y));
    }
    #[expect(clippy::cast_possible_truncation, reason = "coordinates on the earth in metres or feet")]
    let whole = |value: f64| widgets::grouped(value.round() as i64);
    Some(format!("{} E {} N", whole(place.x), whole(place.y)))
}

/// `B4 9 812  B3 9 240  B2 9 870`: the bands that are shown, else the first ones.
fn values_text(document: &Document, found: &PointValues) -> String {
    let band = found.bands.first();
    let image = band.and_then(|band| document.imagery.catalog.image_at(&band.path));
    let style = image
        .and_then(|image| document.imagery.catalog.entry_of_image(image.id))
        .and_then(|entry| document.imagery.style(entry));
    let shown: Vec<&PointBand> = match style.map(|style| style.channels) {
        Some(Channels::Rgb(bands)) => bands.iter().filter_map(|index| found.bands.get(*index)).collect(),
        Some(Channels::Single(index)) => found.bands.get(index).into_iter().collect(),
        Some(Channels::Expression(_)) | None => found.bands.iter().take(MOST_VALUES).collect(),
    };
    shown.into_iter().map(|band| format!("{} {}", band.name, widgets::band_value(band))).collect::<Vec<_>>().join("   ")
}

fn right_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let palette = theme::palette(ui);
    if icons::icon_button(ui, icons::NOTICES, "Notices", "").clicked() {
        commands.push(Command::ToggleNotices);
    }
    let unread = document.notices.unread();
    if unread > 0 {
        ui.label(theme::strong(unread.to_string()).color(palette.warning)).on_hover_text("Notices that are new");
    }
    latest_ui(ui, document);
    let memory = widgets::human_bytes(document.activity.memory_bytes);
    ui.label(RichText::new(memory).color(palette.muted)).on_hover_text("Memory of caches and textures");
    for job in &document.activity.jobs {
        separator(ui);
        job_ui(ui, job, commands);
    }
}

/// What was noticed last, for a moment.
fn latest_ui(ui: &mut egui::Ui, document: &Document) {
    let Some((notice, age)) = document.notices.latest() else { return };
    let Some(left) = LATEST_SHOWN.checked_sub(age) else { return };
    ui.ctx().request_repaint_after(left);
    let palette = theme::palette(ui);
    let color = match notice.level {
        NoticeLevel::Info => ui.visuals().text_color(),
        NoticeLevel::Warning => palette.warning,
        NoticeLevel::Error => palette.error,
    };
    let name = notice.path.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
    let text = name.map_or_else(|| notice.text.clone(), |name| format!("{name}: {}", notice.text));
    let text = RichText::new(widgets::shortened(&text, MOST_LATEST)).color(color);
    ui.label(text).on_hover_text(&notice.text);
    separator(ui);
}

fn job_ui(ui: &mut egui::Ui, job: &JobLine, commands: &mut Vec<Command>) {
    if let Some(id) = job.id
        && icons::icon_button(ui, icons::CLOSE, &format!("Cancel: {}", job.label), "").clicked()
    {
        commands.push(Command::CancelJob(id));
    }
    let text = match job.total {
        Some(total) => format!("{} {} of {}", job.label, widgets::count(job.done), widgets::count(total)),
        None if job.done > 0 => format!("{} {}", job.label, widgets::count(job.done)),
        None => job.label.clone(),
    };
    if let Some(total) = job.total.filter(|total| *total > 0) {
        ui.add(egui::ProgressBar::new(job.done as f32 / total as f32).desired_width(64.0).desired_height(4.0));
    } else {
        ui.add(egui::Spinner::new().size(12.0));
    }
    ui.label(text);
}

fn separator(ui: &mut egui::Ui) {
    let color = theme::palette(ui).hairline;
    let (rect, _) = ui.allocate_exact_size(egui::vec2(1.0, 14.0), egui::Sense::hover());
    ui.painter().vline(rect.center().x, rect.y_range(), egui::Stroke::new(1.0, color));
}
