//! What the dialog that imports targets keeps between frames, and how it takes in what the jobs have found.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::db::{Imported, StoreAddress};
use crate::jobs::ServerReport;
use crate::targets::{ImportOptions, ImportPlan, ImportSource};

/// What the user wants of the dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportWish {
    /// Open it.
    Open,
    /// Ask for the file.
    AskForFile,
    /// Read a file.
    Read(PathBuf),
    /// Check the file against what was said of its columns.
    Check(Box<ImportOptions>),
    /// Ask for the `GeoPackage` that takes the rows.
    AskForStore,
    /// This one takes the rows.
    IntoFile(PathBuf),
    /// Ask where the rows that are left out are written.
    AskForSetAside,
    /// They are written here.
    SetAsideIn(PathBuf),
    /// Import.
    Start,
    /// Show what was imported on the map.
    ShowResult,
}

/// How far it has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ImportPhase {
    /// The user says what goes where.
    #[default]
    Asking,
    /// A job of this number is at it.
    Running(u64),
    /// Nothing was imported: why.
    Failed(String),
    /// All of it is there.
    Done(ImportDone),
}

/// What an import has done.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportDone {
    /// Where it went.
    pub store: StoreAddress,
    /// What went in.
    pub imported: Imported,
    /// Rows that were left out, and the file that says why.
    pub set_aside: Option<(usize, PathBuf)>,
}

/// What the dialog keeps between frames.
#[derive(Default)]
pub struct ImportState {
    /// Whether it is open.
    pub open: bool,
    pub(super) source: Option<Arc<ImportSource>>,
    pub(super) options: ImportOptions,
    /// The plan, and what of the user's it was made from.
    pub(super) planned: Option<(ImportOptions, Result<Arc<ImportPlan>, String>)>,
    /// A file is being read, or why it could not be.
    pub(super) is_reading: bool,
    pub(super) problem: Option<String>,
    /// What a check is under way for.
    pub(super) checking: Option<ImportOptions>,
    pub(super) servers: Vec<Arc<ServerReport>>,
    pub(super) store: Option<StoreAddress>,
    /// Tables of the `GeoPackage` that is chosen.
    pub(super) file_tables: Vec<String>,
    /// A table that is there; `None` for a new one.
    pub(super) table: Option<String>,
    pub(super) new_table: String,
    pub(super) set_aside: PathBuf,
    pub(super) phase: ImportPhase,
}

impl ImportState {
    /// Opens it; what was chosen is still chosen, but for what is done.
    pub fn show(&mut self) {
        self.open = true;
        if !matches!(self.phase, ImportPhase::Running(_)) {
            self.phase = ImportPhase::Asking;
        }
    }

    /// A file is being read.
    pub fn begin_reading(&mut self) {
        self.open = true;
        (self.is_reading, self.problem, self.source, self.planned) = (true, None, None, None);
        self.phase = ImportPhase::Asking;
    }

    /// Takes in what was read; rows that are left out are written to `set_aside` unless the user says otherwise.
    pub fn receive_source(&mut self, result: Result<Arc<ImportSource>, String>, set_aside: PathBuf) {
        self.is_reading = false;
        match result {
            Ok(source) => {
                self.options = ImportOptions { mapping: Some(source.guess()), ..ImportOptions::default() };
                self.new_table = source.table_name();
                self.set_aside = set_aside;
                (self.planned, self.checking) = (None, None);
                self.source = Some(source);
            }
            Err(problem) => self.problem = Some(problem),
        }
    }

    /// What was read.
    pub fn source(&self) -> Option<&Arc<ImportSource>> {
        self.source.as_ref()
    }

    /// A check has come to its end.
    pub fn receive_plan(&mut self, options: ImportOptions, result: Result<Arc<ImportPlan>, String>) {
        if self.checking.as_ref() == Some(&options) {
            self.checking = None;
        }
        if options == self.options {
            self.planned = Some((options, result));
        }
    }

    /// A server was reached: it can take rows.
    pub fn receive_server(&mut self, report: &Arc<ServerReport>) {
        self.servers.retain(|known| known.address != report.address);
        self.servers.insert(0, Arc::clone(report));
    }

    /// A `GeoPackage` was chosen, with these tables.
    pub fn receive_store(&mut self, path: &Path, tables: Vec<String>) {
        self.store = Some(StoreAddress::file(path));
        (self.file_tables, self.table) = (tables, None);
    }

    /// Where rows that are left out are written.
    pub fn set_aside_in(&mut self, path: PathBuf) {
        self.set_aside = path;
    }

    /// The plan, if it is of what is said now.
    pub fn plan(&self) -> Option<Result<&Arc<ImportPlan>, &str>> {
        let (options, plan) = self.planned.as_ref()?;
        (*options == self.options).then(|| plan.as_ref().map_err(String::as_str))
    }

    /// Where the rows go: the store and the table.
    pub fn goal(&self) -> Option<(StoreAddress, String)> {
        let table = self.table.clone().unwrap_or_else(|| self.new_table.trim().to_owned());
        Some((self.store.clone()?, table)).filter(|(_, table)| !table.is_empty())
    }

    /// The file for rows that are left out.
    pub fn set_aside_file(&self) -> &Path {
        &self.set_aside
    }

    /// It has begun.
    pub fn begin(&mut self, job: u64) {
        self.phase = ImportPhase::Running(job);
    }

    /// It has come to an end.
    pub fn finish(&mut self, result: Result<ImportDone, String>) {
        self.phase = match result {
            Ok(done) => {
                if matches!(done.store, StoreAddress::File(_)) && done.imported.is_new {
                    self.file_tables.push(done.imported.table.clone());
                }
                ImportPhase::Done(done)
            }
            Err(problem) => ImportPhase::Failed(problem),
        };
    }

    /// The user has stopped a job; whether it was the import.
    pub fn receive_cancelled(&mut self, job: u64) -> bool {
        let is_it = self.phase == ImportPhase::Running(job);
        if is_it {
            self.phase = ImportPhase::Failed("Cancelled: nothing was imported".to_owned());
        }
        is_it
    }

    /// What was done, if it is.
    pub fn done(&self) -> Option<&ImportDone> {
        if let ImportPhase::Done(done) = &self.phase { Some(done) } else { None }
    }

    /// Tables of the store that is chosen.
    pub(super) fn tables(&self) -> Vec<String> {
        match &self.store {
            Some(StoreAddress::Server(address)) => {
                let report = self.servers.iter().find(|report| report.address == *address);
                report.map(|report| report.tables.iter().map(|table| table.name.clone()).collect()).unwrap_or_default()
            }
            Some(StoreAddress::File(_)) => self.file_tables.clone(),
            None => Vec::new(),
        }
    }
}
