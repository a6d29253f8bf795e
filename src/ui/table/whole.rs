//! A table on a server page by page: all of its rows in the order of its key, where the rest of the window has what is in view only.

use super::grid::{Grid, grid_ui};
use super::look::Looks;
use super::rows::{self, Rows, Sort};
use crate::document::Document;
use crate::targets::{PageKey, PageSort, Review, Selection, TargetFilter, TargetId, TargetPage};
use crate::ui::{Command, class_color, theme, widgets};
use egui::Color32;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Rows of a page.
pub const PAGE_ROWS: usize = 500;

/// A page that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct PageWant {
    /// Of which table: its path among the sources of targets.
    pub of: PathBuf,
    /// Of the rows that pass this.
    pub filter: TargetFilter,
    /// In this order; `None` for that of the key.
    pub sort: Option<PageSort>,
    /// What the page before ends with; `None` for the first page.
    pub after: Option<PageKey>,
}

/// What is kept between frames.
#[derive(Default)]
pub struct WholeState {
    /// Whether pages are shown instead of what is in view.
    pub is_on: bool,
    /// Where the pages began that led here.
    starts: Vec<Option<PageKey>>,
    page: Option<(PageWant, Result<Arc<TargetPage>, String>)>,
    asked: Option<PageWant>,
    sort: Option<Sort>,
    rows: Rows,
    looks: Looks,
}

impl WholeState {
    /// Takes in a page, unless another is wanted by now.
    pub fn receive(&mut self, want: PageWant, result: Result<Arc<TargetPage>, String>) {
        if self.asked.as_ref() == Some(&want) {
            self.asked = None;
            self.page = Some((want, result));
        }
    }

    /// What was asked for will not come.
    pub fn forget_asked(&mut self) {
        self.asked = None;
    }
}

/// The switch between what is in view and the whole table; nothing where the whole table is in memory.
pub fn switch_ui(ui: &mut egui::Ui, document: &Document, state: &mut WholeState) {
    let is_part = document.targets.server().is_some_and(|source| source.in_view.is_some());
    state.is_on &= is_part;
    if !is_part {
        return;
    }
    for (is_on, words, tip) in [
        (false, "In view", "What the map shows of the table"),
        (true, "Whole table", "All rows of the table, page by page, in the order of its key"),
    ] {
        let response = ui.selectable_label(state.is_on == is_on, words);
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::RadioButton, true, state.is_on == is_on, words));
        if response.on_hover_text(tip).clicked() {
            state.is_on = is_on;
        }
    }
    ui.separator();
}

/// Draws the page, below a bar that leads to others.
pub fn whole_ui(
    ui: &mut egui::Ui,
    document: &Document,
    (state, hidden): (&mut WholeState, &BTreeSet<String>),
    commands: &mut Vec<Command>,
) {
    let Some(of) = document.targets.path() else { return };
    let filter = TargetFilter { only: None, ..document.targets.filter().clone() };
    let sort = page_sort(state);
    let is_same = |want: &PageWant| want.of == of && want.filter == filter && want.sort == sort;
    if !state.page.as_ref().map(|(want, _)| want).or(state.asked.as_ref()).is_some_and(is_same) {
        (state.page, state.starts) = (None, vec![None]);
        want(state, (of, &filter), None, commands);
    }
    let page = state.page.as_ref().filter(|(want, _)| is_same(want)).map(|(_, page)| page.clone());
    let shown = page.as_ref().and_then(|page| page.as_ref().ok()).map(Arc::clone);
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW_HEIGHT);
        switch_ui(ui, document, state);
        let total = document.whole.as_ref().filter(|whole| whole.is_of(Some(of)) && whole.filter == counted(&filter));
        bar_ui(ui, (state, shown.as_deref()), total.map(|whole| shown_total(whole, &filter)), (of, &filter), commands);
    });
    match page {
        None => {}
        Some(Err(problem)) => {
            ui.colored_label(theme::palette(ui).error, problem);
        }
        Some(Ok(page)) => page_ui(ui, document, (state, hidden), &page, commands),
    }
}

fn page_sort(state: &WholeState) -> Option<PageSort> {
    state.sort.clone().map(|Sort { column, direction }| PageSort { column, direction })
}

/// The filter that classes are counted with.
pub fn counted(filter: &TargetFilter) -> TargetFilter {
    TargetFilter { hidden_classes: BTreeSet::new(), only: None, ..filter.clone() }
}

