//! Writing what the user sees to files: plots, tables, contact sheets, the review. What takes time is a job.

use super::CogscopeApp;
use super::dialogs::Ask;
use crate::db::{Table, csv_text, write_csv, write_geojson};
use crate::document::{NoticeLevel, TargetLinks};
use crate::files;
use crate::jobs::{Job, JobContext};
use crate::library::{EntryId, chip, chip_view};
use crate::render::Painter;
use crate::report::chart::chart_data;
use crate::report::figure::{
    FigureSize, FigureTheme, SheetPicture, contact_sheet, draw_chart_part, figure_png, figure_svg, sheet_capacity,
};
use crate::targets::TargetId;
use crate::ui::{ChipSheet, PlotFile, SaveForm, SaveWish};
use crate::warp::Resampling;
use rustc_hash::FxHashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Pixels of a PNG for each of the window's: sharp in print and on dense screens.
const PNG_SCALE: f32 = 2.0;

impl CogscopeApp {
    /// Asks where to save something.
    pub(super) fn ask_where(&mut self, wish: SaveWish) {
        self.ask(Ask::Save(Box::new(wish)));
    }

    /// Saves something under a path.
    pub(super) fn save_to(&mut self, wish: SaveWish, path: PathBuf) {
        let path = with_ending(path, wish.form().ending());
        let target = path.clone();
        let job = match wish {
            SaveWish::Plot(plot) => self.plot_job(plot, path),
            SaveWish::Table { form, ids, columns } => self.table_job(form, &ids, columns, path),
            SaveWish::ContactSheet(sheet) => self.sheet_job(sheet, path),
            SaveWish::Review => self.document.targets.set().map(|set| {
                let table = self.document.review.to_table(set);
                Job::task("Saving the review", move |_| write(&path, csv_text(&table, &table.rows()).as_bytes()))
            }),
        };
        let Some(job) = job else { return };
        self.submit_then(job, move |app: &mut Self, saved: Result<(), String>| {
            let (level, text) = match saved {
                Ok(()) => (NoticeLevel::Info, "Saved".to_owned()),
                Err(reason) => (NoticeLevel::Error, format!("Not saved: {reason}")),
            };
            app.document.notices.add(level, text, Some(target));
        });
    }

    fn plot_job(&self, wish: PlotFile, path: PathBuf) -> Option<Job> {
        let made = self.document.plots.get(wish.plot)?.made.clone()?;
        let chart = made.chart.ok()?;
        Some(Job::task("Saving the plot", move |_| {
            let shown = chart.without_groups(&wish.hidden);
            let theme = if wish.is_dark { FigureTheme::Dark } else { FigureTheme::Light };
            let size = FigureSize { width: wish.size[0], height: wish.size[1], theme };
            let figure = || draw_chart_part(&shown, size, wish.x, wish.y);
            let bytes = match wish.form {
                SaveForm::Svg => figure_svg(&figure()).map(String::into_bytes),
                SaveForm::Png => figure_png(&figure(), PNG_SCALE),
                SaveForm::Csv | SaveForm::GeoJson => {
                    let Some(data) = &made.data else { return Err("there is no data".to_owned()) };
                    let (table, mapping) = (data.table(), data.mapping());
                    let keys = [&mapping.id, &mapping.name].into_iter();
                    let keys: Vec<usize> = keys.filter_map(|name| table.column_index(name.as_deref()?)).collect();
                    let data = chart_data(&shown, table, &made.key.settings.spec, &keys);
                    Ok(csv_text(&data, &data.rows()).into_bytes())
                }
            };
            write(&path, &bytes.map_err(|error| error.to_string())?)
        }))
    }

    fn table_job(&self, form: SaveForm, ids: &[TargetId], columns: Vec<usize>, path: PathBuf) -> Option<Job> {
        let set = Arc::clone(self.document.targets.set()?);
        let rows: Vec<u32> = ids.iter().filter_map(|id| u32::try_from(id.row()).ok()).collect();
        Some(Job::task("Saving the table", move |_| {
            write_with(&path, |out| {
                let table: &Table = set.table();
                if form == SaveForm::GeoJson {
                    write_geojson(table, &columns, &rows, set.positions(), out)
                } else {
                    write_csv(table, &columns, &rows, out)
                }
            })
        }))
    }

