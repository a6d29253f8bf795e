//! What a project file holds: which folders, how they are shown, and where the map stands.

use super::{PlotSettings, SavedQuery};
use crate::render::Style;
use crate::targets::{ColorOverrides, Mapping, TargetFilter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// Styles of kinds of images, by the kind's name.
    pub styles: BTreeMap<String, Style>,
    /// Which targets are shown.
    pub filter: TargetFilter,
    /// Colours that the user gave to classes, by class name.
    pub class_colors: ColorOverrides,
    /// What the plots show; `None` while nobody has looked at any.
    pub plots: Option<Vec<PlotSettings>>,
    /// Queries in SQL that plots show the answers of.
    pub queries: Vec<SavedQuery>,
    /// Tables of servers whose targets were shown.
    pub tables: Vec<SavedTable>,
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
}
