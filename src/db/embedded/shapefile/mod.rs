//! Shapefiles: geometries (`.shp`), attributes (`.dbf`), reference system (`.prj`) and code page (`.cpg`) in files side by side. Only the
//! first has to be there; what it means that another is missing is said. Nothing is written.

mod code_page;
mod dbf;
mod shapes;

use std::path::{Path, PathBuf};

use self::code_page::CodePage;
use self::dbf::{Cell, Dbf, Found, Row};
use self::shapes::Shapes;
use super::placed::Placed;
use super::{read_file_beside, read_whole_file, stem};
use crate::db::{Column, ColumnBuilder, DbError, Inference, ReadTable, Store, TableInfo, Value};
use crate::geo::Crs;

/// A Shapefile as a store of one table, named by the file.
#[derive(Debug)]
pub struct Shapefile {
    path: PathBuf,
}

impl Shapefile {
    /// A store on the file that ends in `.shp`. Nothing is read yet.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    fn malformed(&self, problem: impl Into<String>, advice: &str) -> DbError {
        DbError::Malformed { path: self.path.clone(), problem: problem.into(), advice: advice.to_owned() }
    }

    /// Another file of the Shapefile, if there is one.
    fn part(&self, ending: &str) -> Result<Option<Vec<u8>>, DbError> {
        read_file_beside(&self.path, ending)
    }

    /// The system that the `.prj` file defines. Without one, degrees where all numbers can be.
    fn crs(&self, placed: &Placed, notes: &mut Vec<String>) -> Result<Crs, DbError> {
        if let Some(bytes) = self.part("prj")? {
            let text = String::from_utf8_lossy(&bytes);
            return Crs::from_wkt(text.trim().trim_start_matches('\u{feff}')).map_err(|error| {
                self.malformed(format!("the coordinate system of its .prj file is not known: {error}"), REPROJECT)
            });
        }
        if placed.can_be_degrees() {
            notes.push("there is no .prj file: its coordinates are taken for degrees (WGS 84)".to_owned());
            return Ok(Crs::wgs84());
        }
        Err(self.malformed("there is no .prj file, and its coordinates are no degrees", "put its .prj file beside it"))
    }
}

const EXPORT_AGAIN: &str = "export it again, or as a GeoPackage";
const REPROJECT: &str = "export it in WGS 84 (EPSG:4326)";

impl Store for Shapefile {
    fn tables(&self) -> Result<Vec<TableInfo>, DbError> {
        Ok(vec![TableInfo { name: stem(&self.path), row_count: None, has_geometry: true }])
    }

    fn read(&self, _table: &str, max_rows: usize) -> Result<ReadTable, DbError> {
        let bytes = read_whole_file(&self.path)?;
        let index = self.part("shx")?;
        let shapes = Shapes::find(&bytes, index.as_deref())
            .ok_or_else(|| self.malformed("its .shp file is none", EXPORT_AGAIN))?;
        let attributes = self.part("dbf")?;
        let mut notes = Vec::new();
        let dbf =
            match &attributes {
                Some(bytes) => Some(Dbf::parse(bytes).map_err(|problem| {
                    self.malformed(format!("its .dbf file can't be read: {problem}"), EXPORT_AGAIN)
                })?),
                None => {
                    notes.push("there is no .dbf file: the targets have positions only".to_owned());
                    None
                }
            };
        let page = self.code_page(dbf.as_ref(), &mut notes)?;
        let mut rows = Rows::new(dbf.as_ref());
        let mut is_truncated = false;
        for at in 0..shapes.len() {
            if rows.placed.len() >= max_rows {
                is_truncated = true;
                break;
            }
            rows.push(at, &shapes, page);
        }
        notes.extend(rows.notes(&shapes));
        let (placed, columns) = rows.finish(page);
        let crs = self.crs(&placed, &mut notes)?;
        let mut read = placed
            .into_table(columns, &crs)
            .map_err(|error| self.malformed(error.to_string(), REPROJECT))?
            .ok_or_else(|| self.malformed("more rows than can be counted", "split it"))?;
        if is_truncated {
            read.table = read.table.truncated();
        }
        read.notes.splice(0..0, notes);
        Ok(read)
    }
}

