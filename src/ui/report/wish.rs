//! What the panel wants: which template with which values, from which store and images; and what a job made of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::cog::BlockCache;
use crate::db::{IsCancelled, QueryStore, StoreAddress};
use crate::document::Document;
use crate::geo::{BoundingBox, lon_lat_from_mercator};
use crate::library::{Entry, EntryId, Kind};
use crate::render::{RgbaImage, Style};
use crate::report::figure::figure_picture;
use crate::report::output::filled_markdown;
use crate::report::page::{Part, Report};
use crate::report::run::{ReportImages, ReportInput, make_report, now};
use crate::report::template::Template;
use crate::targets::{ColorOverrides, EntryNames, ImageMatcher, TargetId};

/// A report that is wanted. Two that are equal would be made the same.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportWish {
    /// The template's text.
    pub template: Arc<str>,
    /// The parameters that it uses.
    pub parameters: BTreeMap<String, String>,
    /// The store of the targets that are on the map.
    pub store: Option<StoreAddress>,
    /// The state of the images and of their styles.
    pub images: (u64, u64),
    /// The state of the colours of classes.
    pub colors: u64,
    /// Whether pictures are for a dark window.
    pub is_dark: bool,
    /// Pixels of pictures for each of the page.
    pub pixels_per_point: f32,
    /// The longest side that a picture may have in pixels.
    pub most_side: usize,
    /// The user's wish to make it again.
    pub again: u32,
}

/// What a report is made from, taken out of the document for a job.
pub struct ReportSource {
    /// The images, the topmost first.
    pub entries: Vec<Entry>,
    /// Their looks.
    pub styles: FxHashMap<Kind, Style>,
    /// Colours of classes.
    pub colors: ColorOverrides,
}

impl ReportSource {
    /// What the document holds now.
    pub fn of(document: &Document) -> Self {
        let catalog = &document.imagery.catalog;
        let entries: Vec<Entry> = catalog.entries().iter().filter_map(|id| catalog.entry(*id)).collect();
        let style = |entry: &Entry| Some((entry.source().kind(), document.imagery.style(entry.id())?));
        let styles = entries.iter().filter_map(style).collect();
        let mut colors = document.project.class_colors.clone();
        if let Some(set) = document.targets.set() {
            for class in set.classes() {
                if let Some(id) = set.class_named(&class.name) {
                    colors.entry(class.name.to_string()).or_insert_with(|| document.targets.color(id));
                }
            }
        }
        Self { entries, styles, colors }
    }
}

/// A report, ready to be shown.
pub struct MadeReport {
    /// The report.
    pub report: Arc<Report>,
    /// The pictures by the places of their parts.
    pub pictures: Vec<(usize, RgbaImage)>,
    /// The texts by the places of their parts.
    pub texts: Vec<(usize, String)>,
}

impl ReportWish {
    /// Makes the report; `None` if it was stopped. Blocks.
    pub fn make(
        &self,
        source: ReportSource,
        store: Option<&dyn QueryStore>,
        cache: &BlockCache,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<Option<MadeReport>, String> {
        let images = ReportImages::new(&source.entries, source.styles, cache);
        let input = ReportInput {
            template: &Template::parse(&self.template),
            parameters: &self.parameters,
            store,
            images: &images,
            colors: &source.colors,
            made: now(),
            is_cancelled,
        };
        let Some(report) = make_report(input) else { return Ok(None) };
        let (mut pictures, mut texts) = (Vec::new(), Vec::new());
        for (at, part) in report.parts.iter().enumerate() {
            match part {
                // A picture that a template names is not shown: nothing is fetched.
                Part::Text(text) => texts.push((at, filled_markdown(text).replace("![", "\\!["))),
                Part::Picture(picture) => {
                    let figure = if self.is_dark { &picture.dark } else { &picture.light };
                    let longest = figure.width.max(figure.height).max(1) as f32;
                    let scale = self.pixels_per_point.min(self.most_side as f32 / longest);
                    let picture = figure_picture(figure, scale).map_err(|error| error.to_string())?;
                    pictures.push((at, picture));
                }
                Part::Table(_) | Part::Problem(_) => {}
            }
        }
        Ok(Some(MadeReport { report: Arc::new(report), pictures, texts }))
    }
}

/// The parameters that a template's queries and texts use, in the order of their names.
pub(super) fn parameters_used(template: &Template) -> Vec<String> {
    let mut texts: Vec<String> = template.blocks().map(|block| block.sql.clone()).collect();
    texts.extend(template.blocks().flat_map(|block| block.settings.values().cloned()));
    let words = template.words();
    let is_used = |name: &str| {
        let aliases: &[&str] = match name {
            "bbox" => &["bbox", "west", "south", "east", "north"],
            "image" => &["image", "image_id"],
            _ => &[],
        };
        let mentions = |name: &str| texts.iter().any(|text| mentions(text, name));
        mentions(name) || aliases.iter().any(|alias| mentions(alias)) || words.iter().any(|word| word == name)
    };
    template.parameters.keys().filter(|name| is_used(name)).cloned().collect()
}

/// Whether `:name` or `{{ name }}` stands in a text.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + name.len()..).unwrap_or_default();
        // Two colons are a cast.
        let is_parameter = before.ends_with(':') && !before.ends_with("::");
        let is_marked = is_parameter || before.trim_end().ends_with("{{");
        is_marked && !after.starts_with(is_word)
    })
}

