//! Where a plot's rows come from: the targets that are shown, or the answer to a query in SQL; and the window that a query is
//! written in.

use crate::document::{Document, Plot, PlotId, PlotSettings, SavedQuery};
use crate::ui::{Command, icons, theme};
use egui::{Align2, Context, Key, Role, TextEdit, WidgetInfo, vec2};

/// What the window keeps between frames.
#[derive(Default)]
pub struct QueryForm {
    is_open: bool,
    plot: Option<PlotId>,
    name: String,
    sql: String,
    /// The name that the query had when it was opened.
    was: String,
}

/// To begin with.
const FIRST_SQL: &str =
    "SELECT class, count(*) AS n\nFROM targets\nWHERE image = :image_id OR :image_id IS NULL\nGROUP BY class";

const PARAMETERS: [(&str, &str); 6] = [
    (":image_id", "the image of the filter, else the one that is chosen in the library, else NULL"),
    (":class", "the classes that are switched on: class IN (:class)"),
    (":name", "what the filter's name contains, else NULL"),
    (":bbox", "what is on the map, in degrees; also :west :south :east :north"),
    (":from", "the first day of the filter, else NULL"),
    (":to", "the last day of the filter, else NULL"),
];

/// The choice between targets and queries.
pub fn choice_ui(
    ui: &mut egui::Ui,
    document: &Document,
    (plot, settings): (&Plot, &mut PlotSettings),
    form: &mut QueryForm,
) {
    let queries = &document.project.queries;
    let shown = if settings.query.is_empty() { "targets" } else { settings.query.as_str() };
    let response = egui::ComboBox::from_id_salt("rows of the plot")
        .width(84.0)
        .truncate()
        .selected_text(shown.to_owned())
        .show_ui(ui, |ui| {
            let before = settings.query.clone();
            ui.selectable_value(&mut settings.query, String::new(), "targets")
                .on_hover_text("Those that the filter shows");
            for query in queries {
                let choice = ui.selectable_value(&mut settings.query, query.name.clone(), &query.name);
                choice.on_hover_text(&query.sql);
            }
            if settings.query != before {
                // The columns are others.
                settings.spec = crate::report::chart::ChartSpec::default();
                if settings.query.is_empty()
                    && let Some(first) = document.targets.set().and_then(|set| crate::document::first_plots(set).pop())
                {
                    *settings = first;
                }
            }
            ui.separator();
            if ui.button("New query\u{2026}").clicked() {
                let name = (1..).map(|at| format!("query {at}"));
                let name = name.into_iter().find(|name| !queries.iter().any(|query| query.name == *name));
                *form = QueryForm {
                    is_open: true,
                    plot: Some(plot.id),
                    name: name.unwrap_or_default(),
                    sql: FIRST_SQL.to_owned(),
                    was: String::new(),
                };
            }
        })
        .response;
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Rows of the plot"));
    let Some(query) = queries.iter().find(|query| query.name == settings.query) else { return };
    if icons::icon_button(ui, icons::JSON, "Change the query", "").clicked() {
        *form = QueryForm {
            is_open: true,
            plot: Some(plot.id),
            name: query.name.clone(),
            sql: query.sql.clone(),
            was: query.name.clone(),
        };
    }
}

/// The window that a query is written in, where it is open.
pub fn query_ui(ctx: &Context, document: &Document, form: &mut QueryForm, commands: &mut Vec<Command>) {
    if !form.is_open {
        return;
    }
    let mut is_open = true;
    egui::Window::new("Query")
        .id(egui::Id::unique("query of a plot"))
        .open(&mut is_open)
        .pivot(Align2::CENTER_CENTER)
        .default_pos(ctx.content_rect().center())
        .default_size(vec2(520.0, 320.0))
        .collapsible(false)
        .show(ctx, |ui| form_ui(ui, document, form, commands));
    form.is_open &= is_open && !ctx.input(|input| input.key_pressed(Key::Escape));
}

