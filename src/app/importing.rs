//! Importing files of targets: what the dialog asks for is read, checked and written by jobs. Rows that are no targets are written
//! to a file with their reasons; the others get in wholly or not at all.

use super::CogscopeApp;
use super::dialogs::Ask;
use crate::db::embedded::{import_into_geopackage, open};
use crate::db::{DbError, Import, QueryError, StoreAddress};
use crate::files;
use crate::jobs::{Job, JobContext};
use crate::targets::{ImportOptions, ImportPlan, ImportSource, LoadOptions, set_aside_csv};
use crate::ui::{Command, ImportDone, ImportWish};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl CogscopeApp {
    /// Does what the dialog wants.
    pub(super) fn import(&mut self, wish: ImportWish) {
        match wish {
            ImportWish::Open => {
                // One dialog in the middle at a time.
                self.panels.connect.open = false;
                self.panels.import.show();
            }
            ImportWish::AskForFile => self.ask(Ask::ImportFile),
            ImportWish::Read(path) => self.read_import(path),
            ImportWish::Check(options) => self.check_import(*options),
            ImportWish::AskForStore => self.ask(Ask::ImportStore),
            ImportWish::IntoFile(path) => self.import_into_file(path),
            ImportWish::AskForSetAside => self.ask(Ask::SetAside),
            ImportWish::SetAsideIn(path) => self.panels.import.set_aside_in(path),
            ImportWish::Start => self.start_import(),
            ImportWish::ShowResult => self.show_imported(),
        }
    }

    fn read_import(&mut self, path: PathBuf) {
        self.panels.import.begin_reading();
        let set_aside = self.set_aside_file(&path);
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let job = Job::task(&format!("Reading {name}"), move |_| ImportSource::read(&path).map(Arc::new));
        self.submit_then(job, move |app: &mut Self, read: Result<Arc<ImportSource>, String>| {
            app.panels.import.receive_source(read, set_aside);
        });
    }

    /// Where rows that are left out are written unless the user says otherwise: never beside the source.
    fn set_aside_file(&self, source: &Path) -> PathBuf {
        let folder =
            self.settings_path.as_deref().and_then(Path::parent).map_or_else(std::env::temp_dir, Path::to_owned);
        let stem = source.file_stem().unwrap_or_default().to_string_lossy();
        folder.join("set_aside").join(format!("{stem}.csv"))
    }

    fn check_import(&mut self, options: ImportOptions) {
        let Some(source) = self.panels.import.source().map(Arc::clone) else { return };
        let of_job = options.clone();
        let job = Job::task("Checking rows", move |_| source.plan(&of_job, &source.table_name()).map(Arc::new));
        self.submit_then(job, move |app: &mut Self, plan: Result<Arc<ImportPlan>, String>| {
            app.panels.import.receive_plan(options, plan);
        });
    }

    /// A `GeoPackage` takes the rows: a new file, or one whose tables are listed.
    fn import_into_file(&mut self, path: PathBuf) {
        let path = if path.extension().is_some() { path } else { path.with_extension("gpkg") };
        let of_job = path.clone();
        let job = Job::task("Tables of a GeoPackage", move |_| {
            if !of_job.exists() {
                return Ok::<_, DbError>(Vec::new());
            }
            Ok(open(&of_job)?.tables()?.into_iter().map(|table| table.name).collect())
        });
        self.submit_then(job, move |app: &mut Self, tables: Result<Vec<String>, String>| match tables {
            Ok(tables) => app.panels.import.receive_store(&path, tables),
            Err(problem) => app.panels.import.finish(Err(problem)),
        });
    }

    fn start_import(&mut self) {
        let state = &self.panels.import;
        let (Some(Ok(plan)), Some((store, table)), Some(source)) = (state.plan(), state.goal(), state.source()) else {
            return;
        };
        let (plan, source, file) = (Arc::clone(plan), Arc::clone(source), state.set_aside_file().to_owned());
        let import = Import { table_name: table.clone(), ..plan.import.clone() };
        let to = store.clone();
        let job = Job::task(&format!("Importing into {table}"), move |context| {
            let set_aside = write_set_aside(&source, &plan, &file)?;
            let total = import.table.row_count();
            let progress = |rows: usize| {
                context.set_progress(rows, Some(total));
                !context.is_cancelled()
            };
            let imported = write(&to, import, &progress, context).map_err(|error| error.to_string())?;
            Ok::<_, String>(ImportDone { store: to, imported, set_aside })
        });
        let id = self.submit_then(job, move |app: &mut Self, done: Result<ImportDone, String>| {
            if done.is_ok()
                && let StoreAddress::Server(address) = &store
            {
                // Its list of tables has one more, or one with more rows.
                app.list_tables_again(address.clone());
            }
            app.panels.import.finish(done);
        });
        if let Some(id) = id {
            self.panels.import.begin(id.0);
        }
    }

    /// Puts what was imported on the map.
    fn show_imported(&mut self) {
        let Some(ImportDone { store, imported, .. }) = self.panels.import.done().cloned() else { return };
        match store {
            StoreAddress::Server(address) => {
                let (address, table) = (Box::new(address), imported.sql_name);
                self.commands.push(Command::LoadTable { address, table, mapping: None });
            }
            StoreAddress::File(path) => {
                self.document.targets.prefer(Some(path.clone()));
                let is_open = self.document.targets.sources().iter().any(|source| source.path == path);
                if !is_open && !self.document.project.sources.contains(&path) {
                    self.document.project.sources.push(path.clone());
                }
                let options = LoadOptions { table: Some(imported.table), ..LoadOptions::default() };
                self.submit(Job::LoadTargets { path, options });
            }
        }
    }
}

/// Writes the rows that are left out, with their reasons, before anything else is written: whatever becomes of the others.
fn write_set_aside(source: &ImportSource, plan: &ImportPlan, file: &Path) -> Result<Option<(usize, PathBuf)>, String> {
    let Some(text) = set_aside_csv([(source.path(), plan.set_aside.as_slice())]) else { return Ok(None) };
    let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder
        .and_then(|()| files::replace(file, text.as_bytes()))
        .map_err(|error| format!("nothing was imported: {} can't be written: {error}", file.display()))?;
    Ok(Some((plan.set_aside.len(), file.to_owned())))
}

fn write(
    store: &StoreAddress,
    import: Import,
    progress: &(dyn Fn(usize) -> bool + Sync),
    context: &JobContext,
) -> Result<crate::db::Imported, QueryError> {
    let imported = match store {
        StoreAddress::Server(address) => {
            context.server(address).map_err(DbError::Connect)?.import(vec![import], progress)?
        }
        StoreAddress::File(path) => import_into_geopackage(path, &[import], progress)?,
    };
    imported.into_iter().next().ok_or(QueryError::Cancelled)
}
