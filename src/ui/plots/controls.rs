//! The bar above the plots: what the chosen one shows, the tool of the hand, saving.

use super::{PlotsState, Tool};
use crate::db::{Column, Table, ValueKind};
use crate::document::{Document, MOST_PLOTS, Plot, with_kind};
use crate::report::chart::{Aggregate, ChartKind, ChartSpec, Scale, TimeStep, column_title};
use crate::targets::Mapping;
use crate::ui::icons::{self, MaterialIcon};
use crate::ui::wishes::{PlotFile, SaveForm, SaveWish};
use crate::ui::{Command, theme};
use egui::{Align, Layout, PopupCloseBehavior};

const KINDS: [(ChartKind, MaterialIcon, &str); 5] = [
    (ChartKind::Scatter, icons::SCATTER, "Scatter plot"),
    (ChartKind::Bar, icons::BARS, "Bars by class"),
    (ChartKind::Histogram, icons::HISTOGRAM, "Histogram"),
    (ChartKind::Timeline, icons::TIMELINE, "Time line"),
    (ChartKind::Heatmap, icons::HEATMAP, "Heat map of two columns"),
];

/// Draws the bar.
pub fn bar_ui(ui: &mut egui::Ui, document: &Document, state: &mut PlotsState, commands: &mut Vec<Command>) {
    let chosen = state.chosen(document);
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT + theme::GRID);
        ui.spacing_mut().item_spacing.x = theme::GRID;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            right_ui(ui, document, (chosen, state), commands);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if let Some(plot) = chosen {
                    let mut settings = plot.settings.clone();
                    super::query::choice_ui(ui, document, (plot, &mut settings), &mut state.query);
                    if let Some((table, mapping)) = table_of(document, plot) {
                        spec_ui(ui, (&table, &mapping), &mut settings.spec);
                    }
                    if settings != plot.settings {
                        commands.push(Command::SetPlot { plot: plot.id, settings: Box::new(settings) });
                    }
                }
            });
        });
    });
}

/// The columns that can be plotted, and which of them plays which part.
fn table_of(document: &Document, plot: &Plot) -> Option<(Table, Mapping)> {
    if plot.settings.query.is_empty() {
        let set = document.targets.set()?;
        return Some((set.table().clone(), set.mapping().clone()));
    }
    let data = plot.made.as_ref()?.data.as_ref()?;
    Some((data.table().as_ref().clone(), data.mapping().clone()))
}

fn right_ui(
    ui: &mut egui::Ui,
    document: &Document,
    (chosen, state): (Option<&Plot>, &mut PlotsState),
    commands: &mut Vec<Command>,
) {
    if let Some(plot) = chosen {
        if icons::icon_button(ui, icons::CLOSE, "Take this plot away", "").clicked() {
            commands.push(Command::RemovePlot(plot.id));
        }
        save_ui(ui, plot, state, commands);
    }
    if document.plots.list().len() < MOST_PLOTS && icons::icon_button(ui, icons::ADD, "Add a plot", "").clicked() {
        commands.push(Command::AddPlot);
    }
    ui.separator();
    let tools = [
        (Tool::Move, icons::MOVE, "Move the plot by dragging"),
        (Tool::Lasso, icons::LASSO, "Select by drawing around"),
        (Tool::Box, icons::SELECT_BOX, "Select by a box"),
    ];
    for (tool, icon, tip) in tools {
        let button = egui::Button::selectable(state.tool == tool, icon.rich_text().size(theme::ICON_SIZE))
            .min_size(egui::Vec2::splat(theme::ROW_HEIGHT + theme::GRID));
        let response = ui.add(button);
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, state.tool == tool, tip));
        let response = response.on_hover_ui(|ui| {
            ui.label(tip);
            if tool != Tool::Move {
                ui.label(theme::note(ui, crate::ui::pick::KEYS));
            }
            ui.label(theme::note(ui, "Wheel zooms, middle button moves, right button zooms to a box"));
        });
        if response.clicked() {
            state.tool = tool;
        }
    }
}

