//! What is read from the images for every target: its pixel as a column, and whether it lies where its image has data.

use super::CogscopeApp;
use crate::db::{Column, ColumnData};
use crate::document::{Audit, AuditOf, NoticeLevel, TargetLinks, audit};
use crate::geo::LonLat;
use crate::jobs::{Job, JobContext};
use crate::library::{EntryId, PixelMean, Under};
use crate::targets::{TargetId, TargetSet};
use rustc_hash::FxHashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// What came of reading the pixels.
struct PixelColumn {
    set: TargetSet,
    with_value: usize,
    /// Targets whose pixel couldn't be read, and the first reason.
    failed: Option<(usize, String)>,
}

impl CogscopeApp {
    /// Reads the pixel under each target, or the mean around it, of a band or a calculation, as a column.
    pub(super) fn add_pixel_column(&mut self, text: &str, side_px: u32) {
        let Some(links) = self.target_links() else { return };
        let old = Arc::clone(links.set());
        let name = column_name(text, side_px);
        let (label, text) = (format!("Values of {}", text.trim()), text.to_owned());
        let column = name.clone();
        let job = Job::task(&label, move |context| pixel_column(&links, (&text, side_px, &column), context));
        self.submit_then(job, move |app: &mut Self, made: Result<PixelColumn, String>| match made {
            Ok(made) => {
                let count = made.set.len();
                app.document.targets.replace(&old, Arc::new(made.set));
                let mut text = format!("{name}: {} of {count} targets have a value", made.with_value);
                let mut level = NoticeLevel::Info;
                if let Some((failed, reason)) = made.failed {
                    let _ = write!(text, "; {failed} could not be read, the first because {reason}");
                    level = NoticeLevel::Warning;
                }
                app.document.notices.add(level, text, None);
            }
            Err(reason) => app.document.notices.add(NoticeLevel::Error, format!("{name}: {reason}"), None),
        });
    }

    /// Compares the targets of the map with the images that are open.
    pub(super) fn audit(&mut self) {
        let Some(links) = self.target_links() else { return };
        let targets = Arc::downgrade(links.set().positions());
        let catalog = self.document.imagery.catalog.revision();
        let job = Job::task("Comparing targets and images", move |context: &JobContext| {
            let count = links.set().len();
            let go_on = |done| {
                context.set_progress(done, Some(count));
                !context.is_cancelled()
            };
            let under = |source: &crate::library::Source, position| source.data_under(position, context.block_cache());
            audit(&links, &under, &go_on).ok_or("cancelled")
        });
        self.submit_then(job, move |app: &mut Self, found: Result<Audit, String>| match found {
            Ok(found) => app.document.audit = Some(AuditOf { targets, catalog, found }),
            Err(reason) => app.document.notices.add(NoticeLevel::Error, format!("Audit: {reason}"), None),
        });
    }
}

/// What the column is called: `B4`, or `B4 3x3` for the mean of a square; a name of its own, so that it takes no part.
fn column_name(text: &str, side_px: u32) -> String {
    let text = text.trim();
    if side_px <= 1 { format!("px {text}") } else { format!("px {text} {side_px}x{side_px}") }
}

fn pixel_column(
    links: &TargetLinks,
    (text, side_px, name): (&str, u32, &str),
    context: &JobContext,
) -> Result<PixelColumn, String> {
    let set = links.set();
    let mut by_entry: FxHashMap<EntryId, Vec<TargetId>> = FxHashMap::default();
    for id in set.ids() {
        if let Some(entry) = links.entry(id) {
            by_entry.entry(entry.id).or_default().push(id);
        }
    }
    let mut values: Vec<Option<f64>> = vec![None; set.len()];
    let (mut done, mut failed, mut first_problem) = (0, None::<(usize, String)>, None);
    for entry in links.images().entries() {
        let Some(mut ids) = by_entry.remove(&entry.id) else { continue };
        let names = entry.source.band_names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mean = match PixelMean::parse(text, &names, side_px) {
            Ok(mean) => mean,
            // Images of other kinds may lack the band.
            Err(error) => {
                first_problem.get_or_insert_with(|| format!("{}: {error}", entry.source.name()));
                done += ids.len();
                continue;
            }
        };
        // From north to south, so that neighbours are read from the same blocks.
        ids.sort_by(|a, b| {
            let lat_deg = |id: &TargetId| set.position(*id).map_or(0.0, LonLat::lat_deg);
            lat_deg(b).total_cmp(&lat_deg(a))
        });
        for id in ids {
            if context.is_cancelled() {
                return Err("cancelled".to_owned());
            }
            let under = set.position(id).map(|position| mean.under(&entry.source, position, context.block_cache()));
            match (under, values.get_mut(id.row())) {
                (Some(Ok(Under::Value(value))), Some(slot)) => *slot = Some(value),
                (Some(Err(error)), _) => failed.get_or_insert_with(|| (0, error.to_string())).0 += 1,
                _ => {}
            }
            done += 1;
            context.set_progress(done, Some(set.len()));
        }
    }
    let with_value = values.iter().flatten().count();
    if let (0, Some(problem)) = (with_value, first_problem) {
        return Err(problem);
    }
    let column = Column::new(name, ColumnData::Real(values));
    let set = set.with_values(column).ok_or_else(|| format!("the targets have a column {name} of their own"))?;
    Ok(PixelColumn { set, with_value, failed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_says_what_is_in_it() {
        assert_eq!(column_name(" B4 ", 1), "px B4");
        assert_eq!(column_name("(b4-b3)/(b4+b3)", 5), "px (b4-b3)/(b4+b3) 5x5");
    }
}