    fn sheet_job(&mut self, sheet: ChipSheet, path: PathBuf) -> Option<Job> {
        let links = self.target_links()?;
        let capacity = sheet_capacity(sheet.pixels);
        let mut painters: FxHashMap<EntryId, (Arc<Painter>, Resampling)> = FxHashMap::default();
        let ids: Vec<TargetId> = sheet.ids.iter().copied().take(capacity).collect();
        for id in &ids {
            if let Some(entry) = links.entry(*id).map(|entry| entry.id)
                && let Some(painter) = self.chip_painter(entry)
            {
                painters.insert(entry, painter);
            }
        }
        let colors: Vec<[u8; 3]> = ids
            .iter()
            .map(|id| {
                let class = links.set().class_of(*id);
                class.map_or([0x88; 3], |class| {
                    let color = self.document.targets.color(class);
                    [color.red, color.green, color.blue]
                })
            })
            .collect();
        Some(Job::task("Saving the contact sheet", move |context| {
            let work = SheetWork { sheet, links, painters, ids, colors };
            let figure = work.figure(context)?;
            write(&path, &figure_png(&figure, 1.0).map_err(|error| error.to_string())?)
        }))
    }
}

/// What a contact sheet is made of.
struct SheetWork {
    sheet: ChipSheet,
    links: Arc<TargetLinks>,
    painters: FxHashMap<EntryId, (Arc<Painter>, Resampling)>,
    ids: Vec<TargetId>,
    colors: Vec<[u8; 3]>,
}

impl SheetWork {
    fn figure(&self, context: &JobContext) -> Result<crate::report::figure::Figure, String> {
        let mut pictures = Vec::with_capacity(self.ids.len());
        for (id, color) in self.ids.iter().zip(&self.colors) {
            if context.is_cancelled() {
                return Err("cancelled".to_owned());
            }
            let caption = self.links.set().target(*id).map_or_else(String::new, |target| target.label());
            pictures.push(SheetPicture { picture: self.picture(*id, context), caption, color: *color });
            context.set_progress(pictures.len(), Some(self.ids.len()));
        }
        let all = self.sheet.ids.len();
        let title = if all > pictures.len() {
            format!("{}: the first {} of {all}", self.sheet.title, pictures.len())
        } else {
            self.sheet.title.clone()
        };
        let theme = if self.sheet.is_dark { FigureTheme::Dark } else { FigureTheme::Light };
        Ok(contact_sheet(&title, &pictures, self.sheet.pixels, theme))
    }

    fn picture(&self, id: TargetId, context: &JobContext) -> Result<Arc<crate::render::RgbaImage>, String> {
        let entry = self.links.entry(id).ok_or("image not open")?;
        let (painter, resampling) = self.painters.get(&entry.id).ok_or("no stretch yet")?;
        let position = self.links.set().position(id).ok_or("no position")?;
        let view = chip_view(position, self.sheet.across_m, self.sheet.pixels).ok_or("not on the map")?;
        let made = chip(&entry.source, &view, (painter, *resampling), context.block_cache());
        made.map_err(|error| error.to_string())?.map(Arc::new).ok_or_else(|| "no data".to_owned())
    }
}

/// The path with an ending, unless it has one of its own.
fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(ending) }
}

/// Writes a file so that a crash leaves either the old one or the new one.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    write_with(path, |out| out.write_all(bytes))
}

fn write_with(path: &Path, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| files::replace_with(path, fill)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_added_where_there_is_none() {
        assert_eq!(with_ending("a/plot".into(), "svg"), PathBuf::from("a/plot.svg"));
        assert_eq!(with_ending("a/plot.png".into(), "svg"), PathBuf::from("a/plot.png"));
    }
}