fn form_ui(ui: &mut egui::Ui, document: &Document, form: &mut QueryForm, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label("Name");
        ui.add(TextEdit::singleline(&mut form.name).desired_width(220.0));
    });
    let edit = TextEdit::multiline(&mut form.sql).code_editor().desired_rows(8).desired_width(f32::INFINITY);
    let response = ui.add(edit);
    response.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, "SQL"));
    ui.label(theme::note(ui, "One statement that reads. The targets are in the table targets; what a row stands for is told by a column id, class or image."));
    ui.horizontal_wrapped(|ui| {
        for (name, tip) in PARAMETERS {
            let text = theme::note(ui, name).color(theme::palette(ui).accent);
            if ui.link(text).on_hover_text(tip).clicked() {
                form.sql.push(' ');
                form.sql.push_str(name);
            }
        }
    });
    complaint_ui(ui, document, form);
    let run = ui.input(|input| input.modifiers.command && input.key_pressed(Key::Enter));
    ui.horizontal(|ui| {
        let name = form.name.trim();
        let is_usable = !name.is_empty() && !form.sql.trim().is_empty();
        let taken = name != form.was && document.project.queries.iter().any(|query| query.name == name);
        let button = ui.add_enabled(is_usable && !taken, egui::Button::new("Save and plot"));
        if button.on_hover_text("Ctrl+Enter").clicked() || (run && is_usable && !taken) {
            save(document, form, commands);
        }
        if taken {
            ui.label(theme::note(ui, "Another query has this name").color(theme::palette(ui).warning));
        }
        if !form.was.is_empty() && ui.button("Delete").clicked() {
            commands.push(Command::SaveQuery(SavedQuery { name: form.was.clone(), sql: String::new() }));
            form.is_open = false;
        }
    });
}

/// What the store said of the query last.
fn complaint_ui(ui: &mut egui::Ui, document: &Document, form: &QueryForm) {
    let plot = form.plot.and_then(|id| document.plots.get(id)).filter(|plot| plot.settings.query == form.was);
    let made = plot.filter(|_| !form.was.is_empty()).and_then(|plot| plot.made.as_ref());
    let Some(made) = made else { return };
    let is_of_text = made.key.query.as_ref().is_some_and(|query| query.sql == form.sql);
    match (&made.chart, &made.data) {
        (Err(reason), None) if is_of_text => {
            ui.label(egui::RichText::new(reason).color(theme::palette(ui).error));
        }
        (_, Some(data)) if is_of_text => {
            let columns: Vec<&str> = data.table().columns().iter().map(crate::db::Column::name).collect();
            let more = if data.table().is_truncated() { ", the first of more" } else { "" };
            let rows = crate::ui::widgets::count(data.table().row_count());
            ui.label(theme::note(ui, format!("{rows} rows{more}: {}", columns.join(", "))));
        }
        _ => {}
    }
}

fn save(document: &Document, form: &mut QueryForm, commands: &mut Vec<Command>) {
    let name = form.name.trim().to_owned();
    commands.push(Command::SaveQuery(SavedQuery { name: name.clone(), sql: form.sql.clone() }));
    let plot = form.plot.and_then(|id| document.plots.get(id));
    if let Some(plot) = plot {
        let is_same = plot.settings.query == form.was && !form.was.is_empty();
        let spec = if is_same { plot.settings.spec.clone() } else { crate::report::chart::ChartSpec::default() };
        let settings = Box::new(PlotSettings { spec, query: name.clone() });
        commands.push(Command::SetPlot { plot: plot.id, settings });
    }
    if !form.was.is_empty() && form.was != name {
        commands.push(Command::SaveQuery(SavedQuery { name: form.was.clone(), sql: String::new() }));
    }
    // It stays open: what the store says of it is to be read.
    form.was.clone_from(&name);
    form.name = name;
}
