//! What the user did to the selection, the filter, the styles and the review, so that it can be undone and done again: the one
//! place for that. Each change goes through a method of [`Document`] here.

use super::imagery::{StyleScope, Styles};
use super::{Document, TargetList};
use crate::render::Style;
use crate::targets::{Reviewed, SelectMode, Selection, TargetFilter, TargetId, Verdict};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::time::{Duration, Instant};

/// So many steps can be taken back.
const MOST_STEPS: usize = 200;
/// A slider that is drawn, a name that is typed: changes of one thing that follow one another faster are one step.
const ONE_STEP: Duration = Duration::from_millis(700);

/// What a thing was before a change.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Selection(Selection, Option<TargetId>),
    Filter(TargetFilter),
    Styles(Styles),
    /// Verdicts of these targets.
    Review(Vec<(TargetId, Option<Reviewed>)>),
}

impl Step {
    fn name(&self) -> &'static str {
        match self {
            Self::Selection(..) => "selection",
            Self::Filter(_) => "filter",
            Self::Styles(_) => "style",
            Self::Review(_) => "review",
        }
    }

    /// Whether a change right after one of the same kind belongs to it.
    fn joins(&self, last: &Self) -> bool {
        matches!((self, last), (Self::Filter(_), Self::Filter(_)) | (Self::Styles(_), Self::Styles(_)))
    }
}

/// What was done and can be undone, and what was undone and can be done again.
#[derive(Debug, Default)]
pub struct History {
    past: Vec<Step>,
    future: Vec<Step>,
    last_change: Option<Instant>,
}

impl History {
    /// What undoing would bring back: "selection", "filter", "style" or "review".
    pub fn undoes(&self) -> Option<&'static str> {
        self.past.last().map(Step::name)
    }

    /// What doing again would bring back.
    pub fn redoes(&self) -> Option<&'static str> {
        self.future.last().map(Step::name)
    }

    /// Other targets are on the map: what was done to those before means nothing any more.
    pub fn forget_targets(&mut self) {
        for steps in [&mut self.past, &mut self.future] {
            steps.retain(|step| match step {
                Step::Styles(_) => true,
                Step::Filter(filter) => filter.only.is_none(),
                Step::Selection(..) | Step::Review(_) => false,
            });
        }
    }

    fn remember(&mut self, before: Step, at: Instant) {
        self.future.clear();
        let is_quick = self.last_change.is_some_and(|last| at.saturating_duration_since(last) < ONE_STEP);
        self.last_change = Some(at);
        if is_quick && self.past.last().is_some_and(|last| before.joins(last)) {
            return;
        }
        if self.past.len() >= MOST_STEPS {
            self.past.remove(0);
        }
        self.past.push(before);
    }
}

impl Document {
    /// Changes the selection by some targets; see [`TargetList::select`].
    pub fn select(&mut self, mode: SelectMode, picked: &[TargetId]) {
        self.change_selection(|targets| targets.select(mode, picked));
    }

    /// Selects nothing.
    pub fn clear_selection(&mut self) {
        self.change_selection(TargetList::clear_selection);
    }

    fn change_selection(&mut self, change: impl FnOnce(&mut TargetList)) {
        let (selection, current) = (self.targets.selection().clone(), self.targets.current());
        change(&mut self.targets);
        if *self.targets.selection() != selection {
            self.history.remember(Step::Selection(selection, current), Instant::now());
        }
    }

    /// Shows the targets that pass another filter.
    pub fn set_filter(&mut self, filter: TargetFilter) {
        let before = self.targets.filter().clone();
        if before == filter {
            return;
        }
        self.project.filter.clone_from(&filter);
        self.targets.set_filter(filter);
        self.history.remember(Step::Filter(before), Instant::now());
    }

    /// Draws images in another style.
    pub fn set_style(&mut self, scope: &StyleScope, style: &Style) {
        self.change_styles(|imagery| imagery.set_style(scope, style));
    }

    /// Draws images as if nobody had changed anything.
    pub fn reset_style(&mut self, scope: &StyleScope) {
        self.change_styles(|imagery| imagery.reset_style(scope));
    }

    fn change_styles(&mut self, change: impl FnOnce(&mut super::Imagery)) {
        let before = self.imagery.styles().clone();
        change(&mut self.imagery);
        self.imagery.keep_styles(&mut self.project.styles);
        if *self.imagery.styles() != before {
            self.history.remember(Step::Styles(before), Instant::now());
        }
    }

    /// Gives targets a verdict, or takes it from them.
    pub fn set_verdict(&mut self, targets: &[TargetId], verdict: Option<&Verdict>) {
        let at = TimeZone::UTC.to_datetime(Timestamp::now());
        let review = &mut self.review;
        let changed: Vec<TargetId> = targets.iter().copied().filter(|id| review.verdict(*id) != verdict).collect();
        if changed.is_empty() {
            return;
        }
        let reviewed = || verdict.map(|verdict| Reviewed { verdict: verdict.clone(), at });
        let before = changed.iter().map(|id| (*id, review.set(*id, reviewed()))).collect();
        self.history.remember(Step::Review(before), Instant::now());
    }

