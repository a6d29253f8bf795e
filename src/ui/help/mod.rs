//! The window "Help" (F1): the manual, the list of keys and the page About, with contents, a search and links between pages.

mod about;
pub mod crates;
pub mod manual;

use super::keys::{self, Group};
use super::markdown::Markdown;
use super::regions::Regions;
use super::{Command, dialog, icons, rows, theme};
use crate::document::Document;
use egui::{Grid, RichText, ScrollArea, TextEdit, vec2};
use manual::{PAGES, Page};

/// What links call the pages that are no Markdown.
pub const KEYS_LINK: &str = "keys";
/// The same for the page About.
pub const ABOUT_LINK: &str = "about";

const SIZE: egui::Vec2 = vec2(924.0, 710.0);
const CONTENTS_WIDTH: f32 = 200.0;
/// Widest text in points, so that lines stay readable.
const TEXT_WIDTH: f32 = 680.0;

/// A page of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelpPage {
    /// One of the manual, by its place.
    Manual(usize),
    /// The list of keys.
    Keys,
    /// Versions, folders, licences.
    About,
}

impl HelpPage {
    /// All of them, in the order of the contents.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..PAGES.len()).map(Self::Manual).chain([Self::Keys, Self::About])
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Manual(at) => PAGES.get(at).map_or("", Page::title),
            Self::Keys => "Keyboard and mouse",
            Self::About => "About cogscope",
        }
    }

    /// What links call it.
    pub fn link(self) -> &'static str {
        match self {
            Self::Manual(at) => PAGES.get(at).map_or("", |page| page.name),
            Self::Keys => KEYS_LINK,
            Self::About => ABOUT_LINK,
        }
    }
}

/// What the window keeps between frames.
pub struct HelpState {
    /// Whether it is open.
    pub open: bool,
    page: HelpPage,
    text: String,
    markdown: Markdown,
    /// The page begins at its top in the next frame.
    is_new: bool,
    wants_focus: bool,
}

impl Default for HelpState {
    fn default() -> Self {
        let links = HelpPage::all().map(|page| page.link().to_owned());
        let (page, markdown) = (HelpPage::Manual(0), Markdown::with_links(links));
        Self { open: false, page, text: String::new(), markdown, is_new: false, wants_focus: false }
    }
}

impl HelpState {
    /// Opens the window, or closes it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.wants_focus = self.open;
    }

    /// Shows a page.
    pub fn show(&mut self, page: HelpPage) {
        self.open = true;
        self.turn_to(page);
    }

    fn turn_to(&mut self, page: HelpPage) {
        self.is_new = true;
        self.page = page;
        self.text.clear();
    }
}

/// Draws the window where it is open.
pub fn help_ui(
    ui: &egui::Ui,
    document: &Document,
    (state, regions): (&mut HelpState, &mut Regions),
    commands: &mut Vec<Command>,
) {
    if !state.open {
        return;
    }
    let mut is_open = true;
    let size = dialog::fitting(ui.ctx(), SIZE);
    egui::Window::new("Help")
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .fixed_size(size)
        .default_pos(ui.ctx().content_rect().center() - size / 2.0 - vec2(12.0, 24.0))
        .constrain(true)
        .show(ui.ctx(), |ui| {
            regions.region_ui(ui, "Help", |ui| {
                // What the window's margins leave of it.
                let size = ui.available_size();
                ui.set_min_size(size);
                ui.horizontal_top(|ui| {
                    let width = CONTENTS_WIDTH.min(size.x * 0.3);
                    ui.allocate_ui(vec2(width, size.y), |ui| {
                        ui.set_min_width(width);
                        ui.vertical(|ui| contents_ui(ui, state));
                    });
                    ui.separator();
                    ui.vertical(|ui| page_ui(ui, document, state, commands));
                });
            });
        });
    state.open = is_open;
}

/// The search, and what it found or else all pages.
fn contents_ui(ui: &mut egui::Ui, state: &mut HelpState) {
    let line = TextEdit::singleline(&mut state.text)
        .hint_text("Search the manual")
        .prefix(icons::SEARCH.rich_text().color(theme::palette(ui).muted))
        .desired_width(f32::INFINITY);
    let line = ui.add(line);
    line.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search the manual"));
    if std::mem::take(&mut state.wants_focus) {
        line.request_focus();
    }
    ui.add_space(theme::GRID);
    let mut chosen = None;
    ScrollArea::vertical().id_salt("contents").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if state.text.trim().is_empty() {
            for page in HelpPage::all() {
                if page == HelpPage::Keys {
                    ui.add_space(2.0 * theme::GRID);
                }
                let row = rows::Row { label: page.title(), selected: page == state.page, ..rows::Row::default() };
                let response = rows::row_ui(ui, row, |ui| {
                    ui.add_space(theme::GRID);
                    ui.add(egui::Label::new(page.title()).truncate());
                });
                if response.clicked() {
                    chosen = Some(page);
                }
            }
        } else {
            chosen = found_ui(ui, &state.text);
        }
    });
    if let Some(page) = chosen {
        let text = std::mem::take(&mut state.text);
        state.turn_to(page);
        state.text = text;
    }
}

