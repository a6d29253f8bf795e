//! Markdown in the window: texts of reports and the manual, drawn by one renderer. Fenced blocks are drawn here, with a button that copies
//! them.

use super::{icons, theme};
use egui::{Align, Frame, Label, Layout, Margin, RichText};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};

/// What the renderer keeps between frames, with the links that lead to somewhere within the program.
#[derive(Default)]
pub struct Markdown {
    cache: CommonMarkCache,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// Anything but a fenced block.
    Text(&'a str),
    /// What stands in a fenced block.
    Code(&'a str),
}

impl Markdown {
    /// Knows these link targets: a click on one is told by [`Self::ui`] instead of opening anything outside.
    pub fn with_links(links: impl Iterator<Item = String>) -> Self {
        let mut cache = CommonMarkCache::default();
        links.for_each(|link| cache.add_link_hook(link));
        Self { cache }
    }

    /// Draws a text; the target of a known link that was clicked.
    pub fn ui(&mut self, ui: &mut egui::Ui, text: &str) -> Option<String> {
        let mut clicked = None;
        for (at, piece) in pieces(text).into_iter().enumerate() {
            ui.push_id(at, |ui| match piece {
                Piece::Text(text) => {
                    CommonMarkViewer::new().show(ui, &mut self.cache, text);
                    let hit = self.cache.link_hooks().iter().find(|(_, is_clicked)| **is_clicked);
                    clicked = clicked.take().or(hit.map(|(link, _)| link.clone()));
                }
                Piece::Code(text) => code_ui(ui, text),
            });
        }
        clicked
    }
}

fn code_ui(ui: &mut egui::Ui, text: &str) {
    let fill = ui.visuals().code_bg_color;
    Frame::new().fill(fill).corner_radius(4).inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            let first = text.lines().next().unwrap_or_default();
            if icons::icon_button(ui, icons::COPY, &format!("Copy: {first}"), "").clicked() {
                ui.ctx().copy_text(text.to_owned());
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.add(Label::new(RichText::new(text).monospace()).selectable(true).wrap());
            });
        });
    });
    ui.add_space(theme::GRID);
}

/// Cuts a text at its fenced blocks.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    // Where the present piece begins, and the fence that ends it if it is code.
    let (mut begin, mut fence) = (0, None::<&str>);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let marks = line.trim_end();
        match fence {
            None => {
                if let Some(opening) = opening_fence(marks) {
                    pieces.push(Piece::Text(text.get(begin..at).unwrap_or_default()));
                    (begin, fence) = (end, Some(opening));
                }
            }
            Some(opening) if marks.len() >= opening.len() && marks.trim_start_matches(opening).is_empty() => {
                pieces.push(Piece::Code(text.get(begin..at).unwrap_or_default().trim_end()));
                (begin, fence) = (end, None);
            }
            Some(_) => {}
        }
        at = end;
    }
    let rest = text.get(begin..).unwrap_or_default();
    pieces.push(if fence.is_some() { Piece::Code(rest.trim_end()) } else { Piece::Text(rest) });
    pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.trim().is_empty()));
    pieces
}

/// The marks that open a fenced block (`CommonMark` 0.31, 4.5): three or more of one kind.
fn opening_fence(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let count = line.chars().take_while(|other| *other == mark).count();
    let (marks, info) = line.split_at_checked(count)?;
    (count >= 3 && !info.contains('`')).then_some(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_blocks() {
        let text = "One\n\n```text\na\n\nb\n```\nTwo\n````\n```\n````\n";
        let expected = [Piece::Text("One\n\n"), Piece::Code("a\n\nb"), Piece::Text("Two\n"), Piece::Code("```")];
        assert_eq!(pieces(text), expected);
        assert_eq!(pieces("```sql\nx"), [Piece::Code("x")]);
        assert_eq!(pieces("a `` b"), [Piece::Text("a `` b")]);
    }
}
