//! The panel Targets: classes with counts, colours and switches, names below them, a filter, and the facts of the chosen one.

use super::{Command, class_color, icons, rows, theme, widgets};
use crate::document::{Document, WholeTable};
use crate::targets::{ClassColor, ClassId, SelectMode, TargetFilter, TargetId, TargetSet};
use egui::{Align, Layout, RichText, ScrollArea, TextEdit};
use std::collections::BTreeSet;

/// What the panel keeps between frames.
#[derive(Default)]
pub struct TargetsState {
    open_classes: BTreeSet<String>,
    rows: Vec<Line>,
    /// What `rows` was made for: revision of the targets, and of what is unfolded.
    made_for: Option<(u64, u64, usize)>,
    folding: u64,
    scroll_to: Option<TargetId>,
    shown_current: Option<TargetId>,
    wants_focus: bool,
}

impl TargetsState {
    /// Puts the caret into the filter at the next frame.
    pub fn focus_filter(&mut self) {
        self.wants_focus = true;
    }
}

/// More files and tables of targets are scrolled.
const MOST_SOURCES_SEEN: f32 = 5.0;

/// One row of the list.
#[derive(Clone, Copy)]
enum Line {
    /// A class of the whole table that is not in view, by its place in the counts.
    Elsewhere(usize),
    Class {
        class: ClassId,
        shown: usize,
    },
    Target(TargetId),
}

/// Draws the panel.
pub fn targets_ui(ui: &mut egui::Ui, document: &Document, state: &mut TargetsState, commands: &mut Vec<Command>) {
    let Some(set) = document.targets.set() else {
        let hint = "A GeoPackage, Shapefile, CSV or GeoJSON in the opened folder shows its targets here";
        widgets::empty_state(ui, icons::TARGETS, "No targets", hint);
        return;
    };
    source_ui(ui, document, commands);
    filter_ui(ui, document, state, commands);
    follow_current(document, set, state);
    make_rows(document, set, state);
    let facts_height = if document.targets.current().is_some() { facts_height(set) } else { 0.0 };
    let list_height = (ui.available_height() - facts_height).max(96.0);
    list_ui(ui, document, set, state, (list_height, commands));
    if let Some(current) = document.targets.current() {
        facts_ui(ui, document, set, (current, commands));
    }
}

/// A row for each file and table: whose targets the panels are about, and which others are on the map beside them.
fn source_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let sources = document.targets.sources();
    if sources.len() < 2 {
        return;
    }
    let active = document.targets.active();
    let height = (sources.len() as f32 * theme::ROW_HEIGHT).min(MOST_SOURCES_SEEN * theme::ROW_HEIGHT);
    ScrollArea::vertical().id_salt("targets sources").max_height(height).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, source) in sources.iter().enumerate() {
            let name = source.path.file_name().unwrap_or_default().to_string_lossy();
            let is_active = index == active;
            let row = rows::Row { label: &name, selected: is_active, ..rows::Row::default() };
            let response = rows::row_ui(ui, row, |ui| {
                let is_on_map = is_active || source.is_beside;
                let (icon, words) = if is_on_map {
                    (icons::SHOWN, "Take off the map")
                } else {
                    (icons::HIDDEN, "Show beside the others")
                };
                let eye =
                    ui.add_enabled_ui(!is_active, |ui| icons::icon_button(ui, icon, &format!("{words}: {name}"), ""));
                if eye.inner.clicked() {
                    commands.push(Command::SetBeside { source: index, is_beside: !source.is_beside });
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.label(theme::note(ui, widgets::count(source.set.len())));
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        ui.add(egui::Label::new(name.as_ref()).truncate());
                    });
                });
            });
            let tip = format!("{}\nClick: panels, plots and reports are about these", source.path.display());
            if response.on_hover_text(tip).clicked() && !is_active {
                commands.push(Command::ChooseTargets(index));
            }
        }
    });
    ui.add_space(theme::GRID);
}

