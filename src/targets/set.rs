//! The targets of one table, column by column: what is asked for on each frame stands ready, the rest in the table.

use std::sync::Arc;

use jiff::civil::Date;

use super::dictionary::{Dictionary, Named};
use super::positions::{PlacePixel, Positions};
use super::{ClassId, ImageFiles, Mapping, Target, TargetId, TargetsError};
use crate::db::{Column, ReadTable, SetAside, Table, TextColumn, Value, ValueKind, parse_date};
use crate::geo::LonLat;

/// What a target without a class is listed under.
pub const UNCLASSIFIED: &str = "unclassified";

/// Targets in memory, immutable. Share it by `Arc`.
#[derive(Debug, Clone)]
pub struct TargetSet {
    name: String,
    table: Table,
    mapping: Mapping,
    positions: Arc<[LonLat]>,
    classes: Dictionary,
    images: Dictionary,
    image_files: ImageFiles,
    dates: Vec<Option<Date>>,
    name_column: Option<usize>,
    id_column: Option<usize>,
    confidence_column: Option<usize>,
    /// Names (else keys) in lower case, for the search.
    searched: TextColumn,
    set_aside: Vec<SetAside>,
    notes: Vec<String>,
}

impl TargetSet {
    /// Makes targets of a table's rows. A row without a position on the earth is set aside with the reason.
    pub fn from_table(name: &str, read: ReadTable, mapping: Mapping) -> Result<Self, TargetsError> {
        Self::from_table_placed(name, read, mapping, None)
    }

    /// The same, with a way from a pixel of an image to its place on the earth.
    pub fn from_table_placed(
        name: &str,
        read: ReadTable,
        mapping: Mapping,
        place_pixel: Option<PlacePixel<'_>>,
    ) -> Result<Self, TargetsError> {
        let positions = Positions::of_table(name, &read, &mapping, place_pixel)?;
        let ReadTable { mut table, mut set_aside, notes, .. } = read;
        if !positions.set_aside.is_empty() {
            table = table.take(&positions.rows);
            set_aside.extend(positions.set_aside);
            set_aside.sort_by_key(|row| row.line);
        }
        let place = |part: &Option<String>| table.column_index(part.as_deref()?);
        let column = |part: &Option<String>| table.column(place(part)?);
        let (name_column, id_column, confidence_column) =
            (place(&mapping.name), place(&mapping.id), place(&mapping.confidence));
        let classes = shown_texts(column(&mapping.class), table.row_count());
        let classes = Dictionary::of_rows(classes.iter().map(|class| Some(class.unwrap_or(UNCLASSIFIED))));
        let images = shown_texts(column(&mapping.image), table.row_count());
        let images = Dictionary::of_rows(images.iter());
        let dates = (0..table.row_count()).map(|row| column(&mapping.date).and_then(|dates| day(dates.value(row))));
        Ok(Self {
            name: name.to_owned(),
            positions: positions.points.into(),
            classes,
            images,
            image_files: ImageFiles::default(),
            dates: dates.collect(),
            name_column,
            id_column,
            confidence_column,
            searched: searched_texts(&table, name_column, id_column),
            set_aside,
            notes,
            mapping,
            table,
        })
    }

    /// The same targets with one column of values more, or with other values in the one of its name; `None` when it has another
    /// number of rows, or the name of a column that plays a part (a class, a position).
    #[must_use]
    pub fn with_values(&self, column: Column) -> Option<Self> {
        let values = self.mapping.value_columns(&self.table);
        let known = self.table.columns().iter().position(|known| known.name() == column.name());
        if known.is_some_and(|known| !values.contains(&known)) {
            return None;
        }
        let table = self.table.with_column(column)?;
        Some(Self { table, ..self.clone() })
    }

    /// The same targets, whose images are these files.
    #[must_use]
    pub(super) fn with_image_files(mut self, image_files: ImageFiles) -> Self {
        self.image_files = image_files;
        self
    }

    /// The file that one of the [`images`](Self::images) is: what a table of images says, else its name.
    pub fn image_file_of<'a>(&'a self, image: &'a str) -> &'a str {
        self.image_files.file_of(image)
    }

    /// What the set is called: the file's or the table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number of targets.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// True when there is no target.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// Every target in the order of the table.
    pub fn ids(&self) -> impl Iterator<Item = TargetId> + use<> {
        (0..self.len()).filter_map(TargetId::from_row)
    }

