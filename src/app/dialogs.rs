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

/// At most one dialog, and the answer when it comes.
pub struct Dialogs {
    waker: Arc<dyn Fn() + Send + Sync>,
    answer: Option<(Ask, Receiver<Vec<PathBuf>>)>,
    opened: Instant,
}

/// What came of a dialog.
pub enum Answer {
    /// What was asked for, and the paths that were chosen.
    Chosen(Ask, Vec<PathBuf>),
    /// It was gone before anyone could have closed it: there is none on this machine.
    Missing,
}

/// Nobody closes a dialog faster than this.
const LEAST_DIALOG: Duration = Duration::from_millis(350);

impl Dialogs {
    /// `waker` is called from the dialog's thread when there is an answer.
    pub fn new(waker: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { waker, answer: None, opened: Instant::now() }
    }

    /// Opens a dialog, starting at `near`; does nothing while one is open. An error says why there is none.
    pub fn open(&mut self, ask: Ask, near: Option<PathBuf>) -> Result<(), String> {
        if self.answer.is_some() {
            return Ok(());
        }
        let (sender, receiver) = sync_channel(1);
        let waker = Arc::clone(&self.waker);
        let asked = ask.clone();
        std::thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                run(&ask, near, &sender);
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
        (self.opened.elapsed() < LEAST_DIALOG).then_some(Answer::Missing)
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
    let paths = match ask {
        Ask::Folder => dialog.set_title("Open a folder of images").pick_folder().into_iter().collect(),
        Ask::Files => dialog
            .set_title("Open images or targets")
            .add_filter("Images and targets", &["tif", "tiff", "gpkg", "csv", "geojson", "json", "shp", PROJECT_ENDING])
            .add_filter("All files", &["*"])
            .pick_files()
            .unwrap_or_default(),
        Ask::Project => {
            let dialog = dialog.set_title("Open a project").add_filter("cogscope project", &[PROJECT_ENDING]);
            dialog.pick_file().into_iter().collect()
        }
        Ask::ImportFile => {
            let endings = ["csv", "tsv", "geojson", "json", "gpkg", "shp"];
            dialog.set_title("Import targets").add_filter("Targets", &endings).pick_file().into_iter().collect()
        }
        Ask::ImportStore => {
            let dialog = dialog.set_title("Import into").add_filter("GeoPackage", &["gpkg"]);
            dialog.set_file_name("targets.gpkg").save_file().into_iter().collect()
        }
        Ask::SetAside => {
            let dialog = dialog.set_title("Rows that are left out").add_filter("CSV", &["csv"]);
            dialog.set_file_name("set_aside.csv").save_file().into_iter().collect()
        }
        Ask::SaveProject | Ask::SaveProjectThen(_) => {
            let dialog = dialog.set_title("Save the project").add_filter("cogscope project", &[PROJECT_ENDING]);
            dialog.set_file_name(format!("project.{PROJECT_ENDING}")).save_file().into_iter().collect()
        }
        Ask::Template => {
            let dialog = dialog.set_title("Open a template of reports").add_filter("Markdown", &["md", "markdown"]);
            dialog.pick_file().into_iter().collect()
        }
        Ask::SaveHtml => {
            let dialog =
                dialog.set_title("Write the report").add_filter("HTML", &["html"]).set_file_name("report.html");
            dialog.save_file().into_iter().collect()
        }
        Ask::SaveMarkdown => {
            let dialog =
                dialog.set_title("Write the report").add_filter("Markdown", &["md"]).set_file_name("report.md");
            dialog.save_file().into_iter().collect()
        }
        Ask::Save(wish) => {
            let (form, ending) = (wish.form().name(), wish.form().ending());
            let named = format!("{}.{ending}", wish.name());
            let dialog = dialog.set_title("Save").add_filter(form, &[ending]).set_file_name(named);
            dialog.save_file().into_iter().collect()
        }
    };
    // Nobody waits any more when the window has closed.
    let _ = answer.send(paths);
}
