//! What the user meant. Panels fill a list of these while they draw; the frame runs them between two frames, in one
//! place. Plain data, closed: a new wish is a new arm. It stands in `ui` because imports point one way.

use crate::document::{MapPosition, ThemeChoice};
use crate::ui::docks::Pane;
use crate::targets::{SelectMode, TargetFilter, TargetId};
use std::path::PathBuf;

/// One wish of the user.
#[must_use = "a command does nothing until the frame has run it"]
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Ask for a folder, then open it.
    AskForFolder,
    /// Ask for files, then open them.
    AskForFiles,
    /// Open folders and files; what was open stays.
    OpenPaths(Vec<PathBuf>),
    /// Close everything that is open.
    CloseAll,
    /// Bring the map to a position, smoothly.
    FlyTo(MapPosition),
    /// Show everything that is open.
    FitAll,
    /// Zoom about the map's centre by so many levels.
    ZoomBy(f64),
    /// The map was moved by hand to this position.
    MapMoved(MapPosition),
    /// Change which targets are selected; the last of these becomes the one whose facts are shown.
    Select {
        /// How the pick changes the selection.
        mode: SelectMode,
        /// The pick.
        targets: Vec<TargetId>,
    },
    /// Fly to a target.
    FlyToTarget(TargetId),
    /// Select the next target (or the one before) and fly there.
    StepTarget {
        /// To the next one.
        forward: bool,
    },
    /// Show the targets that pass a filter.
    SetFilter(TargetFilter),
    /// Show the targets of another file, by its place in the list.
    ChooseTargets(usize),
    /// Give a class a colour.
    SetClassColor {
        /// The class by name.
        class: String,
        /// Red, green, blue.
        color: [u8; 3],
    },
    /// Put the caret into the filter of the targets.
    FocusTargetFilter,
    /// Drop the selection and close what is open above the map.
    Clear,
    /// Bring a panel to the front.
    ShowPane(Pane),
    /// Put all docks back where they were at first.
    ResetLayout,
    /// Dark, light, or as the system.
    SetTheme(ThemeChoice),
    /// Open or close the command palette.
    TogglePalette,
    /// Put the caret into the go-to box.
    FocusGoTo,
    /// Open or close the list of notices.
    ToggleNotices,
    /// Forget all notices.
    ClearNotices,
    /// Stop a job.
    CancelJob(u64),
    /// Put text on the clipboard.
    Copy(String),
    /// Show a file in the system's file manager.
    Reveal(PathBuf),
    /// Enter or leave full screen.
    ToggleFullScreen,
    /// End the program.
    Quit,
}
