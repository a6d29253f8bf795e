//! What a server has: tables, views and partitioned tables with their columns, from its own catalog. Works on any schema;
//! partitions are seen through their parent only.

use super::connection::Connected;
use crate::db::query::quoted;
use postgres::error::SqlState;

/// A table or view that the role may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTable {
    /// The name to use in SQL, quoted and with its schema where that is needed.
    pub name: String,
    /// Rows by the server's own estimate; `None` for a view and for a table that was never analysed.
    pub estimated_rows: Option<u64>,
    /// The first column with a geometry; tables with one come first.
    pub geometry: Option<GeometryColumn>,
    /// Whether rows can be sampled by pages: tables and their partitions, not views nor what is on another server.
    pub can_be_sampled: bool,
}

/// A column of `PostGIS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeometryColumn {
    /// Its name.
    pub name: String,
    /// Whether it is of type geography: degrees on the ellipsoid.
    pub is_geography: bool,
    /// The number of its reference system; 0 where that isn't said.
    pub srid: i32,
    /// Whether it holds points only.
    pub is_point: bool,
    /// Whether an index answers what is in a box.
    pub is_indexed: bool,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerColumn {
    /// Its name, not quoted.
    pub name: String,
    /// Its type as SQL writes it.
    pub type_name: String,
    /// Whether it alone is the key.
    pub is_key: bool,
    /// Its place in the key, from 0; `None` where it is no part of it.
    pub key_place: Option<i32>,
    /// What an index that begins with it is good for.
    pub index: ColumnIndex,
    /// Whether the server numbers it by itself.
    pub is_numbered: bool,
    /// What the server makes it of, where it is no column that values can be given to.
    pub generated_from: Option<String>,
}

/// What an index that begins with a column is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnIndex {
    /// There is none.
    Missing,
    /// It finds rows.
    Finds,
    /// It finds rows, and has them in order.
    Orders,
}

/// A part of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// East is positive.
    Longitude,
    /// North is positive.
    Latitude,
}

impl Axis {
    /// The function of `PostGIS` that gives it of a point.
    pub(super) fn function(self) -> &'static str {
        match self {
            Self::Longitude => "st_x",
            Self::Latitude => "st_y",
        }
    }
}

impl ServerColumn {
    /// Whether the server makes its values of those of other columns.
    pub fn is_generated(&self) -> bool {
        self.generated_from.is_some()
    }

    /// The part of a geometry's position in degrees that this column says once more.
    pub(super) fn repeats(&self, geometry: &GeometryColumn) -> Option<Axis> {
        let made_of = self.generated_from.as_deref()?;
        if geometry.is_geography || !geometry.is_point || !matches!(geometry.srid, 0 | 4326) {
            return None;
        }
        [Axis::Longitude, Axis::Latitude].into_iter().find(|axis| {
            [geometry.name.clone(), quoted(&geometry.name)].iter().any(|name| {
                let schema = made_of.strip_suffix(&format!("{}({name})", axis.function()));
                schema.is_some_and(|schema| schema.is_empty() || schema.ends_with('.'))
            })
        })
    }
}

const TABLES: &str = "
    SELECT c.oid::regclass::text,
        CASE WHEN c.relkind = 'p' THEN (SELECT sum(greatest(l.reltuples, 0))::int8 FROM pg_partition_tree(c.oid) t
            JOIN pg_class l ON l.oid = t.relid WHERE t.isleaf)
            WHEN c.reltuples >= 0 AND c.relkind IN ('r', 'm') THEN c.reltuples::int8 END,
        c.relkind IN ('r', 'm') OR (c.relkind = 'p' AND NOT EXISTS (SELECT 1 FROM pg_partition_tree(c.oid) t
            JOIN pg_class l ON l.oid = t.relid WHERE l.relkind = 'f'))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
        AND n.nspname NOT LIKE 'pg\\_temp\\_%'
        AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
            AND d.deptype = 'e')
        AND ($1::text IS NULL OR c.oid = to_regclass($1))
    ORDER BY 1";

