//! From a file of targets to what a store is to take in: which column plays which part, which rows are no targets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::positions::Positions;
use super::{Mapping, TargetsError};
use crate::db::{Column, DbError, Import, Part, ReadTable, SetAside, Table, ValueKind, embedded};

/// A file that was read to be imported. Nothing of it was decided yet.
#[derive(Debug)]
pub struct ImportSource {
    path: PathBuf,
    read: ReadTable,
}

/// What the user says of a file where the guesses are wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Which column plays which part; guessed for `None`.
    pub mapping: Option<Mapping>,
    /// Columns of another kind than was guessed, by name.
    pub kinds: BTreeMap<String, ValueKind>,
    /// Columns that are not imported. They can give positions all the same.
    pub left_out: BTreeSet<String>,
}

/// What is to be imported of a file.
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

impl ImportSource {
    /// Reads a file: its first table, wholly.
    pub fn read(path: &Path) -> Result<Self, TargetsError> {
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
        Ok(Self { path: path.to_owned(), read })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A name for a table of its rows that needs no quotes.
    pub fn table_name(&self) -> String {
        plain(&self.path.file_stem().unwrap_or_default().to_string_lossy())
    }

    /// Its columns; those that were made of a geometry, which stays one, are not among them.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        let made = self.read.geometry_columns;
        let is_made = move |at: usize| made.is_some_and(|(first, second)| at == first || at == second);
        self.read.table.columns().iter().enumerate().filter(move |(at, _)| !is_made(*at)).map(|(_, column)| column)
    }

    /// Whether the rows have geometries, which are the positions whatever the columns are called.
    pub fn has_geometry(&self) -> bool {
        self.read.geometry_columns.is_some()
    }

    /// Which column plays which part, by names and kinds.
    pub fn guess(&self) -> Mapping {
        Mapping::guess(&self.read.table, self.read.geometry_columns)
    }

    /// What is imported, into a table of this name.
    pub fn plan(&self, options: &ImportOptions, table_name: &str) -> Result<ImportPlan, TargetsError> {
        let mapping = options.mapping.clone().unwrap_or_else(|| self.guess());
        let mut read = self.with_kinds(&options.kinds);
        let mut positions = None;
        if mapping.longitude.is_some() && mapping.latitude.is_some() {
            let found = Positions::of_table(&self.path.display().to_string(), &read, &mapping, None)?;
            read.set_aside.extend(found.set_aside);
            read.table = read.table.take(&found.rows);
            positions = Some(found.points);
        } else {
            let text = "no columns of longitude and latitude: imported as a table without positions";
            read.notes.push(text.to_owned());
        }
        // What was made from a geometry is in the geometry again.
        let table = without(&read.table, read.geometry_columns, &options.left_out);
        read.set_aside.sort_by_key(|row| row.line);
        let place_columns = [&mapping.longitude, &mapping.latitude].into_iter().flatten().cloned().collect();
        let parts = parts(&mapping).into_iter().filter(|(_, column)| !options.left_out.contains(column)).collect();
        let import = Import { table_name: table_name.to_owned(), table, positions, place_columns, parts };
        Ok(ImportPlan { import, mapping, set_aside: read.set_aside, notes: read.notes })
    }

    /// What was read, columns as the kinds that the user says; rows with a value that isn't of that kind are set aside.
    fn with_kinds(&self, kinds: &BTreeMap<String, ValueKind>) -> ReadTable {
        let mut read = self.read.clone();
        let mut failed: BTreeMap<u32, String> = BTreeMap::new();
        for (name, kind) in kinds {
            let column = read.table.column_index(name).and_then(|at| read.table.column(at));
            let Some(converted) = column.map(|column| column.converted(*kind)) else { continue };
            if let Some(table) = read.table.with_column(converted.column) {
                read.table = table;
            }
            for (row, reason) in converted.failed {
                failed.entry(row).or_insert(reason);
            }
        }
        if failed.is_empty() {
            return read;
        }
        let kept: Vec<u32> = read.table.rows().into_iter().filter(|row| !failed.contains_key(row)).collect();
        let line = |row: u32| read.lines.get(row as usize).copied().unwrap_or_else(|| u64::from(row) + 1);
        let lines = kept.iter().map(|row| line(*row)).collect();
        let aside: Vec<SetAside> =
            failed.into_iter().map(|(row, reason)| SetAside { line: line(row), reason }).collect();
        read.set_aside.extend(aside);
        read.table = read.table.take(&kept);
        read.lines = lines;
        read
    }
}

