//! `/targets`, and `/targets/{layer}` for one of several layers: the targets as GeoJSON, a page at a time, of a box and of some classes.

use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use axum::routing::get;
use serde_json::{Map, Value, json as object};

use super::endpoint::Endpoint;
use super::error::RequestError;
use super::found::Found;
use super::guard::BaseUrl;
use super::json::{GEOJSON, answered, json_as};
use super::look_words::listed;
use super::paging::Page;
use super::parameters::{Parameters, shortened};
use super::reply::not_found;
use super::target_layer::TargetLayer;
use crate::targets::TargetId;

pub(super) fn routes() -> Router<Endpoint> {
    Router::new().route("/targets", get(of_first)).route("/targets/{layer}", get(of_layer))
}

/// Of the first layer of targets; nothing if there is none.
async fn of_first(
    State(endpoint): State<Endpoint>,
    Extension(BaseUrl(base)): Extension<BaseUrl>,
    given: Parameters,
) -> Response<Body> {
    let targets = endpoint.shelf().targets().first().cloned();
    page_of(targets.as_deref(), &format!("{base}/targets"), &given)
}

async fn of_layer(
    State(endpoint): State<Endpoint>,
    Extension(BaseUrl(base)): Extension<BaseUrl>,
    Path(id): Path<String>,
    given: Parameters,
) -> Response<Body> {
    match endpoint.shelf().target_layer(&id) {
        Some(targets) => page_of(Some(targets), &format!("{base}/targets/{id}"), &given),
        None => not_found(),
    }
}

fn page_of(targets: Option<&TargetLayer>, address: &str, given: &Parameters) -> Response<Body> {
    let answer = || {
        let page = Page::from_query(given)?;
        let within = given.filled("bbox").map(degrees).transpose()?;
        let mut ids = targets.map(|targets| targets.shown(within)).unwrap_or_default();
        if let Some(targets) = targets {
            keep_classes(targets, &mut ids, given)?;
        }
        let found = page.of(&ids).iter().filter_map(|&id| Some((id, targets?.facts_of(id)?)));
        let features: Vec<Value> = found.map(|(id, found)| feature(id, found)).collect();
        let link = |rel: &str, query: &str| object!({"rel": rel, "href": format!("{address}{query}"), "type": GEOJSON});
        let mut links = vec![link("self", &given.to_query())];
        links.extend(page.next(ids.len(), given).map(|next| link("next", &next)));
        Ok(json_as(
            GEOJSON,
            &object!({
                "type": "FeatureCollection",
                "numberMatched": ids.len(),
                "numberReturned": features.len(),
                "features": features,
                "links": links,
            }),
        ))
    };
    answered(answer())
}

/// West, south, east, north in degrees.
fn degrees(text: &str) -> Result<[f64; 4], RequestError> {
    let wrong = || {
        let reason = format!("`{}` is no box; give west,south,east,north in degrees", shortened(text));
        RequestError::parameter("bbox", reason)
    };
    let numbers: Vec<f64> =
        text.split(',').map(|number| number.trim().parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    match *numbers.as_slice() {
        [west, south, east, north] if south <= north && numbers.iter().all(|number| number.is_finite()) => {
            Ok([west, south, east, north])
        }
        _ => Err(wrong()),
    }
}

/// `class` may be given several times, or hold several names.
fn keep_classes(targets: &TargetLayer, ids: &mut Vec<TargetId>, given: &Parameters) -> Result<(), RequestError> {
    let set = targets.set();
    let class = |name: &str| {
        set.class_named(name).ok_or_else(|| {
            let names: Vec<&str> = set.classes().iter().take(50).map(|class| &*class.name).collect();
            let reason = format!("there is none named `{}`; there are {}", shortened(name), names.join(", "));
            RequestError::parameter("class", reason)
        })
    };
    let mut wanted = Vec::new();
    for text in given.all("class").filter(|text| !text.is_empty()) {
        match set.class_named(text) {
            // A name may have a comma in it.
            Some(whole) => wanted.push(whole),
            None => wanted.extend(listed(text).iter().map(|name| class(name)).collect::<Result<Vec<_>, _>>()?),
        }
    }
    if !wanted.is_empty() {
        ids.retain(|&id| set.class_of(id).is_some_and(|class| wanted.contains(&class)));
    }
    Ok(())
}

fn feature(id: TargetId, found: Found) -> Value {
    let (lon, lat) = (found.position.lon_deg(), found.position.lat_deg());
    let key = found.facts.iter().find(|(name, _)| name == "key").map(|(_, value)| value.clone());
    let mut properties: Map<String, Value> = found.facts.into_iter().collect();
    properties.insert("label".to_owned(), found.title.into());
    object!({
        "type": "Feature",
        "id": key.unwrap_or_else(|| Value::from(id.row() + 1)),
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": properties,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_four_numbers_the_south_below_the_north() {
        assert_eq!(degrees("170,-10, -170,10"), Ok([170.0, -10.0, -170.0, 10.0]));
        for wrong in ["1,2,3", "1,5,2,4", "a,b,c,d", "1,2,3,NaN", "1,2,3,4,5"] {
            assert!(degrees(wrong).unwrap_err().to_string().starts_with("bbox: "), "{wrong}");
        }
    }
}
