//! The panel Style: how the chosen image or scene, or all of its kind, is drawn. It shows and asks; what a style does to
//! pixels is `render`'s business, and what is drawn again is the frame's.

mod bands;
mod colormaps;
mod expression;
mod histogram;
mod stretch;
mod subject;

use super::{Command, form, icons, theme, widgets};
use crate::document::{Document, StyleScope};
use crate::library::{EntryId, Kind, Roles, Source, presets};
use crate::render::Style;
use subject::{FieldsState, Subject, subject_ui};

/// What the panel keeps between frames.
#[derive(Default)]
pub struct StyleState {
    fields: FieldsState,
    /// The entry that the panel showed last.
    shown: Option<EntryId>,
    only_this: bool,
    copied: Option<Style>,
    /// How many entries are of the same kind, at which revision of the catalog this was counted.
    same_kind: (u64, usize),
}

/// Draws the panel.
pub fn style_ui(ui: &mut egui::Ui, document: &Document, state: &mut StyleState, commands: &mut Vec<Command>) {
    let Some(styled) = Styled::of(document) else {
        let hint = "Open a folder, then choose an image or scene in the library";
        widgets::empty_state(ui, icons::STYLE, "Nothing to style", hint);
        return;
    };
    let catalog = &document.imagery.catalog;
    if state.shown != Some(styled.id) {
        state.shown = Some(styled.id);
        state.only_this = document.imagery.has_own_style(styled.id);
        state.same_kind = (0, 0);
    }
    if state.same_kind.0 != catalog.revision() || state.same_kind.1 == 0 {
        let same = catalog.entries().iter().filter(|id| catalog.kind(**id) == Some(&styled.kind)).count();
        state.same_kind = (catalog.revision(), same);
    }
    header_ui(ui, &styled, state, commands);
    ui.add_space(theme::GRID);
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        // Room for the scroll bar.
        ui.set_max_width(ui.available_width() - theme::GRID);
        scope_ui(ui, &styled, state, commands);
        if let Some(Err(reason)) = document.imagery.statistics.get(&styled.kind) {
            let text = theme::note(ui, format!("No statistics: {reason}")).color(theme::palette(ui).warning);
            ui.add(egui::Label::new(text).wrap());
        }
        let Some(source) = document.imagery.color_source(styled.id) else { return };
        let subject = Subject {
            source: &source,
            roles: Roles::of(&styled.source),
            style: &styled.style,
            default_style: styled.source.default_style(),
            file_nodata: styled.source.nodata(0).map(|nodata| nodata.to_string()),
        };
        let asked = subject_ui(ui, &subject, &mut state.fields);
        if asked.stretch_to_view {
            commands.push(Command::StretchToView);
        }
        if let Some(style) = asked.style {
            commands.push(Command::SetStyle { scope: styled.scope(state), style: Box::new(style) });
        }
    });
}

/// What the key of a preset (counted from 0) asks for.
pub fn preset_command(document: &Document, state: &StyleState, index: usize) -> Option<Command> {
    let styled = Styled::of(document)?;
    let source = document.imagery.color_source(styled.id)?;
    let preset = presets(&source.band_names(), &Roles::of(&styled.source)).into_iter().nth(index)?;
    let style = Box::new(preset.applied_to(&styled.style));
    Some(Command::SetStyle { scope: styled.scope(state), style })
}

/// The entry that the panel is about and what it is set for; the topmost one on the map where none was chosen.
pub fn styled_entry(document: &Document, state: &StyleState) -> Option<(EntryId, StyleScope)> {
    let styled = Styled::of(document)?;
    let scope = styled.scope(state);
    Some((styled.id, scope))
}

struct Styled {
    id: EntryId,
    source: Source,
    kind: Kind,
    style: Style,
}

impl Styled {
    fn of(document: &Document) -> Option<Self> {
        let imagery = &document.imagery;
        let catalog = &imagery.catalog;
        let chosen = imagery.chosen.and_then(|id| catalog.entry(id));
        let entry = chosen.or_else(|| catalog.shown().next())?;
        let id = entry.id();
        let kind = catalog.kind(id)?.clone();
        Some(Self { id, source: entry.source(), style: imagery.style(id)?, kind })
    }

    fn scope(&self, state: &StyleState) -> StyleScope {
        if state.only_this { StyleScope::Entry(self.id) } else { StyleScope::Kind(self.kind.clone()) }
    }
}

fn header_ui(ui: &mut egui::Ui, styled: &Styled, state: &mut StyleState, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if icons::icon_button(ui, icons::RESET, "Reset to the default style", "").clicked() {
                commands.push(Command::ResetStyle(styled.scope(state)));
            }
            let all = "Apply to every image and scene that has these bands";
            if icons::icon_button(ui, icons::APPLY_TO_ALL, all, "").clicked() {
                commands.push(Command::SetStyle { scope: StyleScope::All, style: Box::new(styled.style.clone()) });
            }
            let pasted =
                ui.add_enabled_ui(state.copied.is_some(), |ui| icons::icon_button(ui, icons::PASTE, "Paste style", ""));
            if let Some(style) = state.copied.clone().filter(|_| pasted.inner.clicked()) {
                commands.push(Command::SetStyle { scope: styled.scope(state), style: Box::new(style) });
            }
            if icons::icon_button(ui, icons::COPY, "Copy style, also as JSON", "").clicked() {
                state.copied = Some(styled.style.clone());
                commands.extend(serde_json::to_string_pretty(&styled.style).ok().map(Command::Copy));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let name = styled.source.name();
                ui.add(egui::Label::new(theme::heading(name)).truncate()).on_hover_text(name);
            });
        });
    });
    let kind = styled.kind.to_string();
    ui.add(egui::Label::new(theme::note(ui, &kind)).truncate()).on_hover_text(kind);
}

/// Whether changes are for all of the kind or for this one. Choosing carries the present style over.
fn scope_ui(ui: &mut egui::Ui, styled: &Styled, state: &mut StyleState, commands: &mut Vec<Command>) {
    let (_, same_kind) = state.same_kind;
    if same_kind < 2 {
        return;
    }
    let all = format!("All {} of this kind", widgets::count(same_kind));
    let choices = [
        (false, all.as_str(), "Changes are for every image and scene with the same sensor, bands and type"),
        (true, "This one only", "Changes are for this image or scene alone"),
    ];
    if let Some(only_this) = form::choice_ui(ui, Some(state.only_this), &choices).filter(|it| *it != state.only_this) {
        state.only_this = only_this;
        commands.push(Command::SetStyle { scope: styled.scope(state), style: Box::new(styled.style.clone()) });
    }
    ui.add_space(theme::GRID);
}

/// The names of the presets for the entry that the panel is about.
pub fn preset_names(document: &Document) -> Vec<String> {
    let names = || {
        let styled = Styled::of(document)?;
        let source = document.imagery.color_source(styled.id)?;
        Some(presets(&source.band_names(), &Roles::of(&styled.source)).into_iter().map(|preset| preset.name).collect())
    };
    names().unwrap_or_default()
}
