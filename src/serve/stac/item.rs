//! An image or scene as an Item.

use std::time::SystemTime;

use serde_json::{Map, Value, json as object};

use super::{COLLECTION, VERSION, corners, link};
use crate::cog::json::{json_nodata, json_number};
use crate::geo::{BoundingBox, LonLat};
use crate::library::{Image, Source};
use crate::raster::SampleType;
use crate::serve::json::GEOJSON;
use crate::serve::layer::Layer;
use crate::serve::rest::media_type;
use crate::serve::{Shelf, shelf};

const EXTENSIONS: [&str; 2] = [
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
];

/// A band of an asset.
struct AssetBand<'a> {
    name: String,
    image: &'a Image,
    index: usize,
}

/// The Item of a layer that is no mosaic.
pub(super) fn of(shelf: &Shelf, layer: &Layer, base: &str) -> Value {
    let id = layer.id();
    let place = layer.place();
    let bounds = place.map(|place| place.lon_lat);
    let mut item = object!({
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": EXTENSIONS,
        "id": id,
        "collection": COLLECTION,
        "geometry": bounds.map(|bounds| geometry(&outline(layer.source()), &bounds)),
        "properties": properties(layer),
        "links": [
            link("self", &format!("{base}/stac/items/{id}"), GEOJSON),
            link("root", &format!("{base}/stac"), "application/json"),
            link("parent", &format!("{base}/stac"), "application/json"),
            link("collection", &format!("{base}/stac"), "application/json"),
        ],
        "assets": assets(shelf, layer, base),
    });
    if let (Some(bounds), Some(item)) = (bounds, item.as_object_mut()) {
        item.insert("bbox".to_owned(), object!(corners(&bounds)));
    }
    item
}

fn outline(source: &Source) -> Vec<LonLat> {
    match source {
        Source::Image(image) => image.footprint_lon_lat.clone(),
        Source::Scene(scene) => scene.largest_image().map(|image| image.footprint_lon_lat.clone()).unwrap_or_default(),
        Source::Mosaic(_) => Vec::new(),
    }
}

/// The outline; the box where the outline is not known, or crosses the antimeridian.
fn geometry(outline: &[LonLat], bounds: &BoundingBox) -> Value {
    let [west, south, east, north] = corners(bounds);
    let mut ring: Vec<[f64; 2]> = outline.iter().map(|place| [place.lon_deg(), place.lat_deg()]).collect();
    let goes_round = bounds.width() > 180.0;
    if ring.len() < 3 || goes_round {
        ring = vec![[west, south], [east, south], [east, north], [west, north]];
    }
    // GeoJSON's outer rings run against the clock.
    let next = ring.iter().cycle().skip(1);
    let area: f64 = ring.iter().zip(next).map(|([x, y], [next_x, next_y])| x * next_y - next_x * y).sum();
    if area < 0.0 {
        ring.reverse();
    }
    ring.extend(ring.first().copied());
    object!({"type": "Polygon", "coordinates": [ring]})
}

fn properties(layer: &Layer) -> Value {
    let mut all = Map::new();
    all.insert("title".to_owned(), layer.title().into());
    match layer.dates().first() {
        Some(day) => {
            all.insert("datetime".to_owned(), format!("{day}T00:00:00Z").into());
        }
        None => {
            // Nothing tells the day: it was taken before the file was written.
            let written = first_image(layer.source()).and_then(|image| image.cog.changed());
            let written = written.unwrap_or(SystemTime::UNIX_EPOCH);
            all.insert("datetime".to_owned(), Value::Null);
            all.insert("start_datetime".to_owned(), "1900-01-01T00:00:00Z".into());
            all.insert("end_datetime".to_owned(), timestamp(written).into());
        }
    }
    if let Some(place) = layer.place() {
        all.insert("proj:code".to_owned(), place.crs.epsg().map(|code| format!("EPSG:{code}")).into());
        all.insert("proj:bbox".to_owned(), object!(corners(&place.bounds)));
    }
    if let Source::Image(image) = layer.source() {
        all.extend(grid(image));
    }
    Value::Object(all)
}

/// To the second, in UTC.
fn timestamp(moment: SystemTime) -> String {
    let moment = jiff::Timestamp::try_from(moment).unwrap_or_default();
    jiff::Timestamp::from_second(moment.as_second()).unwrap_or_default().to_string()
}

fn first_image(source: &Source) -> Option<std::sync::Arc<Image>> {
    source.parts().into_iter().next().map(|part| part.image)
}

/// Size, and the transform from pixels where the image has a plain one.
fn grid(image: &Image) -> Map<String, Value> {
    let mut grid = Map::new();
    grid.insert("proj:shape".to_owned(), object!([image.cog.height(), image.cog.width()]));
    if let Some(affine) = image.cog.affine() {
        let [x, xx, xy, y, yx, yy] = affine.to_gdal();
        grid.insert("proj:transform".to_owned(), object!([xx, xy, x, yx, yy, y]));
    }
    grid
}