fn filter_ui(ui: &mut egui::Ui, document: &Document, state: &mut TargetsState, commands: &mut Vec<Command>) {
    let filter = document.targets.filter();
    let mut text = filter.text.clone();
    let edit = TextEdit::singleline(&mut text)
        .hint_text("Find a target")
        .desired_width(f32::INFINITY)
        .prefix(icons::SEARCH.rich_text());
    let response = ui.add(edit).on_hover_text("Find a target (Ctrl+F)");
    if std::mem::take(&mut state.wants_focus) {
        response.request_focus();
    }
    if response.changed() {
        commands.push(Command::SetFilter(TargetFilter { text, ..filter.clone() }));
    }
    let all = document.targets.set().map_or(0, |set| set.len());
    let shown = document.targets.shown().len();
    ui.horizontal(|ui| {
        let text = if shown == all {
            format!("{} target{}", widgets::count(all), if all == 1 { "" } else { "s" })
        } else {
            format!("{} of {} targets", widgets::count(shown), widgets::count(all))
        };
        ui.label(theme::note(ui, text));
        if document.targets.is_being_filtered() {
            ui.add(egui::Spinner::new().size(12.0));
        }
        view_note_ui(ui, document);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let note = if filter.is_empty() { "" } else { "Show all" };
            if !note.is_empty() && ui.link(theme::note(ui, note)).clicked() {
                commands.push(Command::SetFilter(TargetFilter::default()));
            }
        });
    });
    ui.separator();
}

/// Where only what is in view was read: says so, and whether it is a sample.
fn view_note_ui(ui: &mut egui::Ui, document: &Document) {
    let Some(source) = document.targets.server() else { return };
    let Some(in_view) = source.in_view else { return };
    let count = widgets::count(usize::try_from(in_view).unwrap_or(usize::MAX));
    if source.is_sample {
        let text = format!("a sample of about {count} in view");
        let tip = "The table is too large to be read wholly: the server gives a sample of what the map shows. Zoom in for all";
        ui.label(RichText::new(text).color(theme::palette(ui).warning)).on_hover_text(tip);
    } else {
        ui.label(theme::note(ui, "in view")).on_hover_text("The table is too large to be read wholly");
    }
}

/// A target chosen elsewhere is unfolded and scrolled to here.
fn follow_current(document: &Document, set: &TargetSet, state: &mut TargetsState) {
    let current = document.targets.current();
    if current == state.shown_current {
        return;
    }
    state.shown_current = current;
    state.scroll_to = current;
    let class = current.and_then(|id| set.class_of(id)).and_then(|class| set.class(class));
    if let Some(class) = class
        && state.open_classes.insert(class.name.to_string())
    {
        state.folding = state.folding.wrapping_add(1);
    }
}

fn make_rows(document: &Document, set: &TargetSet, state: &mut TargetsState) {
    let whole = whole_of(document);
    let counts = whole.map_or(0, |whole| whole.classes.as_ptr().addr());
    let made_for = (document.targets.revision(), state.folding, counts);
    if state.made_for == Some(made_for) {
        return;
    }
    state.made_for = Some(made_for);
    let mut by_class: Vec<Vec<TargetId>> = vec![Vec::new(); set.classes().len()];
    for id in document.targets.shown() {
        if let Some(of_class) = set.class_of(*id).and_then(|class| by_class.get_mut(class.index())) {
            of_class.push(*id);
        }
    }
    // Someone who types looks for names.
    let all_open = !document.targets.filter().text.trim().is_empty();
    state.rows.clear();
    for (class, targets) in set.classes().iter().zip(by_class) {
        let hidden = document.targets.filter().hidden_classes.contains(class.name.as_ref());
        if targets.is_empty() && !hidden {
            continue;
        }
        if let Some(id) = set.class_named(&class.name) {
            state.rows.push(Line::Class { class: id, shown: targets.len() });
        }
        if all_open || state.open_classes.contains(class.name.as_ref()) {
            state.rows.extend(targets.into_iter().map(Line::Target));
        }
    }
    for (at, (name, _)) in whole.map_or(&[][..], |whole| &whole.classes).iter().enumerate() {
        if set.class_named(name).is_none() {
            state.rows.push(Line::Elsewhere(at));
        }
    }
}

/// What the table on the map holds as a whole, where only a part of it was read.
fn whole_of(document: &Document) -> Option<&WholeTable> {
    document.whole.as_ref().filter(|whole| whole.is_of(document.targets.path()))
}

