//! What a project file holds: which folders, how they are shown, and where the map stands.

use super::{PlotSettings, SavedQuery};
use crate::db::SortDirection;
use crate::geo::LonLat;
use crate::library::{Arrangement, Order};
use crate::render::Style;
use crate::targets::{ColorOverrides, Mapping, TargetFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Where the map stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapPosition {
    /// Longitude of the map's centre in degrees.
    pub lon_deg: f64,
    /// Latitude of the map's centre in degrees.
    pub lat_deg: f64,
    /// Zoom in the sense of web map tiles: at 0 the world is 256 points wide, each step doubles it.
    pub zoom: f64,
}

impl Default for MapPosition {
    fn default() -> Self {
        Self { lon_deg: 0.0, lat_deg: 20.0, zoom: 2.0 }
    }
}

/// The saved part of a document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Project {
    /// Folders and files as they were opened.
    pub sources: Vec<PathBuf>,
    /// Where the map stands; `None` until something was fitted or moved.
    pub map: Option<MapPosition>,
    /// How the user says that names of files are to be understood, as [`crate::library::NamePattern`] reads it.
    pub name_pattern: Option<String>,
    /// How images are sorted, in the list and on the map.
    pub order: Order,
    /// Styles of kinds of images, by the kind's name.
    pub styles: BTreeMap<String, Style>,
    /// Images and scenes that are hidden or have a style of their own, by path.
    pub entries: Vec<SavedEntry>,
    /// What was grouped, split, named and ordered by hand.
    pub arrangement: Arrangement,
    /// The image that is shown alone in its own reference system; of a scene, its first file.
    pub own_map: Option<PathBuf>,
    /// Which targets are shown.
    pub filter: TargetFilter,
    /// Colours that the user gave to classes, by class name.
    pub class_colors: ColorOverrides,
    /// The file or table of targets that the user put on the map.
    pub active_targets: Option<PathBuf>,
    /// Files and tables of targets that are on the map beside that.
    pub targets_beside: Vec<PathBuf>,
    /// What the plots show; `None` while nobody has looked at any.
    pub plots: Option<Vec<PlotSettings>>,
    /// Queries in SQL that plots show the answers of.
    pub queries: Vec<SavedQuery>,
    /// Tables of servers whose targets were shown.
    pub tables: Vec<SavedTable>,
    /// The table of a server that the review is kept in too.
    pub review: Option<SavedReview>,
    /// Places whose values are kept.
    pub pins: Vec<SavedPin>,
    /// What the report shows.
    pub report: ReportSettings,
    /// What the table shows.
    pub table: TableSettings,
    /// What the panel Chips shows.
    pub chips: ChipsSettings,
    /// The docks' arrangement, as the window wrote it; `None` for the first one.
    pub layout: Option<Value>,
    /// What another version of the program wrote and this one does not know: it is kept.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, Value>,
}

impl Project {
    /// The part that is worth asking about before it is lost: without where the map stands, how the docks are arranged, and what
    /// a report takes from the selection.
    #[must_use]
    pub fn content(&self) -> Self {
        let mut report = self.report.clone();
        if report.follows {
            report.parameters.clear();
        }
        Self {
            map: None,
            layout: None,
            own_map: None,
            table: TableSettings::default(),
            chips: ChipsSettings::default(),
            report,
            ..self.clone()
        }
    }

    /// What goes on to other folders: how things look and what was asked, but nothing of what was open.
    #[must_use]
    pub fn for_other_sources(self) -> Self {
        let tables = self.tables.into_iter().map(|table| SavedTable { is_open: false, ..table }).collect();
        Self {
            styles: self.styles,
            order: self.order,
            entries: self.entries,
            arrangement: self.arrangement,
            chips: self.chips,
            class_colors: self.class_colors,
            queries: self.queries,
            report: self.report,
            tables,
            ..Self::default()
        }
    }

    /// Whether something would be lost with it that somebody wrote by hand.
    pub fn has_handwork(&self) -> bool {
        !self.queries.is_empty() || !self.report.own_templates.is_empty()
    }

    /// Keeps how a table is reached and understood, in the place of what was kept of it before.
    pub fn remember_table(&mut self, table: SavedTable) {
        match self.tables.iter_mut().find(|known| known.is_same_table(&table.server, &table.table)) {
            Some(known) => *known = table,
            None => self.tables.push(table),
        }
    }

    /// What the user said of the columns of a table.
    pub fn mapping_of(&self, server: &str, table: &str) -> Option<&Mapping> {
        self.tables.iter().find(|known| known.is_same_table(server, table)).map(|known| &known.mapping)
    }
}

/// An image, or the scene that it belongs to, of which something is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedEntry {
    /// The image's file; of a scene, its first.
    pub path: PathBuf,
    /// Whether it is hidden.
    pub is_hidden: bool,
    /// How it is drawn, other than its kind.
    pub style: Option<Style>,
}

