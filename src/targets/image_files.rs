//! What images are called in a table of targets that only has their numbers: a table of images says which file each is.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::server::store_error;
use super::{ServerTargets, TargetsError};
use crate::db::{IsCancelled, Query, Value, quoted};

/// Files of more images are not read.
const MOST_IMAGES: usize = 1_000_000;
/// Columns that say which file an image is, the likeliest first; compared in lower case without `_`.
const FILE_NAMES: [&str; 14] = [
    "path",
    "filepath",
    "imagepath",
    "file",
    "filename",
    "imagefile",
    "name",
    "imagename",
    "image",
    "scene",
    "scenename",
    "location",
    "href",
    "uri",
];
/// Columns of numbers of images, in tables of targets.
const NUMBER_NAMES: [&str; 6] = ["imageid", "imageno", "imagekey", "sceneid", "rasterid", "fileid"];
/// Keys of tables of images that no index says to be unique.
const KEY_NAMES: [&str; 5] = ["id", "imageid", "sceneid", "fid", "gid"];

/// A table of images: which column is what targets have, which one the file's name or path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImagesTable {
    /// The table as SQL names it.
    pub table: String,
    /// The column of what targets have as their image.
    pub key: String,
    /// The column of the file's name or path.
    pub file: String,
}

/// A table that may be one of images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagesChoice {
    /// The table and its columns.
    pub images: ImagesTable,
    /// The column of the targets that the server says to refer to it.
    pub referred_by: Option<String>,
}

/// Files by what targets have as their image. Shared.
#[derive(Debug, Clone, Default)]
pub struct ImageFiles(Arc<FxHashMap<String, String>>);

impl ImageFiles {
    /// The file that is meant: where no table says, what the target has.
    pub fn file_of<'a>(&'a self, image: &'a str) -> &'a str {
        self.0.get(image).map_or(image, String::as_str)
    }
}

impl FromIterator<(String, String)> for ImageFiles {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(files: T) -> Self {
        Self(Arc::new(files.into_iter().collect()))
    }
}

/// Every column of every table that the role may read: table, column, whether it is unique, whether it is a text, and the column of
/// `:targets` that refers to it.
const COLUMNS: &str = "
    SELECT c.oid::regclass::text, a.attname::text,
        EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum),
        t.typcategory = 'S',
        (SELECT s.attname::text FROM pg_constraint k JOIN pg_attribute s ON s.attrelid = k.conrelid AND s.attnum = k.conkey[1]
            WHERE k.contype = 'f' AND k.conrelid = to_regclass(:targets) AND k.confrelid = c.oid AND cardinality(k.conkey) = 1
                AND k.confkey[1] = a.attnum LIMIT 1)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
        AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND c.oid <> to_regclass(:targets)
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
    ORDER BY 1, a.attnum";

/// What is known of a column.
struct SeenColumn {
    name: String,
    is_unique: bool,
    is_text: bool,
    referred_by: Option<String>,
}

impl ServerTargets {
    /// Tables that may be those of the images, the likeliest first.
    pub fn image_tables(&self, is_cancelled: IsCancelled<'_>) -> Result<Vec<ImagesChoice>, TargetsError> {
        let targets = self.described().table.name.as_str();
        let answer = self.ask(&Query::new(COLUMNS).with("targets", targets.to_owned()), is_cancelled)?.table;
        let mut choices = Vec::new();
        let mut columns: Vec<SeenColumn> = Vec::new();
        for row in 0..answer.row_count() {
            let text = |place| answer.value(place, row).as_str().unwrap_or_default().to_owned();
            let is = |place| matches!(answer.value(place, row), Value::Bool(true));
            columns.push(SeenColumn {
                name: text(1),
                is_unique: is(2),
                is_text: is(3),
                referred_by: Some(text(4)).filter(|name| !name.is_empty()),
            });
            let is_last = row + 1 == answer.row_count() || answer.value(0, row + 1).as_str() != Some(&text(0));
            if is_last {
                choices.extend(choice_of(&text(0), &std::mem::take(&mut columns)));
            }
        }
        choices.sort_by_key(|choice| (choice.referred_by.is_none(), !is_of_images(&choice.images.table)));
        Ok(choices)
    }

    /// The table that the targets' images are numbered by, and the column of the numbers, where the names leave no doubt.
    pub(super) fn guessed_images(
        &self,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<Option<(String, ImagesTable)>, TargetsError> {
        let image = self.mapping().image.as_deref();
        let numbers = self.described().columns.iter().map(|column| column.name.as_str());
        let number = numbers.into_iter().find(|name| NUMBER_NAMES.contains(&plain(name).as_str()));
        let is_meant = |choice: &ImagesChoice| match (&choice.referred_by, image) {
            // What refers to the table of users is no image, nor is a number where there is a name already.
            (Some(column), Some(image)) => column == image,
            (Some(column), None) => number == Some(column) || is_of_images(&choice.images.table),
            (None, Some(image)) => number == Some(image) && is_of_images(&choice.images.table),
            (None, None) => number.is_some() && is_of_images(&choice.images.table),
        };
        let choices = self.image_tables(is_cancelled)?;
        Ok(choices.into_iter().find(is_meant).and_then(|choice| {
            let column = choice.referred_by.or_else(|| image.or(number).map(str::to_owned))?;
            Some((column, choice.images))
        }))
    }

    /// Reads which file each image is.
    pub(super) fn read_image_files(
        &self,
        images: &ImagesTable,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<ImageFiles, TargetsError> {
        let ImagesTable { table, key, file } = images;
        let (key, file) = (quoted(key), quoted(file));
        // The table's name comes from the server's catalog, or from a project: as a name it is looked up, never run.
        let found = self.store().describe(table, is_cancelled).map_err(store_error)?.table.name;
        let sql = format!(
            "SELECT {key}::text, {file}::text FROM {found} WHERE {key} IS NOT NULL AND {file} IS NOT NULL LIMIT {MOST_IMAGES}"
        );
        let answer = self.ask(&Query::new(sql), is_cancelled)?.table;
        let text = |place, row| answer.value(place, row).as_str().map(str::to_owned);
        Ok((0..answer.row_count()).filter_map(|row| Some((text(0, row)?, text(1, row)?))).collect())
    }
}

fn choice_of(table: &str, columns: &[SeenColumn]) -> Option<ImagesChoice> {
    let texts = columns.iter().filter(|column| column.is_text);
    let rank = |column: &&SeenColumn| FILE_NAMES.iter().position(|name| *name == plain(&column.name));
    let file = texts.filter_map(|column| Some((rank(&column)?, column))).min_by_key(|(rank, _)| *rank)?.1;
    let others = || columns.iter().filter(|column| column.name != file.name);
    let key = others()
        .find(|column| column.referred_by.is_some())
        .or_else(|| others().find(|column| column.is_unique))
        .or_else(|| others().find(|column| KEY_NAMES.contains(&plain(&column.name).as_str())))?;
    let images = ImagesTable { table: table.to_owned(), key: key.name.clone(), file: file.name.clone() };
    Some(ImagesChoice { images, referred_by: key.referred_by.clone() })
}

fn is_of_images(table: &str) -> bool {
    let name = plain(table.rsplit('.').next().unwrap_or(table));
    // Profiles are no files.
    ["file", "files"].contains(&name.as_str())
        || ["image", "scene", "raster", "picture", "photo"].iter().any(|word| name.contains(word))
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
