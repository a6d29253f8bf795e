//! The parts of a report in the window: texts, tables whose rows lead to their targets, pictures that lead to what they show.

use std::sync::Arc;

use egui::{Color32, CursorIcon, Label, RichText, Sense, TextureHandle, TextureOptions, Vec2};
use rustc_hash::FxHashMap;

use super::MadeReport;
use crate::render::RgbaImage;
use crate::report::chart::column_title;
use crate::report::figure::Frame;
use crate::report::page::{
    Part, PicturePart, PlotOf, Problem, Report, TablePart, TargetRef, cell_text, target_of_rows,
};
use crate::ui::markdown::Markdown;
use crate::ui::plots::canvas::{Canvas, Hit as Mark, hit};
use crate::ui::plots::plot::{mark_text, rows_of};
use crate::ui::{Command, pick, theme, widgets};

/// Widest text in points, so that lines stay readable.
const PAGE: f32 = 760.0;
/// Rows of a table that the window lays out; a file may have more.
const MOST_ROWS: usize = 200;
/// Widest cell in points.
const CELL: f32 = 280.0;

/// A report with what is needed to show it.
pub(super) struct Shown {
    pub report: Arc<Report>,
    pictures: FxHashMap<usize, Picture>,
    texts: FxHashMap<usize, String>,
    /// The targets of each table's rows.
    targets: FxHashMap<usize, Vec<Option<TargetRef>>>,
    markdown: Markdown,
}

/// A picture before and after it became a texture.
enum Picture {
    Pixels(RgbaImage),
    Texture(TextureHandle),
}

impl Shown {
    pub fn new(made: MadeReport) -> Self {
        let of_table = |(at, part): (usize, &Part)| match part {
            Part::Table(table) => Some((at, target_of_rows(&table.table, 0..table.shown().min(MOST_ROWS)))),
            _ => None,
        };
        Self {
            targets: made.report.parts.iter().enumerate().filter_map(of_table).collect(),
            report: made.report,
            pictures: made.pictures.into_iter().map(|(at, picture)| (at, Picture::Pixels(picture))).collect(),
            texts: made.texts.into_iter().collect(),
            markdown: Markdown::default(),
        }
    }
}

/// Draws the whole report.
pub(super) fn parts_ui(ui: &mut egui::Ui, shown: &mut Shown, commands: &mut Vec<Command>) {
    let Shown { report, pictures, texts, targets, markdown } = shown;
    ui.set_max_width(ui.available_width().min(PAGE));
    for (at, part) in report.parts.iter().enumerate() {
        ui.push_id(at, |ui| match part {
            Part::Text(_) => {
                if let Some(text) = texts.get(&at) {
                    markdown.ui(ui, text);
                }
            }
            Part::Table(table) => {
                let targets = targets.get(&at).map(Vec::as_slice).unwrap_or_default();
                table_ui(ui, table, targets, commands);
            }
            Part::Picture(picture) => {
                if let Some(own) = pictures.get_mut(&at) {
                    picture_ui(ui, picture, own, commands);
                }
            }
            Part::Problem(problem) => problem_ui(ui, problem),
        });
        ui.add_space(2.0 * theme::GRID);
    }
    for note in &report.notes {
        ui.label(theme::note(ui, note.as_str()));
    }
}

fn problem_ui(ui: &mut egui::Ui, problem: &Problem) {
    let color = theme::palette(ui).error;
    let words = format!("This {} block failed: {}", problem.kind.name(), problem.message);
    ui.add(Label::new(RichText::new(words).color(color)).selectable(true).wrap());
}

/// A table; a click on a row goes to its target.
fn table_ui(ui: &mut egui::Ui, part: &TablePart, targets: &[Option<TargetRef>], commands: &mut Vec<Command>) {
    if !part.caption.is_empty() {
        ui.label(theme::strong(part.caption.as_str()));
    }
    let table = &part.table;
    let shown = part.shown().min(MOST_ROWS);
    egui::ScrollArea::horizontal().show(ui, |ui| {
        egui::Grid::new("table").striped(true).spacing(egui::vec2(4.0 * theme::GRID, theme::GRID)).show(ui, |ui| {
            for column in table.columns() {
                ui.label(theme::note(ui, column_title(column.name())));
            }
            ui.end_row();
            for row in 0..shown {
                let target = targets.get(row).and_then(Option::as_ref);
                for column in table.columns() {
                    let text = cell_text(column.name(), column.value(row));
                    if cell_ui(ui, &text, column.kind().is_numeric(), target.is_some())
                        && let Some(target) = target
                    {
                        commands.push(Command::GoToTargets(vec![target.clone()]));
                    }
                }
                ui.end_row();
            }
        });
    });
    let remark = if shown < part.shown() {
        Some(format!("first {shown} of {} rows; a file has {}", table.row_count(), part.shown()))
    } else if table.row_count() == 0 {
        Some("No rows".to_owned())
    } else {
        part.remark()
    };
    if let Some(remark) = remark {
        ui.label(theme::note(ui, remark));
    }
}

