//! What the user meant. Panels fill a list of these while they draw; the frame runs them between two frames, in one
//! place. Plain data, closed: a new wish is a new arm. It stands in `ui` because imports point one way.

use crate::db::Table;
use crate::db::postgres::{ServerAddress, ServerLogin};
use crate::document::{MapPosition, PlotId, PlotSettings, SavedQuery, SavedReview, ServeWish, StyleScope, ThemeChoice};
use crate::geo::{BoundingBox, LonLat};
use crate::jobs::TileWant;
use crate::library::{EntryId, ImageId, ListPlace, Order, SceneId};
use crate::render::Style;
use crate::report::page::TargetRef;
use crate::targets::{ClassColor, Mapping, SelectMode, TargetFilter, TargetId, Verdict};
use crate::ui::docks::Pane;
use crate::ui::help::HelpPage;
use crate::ui::import::ImportWish;
use crate::ui::report::ReportWish;
use crate::ui::table::PageWant;
use crate::ui::unsaved::AfterAsking;
use crate::ui::wishes::{ChipsWanted, DensityWant, SaveWish, Scaling, SortWant};
use std::path::PathBuf;
use std::sync::Arc;

/// Which table of a server to show as soon as it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableToShow {
    /// None: the user chooses.
    Nothing,
    /// The first one with positions.
    First,
    /// The one of this name.
    Named(String),
}