/// Where the words were found; the page that was clicked.
fn found_ui(ui: &mut egui::Ui, text: &str) -> Option<HelpPage> {
    let found = manual::search(text);
    if found.is_empty() {
        ui.label(theme::note(ui, "Nothing in the manual has these words"));
    }
    let mut chosen = None;
    let mut last = None;
    for found in found {
        let page = HelpPage::Manual(found.page);
        if last.replace(page) != Some(page) {
            ui.add_space(theme::GRID);
            ui.label(theme::strong(page.title()));
        }
        let text = theme::note(ui, found.line.as_str());
        let button = egui::Button::new(text).wrap().frame_when_inactive(false);
        let response = ui.add(button.min_size(vec2(ui.available_width(), 0.0)));
        let name = format!("{}: {}", page.title(), found.line);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
        if response.clicked() {
            chosen = Some(page);
        }
    }
    chosen
}

fn page_ui(ui: &mut egui::Ui, document: &Document, state: &mut HelpState, commands: &mut Vec<Command>) {
    let mut area = ScrollArea::vertical().id_salt("page").auto_shrink(false);
    if std::mem::take(&mut state.is_new) {
        area = area.vertical_scroll_offset(0.0);
    }
    let shown = area.show(ui, |ui| {
        ui.set_max_width((ui.available_width() - 3.0 * theme::GRID).min(TEXT_WIDTH));
        match state.page {
            HelpPage::Manual(at) => {
                PAGES.get(at).and_then(|page| ui.push_id(at, |ui| state.markdown.ui(ui, page.text)).inner)
            }
            HelpPage::Keys => {
                Group::ALL.into_iter().for_each(|group| group_ui(ui, group));
                None
            }
            HelpPage::About => {
                about::about_ui(ui, document, commands);
                None
            }
        }
    });
    let page = shown.inner.and_then(|link| HelpPage::all().find(|page| page.link() == link));
    if let Some(page) = page {
        state.turn_to(page);
    }
}

fn group_ui(ui: &mut egui::Ui, group: Group) {
    ui.label(theme::strong(group.title()));
    ui.add_space(theme::GRID);
    Grid::new(group.title()).num_columns(2).min_col_width(136.0).spacing([12.0, 6.0]).show(ui, |ui| {
        for (key, what) in keys::lines_of(group) {
            ui.label(RichText::new(key).color(theme::palette(ui).accent));
            ui.label(what);
            ui.end_row();
        }
    });
    ui.add_space(3.0 * theme::GRID);
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    fn harness(page: HelpPage) -> Harness<'static, HelpState> {
        let mut state = HelpState::default();
        state.show(page);
        let (document, mut regions) = (Document::default(), Regions::default());
        let mut harness =
            Harness::builder().with_size(vec2(1100.0, 800.0)).with_context_setup(theme::install).build_ui_state(
                move |ui, state: &mut HelpState| help_ui(ui, &document, (state, &mut regions), &mut Vec::new()),
                state,
            );
        harness.run();
        harness
    }

    #[test]
    fn the_list_of_keys_names_every_group() {
        let harness = harness(HelpPage::Keys);
        for group in Group::ALL {
            assert!(harness.query_by_label(group.title()).is_some(), "{}", group.title());
        }
    }

    #[test]
    fn a_link_turns_to_its_page() {
        let mut harness = harness(HelpPage::Manual(0));
        harness.get_by_role_and_label(egui::accesskit::Role::Link, "how an image is drawn").click();
        harness.run();
        assert_eq!(harness.state().page.link(), "style.md");
    }

    #[test]
    fn the_search_leads_to_a_page() {
        let mut harness = harness(HelpPage::Keys);
        harness.get_by_label("Search the manual").focus();
        harness.run();
        harness.event(egui::Event::Text("contact sheet".to_owned()));
        harness.run();
        harness.get_by_label_contains("Targets and tables: Each target that passes").click();
        harness.run();
        assert_eq!(harness.state().page.link(), "targets.md");
    }

    #[test]
    fn the_page_about_has_versions_and_licences() {
        let harness = harness(HelpPage::About);
        assert!(harness.query_by_label(&format!("cogscope {}", env!("CARGO_PKG_VERSION"))).is_some());
        assert!(harness.query_by_label_contains("egui, window").is_some());
        assert!(harness.query_by_label("OFL-1.1").is_some());
    }
}