const COLUMNS: &str = "
    SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), t.typname::text,
        EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND i.indnkeyatts = 1
            AND i.indkey[0] = a.attnum),
        EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisvalid AND i.indkey[0] = a.attnum
            AND i.indpred IS NULL),
        a.attidentity <> '' OR pg_get_serial_sequence($1, a.attname) IS NOT NULL,
        CASE WHEN a.attgenerated <> '' THEN (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
            WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END,
        (SELECT k.place::int4 - 1 FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
            WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.attnum = a.attnum AND k.place <= i.indnkeyatts),
        EXISTS (SELECT 1 FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
            WHERE i.indrelid = a.attrelid AND i.indisvalid AND i.indkey[0] = a.attnum AND i.indpred IS NULL
            AND m.amname = 'btree')
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

/// Every table that the role may read, those with a geometry first.
pub(super) fn tables(connected: &mut Connected) -> Result<Vec<ServerTable>, postgres::Error> {
    let mut tables = tables_named(connected, None)?;
    for table in &mut tables {
        table.geometry = geometry(connected, &table.name, false)?;
    }
    tables.sort_by_key(|table| table.geometry.is_none());
    Ok(tables)
}

/// All tables, or the one of a name, without their geometries.
fn tables_named(connected: &mut Connected, name: Option<&str>) -> Result<Vec<ServerTable>, postgres::Error> {
    let mut tables = Vec::new();
    for row in connected.client.query(TABLES, &[&name])? {
        let estimate: Option<i64> = row.try_get(1)?;
        tables.push(ServerTable {
            name: row.try_get(0)?,
            estimated_rows: estimate.and_then(|rows| u64::try_from(rows).ok()),
            geometry: None,
            can_be_sampled: row.try_get(2)?,
        });
    }
    connected.has_answered = true;
    Ok(tables)
}

/// One table by the name that SQL would use; `None` where there is none that the role may read.
pub(super) fn table(connected: &mut Connected, name: &str) -> Result<Option<ServerTable>, postgres::Error> {
    let named = match tables_named(connected, Some(name)) {
        // What can be no table's name is the name of no table.
        Err(error) if error.code().is_some_and(|code| *code == SqlState::INVALID_NAME) => return Ok(None),
        named => named?,
    };
    let Some(mut table) = named.into_iter().next_back() else { return Ok(None) };
    table.geometry = geometry(connected, &table.name, true)?;
    Ok(Some(table))
}

/// The columns of a table in their order.
pub(super) fn columns(connected: &mut Connected, table: &str) -> Result<Vec<ServerColumn>, postgres::Error> {
    let rows = connected.client.query(COLUMNS, &[&table])?;
    let column = |row: &postgres::Row| {
        Ok(ServerColumn {
            name: row.try_get(0)?,
            type_name: row.try_get(1)?,
            is_key: row.try_get(3)?,
            is_numbered: row.try_get(5)?,
            generated_from: row.try_get(6)?,
            key_place: row.try_get(7)?,
            index: match (row.try_get(4)?, row.try_get(8)?) {
                (_, true) => ColumnIndex::Orders,
                (true, false) => ColumnIndex::Finds,
                (false, false) => ColumnIndex::Missing,
            },
        })
    };
    rows.iter().map(column).collect()
}

/// The first column with a geometry. Its reference system and its kind stand in the type (`geometry(Point,4326)`); where
/// they don't, the first row tells, if it may be asked: that of a view can take long.
fn geometry(connected: &mut Connected, table: &str, asks_row: bool) -> Result<Option<GeometryColumn>, postgres::Error> {
    let columns = columns(connected, table)?;
    let is_spatial = |column: &&ServerColumn| {
        let name = column.type_name.rsplit('.').next().unwrap_or_default();
        name.starts_with("geometry") || name.starts_with("geography")
    };
    let Some(column) = columns.iter().find(is_spatial) else { return Ok(None) };
    let is_geography = column.type_name.contains("geography");
    let inside = column.type_name.split_once('(').map(|(_, inside)| inside.trim_end_matches(')'));
    let mut srid = inside.and_then(|inside| inside.rsplit_once(',')).and_then(|(_, srid)| srid.trim().parse().ok());
    if srid.is_none() && !is_geography && asks_row {
        let schema = connected.info.postgis.as_ref().map_or("public", |(_, schema)| schema.as_str());
        let name = quoted(&column.name);
        let sql = format!("SELECT {}.ST_SRID({name}) FROM {table} WHERE {name} IS NOT NULL LIMIT 1", quoted(schema));
        srid = match connected.client.query_opt(&sql, &[])? {
            Some(row) => row.try_get(0)?,
            None => None,
        };
    }
    let kind = inside.and_then(|inside| inside.split(',').next()).unwrap_or_default();
    Ok(Some(GeometryColumn {
        name: column.name.clone(),
        is_geography,
        srid: srid.unwrap_or(if is_geography { 4326 } else { 0 }),
        is_point: kind.trim_end_matches(['Z', 'M']).eq_ignore_ascii_case("point"),
        is_indexed: column.index != ColumnIndex::Missing,
    }))
}

impl GeometryColumn {
    /// SQL for the point that stands for a row's geometry, in degrees. `schema` is that of `PostGIS`.
    pub(crate) fn lon_lat_point(&self, schema: &str) -> String {
        let (name, schema) = (quoted(&self.name), quoted(schema));
        let geometry = if self.is_geography { format!("{name}::{schema}.geometry") } else { name };
        let point = if self.is_point { geometry } else { format!("{schema}.ST_PointOnSurface({geometry})") };
        if self.is_geography || matches!(self.srid, 0 | 4326) {
            point
        } else {
            format!("{schema}.ST_Transform({point}, 4326)")
        }
    }
}
