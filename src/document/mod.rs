//! What the user works on, and what would be saved of it: folders, layers with their styles, filters, selection, the
//! map's position. Plain data: nothing here draws, reads pixels or starts a thread. Only the frame (`app`) changes it.

mod activity;
mod imagery;
mod notice;
mod project;
mod settings;
mod storage;
mod targets;

pub use activity::{Activity, JobLine};
pub use imagery::{Imagery, Pin, Reading, StyleScope};
pub use notice::{Notice, NoticeLevel, Notices};
pub use project::{MapPosition, Project, SavedTable};
pub use settings::{Settings, ThemeChoice};
pub use storage::{Loaded, StorageError, load_json, save_json};
pub use targets::{ServerSource, TargetList, TargetsSource};

/// All that the panels show.
#[derive(Debug, Default)]
pub struct Document {
    /// What a project file would hold.
    pub project: Project,
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
    /// What the program is busy with.
    pub activity: Activity,
    /// What went wrong or is worth knowing, newest last.
    pub notices: Notices,
}