fn save_ui(ui: &mut egui::Ui, plot: &Plot, state: &PlotsState, commands: &mut Vec<Command>) {
    let Some(chart) = plot.chart() else { return };
    let icon = icons::SAVE.rich_text().size(theme::ICON_SIZE);
    let button = egui::Button::new(icon).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        for form in [SaveForm::Png, SaveForm::Svg, SaveForm::Csv] {
            let words = if form == SaveForm::Csv {
                "Its data as CSV\u{2026}".to_owned()
            } else {
                format!("As {}\u{2026}", form.name())
            };
            if ui.button(words).clicked() {
                let (x, y) = state.part(plot.id, chart);
                let file = PlotFile {
                    plot: plot.id,
                    form,
                    size: state.figure_size(plot.id),
                    x,
                    y,
                    hidden: state.hidden(plot.id),
                    is_dark: ui.visuals().dark_mode,
                };
                commands.push(Command::Save(Box::new(SaveWish::Plot(file))));
            }
        }
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Save the plot"));
    response.on_hover_text("Save the plot");
}

fn spec_ui(ui: &mut egui::Ui, (table, mapping): (&Table, &Mapping), spec: &mut ChartSpec) {
    for (kind, icon, tip) in KINDS {
        let button = egui::Button::selectable(spec.kind == kind, icon.rich_text().size(theme::ICON_SIZE))
            .min_size(egui::Vec2::splat(theme::ROW_HEIGHT + theme::GRID));
        let response = ui.add(button);
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, spec.kind == kind, tip));
        if response.on_hover_text(tip).clicked() {
            *spec = with_kind(spec, kind, table, mapping);
        }
    }
    ui.add_space(theme::GRID);
    let any = |_: &Column| true;
    let number = |column: &Column| column.kind().is_numeric();
    let time = |column: &Column| column.kind().is_temporal();
    let line = |column: &Column| column.kind().is_numeric() || column.kind().is_temporal();
    match spec.kind {
        ChartKind::Scatter => {
            column_ui(ui, table, ("X", None), &mut spec.x, any);
            column_ui(ui, table, ("Y", None), &mut spec.y, any);
            column_ui(ui, table, ("Colour", Some("one colour")), &mut spec.color, any);
            column_ui(ui, table, ("Size", Some("one size")), &mut spec.size, number);
        }
        ChartKind::Bar | ChartKind::Histogram | ChartKind::Timeline => {
            match spec.kind {
                ChartKind::Bar => column_ui(ui, table, ("By", None), &mut spec.x, any),
                ChartKind::Histogram => column_ui(ui, table, ("Of", None), &mut spec.x, line),
                _ => column_ui(ui, table, ("By", None), &mut spec.x, time),
            }
            height_ui(ui, table, spec);
            column_ui(ui, table, ("Colour", Some("one colour")), &mut spec.color, any);
        }
        ChartKind::Heatmap => {
            column_ui(ui, table, ("Across", None), &mut spec.x, any);
            column_ui(ui, table, ("Up", None), &mut spec.y, any);
            let before = spec.color.clone();
            column_ui(ui, table, ("Colour", Some("count")), &mut spec.color, number);
            keep_aggregate(spec, before != spec.color, |spec| spec.color.is_empty());
        }
    }
    more_ui(ui, spec);
}

/// What heights show: a count, or an aggregate of a column.
fn height_ui(ui: &mut egui::Ui, table: &Table, spec: &mut ChartSpec) {
    let before = spec.y.clone();
    column_ui(ui, table, ("Height", Some("count")), &mut spec.y, |column| column.kind().is_numeric());
    keep_aggregate(spec, before != spec.y, |spec| spec.y.is_empty());
}

