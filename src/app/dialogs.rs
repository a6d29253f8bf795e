//! File dialogs on a thread of their own, so that a slow desktop portal never holds up the window.

use crate::document::PROJECT_ENDING;
use crate::ui::{AfterAsking, SaveWish};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// What to ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// A folder.
    Folder,
    /// One or more files.
    Files,
    /// Where to save something.
    Save(Box<SaveWish>),
    /// A project to open.
    Project,
    /// Where to save the project.
    SaveProject,
    /// Where to save the project before something else is done.
    SaveProjectThen(AfterAsking),
    /// A template of reports.
    Template,
    /// Where to write a report as HTML.
    SaveHtml,
    /// Where to write a report as Markdown.
    SaveMarkdown,
    /// A file of targets to import.
    ImportFile,
    /// A `GeoPackage` to import into, new or old.
    ImportStore,
    /// Where rows that are left out are written.
    SetAside,
}

impl Ask {
    /// What the dialog is called.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Folder => "Open a folder of images",
            Self::Files => "Open images or targets",
            Self::Save(_) => "Save",
            Self::Project => "Open a project",
            Self::SaveProject | Self::SaveProjectThen(_) => "Save the project",
            Self::Template => "Open a template of reports",
            Self::SaveHtml | Self::SaveMarkdown => "Write the report",
            Self::ImportFile => "Import targets",
            Self::ImportStore => "Import into",
            Self::SetAside => "Rows that are left out",
        }
    }

    /// What is written is called so at first; `None` where something is read.
    pub fn file_name(&self) -> Option<String> {
        match self {
            Self::Folder | Self::Files | Self::Project | Self::Template | Self::ImportFile => None,
            Self::Save(wish) => Some(format!("{}.{}", wish.name(), wish.form().ending())),
            Self::SaveProject | Self::SaveProjectThen(_) => Some(format!("project.{PROJECT_ENDING}")),
            Self::SaveHtml => Some("report.html".to_owned()),
            Self::SaveMarkdown => Some("report.md".to_owned()),
            Self::ImportStore => Some("targets.gpkg".to_owned()),
            Self::SetAside => Some("set_aside.csv".to_owned()),
        }
    }

    /// Whether a file that is there is replaced by it.
    pub fn replaces(&self) -> bool {
        self.file_name().is_some() && *self != Self::ImportStore
    }
}

/// At most one dialog, and the answer when it comes.
pub struct Dialogs {
    waker: Arc<dyn Fn() + Send + Sync>,
    /// Whether the system is asked at all.
    is_allowed: bool,
    answer: Option<(Ask, Receiver<Vec<PathBuf>>)>,
    opened: Instant,
}

/// What came of a dialog.
pub enum Answer {
    /// What was asked for, and the paths that were chosen.
    Chosen(Ask, Vec<PathBuf>),
    /// It was gone before anyone could have closed it: there is none on this machine.
    Missing(Ask),
}

/// Nobody closes a dialog faster than this.
const LEAST_DIALOG: Duration = Duration::from_millis(350);

impl Dialogs {
    /// `waker` is called from the dialog's thread when there is an answer. Dialogs that are not allowed are missing.
    pub fn new(waker: Arc<dyn Fn() + Send + Sync>, is_allowed: bool) -> Self {
        Self { waker, is_allowed, answer: None, opened: Instant::now() }
    }

    /// Opens a dialog, starting at `near`; does nothing while one is open. An error says why there is none.
    pub fn open(&mut self, ask: Ask, near: Option<PathBuf>) -> Result<(), String> {
        if self.answer.is_some() {
            return Ok(());
        }
        let (sender, receiver) = sync_channel(1);
        let waker = Arc::clone(&self.waker);
        let (asked, is_allowed) = (ask.clone(), self.is_allowed);
        std::thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                if is_allowed {
                    run(&ask, near, &sender);
                }
                drop(sender);
                waker();
            })
            .map_err(|e| format!("The file dialog could not be opened: {e}"))?;
        self.answer = Some((asked, receiver));
        self.opened = Instant::now();
        Ok(())
    }

    /// What came of the dialog, once; `None` while it is open or after it was cancelled.
    pub fn poll(&mut self) -> Option<Answer> {
        let paths = match self.answer.as_ref()?.1.try_recv() {
            Ok(paths) => paths,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Vec::new(),
        };
        let (ask, _) = self.answer.take()?;
        if !paths.is_empty() {
            return Some(Answer::Chosen(ask, paths));
        }
        (self.opened.elapsed() < LEAST_DIALOG).then_some(Answer::Missing(ask))
    }
}

/// Says something in a box of its own, for when there is no window to say it in. Returns when it was read, or at once where the
/// system has no such boxes.
pub fn tell(text: &str) {
    rfd::MessageDialog::new().set_level(rfd::MessageLevel::Error).set_title("cogscope").set_description(text).show();
}

fn run(ask: &Ask, near: Option<PathBuf>, answer: &SyncSender<Vec<PathBuf>>) {
    let mut dialog = rfd::FileDialog::new();
    if let Some(near) = near {
        dialog = dialog.set_directory(near);
    }
    let dialog = dialog.set_title(ask.title());
    let dialog = match ask.file_name() {
        Some(name) => dialog.set_file_name(name),
        None => dialog,
    };
    let paths = match ask {
        Ask::Folder => dialog.pick_folder().into_iter().collect(),
        Ask::Files => dialog
            .add_filter("Images and targets", &["tif", "tiff", "gpkg", "csv", "geojson", "json", "shp", PROJECT_ENDING])
            .add_filter("All files", &["*"])
            .pick_files()
            .unwrap_or_default(),
        Ask::Project => one(dialog.add_filter("cogscope project", &[PROJECT_ENDING]).pick_file()),
        Ask::ImportFile => {
            one(dialog.add_filter("Targets", &["csv", "tsv", "geojson", "json", "gpkg", "shp"]).pick_file())
        }
        Ask::Template => one(dialog.add_filter("Markdown", &["md", "markdown"]).pick_file()),
        Ask::ImportStore => one(dialog.add_filter("GeoPackage", &["gpkg"]).save_file()),
        Ask::SetAside => one(dialog.add_filter("CSV", &["csv"]).save_file()),
        Ask::SaveProject | Ask::SaveProjectThen(_) => {
            one(dialog.add_filter("cogscope project", &[PROJECT_ENDING]).save_file())
        }
        Ask::SaveHtml => one(dialog.add_filter("HTML", &["html"]).save_file()),
        Ask::SaveMarkdown => one(dialog.add_filter("Markdown", &["md"]).save_file()),
        Ask::Save(wish) => one(dialog.add_filter(wish.form().name(), &[wish.form().ending()]).save_file()),
    };
    // Nobody waits any more when the window has closed.
    let _ = answer.send(paths);
}

fn one(path: Option<PathBuf>) -> Vec<PathBuf> {
    path.into_iter().collect()
}
