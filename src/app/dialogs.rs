//! File dialogs on a thread of their own, so that a slow desktop portal never holds up the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

/// What to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A folder.
    Folder,
    /// One or more files.
    Files,
    /// A template of reports.
    Template,
    /// Where to write a report as HTML.
    SaveHtml,
    /// Where to write a report as Markdown.
    SaveMarkdown,
}

/// At most one dialog, and the answer when it comes.
pub struct Dialogs {
    waker: Arc<dyn Fn() + Send + Sync>,
    answer: Option<(Ask, Receiver<Vec<PathBuf>>)>,
}

impl Dialogs {
    /// `waker` is called from the dialog's thread when there is an answer.
    pub fn new(waker: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { waker, answer: None }
    }

    /// Opens a dialog, starting at `near`; does nothing while one is open. An error says why there is none.
    pub fn open(&mut self, ask: Ask, near: Option<PathBuf>) -> Result<(), String> {
        if self.answer.is_some() {
            return Ok(());
        }
        let (sender, receiver) = sync_channel(1);
        let waker = Arc::clone(&self.waker);
        std::thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                run(ask, near, &sender);
                waker();
            })
            .map_err(|e| format!("The file dialog could not be opened: {e}"))?;
        self.answer = Some((ask, receiver));
        Ok(())
    }

    /// What was asked and the paths that were chosen, once; `None` while the dialog is open or after it was cancelled.
    pub fn poll(&mut self) -> Option<(Ask, Vec<PathBuf>)> {
        let (ask, receiver) = self.answer.as_ref()?;
        let ask = *ask;
        let answer = match receiver.try_recv() {
            Ok(paths) => Some(paths),
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => None,
        };
        self.answer = None;
        answer.filter(|paths| !paths.is_empty()).map(|paths| (ask, paths))
    }
}

fn run(ask: Ask, near: Option<PathBuf>, answer: &SyncSender<Vec<PathBuf>>) {
    let mut dialog = rfd::FileDialog::new();
    if let Some(near) = near {
        dialog = dialog.set_directory(near);
    }
    let paths = match ask {
        Ask::Folder => dialog.set_title("Open a folder of images").pick_folder().into_iter().collect(),
        Ask::Files => dialog
            .set_title("Open images or targets")
            .add_filter("Images and targets", &["tif", "tiff", "gpkg", "csv", "geojson", "json"])
            .add_filter("All files", &["*"])
            .pick_files()
            .unwrap_or_default(),
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
    };
    // Nobody waits any more when the window has closed.
    let _ = answer.send(paths);
}
