//! The files that are read: made once, told with what is in them.

use cogscope::library::{Image, ImageId};
use serde_json::{Value, json};

use super::Failure;
use super::data;

/// The large pictures.
pub fn make() -> Result<Value, Failure> {
    data::make_all()?;
    let mut files = Vec::new();
    for kind in &data::KINDS {
        for place in &data::PLACES {
            let path = data::path(kind, place);
            let bounds = Image::open(ImageId(0), &path)?.bounds_mercator.ok_or("it has no place")?;
            files.push(json!({
                "kind": kind.name,
                "place": place.name,
                "path": path,
                "bytes": std::fs::metadata(&path)?.len(),
                "bounds": [bounds.min_x(), bounds.min_y(), bounds.max_x(), bounds.max_y()],
            }));
        }
    }
    Ok(Value::from(files))
}

/// A folder of many small ones.
pub fn make_many(count: u32) -> Result<Value, Failure> {
    Ok(json!({ "path": data::make_many(count)? }))
}

/// Some that would take 100 GB each, hardly any of it written.
pub fn make_huge(count: u32) -> Result<Value, Failure> {
    let paths: Vec<_> = (0..count).map(data::make_huge).collect::<Result<_, _>>()?;
    Ok(json!({ "paths": paths }))
}
