//! `cogscope import` and `cogscope db init`: files of targets into a store, and the tables for those who have none.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::CliError;
use super::args::{DbCommand, ImportArguments, InitArguments};
use super::output::{print, print_error};
use super::store::address_text;
use crate::db::embedded::{create_geopackage, import_into_geopackage};
use crate::db::postgres::{PostgresStore, SCHEMA, ServerAddress, ServerLogin, grant_script};
use crate::db::{DbError, Import, Imported, QueryError};
use crate::targets::{ImportPlan, set_aside_csv};

pub(super) fn run(arguments: &ImportArguments) -> Result<(), CliError> {
    let address = address_text(arguments.db.as_deref())?;
    let mut plans = Vec::new();
    for path in &arguments.files {
        let plan = ImportPlan::of_file(path, arguments.table.as_deref())
            .map_err(|error| CliError::Question { message: error.to_string() })?;
        print(&told(path, &plan))?;
        plans.push((path, plan));
    }
    // Said before anything is written, so that the reasons are there whatever becomes of the rest.
    set_aside(&plans, &arguments.set_aside)?;
    let total: usize = plans.iter().map(|(_, plan)| plan.import.table.row_count()).sum();
    let imports: Vec<Import> = plans.into_iter().map(|(_, plan)| plan.import).collect();
    let shows_progress = std::io::stderr().is_terminal();
    let progress = |rows: usize| {
        if shows_progress && rows > 0 {
            // If nobody reads it, there is nobody to tell.
            let _ = write!(std::io::stderr(), "\r{rows} of {total} rows");
        }
        true
    };
    let imported = import(&address, imports, &progress);
    if shows_progress {
        let _ = writeln!(std::io::stderr());
    }
    for Imported { table, is_new, rows, .. } in imported? {
        print(&format!("{table}: {rows} rows{}", if is_new { ", a new table" } else { " added" }))?;
    }
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> CliError {
    CliError::Question { message: error.to_string() }
}

fn import(
    address: &str,
    imports: Vec<Import>,
    progress: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Vec<Imported>, CliError> {
    if ServerAddress::is_meant_by(address) {
        return server(address)?.import(imports, progress).map_err(failed);
    }
    let path = geopackage(address)?;
    import_into_geopackage(&path, &imports, progress).map_err(failed)
}

fn server(address: &str) -> Result<PostgresStore, CliError> {
    let login = ServerLogin::parse(address).map_err(failed)?;
    PostgresStore::new(&login).map_err(failed)
}

/// The only kind of file that targets are written into.
fn geopackage(address: &str) -> Result<PathBuf, CliError> {
    let path = PathBuf::from(address);
    let is_geopackage = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gpkg"));
    if is_geopackage { Ok(path) } else { Err(CliError::NotAStore { path }) }
}

/// What was found in a file, before anything is written.
fn told(path: &Path, plan: &ImportPlan) -> String {
    let table = &plan.import.table;
    let mut text = format!("{}: {} rows for table {}", path.display(), table.row_count(), plan.import.table_name);
    for column in table.columns() {
        let part = plan.mapping.part_of(column.name());
        let part = part.map(|part| format!(", the {}", part.words())).unwrap_or_default();
        text.extend(["\n  ", column.name(), ": ", column.kind().words(), &part]);
    }
    for note in &plan.notes {
        text.extend(["\n  ", note]);
    }
    text
}

/// Writes the rows that are left out, with their reasons, if there are any.
fn set_aside(plans: &[(&PathBuf, ImportPlan)], file: &Path) -> Result<(), CliError> {
    let rows = plans.iter().map(|(path, plan)| (path.as_path(), plan.set_aside.as_slice()));
    let Some(text) = set_aside_csv(rows) else { return Ok(()) };
    std::fs::write(file, text).map_err(|source| CliError::File { path: file.to_owned(), source })?;
    let count: usize = plans.iter().map(|(_, plan)| plan.set_aside.len()).sum();
    print_error(&format!("{count} rows are set aside; {} says why", file.display()));
    Ok(())
}

pub(super) fn run_db(command: &DbCommand) -> Result<(), CliError> {
    match command {
        DbCommand::Init(arguments) => init(arguments),
    }
}

/// Makes the tables, and prints the script for a role that may only read them.
fn init(arguments: &InitArguments) -> Result<(), CliError> {
    if arguments.print {
        return print(&format!("{SCHEMA}\n{}", grant_script("DATABASE", "public", &arguments.role)));
    }
    let address = address_text(arguments.db.as_deref())?;
    if !ServerAddress::is_meant_by(&address) {
        let path = geopackage(&address)?;
        if path.exists() {
            let source = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(CliError::File { path, source });
        }
        create_geopackage(&path).map_err(failed)?;
        print_error(&format!("{}: made, with tables targets and images", path.display()));
        return Ok(());
    }
    let store = server(&address)?;
    let info = store.info(std::time::Duration::from_secs(30), &|| false).map_err(failed)?;
    store.execute(SCHEMA).map_err(|error| match error {
        QueryError::Store(DbError::Connect(error)) => failed(error),
        other if info.postgis.is_none() => failed(format!(
            "{other}; PostGIS can't be made there by this role: have an administrator run CREATE EXTENSION postgis"
        )),
        other => failed(other),
    })?;
    print_error(&format!("{}: tables targets and images are there", info.database));
    let schema = store.current_schema().map_err(failed)?;
    print(&grant_script(&info.database, &schema, &arguments.role))
}