fn assets(shelf: &Shelf, layer: &Layer, base: &str) -> Value {
    let mut all = Map::new();
    match layer.source() {
        Source::Image(image) => {
            let bands = 0..image.cog.band_count();
            let bands = bands.map(|index| AssetBand { name: image.band_name(index), image, index });
            all.insert("data".to_owned(), asset(layer.id(), image, &bands.collect::<Vec<_>>(), base));
        }
        Source::Scene(scene) => {
            for image in scene.images() {
                let bands: Vec<AssetBand<'_>> = scene
                    .bands
                    .iter()
                    .filter(|band| band.image.id == image.id)
                    .map(|band| AssetBand { name: band.name.clone(), image, index: band.band })
                    .collect();
                let id = shelf::image_id(image);
                let key = match bands.as_slice() {
                    [only] => only.name.clone(),
                    _ => image.name.clone(),
                };
                if shelf.layer(&id).is_some() {
                    all.insert(key, asset(&id, image, &bands, base));
                }
            }
        }
        Source::Mosaic(_) => {}
    }
    if layer.place().is_some() {
        let href = format!("{base}/cog/preview.png?url={}&max_size=256", layer.id());
        let thumbnail = object!({"href": href, "type": "image/png", "roles": ["thumbnail"], "title": "Preview"});
        all.insert("thumbnail".to_owned(), thumbnail);
    }
    Value::Object(all)
}

fn asset(id: &str, image: &Image, bands: &[AssetBand<'_>], base: &str) -> Value {
    let mut asset = Map::new();
    asset.insert("href".to_owned(), format!("{base}/cogs/{id}/data").into());
    asset.insert("type".to_owned(), media_type(image).into());
    asset.insert("title".to_owned(), image.name.as_str().into());
    asset.insert("roles".to_owned(), object!(["data"]));
    if let Some(crs) = image.cog.crs() {
        asset.insert("proj:code".to_owned(), crs.epsg().map(|code| format!("EPSG:{code}")).into());
    }
    if let Some(bounds) = image.cog.bounds() {
        asset.insert("proj:bbox".to_owned(), object!(corners(&bounds)));
    }
    asset.extend(grid(image));
    // Both what STAC 1.1 has for every asset, and what readers of the raster extension look for.
    asset.insert("bands".to_owned(), bands.iter().map(common_band).collect());
    asset.insert("raster:bands".to_owned(), bands.iter().map(raster_band).collect());
    Value::Object(asset)
}

fn common_band(band: &AssetBand<'_>) -> Value {
    let mut all = facts(band);
    all.insert("name".to_owned(), band.name.as_str().into());
    Value::Object(all)
}

fn raster_band(band: &AssetBand<'_>) -> Value {
    let mut all = facts(band);
    let described = band.image.cog.bands().get(band.index);
    for (name, value) in
        [("scale", described.and_then(|band| band.scale)), ("offset", described.and_then(|band| band.offset))]
    {
        all.extend(value.filter(|value| value.is_finite()).map(|value| (name.to_owned(), json_number(value))));
    }
    Value::Object(all)
}

/// What both kinds of bands tell.
fn facts(band: &AssetBand<'_>) -> Map<String, Value> {
    let described = band.image.cog.bands().get(band.index);
    let mut all = Map::new();
    all.insert("data_type".to_owned(), data_type(band.image.sample_type()).into());
    if let Some(nodata) = described.and_then(|band| band.nodata) {
        let nodata = match json_nodata(nodata) {
            // The extension's own words.
            Value::String(text) => Value::from(text.to_ascii_lowercase().replace("infinity", "inf")),
            number => number,
        };
        all.insert("nodata".to_owned(), nodata);
    }
    all.extend(described.and_then(|band| band.unit.clone()).map(|unit| ("unit".to_owned(), unit.into())));
    all
}

/// The extension's names of types.
pub(in crate::serve) fn data_type(sample_type: SampleType) -> &'static str {
    match sample_type {
        SampleType::U8 => "uint8",
        SampleType::I8 => "int8",
        SampleType::U16 => "uint16",
        SampleType::I16 => "int16",
        SampleType::U32 => "uint32",
        SampleType::I32 => "int32",
        SampleType::U64 => "uint64",
        SampleType::I64 => "int64",
        SampleType::F32 => "float32",
        SampleType::F64 => "float64",
        SampleType::CI16 => "cint16",
        SampleType::CI32 => "cint32",
        SampleType::CF32 => "cfloat32",
        SampleType::CF64 => "cfloat64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_runs_against_the_clock_and_closes() {
        let corner = |lon, lat| LonLat::new(lon, lat).unwrap();
        let clockwise = [corner(0.0, 0.0), corner(0.0, 1.0), corner(1.0, 1.0), corner(1.0, 0.0)];
        let found = geometry(&clockwise, &BoundingBox::new(0.0, 0.0, 1.0, 1.0).unwrap());
        assert_eq!(found["coordinates"], object!([[[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]]));
    }

    #[test]
    fn what_crosses_the_antimeridian_is_told_by_its_box() {
        let corner = |lon, lat| LonLat::new(lon, lat).unwrap();
        let across = [corner(179.0, 0.0), corner(-179.0, 0.0), corner(-179.0, 1.0), corner(179.0, 1.0)];
        let found = geometry(&across, &BoundingBox::new(-180.0, 0.0, 180.0, 1.0).unwrap());
        assert_eq!(found["coordinates"][0][0], object!([-180.0, 0.0]));
    }
}
