//! Which column of a table plays which part. Guessed from names and kinds, then shown to the user, who may change it.

use serde::{Deserialize, Serialize};

use super::ImagesTable;
use super::positions::number;
use crate::db::{Column, Table, ValueKind};

/// The columns that make a target, by name. What plays no part is a value column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// The store's own key of a row.
    pub id: Option<String>,
    /// What was detected.
    pub class: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Longitude, WGS 84 degrees, east positive.
    pub longitude: Option<String>,
    /// Latitude, WGS 84 degrees, north positive.
    pub latitude: Option<String>,
    /// The column of the pixel in its image, from 0 at the left edge; used where there is no longitude and latitude.
    pub pixel_column: Option<String>,
    /// The row of the pixel in its image, from 0 at the top.
    pub pixel_row: Option<String>,
    /// The image that it was found in: a file name, a path or a scene's name.
    pub image: Option<String>,
    /// The day of the detection or the acquisition.
    pub date: Option<String>,
    /// How sure the detector was.
    pub confidence: Option<String>,
    /// On a server: the table that says which file the image's number means; `None` where the image is named itself.
    pub images: Option<ImagesTable>,
}

/// Names for each part, the likeliest first. Compared in lower case without `_`, `-` and spaces.
const ID_NAMES: &[&str] = &["id", "targetid", "detectionid", "objectid", "fid", "gid", "uid", "uuid", "key"];
const CLASS_NAMES: &[&str] =
    &["class", "classname", "category", "label", "type", "kind", "klass", "classlabel", "objectclass", "targetclass"];
const NAME_NAMES: &[&str] = &["name", "title", "targetname", "displayname", "designation"];
const LONGITUDE_NAMES: &[&str] =
    &["longitude", "lon", "long", "lng", "londeg", "xlon", "centerlon", "pointx", "x", "easting"];
const LATITUDE_NAMES: &[&str] = &["latitude", "lat", "latdeg", "ylat", "centerlat", "pointy", "y", "northing"];
const IMAGE_NAMES: &[&str] = &[
    "image",
    "imagename",
    "imagefile",
    "imageid",
    "scene",
    "sceneid",
    "scenename",
    "file",
    "filename",
    "raster",
    "source",
    "sourceimage",
    "path",
    "imagepath",
];
const DATE_NAMES: &[&str] = &[
    "date",
    "acquired",
    "acquisitiondate",
    "datetime",
    "time",
    "timestamp",
    "detected",
    "detectedat",
    "observed",
    "sensingdate",
    "imagedate",
    "day",
    "createdat",
    "created",
];
const PIXEL_COLUMN_NAMES: &[&str] =
    &["pixelcol", "pixelcolumn", "col", "column", "pixelx", "px", "xpixel", "imgx", "imagex", "centerx", "sample"];
const PIXEL_ROW_NAMES: &[&str] = &["pixelrow", "row", "pixely", "py", "ypixel", "imgy", "imagey", "centery", "line"];
const CONFIDENCE_NAMES: &[&str] = &["confidence", "score", "probability", "conf", "prob", "certainty"];

impl Mapping {
    /// Guesses each part from names and kinds. `geometry_columns` are the places of a longitude and a latitude that
    /// came from a geometry: they are the position whatever else the table has.
    pub fn guess(table: &Table, geometry_columns: Option<(usize, usize)>) -> Self {
        let mut free: Vec<&Column> = table.columns().iter().collect();
        let mut mapping = Self::default();
        if let Some((lon, lat)) = geometry_columns {
            mapping.longitude = table.column(lon).map(|column| column.name().to_owned());
            mapping.latitude = table.column(lat).map(|column| column.name().to_owned());
        } else {
            mapping.longitude = take(&mut free, LONGITUDE_NAMES, holds_numbers);
            mapping.latitude = take(&mut free, LATITUDE_NAMES, holds_numbers);
        }
        if mapping.longitude.is_none() || mapping.latitude.is_none() {
            mapping.pixel_column = take(&mut free, PIXEL_COLUMN_NAMES, holds_numbers);
            mapping.pixel_row = take(&mut free, PIXEL_ROW_NAMES, holds_numbers);
        }
        mapping.class = take(&mut free, CLASS_NAMES, of_kind(|kind| !kind.is_temporal() && kind != ValueKind::Real));
        mapping.name = take(&mut free, NAME_NAMES, of_kind(|kind| kind == ValueKind::Text));
        mapping.image = take(&mut free, IMAGE_NAMES, of_kind(|kind| kind == ValueKind::Text));
        // 20240518 is a whole number until its name says that it is a date.
        mapping.date = take(&mut free, DATE_NAMES, of_kind(|kind| kind.is_temporal() || kind == ValueKind::Integer))
            .or_else(|| first_of_kind(&free, ValueKind::is_temporal));
        mapping.confidence = take(&mut free, CONFIDENCE_NAMES, of_kind(ValueKind::is_numeric));
        mapping.id = take(&mut free, ID_NAMES, of_kind(|kind| matches!(kind, ValueKind::Integer | ValueKind::Text)));
        mapping
    }