    /// Takes the last change back; says what it changed. `None` when there is none.
    pub fn undo(&mut self) -> Option<&'static str> {
        let step = self.history.past.pop()?;
        let name = step.name();
        let undone = self.swap(step);
        self.history.future.push(undone);
        self.history.last_change = None;
        Some(name)
    }

    /// Does again what was undone last; says what it changed. `None` when there is nothing.
    pub fn redo(&mut self) -> Option<&'static str> {
        let step = self.history.future.pop()?;
        let name = step.name();
        let done = self.swap(step);
        self.history.past.push(done);
        self.history.last_change = None;
        Some(name)
    }

    /// Brings a former state back; what the thing was until now becomes the step that brings that back.
    fn swap(&mut self, step: Step) -> Step {
        match step {
            Step::Selection(selection, current) => {
                let now = Step::Selection(self.targets.selection().clone(), self.targets.current());
                self.targets.restore_selection(selection, current);
                now
            }
            Step::Filter(filter) => {
                let now = Step::Filter(self.targets.filter().clone());
                self.project.filter.clone_from(&filter);
                self.targets.set_filter(filter);
                now
            }
            Step::Styles(styles) => {
                let now = Step::Styles(self.imagery.restore_styles(styles));
                self.imagery.keep_styles(&mut self.project.styles);
                now
            }
            Step::Review(verdicts) => {
                let ids: Vec<TargetId> = verdicts.iter().map(|(id, _)| *id).collect();
                let review = &mut self.review;
                let now = verdicts.into_iter().map(|(id, verdict)| (id, review.set(id, verdict))).collect();
                // What has changed is to be seen.
                self.targets.select(SelectMode::Replace, &ids);
                Step::Review(now)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::targets::tests::set;
    use super::*;

    fn document() -> Document {
        let mut document = Document::default();
        document.targets.add("targets.csv".into(), set(&["a", "b", "c"]));
        document
    }

    fn id(row: usize) -> TargetId {
        TargetId::from_row(row).unwrap()
    }

    fn selected(document: &Document) -> Vec<usize> {
        document.targets.selection().iter().map(TargetId::row).collect()
    }

    #[test]
    fn a_selection_comes_back_and_goes_again() {
        let mut document = document();
        document.select(SelectMode::Replace, &[id(0)]);
        document.select(SelectMode::Add, &[id(2)]);
        document.clear_selection();
        assert_eq!(document.undo(), Some("selection"));
        assert_eq!((selected(&document), document.targets.current()), (vec![0, 2], Some(id(2))));
        document.undo();
        assert_eq!(selected(&document), [0]);
        document.redo();
        document.redo();
        assert!(selected(&document).is_empty());
        assert_eq!(document.redo(), None);
    }

    #[test]
    fn what_changes_nothing_is_no_step() {
        let mut document = document();
        document.select(SelectMode::Replace, &[id(0)]);
        document.select(SelectMode::Replace, &[id(0)]);
        document.clear_selection();
        document.clear_selection();
        document.set_filter(TargetFilter::default());
        document.undo();
        assert_eq!(selected(&document), [0]);
        document.undo();
        assert_eq!(document.undo(), None);
    }

    #[test]
    fn a_new_change_ends_what_could_be_done_again() {
        let mut document = document();
        document.select(SelectMode::Replace, &[id(0)]);
        document.undo();
        document.select(SelectMode::Replace, &[id(1)]);
        assert_eq!((document.redo(), selected(&document)), (None, vec![1]));
    }

    #[test]
    fn a_name_that_is_typed_is_one_step() {
        let mut document = document();
        let typed = |text: &str| TargetFilter { text: text.into(), ..TargetFilter::default() };
        document.set_filter(typed("b"));
        document.set_filter(typed("bx"));
        assert!(document.targets.shown().is_empty());
        assert_eq!(document.undo(), Some("filter"));
        assert_eq!(document.targets.shown().len(), 3);
        assert_eq!(document.project.filter, TargetFilter::default());
        document.redo();
        assert_eq!(document.targets.filter().text, "bx");
    }

    #[test]
    fn steps_of_different_kinds_come_back_in_their_order() {
        let mut document = document();
        document.select(SelectMode::Replace, &[id(0)]);
        document.set_filter(TargetFilter { text: "a".into(), ..TargetFilter::default() });
        document.set_verdict(&[id(0)], Some(&Verdict::Accepted));
        let undone: Vec<_> = std::iter::from_fn(|| document.undo()).collect();
        assert_eq!(undone, ["review", "filter", "selection"]);
        assert_eq!(document.review.verdict(id(0)), None);
        document.redo();
        assert_eq!(selected(&document), [0]);
    }

    #[test]
    fn a_verdict_comes_back_with_its_target_selected() {
        let mut document = document();
        document.set_verdict(&[id(1)], Some(&Verdict::Accepted));
        document.set_verdict(&[id(1)], Some(&Verdict::Relabelled("ship".into())));
        document.undo();
        assert_eq!(document.review.verdict(id(1)), Some(&Verdict::Accepted));
        assert_eq!(selected(&document), [1]);
        document.undo();
        assert_eq!(document.review.verdict(id(1)), None);
        document.redo();
        assert_eq!(document.review.verdict(id(1)), Some(&Verdict::Accepted));
    }

    #[test]
    fn other_targets_take_their_steps_with_them() {
        let mut document = document();
        document.select(SelectMode::Replace, &[id(0)]);
        document.set_filter(TargetFilter { text: "a".into(), ..TargetFilter::default() });
        document.history.forget_targets();
        assert_eq!(document.undo(), Some("filter"));
        assert_eq!(document.undo(), None);
    }

    #[test]
    fn no_more_than_a_bounded_number_of_steps_is_kept() {
        let mut document = document();
        for _ in 0..MOST_STEPS {
            document.select(SelectMode::Toggle, &[id(0)]);
            document.select(SelectMode::Toggle, &[id(1)]);
        }
        assert_eq!(std::iter::from_fn(|| document.undo()).count(), MOST_STEPS);
    }
}