/// The values of the parameters that a template uses.
pub(super) fn of_template(template: &Template, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let used = parameters_used(template);
    used.into_iter().filter_map(|name| values.get(&name).map(|value| (name.clone(), value.clone()))).collect()
}

/// What parameters follow.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Followed {
    target: Option<TargetId>,
    chosen: Option<EntryId>,
    store: usize,
    bbox: Option<String>,
}

impl Followed {
    /// `area` is what the map shows (EPSG:3857).
    pub fn of(document: &Document, area: Option<BoundingBox>) -> Self {
        Self {
            target: document.targets.current(),
            chosen: document.imagery.chosen,
            store: document.targets.active(),
            bbox: area.map(|area| {
                let low = lon_lat_from_mercator(area.min_x(), area.min_y());
                let high = lon_lat_from_mercator(area.max_x(), area.max_y());
                let west_east = [low.x.max(-180.0), high.x.min(180.0)];
                format!("{:.5},{:.5},{:.5},{:.5}", west_east[0], low.y, west_east[1], high.y)
            }),
        }
    }

    /// Puts the selection into the parameters, as far as it differs from what it was.
    pub fn fill(&self, document: &Document, was: Option<&Self>, parameters: &mut BTreeMap<String, String>) {
        let mut set = |name: &str, value: String| {
            parameters.insert(name.to_owned(), value);
        };
        let target = self.target.and_then(|id| document.targets.set()?.target(id));
        if was.is_none_or(|was| (was.target, was.store) != (self.target, self.store)) {
            set("class", target.map(|target| target.class_name.to_owned()).unwrap_or_default());
            set("name", target.and_then(|target| target.name).unwrap_or_default().to_owned());
        }
        if was.is_none_or(|was| (was.target, was.store, was.chosen) != (self.target, self.store, self.chosen)) {
            let of_target = target.and_then(|target| target.image).map(str::to_owned);
            let of_entry = || self.chosen.and_then(|entry| image_name(document, entry));
            set("image", of_target.or_else(of_entry).unwrap_or_default());
        }
        if let Some(bbox) = self.bbox.clone().filter(|_| was.is_none_or(|was| was.bbox != self.bbox)) {
            set("bbox", bbox);
        }
    }
}

/// What the targets call an image of the list; its own name if none of them names it.
fn image_name(document: &Document, entry: EntryId) -> Option<String> {
    let entry = document.imagery.catalog.entry(entry)?;
    let path = entry.images().first().map(|image| image.path.display().to_string()).unwrap_or_default();
    let scene = matches!(entry, Entry::Scene(_)).then(|| entry.name());
    let matcher = ImageMatcher::new([EntryNames { path: &path, scene }]);
    let images = document.targets.set().map(|set| set.images()).unwrap_or_default();
    let of_targets = images.iter().find(|image| matcher.find(&image.name).is_some());
    Some(of_targets.map_or_else(|| entry.name().to_owned(), |image| image.name.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parameters_that_a_template_uses_are_asked_for() {
        let template = "---\nleast: 5\nunused: 1\nbbox: 0,0,1,1\n---\n{{ class }} {{ SELECT 1 WHERE :from IS NULL }}\n\n\
                        ```sql\ncaption: on {{ image }}\nSELECT * FROM t WHERE a > :least AND x > :west AND y::name = 'to'\n```\n";
        assert_eq!(parameters_used(&Template::parse(template)), ["bbox", "class", "from", "image", "least"]);
    }
}