impl Shapefile {
    /// How the texts are written: as the `.cpg` file says, else the header of the `.dbf` file, else a guess, which is said.
    fn code_page(&self, dbf: Option<&Dbf<'_>>, notes: &mut Vec<String>) -> Result<CodePage, DbError> {
        let Some(dbf) = dbf else { return Ok(CodePage::Utf8) };
        let named = self.part("cpg")?.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        let named = named.filter(|name| !name.is_empty());
        if let Some(page) = named.as_deref().and_then(CodePage::named) {
            return Ok(page);
        }
        let of_header = CodePage::of_language(dbf.language);
        let (guess, words) = match of_header {
            Some(page) => (page, "as its .dbf file says"),
            None if dbf.is_utf8() => (CodePage::Utf8, "as UTF-8"),
            None => (CodePage::Windows1252, "as Windows-1252 (Latin-1)"),
        };
        if let Some(name) = named {
            notes.push(format!("the encoding \"{name}\" of its .cpg file is not known: texts are read {words}"));
        } else if of_header.is_none() && guess == CodePage::Windows1252 {
            notes
                .push("its encoding is not stated, and not UTF-8: texts are read as Windows-1252 (Latin-1)".to_owned());
        }
        Ok(guess)
    }
}

/// Rows as they come out of the files.
struct Rows<'a> {
    dbf: Option<&'a Dbf<'a>>,
    builders: Vec<ColumnBuilder>,
    placed: Placed,
    deleted: usize,
}

impl<'a> Rows<'a> {
    fn new(dbf: Option<&'a Dbf<'a>>) -> Self {
        let fields = dbf.map(Dbf::fields).unwrap_or_default();
        let builders = fields.iter().map(|field| ColumnBuilder::of_kind(field.value_kind())).collect();
        Self { dbf, builders, placed: Placed::default(), deleted: 0 }
    }

    /// Takes the record at a place, counted from 0.
    fn push(&mut self, at: usize, shapes: &Shapes<'_>, page: CodePage) {
        let number = at as u64 + 1;
        let row = match self.dbf.map(|dbf| dbf.row(at)) {
            None => None,
            Some(Found::Row(row)) => Some(row),
            Some(Found::Deleted) => {
                self.deleted += 1;
                return;
            }
            Some(Found::Missing) => {
                self.placed.set_aside(number, "its row is missing in the .dbf file".to_owned());
                return;
            }
        };
        match shapes.get(at) {
            Err(reason) => self.placed.set_aside(number, reason),
            Ok(geometry) => {
                if self.placed.push(number, geometry.as_ref()) {
                    self.push_values(row, page);
                }
            }
        }
    }

    fn push_values(&mut self, row: Option<Row<'_>>, page: CodePage) {
        let fields = self.dbf.map(Dbf::fields).unwrap_or_default();
        for (field, builder) in fields.iter().zip(&mut self.builders) {
            match row.map(|row| field.cell(row, page)) {
                Some(Cell::Value(value)) => builder.push(value),
                Some(Cell::Text(text)) => builder.push(Value::Text(&text)),
                None => builder.push(Value::Null),
            }
        }
    }

    /// What else the user should know.
    fn notes(&self, shapes: &Shapes<'_>) -> Vec<String> {
        let mut notes = Vec::new();
        if self.deleted > 0 {
            notes.push(format!("rows that are marked as deleted are left out: {}", self.deleted));
        }
        if shapes.is_cut_off {
            notes.push(format!("its .shp file is cut off after {} records", shapes.len()));
        }
        let Some(dbf) = self.dbf else { return notes };
        let elsewhere: Vec<String> = dbf
            .fields()
            .iter()
            .filter(|field| field.is_elsewhere())
            .map(|field| field.name(CodePage::Windows1252))
            .collect();
        if !elsewhere.is_empty() {
            notes.push(format!("memos and pictures are not read: {}", elsewhere.join(", ")));
        }
        let surplus = dbf.stated_rows.saturating_sub(shapes.len());
        if surplus > 0 && !shapes.is_cut_off {
            notes.push(format!("rows of its .dbf file without a geometry in its .shp file are left out: {surplus}"));
        }
        notes
    }

    fn finish(self, page: CodePage) -> (Placed, Vec<Column>) {
        let fields = self.dbf.map(Dbf::fields).unwrap_or_default();
        let columns = fields.iter().zip(self.builders);
        let column = |(number, (field, builder)): (usize, (&dbf::Field, ColumnBuilder))| {
            let name = Some(field.name(page)).filter(|name| !name.is_empty());
            Column::new(name.unwrap_or_else(|| format!("column {number}")), builder.finish(Inference::Temporal))
        };
        (self.placed, (1..).zip(columns).map(column).collect())
    }
}
