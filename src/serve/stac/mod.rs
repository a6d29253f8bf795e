//! `STAC` 1.1.0: one Collection of all that is open, an Item for each image and scene, with the fields of the projection and raster
//! extensions; its assets are the files' own bytes.

mod item;

pub(super) use self::item::data_type;

use std::sync::Arc;

use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use axum::routing::get;
use serde_json::{Value, json as object};

use super::Shelf;
use super::endpoint::Endpoint;
use super::error::RequestError;
use super::guard::BaseUrl;
use super::json::{GEOJSON, answered, json, json_as};
use super::layer::{Layer, LayerKind};
use super::paging::Page;
use super::parameters::Parameters;
use crate::geo::BoundingBox;

const VERSION: &str = "1.1.0";
/// The collection's id.
const COLLECTION: &str = "cogscope";

pub(super) fn routes() -> Router<Endpoint> {
    Router::new().route("/stac", get(collection)).route("/stac/items", get(items)).route("/stac/items/{id}", get(one))
}

/// What has an item: all but the mosaic, and files that are bands of a scene, which are its assets.
fn entries(shelf: &Shelf) -> Vec<&Arc<Layer>> {
    shelf.layers().iter().filter(|layer| layer.kind() != LayerKind::Mosaic && !layer.is_part()).collect()
}

fn link(rel: &str, href: &str, media_type: &str) -> Value {
    object!({"rel": rel, "href": href, "type": media_type})
}

async fn collection(State(endpoint): State<Endpoint>, Extension(BaseUrl(base)): Extension<BaseUrl>) -> Response<Body> {
    let shelf = endpoint.shelf();
    let entries = entries(&shelf);
    let boxes = entries.iter().filter_map(|layer| Some(layer.place()?.lon_lat));
    let whole = boxes.reduce(|all, one| all.union(&one));
    let whole = whole.as_ref().map_or([-180.0, -90.0, 180.0, 90.0], corners);
    let mut days: Vec<_> = entries.iter().flat_map(|layer| layer.dates()).collect();
    days.sort_unstable();
    let day = |day: Option<&&jiff::civil::Date>, time: &str| day.map(|day| format!("{day}T{time}Z"));
    let mut links = vec![
        link("self", &format!("{base}/stac"), "application/json"),
        link("root", &format!("{base}/stac"), "application/json"),
        link("items", &format!("{base}/stac/items"), GEOJSON),
    ];
    links.extend(entries.iter().map(|layer| {
        let mut link = link("item", &format!("{base}/stac/items/{}", layer.id()), GEOJSON);
        link["title"] = layer.title().into();
        link
    }));
    json(&object!({
        "type": "Collection",
        "stac_version": VERSION,
        "id": COLLECTION,
        "title": "cogscope",
        "description": "The images that cogscope has open on this workstation.",
        "license": "other",
        "extent": {
            "spatial": {"bbox": [whole]},
            "temporal": {"interval": [[day(days.first(), "00:00:00"), day(days.last(), "23:59:59")]]},
        },
        "links": links,
    }))
}

async fn items(
    State(endpoint): State<Endpoint>,
    Extension(BaseUrl(base)): Extension<BaseUrl>,
    given: Parameters,
) -> Response<Body> {
    let answer = || {
        let shelf = endpoint.shelf();
        let entries = entries(&shelf);
        let page = Page::from_query(&given)?;
        let features: Vec<Value> = page.of(&entries).iter().map(|layer| item::of(&shelf, layer, &base)).collect();
        let mut links = vec![
            link("self", &format!("{base}/stac/items{}", given.to_query()), GEOJSON),
            link("root", &format!("{base}/stac"), "application/json"),
        ];
        links.extend(
            page.next(entries.len(), &given).map(|next| link("next", &format!("{base}/stac/items{next}"), GEOJSON)),
        );
        Ok(json_as(
            GEOJSON,
            &object!({
                "type": "FeatureCollection",
                "numberMatched": entries.len(),
                "numberReturned": features.len(),
                "features": features,
                "links": links,
            }),
        ))
    };
    answered(answer())
}

async fn one(
    State(endpoint): State<Endpoint>,
    Extension(BaseUrl(base)): Extension<BaseUrl>,
    Path(id): Path<String>,
) -> Response<Body> {
    let shelf = endpoint.shelf();
    let found = entries(&shelf).into_iter().find(|layer| layer.id() == id);
    answered(found.map(|layer| json_as(GEOJSON, &item::of(&shelf, layer, &base))).ok_or(RequestError::NotFound))
}

fn corners(bounds: &BoundingBox) -> [f64; 4] {
    [bounds.min_x(), bounds.min_y(), bounds.max_x(), bounds.max_y()]
}