fn list_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &TargetSet,
    state: &mut TargetsState,
    (height, commands): (f32, &mut Vec<Command>),
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    if state.rows.is_empty() {
        ui.label(RichText::new("No target passes the filter.").color(theme::palette(ui).muted));
    }
    let mut area = ScrollArea::vertical().id_salt("targets list").auto_shrink([false, false]).max_height(height);
    if let Some(wanted) = state.scroll_to.take() {
        let at = state.rows.iter().position(|line| matches!(line, Line::Target(id) if *id == wanted));
        if let Some(at) = at {
            area = area.vertical_scroll_offset((at as f32 * theme::ROW_HEIGHT - height / 2.0).max(0.0));
        }
    }
    let mut toggled = None;
    area.show_rows(ui, theme::ROW_HEIGHT, state.rows.len(), |ui, range| {
        for line in state.rows.get(range).unwrap_or_default() {
            match *line {
                Line::Class { class, shown } => {
                    if class_row_ui(ui, document, set, (class, shown, &state.open_classes), commands) {
                        toggled = set.class(class).map(|class| class.name.to_string());
                    }
                }
                Line::Elsewhere(at) => {
                    if let Some((name, count)) = whole_of(document).and_then(|whole| whole.classes.get(at)) {
                        elsewhere_row_ui(ui, document, (name, *count), commands);
                    }
                }
                Line::Target(id) => target_row_ui(ui, document, set, (id, commands)),
            }
        }
    });
    if let Some(name) = toggled {
        if !state.open_classes.remove(&name) {
            state.open_classes.insert(name);
        }
        state.folding = state.folding.wrapping_add(1);
    }
}

/// Draws a class; true when it is to be folded or unfolded.
fn class_row_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &TargetSet,
    (class, shown, open): (ClassId, usize, &BTreeSet<String>),
    commands: &mut Vec<Command>,
) -> bool {
    let Some(named) = set.class(class) else { return false };
    let name = named.name.as_ref();
    let filter = document.targets.filter();
    let mut visible = !filter.hidden_classes.contains(name);
    let was_visible = visible;
    let row = rows::Row { label: name, expanded: Some(open.contains(name)), ..rows::Row::default() };
    let response = rows::row_ui(ui, row, |ui| {
        let tip = if visible { "Hide this class" } else { "Show this class" };
        let check = ui.checkbox(&mut visible, "");
        check.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::CheckBox, true, was_visible, format!("Show {name}"))
        });
        check.on_hover_text(tip);
        rows::swatch_ui(ui, class_color::of(document, name));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let whole = whole_of(document).map(|whole| whole.count_of(name));
            let count = if let Some(whole) = whole {
                format!("{} of {}", widgets::count(shown), large_count(whole))
            } else if shown == named.count || !was_visible {
                widgets::count(named.count)
            } else {
                format!("{} of {}", widgets::count(shown), widgets::count(named.count))
            };
            ui.label(theme::note(ui, count));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(name).truncate());
            });
        });
    });
    if visible != was_visible {
        let mut filter = filter.clone();
        if visible {
            filter.hidden_classes.remove(name);
        } else {
            filter.hidden_classes.insert(name.to_owned());
        }
        commands.push(Command::SetFilter(filter));
    }
    response.context_menu(|ui| class_menu_ui(ui, document, set, (class, commands)));
    response.clicked()
}

/// A class that the table has, but not in view: its switch and its count.
fn elsewhere_row_ui(ui: &mut egui::Ui, document: &Document, (name, count): (&str, u64), commands: &mut Vec<Command>) {
    let filter = document.targets.filter();
    let mut visible = !filter.hidden_classes.contains(name);
    let was_visible = visible;
    let row = rows::Row { label: name, ..rows::Row::default() };
    let response = rows::row_ui(ui, row, |ui| {
        // Where the others have the sign that unfolds them.
        let check = ui.checkbox(&mut visible, "");
        check.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::CheckBox, true, was_visible, format!("Show {name}"))
        });
        rows::swatch_ui(ui, class_color::of(document, name));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(theme::note(ui, format!("0 of {}", large_count(count))));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(name).color(theme::palette(ui).muted)).truncate());
            });
        });
    });
    response.on_hover_text("None of them in view");
    if visible != was_visible {
        let mut filter = filter.clone();
        if visible {
            filter.hidden_classes.remove(name);
        } else {
            filter.hidden_classes.insert(name.to_owned());
        }
        commands.push(Command::SetFilter(filter));
    }
}

fn large_count(count: u64) -> String {
    widgets::count(usize::try_from(count).unwrap_or(usize::MAX))
}

