//! The filter of the table, by class, image, confidence, date and ranges of values: the same one as everywhere.

use crate::document::Document;
use crate::targets::{TargetFilter, TargetSet, ValueRange, WordChoice};
use crate::ui::{Command, icons, theme, widgets};
use egui::{DragValue, PopupCloseBehavior, TextEdit};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// So many images can be chosen from; more are found by name in the library.
const MOST_IMAGES: usize = 200;

/// Draws the button with its menu.
pub fn filter_ui(ui: &mut egui::Ui, document: &Document, set: &TargetSet, commands: &mut Vec<Command>) {
    let filter = document.targets.filter();
    let icon = icons::FILTER.rich_text().size(theme::ICON_SIZE);
    let icon = if filter.is_empty() { icon } else { icon.color(theme::palette(ui).accent) };
    let config = egui::containers::menu::MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = egui::Button::new(icon).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).config(config).ui(ui, |ui| {
        let mut changed = filter.clone();
        form_ui(ui, set, &mut changed);
        if changed != *filter {
            commands.push(Command::SetFilter(changed));
        }
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Filter"));
    let text = if filter.is_empty() { "Filter by class, image, confidence, date, values" } else { "A filter is on" };
    response.on_hover_text(text);
}

fn form_ui(ui: &mut egui::Ui, set: &TargetSet, filter: &mut TargetFilter) {
    ui.set_min_width(300.0);
    egui::Grid::new("filter").num_columns(2).spacing([12.0, 6.0]).show(ui, |ui| {
        ui.label("Name");
        ui.add(TextEdit::singleline(&mut filter.text).hint_text("contains").desired_width(180.0));
        ui.end_row();
        image_ui(ui, set, filter);
        if let Some(range) = set.confidence_range() {
            range_ui(ui, "Confidence", range, &mut filter.confidence);
        }
        if let Some(range) = set.date_range() {
            dates_ui(ui, range, &mut filter.dates);
        }
    });
    ui.separator();
    values_ui(ui, set, filter);
    words_ui(ui, set, filter);
    if let Some(only) = &filter.only {
        let text = format!("Only {} selected targets", widgets::count(only.len()));
        ui.horizontal(|ui| {
            ui.label(text);
            if icons::icon_button(ui, icons::CLOSE, "Show the others again", "").clicked() {
                filter.only = None;
            }
        });
    }
    if !filter.is_empty() && ui.button("Show all").clicked() {
        *filter = TargetFilter::default();
    }
}

fn image_ui(ui: &mut egui::Ui, set: &TargetSet, filter: &mut TargetFilter) {
    if set.images().is_empty() {
        return;
    }
    ui.label("Image");
    let shown = filter.image.clone().unwrap_or_else(|| "any".to_owned());
    egui::ComboBox::from_id_salt("filter image").width(180.0).truncate().selected_text(shown).show_ui(ui, |ui| {
        ui.selectable_value(&mut filter.image, None, "any");
        for image in set.images().iter().take(MOST_IMAGES) {
            let text = format!("{} ({})", image.name, widgets::count(image.count));
            ui.selectable_value(&mut filter.image, Some(image.name.to_string()), text);
        }
    });
    ui.end_row();
}

/// A range of numbers that can be switched off.
fn range_ui(ui: &mut egui::Ui, label: &str, (least, most): (f64, f64), range: &mut Option<(f64, f64)>) {
    let mut is_on = range.is_some();
    ui.checkbox(&mut is_on, label);
    let (mut low, mut high) = range.unwrap_or((least, most));
    ui.add_enabled_ui(is_on, |ui| {
        ui.horizontal(|ui| {
            let speed = ((most - least) / 200.0).max(1e-6);
            let drag = |value| DragValue::new(value).speed(speed).range(least..=most).max_decimals(6);
            ui.add(drag(&mut low));
            ui.label("to");
            ui.add(drag(&mut high));
        });
    });
    *range = is_on.then_some((low.min(high), high.max(low)));
    ui.end_row();
}

fn dates_ui(ui: &mut egui::Ui, (first, last): (Date, Date), range: &mut Option<(Date, Date)>) {
    let mut is_on = range.is_some();
    ui.checkbox(&mut is_on, "Date");
    let (mut from, mut to) = range.unwrap_or((first, last));
    ui.add_enabled_ui(is_on, |ui| {
        ui.horizontal(|ui| {
            date_ui(ui, first, &mut from);
            ui.label("to");
            date_ui(ui, first, &mut to);
        });
    });
    *range = is_on.then_some((from.min(to), to.max(from)));
    ui.end_row();
}

/// A day that is dragged or typed, counted from the first one there is.
fn date_ui(ui: &mut egui::Ui, first: Date, date: &mut Date) {
    let day = |date: Date| f64::from(first.until(date).map_or(0, |span| span.get_days()));
    let of_day = move |day: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "days of a few centuries")]
        let days = day.round() as i64;
        first.checked_add(jiff::Span::new().try_days(days).unwrap_or_default()).unwrap_or(first)
    };
    let mut value = day(*date);
    let drag = DragValue::new(&mut value)
        .speed(0.5)
        .range(0.0..=100_000.0)
        .custom_formatter(move |value, _| of_day(value).to_string())
        .custom_parser(move |text| text.trim().parse::<Date>().ok().map(day));
    if ui.add(drag).changed() {
        *date = of_day(value);
    }
}