fn shown_total(whole: &crate::document::WholeTable, filter: &TargetFilter) -> u64 {
    let hidden: u64 = filter.hidden_classes.iter().map(|class| whole.count_of(class)).sum();
    whole.total().saturating_sub(hidden)
}

fn want(
    state: &mut WholeState,
    (of, filter): (&std::path::Path, &TargetFilter),
    after: Option<PageKey>,
    commands: &mut Vec<Command>,
) {
    let want = PageWant { of: of.to_owned(), filter: filter.clone(), sort: page_sort(state), after };
    state.asked = Some(want.clone());
    commands.push(Command::WantPage(Box::new(want)));
}

fn bar_ui(
    ui: &mut egui::Ui,
    (state, page): (&mut WholeState, Option<&TargetPage>),
    total: Option<u64>,
    of: (&std::path::Path, &TargetFilter),
    commands: &mut Vec<Command>,
) {
    let before = state.starts.len().saturating_sub(1);
    let is_waiting = state.asked.is_some();
    let button = |ui: &mut egui::Ui, words: &str, is_possible: bool| {
        ui.add_enabled(is_possible && !is_waiting, egui::Button::new(words)).clicked()
    };
    if button(ui, "First", before > 0) {
        state.starts = vec![None];
        want(state, of, None, commands);
    }
    if button(ui, "Previous", before > 0) {
        state.starts.pop();
        let start = state.starts.last().cloned().flatten();
        want(state, of, start, commands);
    }
    let next = page.filter(|page| page.has_more).and_then(|page| page.last.clone());
    if button(ui, "Next", next.is_some()) {
        state.starts.push(next.clone());
        want(state, of, next, commands);
    }
    let count = page.map_or(0, |page| page.set.len());
    let first = before * PAGE_ROWS + 1;
    let total = total.map(|total| format!(" of {}", widgets::count(usize::try_from(total).unwrap_or(usize::MAX))));
    let text = match count {
        0 => "No row".to_owned(),
        _ => format!(
            "Rows {}\u{2013}{}{}",
            widgets::count(first),
            widgets::count(first + count - 1),
            total.unwrap_or_default()
        ),
    };
    if is_waiting {
        ui.add(egui::Spinner::new().size(12.0));
    } else {
        ui.label(theme::note(ui, text));
    }
}

fn page_ui(
    ui: &mut egui::Ui,
    document: &Document,
    (state, hidden): (&mut WholeState, &BTreeSet<String>),
    page: &TargetPage,
    commands: &mut Vec<Command>,
) {
    let set = &page.set;
    let ids: Vec<TargetId> = set.ids().collect();
    state.rows.update(set, &ids, 0, None);
    state.looks.update(ui, set);
    let columns = rows::columns(set, hidden);
    let color = |id: TargetId| {
        set.target(id).map_or(Color32::TRANSPARENT, |target| class_color::of(document, target.class_name))
    };
    let current = document.targets.current().and_then(|id| document.targets.set()?.target(id));
    let key = current.map(|target| target.key).filter(|key| !key.is_null());
    let current = key.and_then(|key| set.ids().find(|id| set.target(*id).is_some_and(|target| target.key == key)));
    let (selection, review): (Selection, Review) = (current.into_iter().collect(), Review::default());
    let mut grid = Grid {
        set,
        rows: &state.rows,
        columns: &columns,
        looks: &state.looks,
        sort: state.sort.as_ref(),
        sortable: Some(&page.sortable),
        selection: &selection,
        current,
        review: &review,
        class_color: &color,
        clicked: None,
        sorted_by: None,
        opened_on: None,
        commands: Vec::new(),
        asked: None,
        menu: &|_, _| Vec::new(),
    };
    grid_ui(ui, &mut grid, document.targets.path(), None);
    let sorted_by = grid.sorted_by.take();
    let clicked = grid.clicked.and_then(|(row, _)| state.rows.get(row)).and_then(|id| set.target(id));
    if let Some(target) = clicked {
        let key = Some(target.key).filter(|key| !key.is_null()).map(|key| key.to_string());
        commands.push(Command::GoToKey { key, position: target.position });
    }
    if let Some(column) = sorted_by {
        state.sort = super::next_sort(state.sort.as_ref(), column);
    }
}