/// A cell; whether it was clicked.
fn cell_ui(ui: &mut egui::Ui, text: &str, is_number: bool, leads_somewhere: bool) -> bool {
    let layout = if is_number {
        egui::Layout::right_to_left(egui::Align::Min)
    } else {
        egui::Layout::left_to_right(egui::Align::Min)
    };
    ui.with_layout(layout, |ui| {
        ui.set_max_width(CELL);
        let label = Label::new(text).truncate().selectable(false);
        if !leads_somewhere {
            ui.add(label);
            return false;
        }
        ui.add(label.sense(Sense::click())).on_hover_cursor(CursorIcon::PointingHand).clicked()
    })
    .inner
}

/// A picture; a click on one of its targets, bars or points goes there, a click elsewhere on a map to all that it shows.
fn picture_ui(ui: &mut egui::Ui, part: &PicturePart, own: &mut Picture, commands: &mut Vec<Command>) {
    if let Picture::Pixels(pixels) = own {
        let Some(image) = widgets::color_image(pixels) else { return };
        *own = Picture::Texture(ui.ctx().load_texture(&part.light.title, image, TextureOptions::LINEAR));
    }
    let Picture::Texture(texture) = own else { return };
    let size = Vec2::new(part.light.width as f32, part.light.height as f32);
    let scale = (ui.available_width() / size.x).min(1.0);
    let (rect, response) = ui.allocate_exact_size(size * scale, Sense::click());
    let whole = egui::Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
    ui.painter().image(texture.id(), rect, whole, Color32::WHITE);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &part.light.title));
    let under = response.hover_pos().and_then(|at| {
        let (x, y) = ((at.x - rect.left()) / scale, (at.y - rect.top()) / scale);
        let holds = |frame: &Frame| {
            (frame.x..=frame.x + frame.width).contains(&x) && (frame.y..=frame.y + frame.height).contains(&y)
        };
        part.frames.iter().rev().find(|(frame, _)| holds(frame)).and_then(|(_, at)| part.targets.get(*at))
    });
    let mark = response.hover_pos().and_then(|at| mark_under(part.plot.as_deref()?, (rect, scale), at));
    if let Some((plot, mark)) = part.plot.as_ref().zip(mark) {
        let tip = match mark {
            Mark::Point(_) => "Select this target".to_owned(),
            Mark::Mark(at) => format!("{}: select its targets", mark_text(&plot.chart, at)),
        };
        let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip);
        if response.clicked() {
            let mode = pick::mode(ui.input(|input| input.modifiers));
            let rows = rows_of(&plot.chart, mark);
            commands.push(Command::GoToRows { table: Arc::clone(&plot.table), rows, mode });
        }
        caption_ui(ui, part);
        return;
    }
    let clicked = response.clicked();
    let response = match (under, part.area) {
        (Some(_), _) => response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text("Go to this target"),
        (None, Some(_)) => response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text("Go there on the map"),
        (None, None) => response,
    };
    if clicked {
        match (under, part.area) {
            (Some(target), _) => commands.push(Command::GoToTargets(vec![target.clone()])),
            (None, Some(area)) => commands.push(Command::FlyToArea(area)),
            (None, None) => {}
        }
    }
    drop(response);
    caption_ui(ui, part);
}

fn caption_ui(ui: &mut egui::Ui, part: &PicturePart) {
    if !part.caption.is_empty() {
        ui.label(theme::note(ui, part.caption.as_str()));
    }
}

/// The bar, point or cell of a plot under a point of the screen; `rect` is the whole picture.
fn mark_under(plot: &PlotOf, (rect, scale): (egui::Rect, f32), at: egui::Pos2) -> Option<Mark> {
    let Frame { x, y, width, height } = plot.frame;
    let frame = egui::Rect::from_min_size(rect.min + egui::vec2(x, y) * scale, egui::vec2(width, height) * scale);
    let canvas = Canvas { frame, x: plot.chart.x.range, y: plot.chart.y.range };
    hit(&plot.chart, &canvas, at, &|_| true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Column, ColumnData, Table};
    use crate::report::chart::{ChartKind, ChartSpec, chart};
    use crate::report::figure::{FigureSize, draw_chart, plot_frame};

    #[test]
    fn a_click_on_a_bar_means_its_rows_alone() {
        let names = [Some("dam"), Some("ship"), Some("ship")].into_iter().collect();
        let table = Table::new(vec![Column::new("class", ColumnData::Text(names))]).unwrap();
        let spec = ChartSpec { kind: ChartKind::Bar, x: "class".into(), ..ChartSpec::default() };
        let chart = chart(&table, &table.rows(), &spec, &crate::targets::ColorOverrides::new()).unwrap();
        let frame = plot_frame(&draw_chart(&chart, FigureSize::default())).unwrap();
        let plot = PlotOf { chart, table: Arc::new(table), frame };
        // The picture stands somewhere on the screen, at half its size.
        let rect = egui::Rect::from_min_size(egui::pos2(100.0, 50.0), egui::vec2(360.0, 210.0));
        let at = |across: f32, up: f32| {
            let x = rect.left() + (frame.x + across * frame.width) * 0.5;
            let y = rect.top() + (frame.y + (1.0 - up) * frame.height) * 0.5;
            mark_under(&plot, (rect, 0.5), egui::pos2(x, y)).map(|mark| rows_of(&plot.chart, mark))
        };
        let (left, right) = (at(0.25, 0.05).unwrap(), at(0.75, 0.05).unwrap());
        let mut all = [left.clone(), right].concat();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
        assert!(left == [0] || left == [1, 2], "{left:?}");
        assert_eq!(at(0.5, 1.2), None, "above the plot");
    }
}
