//! Targets in a table of a `PostgreSQL` server, of any size. A table of up to [`WHOLE_ROWS`] rows is read wholly; of a
//! larger one the map gets what is in view and the table a page. Counts, pages and views are each answered from an index or an
//! aggregate.

use std::sync::Arc;

use super::{ImageFiles, Mapping, MappingPart, TargetSet, TargetsError};
use crate::db::postgres::{DescribedTable, PostgresStore};
use crate::db::{
    Answer, DbError, IsCancelled, Limits, Query, QueryError, QueryStore, ReadTable, TextColumn, Value, quoted,
};

/// Tables of up to so many rows are read wholly.
pub const WHOLE_ROWS: u64 = 200_000;
/// Rows that the parts of a table's columns are guessed from.
const GUESSED_FROM: usize = 1_000;
/// A table of targets on a server.
#[derive(Clone)]
pub struct ServerTargets {
    store: Arc<PostgresStore>,
    described: DescribedTable,
    mapping: Mapping,
    image_files: ImageFiles,
}

/// What part of the earth is looked at, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLatBox {
    /// The western edge.
    pub west: f64,
    /// The southern edge.
    pub south: f64,
    /// The eastern edge.
    pub east: f64,
    /// The northern edge.
    pub north: f64,
}

impl ServerTargets {
    /// Looks at a table: its columns, and which part each plays unless that is given.
    pub fn open(
        store: Arc<PostgresStore>,
        table: &str,
        mapping: Option<Mapping>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<Self, TargetsError> {
        let described = store.describe(table, is_cancelled).map_err(store_error)?;
        let is_given = mapping.is_some();
        let mapping = if let Some(mapping) = mapping {
            mapping
        } else {
            let sample = store.read_table(&described, GUESSED_FROM, is_cancelled).map_err(store_error)?;
            Mapping::guess(&sample.table, sample.geometry_columns)
        };
        let mut targets = Self { store, described, mapping, image_files: ImageFiles::default() };
        if !is_given && let Some((column, images)) = targets.guessed_images(is_cancelled)? {
            targets.mapping.set_part(&column, Some(MappingPart::Image));
            targets.mapping.images = Some(images);
        }
        if let Some(images) = &targets.mapping.images {
            targets.image_files = targets.read_image_files(images, is_cancelled)?;
        }
        Ok(targets)
    }

    /// Which files the targets' images are, where a table says it.
    pub fn image_files(&self) -> &ImageFiles {
        &self.image_files
    }

    /// Targets of rows of the table.
    pub(super) fn set_of(
        &self,
        read: ReadTable,
        place_pixel: Option<super::PlacePixel<'_>>,
    ) -> Result<TargetSet, TargetsError> {
        let set = TargetSet::from_table_placed(&self.name(), read, self.mapping.clone(), place_pixel)?;
        Ok(set.with_image_files(self.image_files.clone()))
    }

    /// The table as the server describes it.
    pub fn described(&self) -> &DescribedTable {
        &self.described
    }

    /// Which column plays which part.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Where the questions go.
    pub fn store(&self) -> &Arc<PostgresStore> {
        &self.store
    }

    /// Whether the table is small enough to be read wholly. One that was never analysed is counted, but no further than
    /// it takes to know.
    pub fn is_small(&self, is_cancelled: IsCancelled<'_>) -> Result<bool, TargetsError> {
        if let Some(rows) = self.described.table.estimated_rows.filter(|rows| *rows > 0) {
            return Ok(rows <= WHOLE_ROWS);
        }
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {}) AS counted",
            self.described.table.name,
            WHOLE_ROWS + 1
        );
        let counted = self.ask(&Query::new(sql), is_cancelled)?.table.value(0, 0).as_f64();
        Ok(counted.unwrap_or(0.0) <= WHOLE_ROWS as f64)
    }

    /// The whole table.
    pub fn load(
        &self,
        place_pixel: Option<super::PlacePixel<'_>>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<TargetSet, TargetsError> {
        let read = self.store.read_table(&self.described, super::MAX_ROWS, is_cancelled).map_err(store_error)?;
        self.set_of(read, place_pixel)
    }

    /// What the targets are called.
    pub fn name(&self) -> String {
        format!("{} in {}", self.described.table.name, self.store.label())
    }

    pub(super) fn ask(&self, query: &Query, is_cancelled: IsCancelled<'_>) -> Result<Answer, TargetsError> {
        let limits = Limits { rows: super::MAX_ROWS, ..Limits::default() };
        self.store.query(query, &limits, is_cancelled).map_err(store_error)
    }

    /// The images that targets name, for the audit of what is on the disk: an aggregate.
    pub fn images(&self, is_cancelled: IsCancelled<'_>) -> Result<TextColumn, TargetsError> {
        let Some(image) = &self.mapping.image else { return Ok(TextColumn::default()) };
        let image = quoted(image);
        let sql = format!("SELECT {image}::text FROM {} GROUP BY {image} ORDER BY 1", self.described.table.name);
        let answer = self.ask(&Query::new(sql), is_cancelled)?;
        let names = answer.table.column(0).into_iter().flat_map(crate::db::Column::values);
        Ok(names.map(|name| if let Value::Text(text) = name { Some(text) } else { None }).collect())
    }
}

/// A failed question of the program's own is a failure of the store.
pub(super) fn store_error(error: QueryError) -> TargetsError {
    TargetsError::Store(match error {
        QueryError::Store(error) => error,
        other => DbError::Query(Box::new(other)),
    })
}
