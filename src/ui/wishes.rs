//! What some commands carry: plain data that says what is wanted.

use crate::document::PlotId;
use crate::report::chart::DensityGrid;
use crate::targets::TargetId;
use std::sync::Arc;

/// How large everything in the window shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaling {
    /// By a step larger.
    Larger,
    /// By a step smaller.
    Smaller,
    /// As the system says.
    Usual,
}

/// A picture of a plot's points, of which there are too many to be drawn one by one.
#[derive(Clone, Debug, PartialEq)]
pub struct DensityWant {
    /// The plot.
    pub plot: PlotId,
    /// Its chart.
    pub chart: u64,
    /// Revision of the selection, which is counted too.
    pub selection: u64,
    /// Groups that are switched off.
    pub hidden: Vec<usize>,
    /// The pixels, and the part of the plot that they cover.
    pub grid: DensityGrid,
    /// The colour of points without groups.
    pub plain: [u8; 3],
}

/// Chips that are seen and missing.
#[derive(Clone, Debug, PartialEq)]
pub struct ChipsWanted {
    /// Grows with each change of what chips look like.
    pub generation: u64,
    /// Whose, the most urgent first.
    pub targets: Vec<TargetId>,
    /// Metres of ground across.
    pub across_m: f64,
    /// Pixels across.
    pub pixels: u32,
}

/// Very many targets in another order.
#[derive(Clone, Debug, PartialEq)]
pub struct SortWant {
    /// Which targets are shown: [`crate::document::TargetList::revision`].
    pub revision: u64,
    /// By what, and for whom.
    pub by: SortOf,
}

/// What targets are sorted by, and for whom.
#[derive(Clone, Debug, PartialEq)]
pub enum SortOf {
    /// Rows of the table.
    Rows(super::table::Sort),
    /// Chips.
    Chips(super::chips::Sort),
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveForm {
    /// Shapes and texts.
    Svg,
    /// Pixels.
    Png,
    /// A table as text.
    Csv,
    /// A table with places.
    GeoJson,
}

impl SaveForm {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Csv => "CSV",
            Self::GeoJson => "GeoJSON",
        }
    }

    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Csv => "csv",
            Self::GeoJson => "geojson",
        }
    }
}

/// A plot as a file.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotFile {
    /// Which.
    pub plot: PlotId,
    /// A picture, or its data.
    pub form: SaveForm,
    /// Width and height in points.
    pub size: [u32; 2],
    /// The part that is seen, along the bottom.
    pub x: (f64, f64),
    /// The part that is seen, up the side.
    pub y: (f64, f64),
    /// Groups that are switched off.
    pub hidden: Vec<usize>,
    /// Light on dark.
    pub is_dark: bool,
}

/// Chips as one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct ChipSheet {
    /// Above them.
    pub title: String,
    /// Whose, in order.
    pub ids: Arc<[TargetId]>,
    /// Metres of ground across each.
    pub across_m: f64,
    /// Pixels across each.
    pub pixels: u32,
    /// Light on dark.
    pub is_dark: bool,
}

/// What can be saved.
#[derive(Clone, Debug, PartialEq)]
pub enum SaveWish {
    /// A plot.
    Plot(PlotFile),
    /// Rows of the table.
    Table {
        /// CSV or `GeoJSON`.
        form: SaveForm,
        /// The rows, in order.
        ids: Arc<[TargetId]>,
        /// The columns, by their places.
        columns: Vec<usize>,
    },
    /// Chips.
    ContactSheet(ChipSheet),
    /// What a reviewer said.
    Review,
}

impl SaveWish {
    /// The form of the file.
    pub fn form(&self) -> SaveForm {
        match self {
            Self::Plot(plot) => plot.form,
            Self::Table { form, .. } => *form,
            Self::ContactSheet(_) => SaveForm::Png,
            Self::Review => SaveForm::Csv,
        }
    }

    /// A name to begin with.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Plot(_) => "plot",
            Self::Table { .. } => "targets",
            Self::ContactSheet(_) => "chips",
            Self::Review => "review",
        }
    }
}
