//! Stores of targets and tables: typed columns, and what every store answers.
//!
//! The embedded stores (`GeoPackage`, CSV, `GeoJSON`) are in [`embedded`]. Nothing here writes to what it reads.

mod address;
mod builder;
mod convert;
pub mod embedded;
mod error;
mod export;
mod import;
pub mod postgres;
mod query;
mod store;
mod table;
mod text;
mod value;
mod wkt;

pub use address::StoreAddress;
pub use builder::{ColumnBuilder, Inference, infer};
pub use convert::Converted;
pub use error::DbError;
pub use export::{csv_text, write_csv, write_geojson};
pub use import::{Import, Imported, Part};
pub use query::quoted;
pub use query::{Answer, Dialect, IsCancelled, Limits, Located, Parameter, Query, QueryError, QueryStore, SqlProblem};
pub use store::{ReadTable, SetAside, Store, TableInfo};
pub use table::{Column, ColumnData, SortDirection, Table};
pub use text::TextColumn;
pub(in crate::db) use value::blob_text;
pub use value::{Value, ValueKind, parse_bool, parse_date, parse_date_time, parse_integer, parse_real};