/// A place whose values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedPin {
    /// Degrees, east positive.
    pub lon_deg: f64,
    /// Degrees, north positive.
    pub lat_deg: f64,
}

impl From<LonLat> for SavedPin {
    fn from(position: LonLat) -> Self {
        Self { lon_deg: position.lon_deg(), lat_deg: position.lat_deg() }
    }
}

/// A table on a server: how to get there, without a password, and what its columns mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedTable {
    /// The server as `key=value` settings.
    pub server: String,
    /// The table as SQL names it.
    pub table: String,
    /// Which column plays which part.
    pub mapping: Mapping,
    /// Whether it is shown again when the project is opened.
    pub is_open: bool,
}

impl SavedTable {
    /// What it is called among the files of targets; see [`super::TargetsSource::path`].
    pub fn label(&self) -> PathBuf {
        PathBuf::from(format!("{} ({})", self.table, self.server))
    }

    fn is_same_table(&self, server: &str, table: &str) -> bool {
        self.server == server && self.table == table
    }
}

/// A table of a server that a review is kept in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedReview {
    /// The server as `key=value` settings, without a password.
    pub server: String,
    /// The table, with its schema in front if need be.
    pub table: String,
}

/// What the panel Report shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportSettings {
    /// The title of the template that is chosen; empty for the first one.
    pub template: String,
    /// Templates that the user opened.
    pub own_templates: Vec<SavedTemplate>,
    /// Values of parameters by name.
    pub parameters: BTreeMap<String, String>,
    /// Whether parameters follow what is selected.
    pub follows: bool,
}

impl Default for ReportSettings {
    fn default() -> Self {
        Self { template: String::new(), own_templates: Vec::new(), parameters: BTreeMap::new(), follows: true }
    }
}

/// A template of reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedTemplate {
    /// What to call it if it has no title.
    pub name: String,
    /// Markdown.
    pub text: String,
}

/// What the panel Table shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableSettings {
    /// Columns that are not shown.
    pub hidden_columns: BTreeSet<String>,
    /// The column that sorts, and which end of it comes first; `None` for the order of the file.
    pub sort: Option<(String, SortDirection)>,
}

/// What chips are sorted by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChipSort {
    /// By class, then by name.
    #[default]
    Class,
    /// A column of the table, by name.
    Column(String),
    /// What a reviewer said: those without a verdict first.
    Review,
    /// As the file has them.
    File,
}

/// What the panel Chips shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChipsSettings {
    /// What decides the order.
    pub sort: ChipSort,
    /// Which end of it comes first.
    pub direction: SortDirection,
    /// Side of a chip in points.
    pub side: f32,
    /// Metres of ground across; `None` until somebody chose.
    pub across_m: Option<f64>,
}

impl Default for ChipsSettings {
    fn default() -> Self {
        Self { sort: ChipSort::default(), direction: SortDirection::default(), side: 96.0, across_m: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_map_shows_is_no_change_worth_asking_about() {
        let project = Project { sources: vec!["a".into()], ..Project::default() };
        let mut moved = project.clone();
        moved.map = Some(MapPosition::default());
        moved.report.parameters.insert("image".to_owned(), "a".to_owned());
        assert_eq!(moved.content(), project.content());
        moved.report.follows = false;
        assert_ne!(moved.content(), project.content(), "parameters that were typed are work");
        moved = Project { queries: vec![SavedQuery::default()], ..project.clone() };
        assert_ne!(moved.content(), project.content());
    }

    #[test]
    fn a_table_is_kept_once_with_its_last_mapping() {
        let mut project = Project::default();
        let table = |class: &str| SavedTable {
            server: "host=a".to_owned(),
            table: "t".to_owned(),
            mapping: Mapping { class: Some(class.to_owned()), ..Mapping::default() },
            is_open: true,
        };
        project.remember_table(table("label"));
        project.remember_table(table("kind"));
        project.remember_table(SavedTable { server: "host=b".to_owned(), ..table("other") });
        assert_eq!(project.tables.len(), 2);
        assert_eq!(project.mapping_of("host=a", "t").and_then(|mapping| mapping.class.as_deref()), Some("kind"));
        assert_eq!(project.mapping_of("host=a", "u"), None);
    }

    #[test]
    fn other_folders_get_styles_and_queries_but_no_filter() {
        let mut project = Project { sources: vec!["a".into()], ..Project::default() };
        project.filter.text = "dam".to_owned();
        project.styles.insert("Landsat".to_owned(), Style::default());
        project.tables.push(SavedTable { is_open: true, ..SavedTable::default() });
        let other = project.for_other_sources();
        assert!(other.sources.is_empty() && other.filter.is_empty());
        assert_eq!((other.styles.len(), other.tables[0].is_open), (1, false));
    }
}