/// A column that was just chosen is averaged; without one, rows are counted.
fn keep_aggregate(spec: &mut ChartSpec, is_changed: bool, counts: impl Fn(&ChartSpec) -> bool) {
    if counts(spec) {
        spec.aggregate = Aggregate::Count;
    } else if is_changed && spec.aggregate == Aggregate::Count {
        spec.aggregate = Aggregate::Mean;
    }
}

/// A choice of a column; `none` names the choice of no column.
fn column_ui(
    ui: &mut egui::Ui,
    table: &Table,
    (label, none): (&str, Option<&str>),
    name: &mut String,
    fits: impl Fn(&Column) -> bool,
) {
    ui.label(theme::note(ui, label));
    let shown = if name.is_empty() { none.unwrap_or("choose").to_owned() } else { column_title(name) };
    let response = egui::ComboBox::from_id_salt(("column", label))
        .width(104.0)
        .selected_text(egui::RichText::new(shown))
        .truncate()
        .show_ui(ui, |ui| {
            if let Some(none) = none
                && ui.selectable_label(name.is_empty(), none).clicked()
            {
                name.clear();
            }
            for column in table.columns().iter().filter(|column| fits(column)) {
                let kind = match column.kind() {
                    ValueKind::Integer | ValueKind::Real => "number",
                    ValueKind::Date | ValueKind::DateTime => "time",
                    ValueKind::Bool => "yes or no",
                    ValueKind::Text => "text",
                };
                let is_chosen = column.name().eq_ignore_ascii_case(name);
                let title = column_title(column.name());
                if ui.selectable_label(is_chosen, title).on_hover_text(kind).clicked() {
                    column.name().clone_into(name);
                }
            }
        })
        .response;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Column: {label}")));
}

/// What is set once and then left alone.
fn more_ui(ui: &mut egui::Ui, spec: &mut ChartSpec) {
    let icon = icons::STYLE.rich_text().size(theme::ICON_SIZE);
    let config = egui::containers::menu::MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let button = egui::Button::new(icon).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).config(config).ui(ui, |ui| {
        egui::Grid::new("more of the plot").num_columns(2).spacing([12.0, 6.0]).show(ui, |ui| {
            let takes_aggregate = match spec.kind {
                ChartKind::Scatter => false,
                ChartKind::Heatmap => !spec.color.is_empty(),
                _ => !spec.y.is_empty(),
            };
            if takes_aggregate {
                ui.label("Of several values");
                ui.horizontal(|ui| {
                    for aggregate in Aggregate::ALL {
                        ui.selectable_value(&mut spec.aggregate, aggregate, aggregate.name());
                    }
                });
                ui.end_row();
            }
            if matches!(spec.kind, ChartKind::Scatter | ChartKind::Histogram) {
                scale_ui(ui, "Along the bottom", &mut spec.x_scale);
            }
            scale_ui(ui, if spec.kind == ChartKind::Heatmap { "Colours" } else { "Up the side" }, &mut spec.y_scale);
            if spec.kind == ChartKind::Histogram {
                ui.label("Ranges");
                let shown = if spec.bins == 0 { "as suits".to_owned() } else { spec.bins.to_string() };
                ui.add(egui::Slider::new(&mut spec.bins, 0..=200).custom_formatter(move |_, _| shown.clone()));
                ui.end_row();
            }
            if spec.kind == ChartKind::Timeline {
                ui.label("Step");
                ui.horizontal(|ui| {
                    for step in TimeStep::ALL {
                        ui.selectable_value(&mut spec.step, step, step.name());
                    }
                });
                ui.end_row();
            }
        });
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "More of this plot"));
    response.on_hover_text("Scales, aggregates, ranges and steps");
}

fn scale_ui(ui: &mut egui::Ui, label: &str, scale: &mut Scale) {
    ui.label(label);
    ui.horizontal(|ui| {
        ui.selectable_value(scale, Scale::Linear, "linear");
        ui.selectable_value(scale, Scale::Log, "logarithmic");
    });
    ui.end_row();
}