/// One wish of the user.
#[must_use = "a command does nothing until the frame has run it"]
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Ask for a folder, then open it.
    AskForFolder,
    /// Ask for files, then open them.
    AskForFiles,
    /// Ask for a path that is typed, then open it.
    AskForPath,
    /// The path that was typed, for what it was asked for.
    TakeTypedPath(PathBuf),
    /// Look which recent folders and files are still there.
    LookAtRecent,
    /// Forget recent folders and files.
    ForgetRecent(Vec<PathBuf>),
    /// Open folders and files; what was open stays.
    OpenPaths(Vec<PathBuf>),
    /// Reads a folder or file that is open anew; `None` for all of them.
    ReadAgain(Option<PathBuf>),
    /// Close the project and everything that is open.
    NewProject,
    /// Ask for a project, then open it.
    AskForProject,
    /// Save the project under its name; ask for one where it has none.
    SaveProject,
    /// Ask for a name, then save the project under it.
    AskToSaveProject,
    /// Save the project under a path.
    SaveProjectTo(PathBuf),
    /// The answer to the question whether to save before the project is left.
    Leave {
        /// Whether to save.
        saves: bool,
        /// What was asked for.
        then: AfterAsking,
    },
    /// Serve what is open to other programs of this machine.
    StartServer(ServeWish),
    /// Serve nothing any more.
    StopServer,
    /// The one or the other, with what is set in the toolbar.
    ToggleServer,
    /// Open the dialog that connects to a server.
    OpenConnect,
    /// Connect to a server and list its tables.
    ConnectServer {
        /// How to get there.
        login: Box<ServerLogin>,
        /// Whether a password that was typed is kept in the system's credential store, once it has let us in.
        keeps_password: bool,
        /// What to show at once.
        shows: TableToShow,
    },
    /// Look at the columns of a server's table.
    DescribeTable {
        /// The server.
        address: Box<ServerAddress>,
        /// The table as SQL names it.
        table: String,
    },
    /// Show the targets of a server's table.
    LoadTable {
        /// The server.
        address: Box<ServerAddress>,
        /// The table as SQL names it.
        table: String,
        /// Which column plays which part; guessed for `None`.
        mapping: Option<Box<Mapping>>,
    },
    /// Keep no password of a server any more.
    ForgetPassword(Box<ServerAddress>),
    /// Something of the dialog that imports targets.
    Import(Box<ImportWish>),
    /// Bring the map to a position, smoothly.
    FlyTo(MapPosition),
    /// Show everything that is open.
    FitAll,
    /// Zoom about the map's centre by so many levels.
    ZoomBy(f64),
    /// The map was moved by hand to this position.
    MapMoved(MapPosition),
    /// Close what lies in a folder and below it.
    CloseFolder(PathBuf),
    /// Choose the image or scene that the panels show; `None`: none.
    ChooseEntry(Option<EntryId>),
    /// Fly to where an image or scene is shown whole.
    ZoomToEntry(EntryId),
    /// Show an image or scene alone in its own reference system; `None`: the usual map again.
    ShowInOwnSystem(Option<EntryId>),
    /// Show an image or scene alone; `None`: all others again.
    ShowAlone(Option<EntryId>),
    /// Hide or show an image or scene.
    SetHidden {
        /// Which.
        entry: EntryId,
        /// Whether it is to be hidden.
        hidden: bool,
    },
    /// Hide or show the chosen image or scene.
    ToggleChosen,
    /// Sort the images, in the list and on the map.
    SetOrder(Order),
    /// Move an image or scene in the list, and so above or below others on the map.
    MoveEntry {
        /// Which.
        entry: EntryId,
        /// Where to.
        place: ListPlace,
    },
    /// Make one scene of several images and scenes.
    GroupEntries(Vec<EntryId>),
    /// Make the files of a scene images of their own again.
    SplitScene(SceneId),
    /// Take one file out of its scene.
    TakeOut {
        /// The scene.
        scene: SceneId,
        /// The file.
        image: ImageId,
    },
    /// Call a band of a scene something else.
    NameBand {
        /// The scene.
        scene: SceneId,
        /// Which band, counted from 0.
        band: usize,
        /// Its new name.
        name: String,
    },
    /// Group all files into scenes by this pattern of their names; `None`: by the usual ones.
    SetNamePattern(Option<String>),
    /// A thumbnail's place was seen.
    WantThumbnail(EntryId),
    /// Draw images in another style.
    SetStyle {
        /// Which images.
        scope: StyleScope,
        /// How.
        style: Box<Style>,
    },
    /// Draw what the panel Style is about by its preset of this number, counted from 0.
    ApplyPreset(usize),
    /// Stretch what the panel Style is about to what is on the map now.
    StretchToView,
    /// Draw images as if nobody had changed anything.
    ResetStyle(StyleScope),
    /// These tiles are missing on the map.
    WantTiles(Vec<TileWant>),
    /// The pointer is over a place of the map, or over none.
    PointAt(Option<LonLat>),
    /// Keep the values of a place.
    Pin {
        /// Where.
        position: LonLat,
        /// Whether the places kept so far stay.
        keep_others: bool,
    },
    /// Keep the values in the middle of the map.
    PinMiddle,
    /// Forget all places whose values were kept.
    RemovePins,
    /// Select the targets that the map shows.
    SelectInView,
    /// Forget a place whose values were kept.
    RemovePin(u64),
    /// Change which targets are selected; the last of these becomes the one whose facts are shown.
    Select {
        /// How the pick changes the selection.
        mode: SelectMode,
        /// The pick.
        targets: Vec<TargetId>,
    },
    /// Fly to where all selected targets are seen.
    ZoomToSelection,
    /// Show the selected targets only.
    FilterToSelection,
    /// Read a page of the table on the map.
    WantPage(Box<PageWant>),
    /// Fly to a row of the table on the map, and select it by its key once it is in view.
    GoToKey {
        /// The key; `None` where it has none.
        key: Option<String>,
        /// Where it is.
        position: LonLat,
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
    /// Show the targets of another file beside those that the panels are about, or no more.
    SetBeside {
        /// Its place in the list.
        source: usize,
        /// Whether it is shown.
        is_beside: bool,
    },
    /// Give a class a colour.
    SetClassColor {
        /// The class by name.
        class: String,
        /// Its colour from now on.
        color: ClassColor,
    },
    /// Take the last change of selection, filter, style or review back.
    Undo,
    /// Do again what was taken back last.
    Redo,
    /// Add a plot.
    AddPlot,
    /// Take a plot away.
    RemovePlot(PlotId),
    /// Change what a plot shows.
    SetPlot {
        /// Which.
        plot: PlotId,
        /// What it shows from now on.
        settings: Box<PlotSettings>,
    },
    /// Keep a query under its name; without text, forget it.
    SaveQuery(SavedQuery),
    /// Count a plot's points for a picture of them.
    WantDensity(Box<DensityWant>),
    /// These chips are missing.
    WantChips(Box<ChipsWanted>),
    /// Read the pixel under each target as a column.
    AddPixelColumn {
        /// A band by name, or a calculation.
        text: String,
        /// Pixels of the side of the square that the mean is taken of; 1 for the pixel alone.
        side_px: u32,
    },
    /// Compare targets and images.
    Audit,
    /// Switch the keys of the review on or off.
    SetReviewing(bool),
    /// Give the selected targets a verdict; `None` takes it away.
    Review(Option<Verdict>),
    /// Keep the review in a table of a server too, or no more.
    KeepReviewIn(Option<SavedReview>),
    /// Ask for the class that the selected targets belong to.
    AskRelabel,
    /// Ask where to save something, then save it.
    Save(Box<SaveWish>),
    /// Save something.
    SaveTo {
        /// What.
        wish: Box<SaveWish>,
        /// Where.
        path: PathBuf,
    },
    /// Put the caret into the filter of the targets.
    FocusTargetFilter,
    /// Make a report.
    MakeReport(Box<ReportWish>),
    /// Ask for a template of the user's own.
    AskForTemplate,
    /// Ask where the report that is shown is to be written.
    AskToSaveReport {
        /// As one HTML file, else as Markdown.
        is_html: bool,
    },
    /// Write the report that is shown.
    SaveReport {
        /// Where.
        path: PathBuf,
        /// As one HTML file, else as Markdown.
        is_html: bool,
    },
    /// Select targets that a report names, and show them on the map.
    GoToTargets(Vec<TargetRef>),
    /// Select the targets that rows of a report's table stand for, and show them on the map.
    GoToRows {
        /// The table.
        table: Arc<Table>,
        /// Its rows.
        rows: Vec<u32>,
        /// How they change the selection.
        mode: SelectMode,
    },
    /// Fly to a part of the map (EPSG:3857).
    FlyToArea(BoundingBox),
    /// A text was left by Escape: the form that it stands in closes.
    LeaveForm,
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
    /// Open or close the manual.
    ToggleHelp,
    /// Open the manual at a page.
    ShowHelp(HelpPage),
    /// Put what helps to look into a bug on the clipboard, without secrets.
    CopyBugReport,
    /// Change how large everything in the window is.
    Scale(Scaling),
    /// Put the focus on the next panel or bar, or on the one before.
    FocusRegion {
        /// On the next one.
        forward: bool,
    },
    /// Open or close the list of notices.
    ToggleNotices,
    /// Forget all notices.
    ClearNotices,
    /// The report of a crash has been seen.
    DismissCrash,
    /// Stop a job.
    CancelJob(u64),
    /// Put targets into another order.
    SortTargets(SortWant),
    /// Put rows with these columns on the clipboard.
    CopyRows(Vec<TargetId>, Vec<usize>),
    /// Put text on the clipboard.
    Copy(String),
    /// Show a file in the system's file manager.
    Reveal(PathBuf),
    /// Enter or leave full screen.
    ToggleFullScreen,
    /// End the program.
    Quit,
}