/// The words in a column, or `None` where there are too many to choose from. Of very many rows, those of the first count.
fn words_of(set: &TargetSet, column: &str) -> Option<BTreeSet<String>> {
    const MOST_WORDS: usize = 24;
    const MOST_LOOKED_AT: usize = 5_000;
    let column = set.table().column(set.table().column_index(column)?)?;
    let mut words = BTreeSet::new();
    for value in column.values().take(MOST_LOOKED_AT) {
        words.insert(value.as_str().unwrap_or_default().to_owned());
        if words.len() > MOST_WORDS {
            return None;
        }
    }
    Some(words)
}

/// Words of columns of texts, and a choice of one more column.
fn words_ui(ui: &mut egui::Ui, set: &TargetSet, filter: &mut TargetFilter) {
    let mut dropped = None;
    for (at, choice) in filter.words.iter_mut().enumerate() {
        ui.horizontal(|ui| {
            ui.label(theme::strong(crate::report::chart::column_title(&choice.column)).size(12.0));
            if icons::icon_button(ui, icons::CLOSE, "Show all of this column", "").clicked() {
                dropped = Some(at);
            }
        });
        let known = words_of(set, &choice.column).unwrap_or_default();
        let all: Vec<String> = known.union(&choice.words).cloned().collect();
        ui.horizontal_wrapped(|ui| {
            ui.set_max_width(300.0);
            for word in all {
                let mut is_on = choice.words.contains(&word);
                let shown = if word.is_empty() { "(none)" } else { word.as_str() };
                if ui.checkbox(&mut is_on, shown).changed() {
                    if is_on {
                        choice.words.insert(word);
                    } else {
                        choice.words.remove(&word);
                    }
                }
            }
        });
    }
    if let Some(at) = dropped {
        filter.words.remove(at);
    }
    let mut added = None;
    egui::ComboBox::from_id_salt("filter words").width(180.0).selected_text("Add a choice of\u{2026}").show_ui(
        ui,
        |ui| {
            let texts = set.table().columns().iter().filter(|column| column.kind() == crate::db::ValueKind::Text);
            for column in texts.filter(|column| !filter.words.iter().any(|choice| choice.column == column.name())) {
                let Some(words) = words_of(set, column.name()) else { continue };
                if ui.selectable_label(false, crate::report::chart::column_title(column.name())).clicked() {
                    added = Some(WordChoice { column: column.name().to_owned(), words });
                }
            }
        },
    );
    filter.words.extend(added);
}

/// Ranges of columns of numbers, and a choice of one more.
fn values_ui(ui: &mut egui::Ui, set: &TargetSet, filter: &mut TargetFilter) {
    let table = set.table();
    let mut dropped = None;
    egui::Grid::new("filter values").num_columns(2).spacing([12.0, 6.0]).show(ui, |ui| {
        for (at, range) in filter.values.iter_mut().enumerate() {
            let column = table.column_index(&range.column).and_then(|at| table.column(at));
            let Some(limits) = column.and_then(crate::db::Column::number_range) else { continue };
            let mut chosen = Some((range.low, range.high));
            range_ui(ui, &crate::report::chart::column_title(&range.column), limits, &mut chosen);
            match chosen {
                Some((low, high)) => (range.low, range.high) = (low, high),
                None => dropped = Some(at),
            }
        }
    });
    if let Some(at) = dropped {
        filter.values.remove(at);
    }
    let is_free = |name: &str| !filter.values.iter().any(|range| range.column == name);
    let values = set.mapping().value_columns(table);
    let free: Vec<&crate::db::Column> = values
        .iter()
        .filter_map(|at| table.column(*at))
        .filter(|column| column.kind().is_numeric() && is_free(column.name()))
        .collect();
    if free.is_empty() {
        return;
    }
    let mut added = None;
    egui::ComboBox::from_id_salt("filter column").width(180.0).selected_text("Add a range of\u{2026}").show_ui(
        ui,
        |ui| {
            for column in free {
                let title = crate::report::chart::column_title(column.name());
                if ui.selectable_label(false, title).clicked()
                    && let Some((low, high)) = column.number_range()
                {
                    added = Some(ValueRange { column: column.name().to_owned(), low, high });
                }
            }
        },
    );
    filter.values.extend(added);
}
