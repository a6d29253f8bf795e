//! The panel Report: a template's choice and parameters, the report as it is now, and writing it to a file. Reports are made by
//! jobs; this file says what it wants and shows what came.

mod parts;
mod wish;

pub use wish::{MadeReport, ReportSource, ReportWish};

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Align, Layout, TextEdit};

use self::parts::Shown;
use self::wish::Followed;
use super::{Command, icons, theme, widgets};
use crate::document::{Document, ReportSettings, SavedTemplate, TargetsSource};
use crate::geo::BoundingBox;
use crate::report::page::Report;
use crate::report::shipped::SHIPPED;
use crate::report::template::Template;

/// How long a wish has to stand before it is made: typing and moving the map ask for nothing.
const PATIENCE_S: f64 = 0.4;

/// What is chosen, typed and shown.
pub struct ReportState {
    templates: Vec<Choice>,
    chosen: usize,
    parameters: BTreeMap<String, String>,
    follows: bool,
    followed: Option<Followed>,
    /// The last wish that was sent, and the one that waits with the time since when.
    asked: Option<ReportWish>,
    waiting: Option<(ReportWish, f64)>,
    job: Option<u64>,
    made: Option<Result<Shown, String>>,
    /// Counts the user's wishes to make it again.
    again: u32,
}

/// A template to choose.
struct Choice {
    /// What it is called where it has no title.
    name: String,
    text: Arc<str>,
    template: Template,
    title: String,
}

impl Choice {
    fn new(text: &str, name: &str) -> Self {
        let template = Template::parse(text);
        let title = if template.title.is_empty() { name.to_owned() } else { template.title.clone() };
        Self { name: name.to_owned(), text: text.into(), template, title }
    }
}

impl Default for ReportState {
    fn default() -> Self {
        Self {
            templates: SHIPPED.iter().map(|each| Choice::new(each.text, each.name)).collect(),
            chosen: 0,
            parameters: BTreeMap::new(),
            follows: true,
            followed: None,
            asked: None,
            waiting: None,
            job: None,
            made: None,
            again: 0,
        }
    }
}

impl ReportState {
    /// Offers a template from a file and chooses it; one of the same title takes the place of the older.
    pub(crate) fn add_template(&mut self, text: &str, name: &str) {
        let choice = Choice::new(text, name);
        let known = self.templates.iter().skip(SHIPPED.len()).position(|known| known.title == choice.title);
        self.chosen = known.map_or(self.templates.len(), |at| at + SHIPPED.len());
        match self.templates.get_mut(self.chosen) {
            Some(place) => *place = choice,
            None => self.templates.push(choice),
        }
    }

    /// What a project keeps of it.
    pub(crate) fn settings(&self) -> ReportSettings {
        let own = self.templates.iter().skip(SHIPPED.len());
        let template = |choice: &Choice| SavedTemplate { name: choice.name.clone(), text: choice.text.to_string() };
        ReportSettings {
            template: self
                .templates
                .get(self.chosen)
                .filter(|_| self.chosen > 0)
                .map_or_else(String::new, |choice| choice.title.clone()),
            own_templates: own.map(template).collect(),
            parameters: self.parameters.clone(),
            follows: self.follows,
        }
    }

    /// Shows what a project has kept.
    pub(crate) fn restore(&mut self, settings: &ReportSettings) {
        let job = self.job;
        *self = Self::default();
        self.job = job;
        for template in &settings.own_templates {
            self.add_template(&template.text, &template.name);
        }
        let chosen = self.templates.iter().position(|choice| choice.title == settings.template);
        self.chosen = chosen.unwrap_or(0);
        self.parameters.clone_from(&settings.parameters);
        self.follows = settings.follows;
    }

    /// The report is being made by this job.
    pub(crate) fn started(&mut self, job: u64) {
        self.job = Some(job);
    }

    /// The job that makes the report.
    pub(crate) fn job(&self) -> Option<u64> {
        self.job
    }

    /// What came of the job; `None` if it was stopped.
    pub(crate) fn receive(&mut self, made: Option<Result<MadeReport, String>>) {
        self.job = None;
        if let Some(made) = made {
            self.made = Some(made.map(Shown::new));
        }
    }

    /// The report that is shown.
    pub(crate) fn report(&self) -> Option<&Arc<Report>> {
        self.made.as_ref()?.as_ref().ok().map(|shown| &shown.report)
    }
}

/// Draws the panel.
/// `area` is what the map shows (EPSG:3857).
pub fn report_ui(
    ui: &mut egui::Ui,
    (document, area): (&Document, Option<BoundingBox>),
    state: &mut ReportState,
    commands: &mut Vec<Command>,
) {
    if document.targets.set().is_none() && document.imagery.catalog.is_empty() {
        let hint = "Open a folder of images and targets: reports are filled from them.";
        widgets::empty_state(ui, icons::REPORT, "Nothing to report on", hint);
        return;
    }
    follow(document, area, state);
    bar_ui(ui, state, commands);
    parameters_ui(ui, state);
    ui.add_space(theme::GRID);
    ask(ui, document, state, commands);
    match &mut state.made {
        None => {
            let words =
                if state.job.is_some() { "The report is being made \u{2026}" } else { "There is no report yet" };
            ui.label(theme::note(ui, words));
        }
        Some(Err(reason)) => {
            let color = theme::palette(ui).error;
            ui.colored_label(color, reason.as_str());
        }
        Some(Ok(shown)) => {
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| parts::parts_ui(ui, shown, commands));
        }
    }
}