    /// Everything about one target but its values, which are in the [`table`](Self::table) at its row.
    pub fn target(&self, id: TargetId) -> Option<Target<'_>> {
        let row = id.row();
        Some(Target {
            id,
            key: self.id_column.map_or(Value::Null, |column| self.table.value(column, row)),
            class: self.class_of(id)?,
            class_name: self.classes.name_of(row)?,
            name: self.name_column.and_then(|column| self.table.value(column, row).as_str()),
            position: self.position(id)?,
            image: self.images.name_of(row).map(AsRef::as_ref),
            date: self.date(id),
            confidence: self.confidence(id),
        })
    }

    /// The whole table, a row for each target: for the table panel, plots and values.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Which column plays which part.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Rows that are no targets, with line and reason.
    pub fn set_aside(&self) -> &[SetAside] {
        &self.set_aside
    }

    /// What else the user should know about the reading.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The classes, most frequent first.
    pub fn classes(&self) -> &[Named] {
        self.classes.entries()
    }

    /// The class of this place in [`classes`](Self::classes).
    pub fn class(&self, class: ClassId) -> Option<&Named> {
        self.classes.entries().get(class.index())
    }

    /// The class of a name.
    pub fn class_named(&self, name: &str) -> Option<ClassId> {
        self.classes.find(name).map(ClassId)
    }

    /// The class of a target.
    pub fn class_of(&self, id: TargetId) -> Option<ClassId> {
        self.classes.index_of(id.row()).map(ClassId)
    }

    /// The images that targets name, most frequent first, as the source writes them.
    pub fn images(&self) -> &[Named] {
        self.images.entries()
    }

    /// The place in [`images`](Self::images) of a name.
    pub fn image_index(&self, name: &str) -> Option<usize> {
        self.images.find(name).map(|place| place as usize)
    }

    /// The place in [`images`](Self::images) of a target's image.
    pub fn image_index_of(&self, id: TargetId) -> Option<usize> {
        self.images.index_of(id.row()).map(|place| place as usize)
    }

    /// Where a target is.
    pub fn position(&self, id: TargetId) -> Option<LonLat> {
        self.positions.get(id.row()).copied()
    }

    /// Where every target is, by row. Sets that differ in columns of values only share this.
    pub fn positions(&self) -> &Arc<[LonLat]> {
        &self.positions
    }

    /// A target's day.
    pub fn date(&self, id: TargetId) -> Option<Date> {
        self.dates.get(id.row()).copied().flatten()
    }

    /// First and last day; `None` when no target has one.
    pub fn date_range(&self) -> Option<(Date, Date)> {
        let days = self.dates.iter().flatten();
        Some((*days.clone().min()?, *days.max()?))
    }

    /// How sure the detector was, as the source writes it (0 to 1, or 0 to 100).
    pub fn confidence(&self, id: TargetId) -> Option<f64> {
        self.table.value(self.confidence_column?, id.row()).as_f64().filter(|confidence| !confidence.is_nan())
    }

    /// Lowest and highest confidence; `None` when no target has one.
    pub fn confidence_range(&self) -> Option<(f64, f64)> {
        self.table.column(self.confidence_column?)?.number_range()
    }

    /// What a search for a name looks in: the name, else the key, in lower case.
    pub fn searched_text(&self, id: TargetId) -> Option<&str> {
        self.searched.get(id.row())
    }
}

/// A column's cells as they are shown, empty texts as nulls; nulls only when there is no column.
fn shown_texts(column: Option<&Column>, row_count: usize) -> TextColumn {
    let mut texts = TextColumn::default();
    for row in 0..row_count {
        match column.map_or(Value::Null, |column| column.value(row)) {
            Value::Null => texts.push(None),
            Value::Text(text) => texts.push(Some(text.trim()).filter(|text| !text.is_empty())),
            other => texts.push(Some(&other.to_string())),
        }
    }
    texts
}

fn searched_texts(table: &Table, name: Option<usize>, id: Option<usize>) -> TextColumn {
    let mut searched = TextColumn::default();
    for row in 0..table.row_count() {
        let cells = [name, id].into_iter().flatten().map(|column| table.value(column, row));
        let cell = cells.into_iter().find(|cell| !cell.is_null());
        match cell {
            None => searched.push(None),
            Some(Value::Text(text)) => searched.push(Some(&text.to_lowercase())),
            Some(other) => searched.push(Some(&other.to_string())),
        }
    }
    searched
}

/// The day of a cell. A whole number is one when it reads as year, month and day: 20240518.
fn day(cell: Value<'_>) -> Option<Date> {
    match cell.kind()? {
        ValueKind::Integer => parse_date(&cell.to_string()),
        _ => cell.as_date(),
    }
}
