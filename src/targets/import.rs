//! From a file of targets to what a store is to take in: which column plays which part, which rows are no targets.

use std::path::Path;

use super::positions::Positions;
use super::{Mapping, TargetsError};
use crate::db::{Column, DbError, Import, Part, ReadTable, SetAside, Table, embedded};

/// A file that was read to be imported.
#[derive(Debug)]
pub struct ImportPlan {
    /// What the store is to take.
    pub import: Import,
    /// Which column plays which part.
    pub mapping: Mapping,
    /// Rows that are left out, with line and reason.
    pub set_aside: Vec<SetAside>,
    /// What else the user should know.
    pub notes: Vec<String>,
}

impl ImportPlan {
    /// Reads a file. Its rows go into the table of this name, else into one named like the file. A file without positions
    /// becomes a table without a geometry.
    pub fn of_file(path: &Path, table_name: Option<&str>) -> Result<Self, TargetsError> {
        let store = embedded::open(path)?;
        let tables = store.tables()?;
        let first = tables.first().ok_or_else(|| DbError::NoTargets {
            path: path.to_owned(),
            problem: "it has no table".to_owned(),
            advice: "export the targets into it".to_owned(),
        })?;
        let mut read = store.read(&first.name, usize::MAX)?;
        if tables.len() > 1 {
            let others: Vec<&str> = tables.iter().skip(1).map(|table| table.name.as_str()).collect();
            read.notes.push(format!("taken: table {}; not taken: {}", first.name, others.join(", ")));
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = table_name.map_or_else(|| plain(&stem), str::to_owned);
        Self::of_table(&path.display().to_string(), read, name)
    }

    fn of_table(source: &str, mut read: ReadTable, table_name: String) -> Result<Self, TargetsError> {
        let mapping = Mapping::guess(&read.table, read.geometry_columns);
        let mut positions = None;
        if mapping.longitude.is_some() && mapping.latitude.is_some() {
            let found = Positions::of_table(source, &read, &mapping, None)?;
            read.set_aside.extend(found.set_aside);
            read.table = read.table.take(&found.rows);
            positions = Some(found.points);
        } else {
            let text = "no columns of longitude and latitude: imported as a table without positions";
            read.notes.push(text.to_owned());
        }
        // What was made from a geometry is in the geometry again.
        let table = read.geometry_columns.map_or_else(|| read.table.clone(), |made| without(&read.table, made));
        read.set_aside.sort_by_key(|row| row.line);
        let place_columns = [&mapping.longitude, &mapping.latitude].into_iter().flatten().cloned().collect();
        let import = Import { table_name, table, positions, place_columns, parts: parts(&mapping) };
        Ok(Self { import, mapping, set_aside: read.set_aside, notes: read.notes })
    }
}

fn without(table: &Table, (first, second): (usize, usize)) -> Table {
    let kept = table.columns().iter().enumerate().filter(|(at, _)| *at != first && *at != second);
    let columns: Vec<Column> = kept.map(|(_, column)| column.clone()).collect();
    Table::new(columns).unwrap_or_default()
}

fn parts(mapping: &Mapping) -> Vec<(Part, String)> {
    let parts = [
        (Part::Id, &mapping.id),
        (Part::Class, &mapping.class),
        (Part::Name, &mapping.name),
        (Part::Image, &mapping.image),
        (Part::Date, &mapping.date),
        (Part::Confidence, &mapping.confidence),
    ];
    parts.into_iter().filter_map(|(part, column)| Some((part, column.clone()?))).collect()
}

/// A table's name that needs no quotes.
fn plain(stem: &str) -> String {
    let name: String =
        stem.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect::<String>().to_lowercase();
    let name = name.trim_matches('_');
    if name.is_empty() { "targets".to_owned() } else { name.to_owned() }
}