/// Template, state, what can be done.
fn bar_ui(ui: &mut egui::Ui, state: &mut ReportState, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        let title = state.templates.get(state.chosen).map(|choice| choice.title.clone()).unwrap_or_default();
        let choice =
            egui::ComboBox::from_id_salt("report-template").width(176.0).selected_text(&title).show_ui(ui, |ui| {
                for (at, choice) in state.templates.iter().enumerate() {
                    let response = ui.selectable_value(&mut state.chosen, at, choice.title.as_str());
                    if !choice.template.about.is_empty() {
                        response.on_hover_text(choice.template.about.as_str());
                    }
                }
            });
        let label = format!("Template: {title}");
        choice.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, &label));
        if icons::icon_button(ui, icons::OPEN_FOLDER, "Open a template of your own (Markdown)", "").clicked() {
            commands.push(Command::AskForTemplate);
        }
        if icons::icon_button(ui, icons::AGAIN, "Make the report again", "").clicked() {
            state.again = state.again.wrapping_add(1);
        }
        if let Some(job) = state.job {
            ui.spinner();
            if ui.link("Cancel").clicked() {
                commands.push(Command::CancelJob(job));
            }
        } else if let Some(Ok(shown)) = &state.made {
            let failures = shown.report.failures();
            if failures > 0 {
                let words = if failures == 1 { "1 part failed".to_owned() } else { format!("{failures} parts failed") };
                ui.colored_label(theme::palette(ui).warning, words).on_hover_text("Each says why in its place");
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let has_report = state.report().is_some();
            ui.add_enabled_ui(has_report, |ui| {
                let tip = ("Write the report as Markdown, its pictures in a folder beside it", "");
                if icons::labelled_button(ui, icons::SAVE, "Markdown", tip).clicked() {
                    commands.push(Command::AskToSaveReport { is_html: false });
                }
                let tip = ("Write the report as one HTML file that needs nothing else", "");
                if icons::labelled_button(ui, icons::SAVE, "HTML", tip).clicked() {
                    commands.push(Command::AskToSaveReport { is_html: true });
                }
            });
        });
    });
}

/// A field for each parameter that the template uses.
fn parameters_ui(ui: &mut egui::Ui, state: &mut ReportState) {
    let Some(choice) = state.templates.get(state.chosen) else { return };
    let names = wish::parameters_used(&choice.template);
    if names.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for name in names {
            ui.label(theme::note(ui, name.as_str()));
            let default = choice.template.parameters.get(&name).map_or("", String::as_str);
            let value = state.parameters.entry(name.clone()).or_insert_with(|| default.to_owned());
            let hint = if default.is_empty() { "all" } else { default };
            let width = if name == "bbox" { 264.0 } else { 144.0 };
            let field = ui.add(TextEdit::singleline(value).hint_text(hint).desired_width(width));
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &name));
            ui.add_space(theme::GRID);
        }
        ui.checkbox(&mut state.follows, "Follow").on_hover_text(
            "Fill image, class and name from what is selected, and the box from what the map shows, whenever these change",
        );
    });
}

/// Takes parameters over from what is selected, when that changed.
fn follow(document: &Document, area: Option<BoundingBox>, state: &mut ReportState) {
    let now = Followed::of(document, area);
    let was = state.followed.replace(now.clone());
    if state.follows && was.as_ref() != Some(&now) {
        now.fill(document, was.as_ref(), &mut state.parameters);
    }
}

/// Asks for the report that is wanted now, once the wish has stood for a moment.
fn ask(ui: &egui::Ui, document: &Document, state: &mut ReportState, commands: &mut Vec<Command>) {
    if document.activity.scans > 0 {
        return;
    }
    let Some(choice) = state.templates.get(state.chosen) else { return };
    let wish = ReportWish {
        template: Arc::clone(&choice.text),
        parameters: wish::of_template(&choice.template, &state.parameters),
        store: document.targets.sources().get(document.targets.active()).map(TargetsSource::address),
        images: document.imagery.revision(),
        colors: document.targets.colors_revision(),
        is_dark: ui.visuals().dark_mode,
        pixels_per_point: ui.pixels_per_point(),
        most_side: ui.input(|input| input.max_texture_side),
        again: state.again,
    };
    if state.asked.as_ref() == Some(&wish) {
        state.waiting = None;
        return;
    }
    let now = ui.input(|input| input.time);
    let since = match &state.waiting {
        Some((waiting, since)) if *waiting == wish => *since,
        _ => now,
    };
    let left = since + PATIENCE_S - now;
    // The first report, and one that the user asked for, needs no patience.
    let is_first =
        state.asked.as_ref().is_none_or(|asked| asked.template != wish.template || asked.again != wish.again);
    if left <= 0.0 || is_first {
        commands.push(Command::MakeReport(Box::new(wish.clone())));
        state.asked = Some(wish);
        state.waiting = None;
    } else {
        state.waiting = Some((wish, since));
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_of_the_same_title_takes_the_place_of_the_older() {
        let mut state = ReportState::default();
        state.add_template("# Ports\n", "ports");
        state.add_template("text", "notes");
        state.add_template("# Ports\n\nnew\n", "ports");
        let titles: Vec<&str> =
            state.templates.iter().skip(SHIPPED.len()).map(|choice| choice.title.as_str()).collect();
        assert_eq!(titles, ["Ports", "notes"]);
        assert_eq!(state.chosen, SHIPPED.len());
        assert!(state.templates[state.chosen].text.contains("new"));
    }
}