fn class_menu_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &TargetSet,
    (class, commands): (ClassId, &mut Vec<Command>),
) {
    let Some(name) = set.class(class).map(|class| class.name.to_string()) else { return };
    if ui.button("Show only this class").clicked() {
        let hidden = set.classes().iter().map(|other| other.name.to_string()).filter(|other| *other != name);
        let filter = TargetFilter { hidden_classes: hidden.collect(), ..document.targets.filter().clone() };
        commands.push(Command::SetFilter(filter));
    }
    if ui.button("Show all classes").clicked() {
        let filter = TargetFilter { hidden_classes: BTreeSet::new(), ..document.targets.filter().clone() };
        commands.push(Command::SetFilter(filter));
    }
    if ui.button("Select this class").clicked() {
        let ids = document.targets.shown().iter().copied().filter(|id| set.class_of(*id) == Some(class)).collect();
        commands.push(Command::Select { mode: SelectMode::Replace, targets: ids });
    }
    ui.separator();
    ui.horizontal(|ui| {
        let mut color = class_color::of(document, &name);
        ui.label("Colour");
        if ui.color_edit_button_srgba(&mut color).changed() {
            commands
                .push(Command::SetClassColor { class: name, color: ClassColor::new(color.r(), color.g(), color.b()) });
        }
    });
}

fn target_row_ui(
    ui: &mut egui::Ui,
    document: &Document,
    set: &TargetSet,
    (id, commands): (TargetId, &mut Vec<Command>),
) {
    let Some(target) = set.target(id) else { return };
    let label = target.label();
    let selected = document.targets.selection().contains(id);
    let row = rows::Row { label: &label, depth: 2, selected, ..rows::Row::default() };
    let response = rows::row_ui(ui, row, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(date) = target.date {
                ui.label(theme::note(ui, date.to_string()));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(&label).truncate());
            });
        });
    });
    if response.clicked() {
        commands.push(choose(ui, id));
        commands.push(Command::FlyToTarget(id));
    }
}

/// What a click on a target selects.
pub fn choose(ui: &egui::Ui, id: TargetId) -> Command {
    Command::Select { mode: super::pick::mode(ui.input(|i| i.modifiers)), targets: vec![id] }
}

/// Facts of a table's columns that are not shown above them anyway.
fn other_columns(set: &TargetSet) -> impl Iterator<Item = usize> {
    let mapping = set.mapping();
    let shown = [&mapping.class, &mapping.name, &mapping.image, &mapping.date, &mapping.confidence];
    let known = shown.into_iter().chain([&mapping.longitude, &mapping.latitude]);
    let known: Vec<usize> = known.into_iter().filter_map(|name| set.table().column_index(name.as_deref()?)).collect();
    (0..set.table().columns().len()).filter(move |at| !known.contains(at)).take(MOST_OTHER_FACTS)
}

const MOST_OTHER_FACTS: usize = 8;

fn facts_height(set: &TargetSet) -> f32 {
    let lines = 5 + other_columns(set).count().min(6);
    (lines as f32 + 2.0) * theme::ROW_HEIGHT
}

fn facts_ui(ui: &mut egui::Ui, document: &Document, set: &TargetSet, (id, commands): (TargetId, &mut Vec<Command>)) {
    let Some(target) = set.target(id) else { return };
    ui.separator();
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT + theme::GRID);
        rows::swatch_ui(ui, class_color::of(document, target.class_name));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icons::icon_button(ui, icons::ZOOM_TO, "Fly to this target", "").clicked() {
                commands.push(Command::FlyToTarget(id));
            }
            let position = format!("{:.6}, {:.6}", target.position.lat_deg(), target.position.lon_deg());
            if icons::icon_button(ui, icons::COPY, "Copy its position", "").clicked() {
                commands.push(Command::Copy(position));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(theme::strong(target.label())).truncate());
            });
        });
    });
    ScrollArea::vertical().id_salt("facts").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        rows::fact_ui(ui, "Class", target.class_name);
        rows::fact_ui(ui, "Position", &widgets::lat_lon(target.position));
        if let Some(date) = target.date {
            rows::fact_ui(ui, "Date", &date.to_string());
        }
        if let Some(confidence) = target.confidence {
            rows::fact_ui(ui, "Confidence", &format!("{confidence:.2}"));
        }
        if let Some(image) = target.image {
            rows::fact_ui(ui, "Image", image);
        }
        for column in other_columns(set) {
            let value = set.table().value(column, id.row());
            if let Some(column) = set.table().column(column).filter(|_| !value.is_null()) {
                rows::fact_ui(ui, column.name(), &widgets::cell_text(value));
            }
        }
    });
}