    /// The places of the columns that play no part: what can be plotted, sorted by and shown beside a target.
    pub fn value_columns(&self, table: &Table) -> Vec<usize> {
        let parts = self.parts();
        let is_free = |column: &Column| !parts.contains(&Some(column.name()));
        table.columns().iter().enumerate().filter(|(_, column)| is_free(column)).map(|(index, _)| index).collect()
    }

    /// Whether there is a way to a position: longitude and latitude, or an image and a pixel in it.
    pub fn has_place(&self) -> bool {
        (self.longitude.is_some() && self.latitude.is_some()) || self.is_by_pixel()
    }

    /// Whether positions are those of pixels in images.
    pub fn is_by_pixel(&self) -> bool {
        let has_degrees = self.longitude.is_some() && self.latitude.is_some();
        !has_degrees && self.pixel_column.is_some() && self.pixel_row.is_some() && self.image.is_some()
    }

    /// The names of all columns that play a part.
    fn parts(&self) -> [Option<&str>; 10] {
        let Self { id, class, name, longitude, latitude, pixel_column, pixel_row, image, date, confidence, images: _ } =
            self;
        [id, class, name, longitude, latitude, pixel_column, pixel_row, image, date, confidence].map(Option::as_deref)
    }
}

/// Takes the first free column that has one of the names, likeliest name first, and a kind that fits.
fn take(free: &mut Vec<&Column>, names: &[&str], fits: impl Fn(&Column) -> bool) -> Option<String> {
    let place = names.iter().find_map(|name| {
        free.iter().position(|column| plain(column.name()) == *name && fits(column) && has_values(column))
    })?;
    Some(free.remove(place).name().to_owned())
}

fn of_kind(fits: impl Fn(ValueKind) -> bool) -> impl Fn(&Column) -> bool {
    move |column| fits(column.kind())
}

/// A column of numbers, or of texts most of which are: a word among a thousand longitudes costs its own row, not all.
fn holds_numbers(column: &Column) -> bool {
    if column.kind() != ValueKind::Text {
        return column.kind().is_numeric();
    }
    let texts = || column.values().filter(|value| !value.is_null());
    texts().filter(|value| number(*value).is_some()).count() * 2 > texts().count()
}

fn first_of_kind(free: &[&Column], fits: impl Fn(ValueKind) -> bool) -> Option<String> {
    free.iter().find(|column| fits(column.kind()) && has_values(column)).map(|column| column.name().to_owned())
}

fn has_values(column: &Column) -> bool {
    column.values().any(|value| !value.is_null())
}

/// `Image_Name`, `image-name` and `image name` are one name.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::ColumnData;

    fn text(name: &str) -> Column {
        Column::new(name, ColumnData::Text([Some("a")].into_iter().collect()))
    }

    fn real(name: &str) -> Column {
        Column::new(name, ColumnData::Real(vec![Some(0.5)]))
    }

    fn guess(columns: Vec<Column>) -> (Mapping, Vec<usize>) {
        let table = Table::new(columns).unwrap();
        let mapping = Mapping::guess(&table, None);
        let values = mapping.value_columns(&table);
        (mapping, values)
    }

    #[test]
    fn usual_names_are_found_in_any_case_and_order() {
        let columns =
            vec![real("SCORE"), real("Lat"), text("Label"), real("Lng"), text("Image_Name"), real("length_m")];
        let (mapping, values) = guess(columns);
        assert_eq!(mapping.confidence.as_deref(), Some("SCORE"));
        assert_eq!(mapping.class.as_deref(), Some("Label"));
        assert_eq!(mapping.longitude.as_deref(), Some("Lng"));
        assert_eq!(mapping.latitude.as_deref(), Some("Lat"));
        assert_eq!(mapping.image.as_deref(), Some("Image_Name"));
        assert_eq!(values, [5]);
    }

    #[test]
    fn the_likelier_name_wins() {
        let (mapping, values) = guess(vec![text("type"), text("class"), real("x"), real("longitude")]);
        assert_eq!(mapping.class.as_deref(), Some("class"));
        assert_eq!(mapping.longitude.as_deref(), Some("longitude"));
        assert_eq!(values, [0, 2]);
    }

    #[test]
    fn a_kind_that_cannot_be_does_not_fit() {
        let (mapping, _) = guess(vec![text("score"), text("lat"), real("class")]);
        assert_eq!(mapping, Mapping::default());
    }

    #[test]
    fn a_date_by_kind_is_found_without_a_known_name() {
        let day = Column::new("flown", ColumnData::Date(vec![Some(jiff::civil::date(2024, 5, 18))]));
        assert_eq!(guess(vec![day]).0.date.as_deref(), Some("flown"));
    }

    #[test]
    fn a_geometry_is_the_position_whatever_the_names() {
        let table = Table::new(vec![real("lon"), real("lat"), real("longitude"), real("latitude")]).unwrap();
        let mapping = Mapping::guess(&table, Some((2, 3)));
        assert_eq!(mapping.longitude.as_deref(), Some("longitude"));
        assert_eq!(mapping.value_columns(&table), [0, 1]);
    }
}