impl ImportPlan {
    /// Reads a file and guesses everything. Its rows go into the table of this name, else into one named like the file. A file
    /// without positions becomes a table without a geometry.
    pub fn of_file(path: &Path, table_name: Option<&str>) -> Result<Self, TargetsError> {
        let source = ImportSource::read(path)?;
        let name = table_name.map_or_else(|| source.table_name(), str::to_owned);
        source.plan(&ImportOptions::default(), &name)
    }
}

fn without(table: &Table, made: Option<(usize, usize)>, left_out: &BTreeSet<String>) -> Table {
    let is_made = |at: usize| made.is_some_and(|(first, second)| at == first || at == second);
    let columns = table.columns().iter().enumerate();
    let kept = columns.filter(|(at, column)| !is_made(*at) && !left_out.contains(column.name()));
    Table::new(kept.map(|(_, column)| column.clone()).collect()).unwrap_or_default()
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

/// Rows that are left out of some files as CSV: file, line, reason, and the line itself where the file is a text, so that it can be
/// mended. `None` where every row gets in. Reads the files again.
pub fn set_aside_csv<'a>(files: impl IntoIterator<Item = (&'a Path, &'a [SetAside])>) -> Option<String> {
    let mut text = String::new();
    for (path, rows) in files {
        let lines = if rows.is_empty() { Vec::new() } else { source_lines(path) };
        for row in rows {
            let at = usize::try_from(row.line).ok().and_then(|line| line.checked_sub(1));
            let line = at.and_then(|at| lines.get(at)).map_or("", String::as_str);
            let fields = [&path.display().to_string(), &row.line.to_string(), &row.reason, line].map(field);
            text.push_str(&fields.join(","));
            text.push('\n');
        }
    }
    (!text.is_empty()).then(|| format!("file,line,reason,text\n{text}"))
}

/// The lines of a text file; none for other files, whose numbers count rows.
fn source_lines(path: &Path) -> Vec<String> {
    let is_text = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv") || e.eq_ignore_ascii_case("tsv"));
    let bytes = if is_text { std::fs::read(path).unwrap_or_default() } else { Vec::new() };
    String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
}

/// A field of CSV.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "code,class,lon,lat,when,image\n7,dam,1,2,20200518,a\n8,ship,300,4,20200519,b\n9,ship,5,6,99,c\n";

    fn source(folder: &Path) -> ImportSource {
        let path = folder.join("Found Things.csv");
        std::fs::write(&path, CSV).unwrap();
        ImportSource::read(&path).unwrap()
    }

    fn names(plan: &ImportPlan) -> Vec<String> {
        plan.import.table.columns().iter().map(|column| format!("{} {:?}", column.name(), column.kind())).collect()
    }

    #[test]
    fn what_is_said_of_a_column_goes_before_what_is_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let source = source(folder.path());
        let plan = source.plan(&ImportOptions::default(), "t").unwrap();
        assert_eq!((plan.set_aside.len(), plan.import.table.row_count()), (1, 2));
        let options = ImportOptions {
            mapping: Some(Mapping { date: Some("when".to_owned()), image: None, ..source.guess() }),
            kinds: [("code".to_owned(), ValueKind::Text), ("when".to_owned(), ValueKind::Date)].into(),
            left_out: ["image".to_owned(), "lon".to_owned()].into(),
        };
        let plan = source.plan(&options, "t").unwrap();
        assert_eq!(names(&plan), ["code Text", "class Text", "lat Integer", "when Date"]);
        let aside: Vec<(u64, &str)> = plan.set_aside.iter().map(|row| (row.line, row.reason.as_str())).collect();
        assert_eq!(aside.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(aside[1].1, "when \"99\" can't be read as dates");
        assert_eq!(plan.import.positions.as_ref().map(Vec::len), Some(1), "a column that is left out gives positions");
        assert!(plan.import.parts.contains(&(Part::Date, "when".to_owned())));
    }

    #[test]
    fn rows_that_are_left_out_are_told_with_their_text() {
        let folder = tempfile::tempdir().unwrap();
        let source = source(folder.path());
        let plan = source.plan(&ImportOptions::default(), "t").unwrap();
        let text = set_aside_csv([(source.path(), plan.set_aside.as_slice())]).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines[0], lines.len()), ("file,line,reason,text", 2));
        assert!(lines[1].ends_with(",\"8,ship,300,4,20200519,b\""), "{text}");
        assert_eq!(set_aside_csv([(source.path(), &[][..])]), None);
        assert_eq!(source.table_name(), "found_things");
    }
}
