//! What the user works on, and what would be saved of it: folders, layers with their styles, filters, selection, the
//! map's position. Plain data: nothing here draws, reads pixels or starts a thread. Only the frame (`app`) changes it.

mod about;
mod activity;
mod audit;
mod graphics;
mod history;
mod image_links;
mod imagery;
mod notice;
mod plot_data;
mod plots;
mod project;
mod project_file;
mod serving;
mod session;
mod settings;
mod storage;
mod targets;
mod whole_table;

pub use about::{About, CrashNote};
pub use activity::{Activity, JobLine};
pub use audit::{Audit, audit};
pub use graphics::{GraphicsMemory, Renderer};
pub use history::History;
pub use image_links::{ImageLinks, LinkedEntry, NamedImage, TargetLinks};
pub use imagery::{Imagery, OwnMap, Pin, Reading, StyleScope, Styles};
pub use notice::{Notice, NoticeLevel, Notices};
pub use plot_data::PlotData;
pub use plots::{
    MOST_PLOTS, Made, MadeOf, Plot, PlotId, PlotKey, PlotSettings, Plots, SavedQuery, first_plots, suggested, with_kind,
};
pub use project::{
    ChipSort, ChipsSettings, MapPosition, Project, ReportSettings, SavedEntry, SavedPin, SavedReview, SavedTable,
    SavedTemplate, TableSettings,
};
pub use project_file::{PROJECT_ENDING, ProjectError, is_project_path, load_project, save_project};
pub use serving::{ServeWish, Serving};
pub use session::Session;
pub use settings::{Settings, ThemeChoice};
pub use storage::{Kept, StorageError};
pub use targets::{MOST_SHOWN_AT_ONCE, ServerSource, ShowWant, Shown, TargetLayer, TargetList, TargetsSource};
pub use whole_table::WholeTable;

use crate::geo::LonLat;
use crate::targets::Review;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A comparison of targets and images, and what was compared.
#[derive(Debug)]
pub struct AuditOf {
    /// The targets, told by their positions.
    pub targets: std::sync::Weak<[LonLat]>,
    /// The images: revision of the catalog.
    pub catalog: u64,
    /// What was found.
    pub found: Audit,
}

/// What the project is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectName {
    /// Its file; `None` as long as nobody saved it under a name.
    pub path: Option<PathBuf>,
    /// Whether there are changes that are not in that file.
    pub is_unsaved: bool,
}

impl ProjectName {
    /// The file's name without its ending.
    pub fn title(&self) -> Option<String> {
        Some(self.path.as_ref()?.file_stem()?.to_string_lossy().into_owned())
    }
}

/// All that the panels show.
#[derive(Debug, Default)]
pub struct Document {
    /// What a project file would hold.
    pub project: Project,
    /// The project's name and whether it has changes that are not in its file.
    pub name: ProjectName,
    /// What the program remembers about the user, whatever the project.
    pub settings: Settings,
    /// Images, their order and styles.
    pub imagery: Imagery,
    /// What lies under the pointer.
    pub pointer: Option<Reading>,
    /// Places whose values are kept, oldest first.
    pub pins: Vec<Pin>,
    /// Targets: shown, filtered, selected.
    pub targets: TargetList,
    /// What the table on the map holds besides what is in view.
    pub whole: Option<WholeTable>,
    /// What a reviewer said of the targets on the map.
    pub review: Review,
    /// Whether the keys of the review are on.
    pub is_reviewing: bool,
    /// What can be undone and done again.
    pub history: History,
    /// The plots.
    pub plots: Plots,
    /// Whether targets and images fit together, once that was asked.
    pub audit: Option<AuditOf>,
    /// Whether what is open is served to other programs.
    pub serving: Serving,
    /// What the program is busy with.
    pub activity: Activity,
    /// What the program tells of itself.
    pub about: About,
    /// Of the recent folders and files, those that were not there when somebody looked last.
    pub missing_recent: BTreeSet<PathBuf>,
    /// What went wrong or is worth knowing, newest last.
    pub notices: Notices,
}
