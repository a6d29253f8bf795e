//! COGs as JSON and as they are, tiles, WMTS, STAC and TiTiler's paths of the loopback endpoint, asked over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::path::PathBuf;
use std::sync::Arc;

use cogscope::serve::TargetLayer;
use cogscope::targets::{ClassColors, ColorOverrides, LoadOptions, load_text};
use common::endpoint::{Endpoint, options, shelf};
use common::http::{Answer, send};
use common::{Npy, cogscope, json, numbered_image, picture, sample};
use serde_json::{Value, json};

fn olinda() -> PathBuf {
    sample("olinda/LE07_olinda_6band.tif")
}

/// A server of one file, and the id of its layer.
fn serve(file: PathBuf) -> (Endpoint, String) {
    let endpoint = Endpoint::of(&[file]);
    let id = parsed(&endpoint.get("/cogs"))[0]["id"].as_str().unwrap().to_owned();
    (endpoint, id)
}

#[track_caller]
fn parsed(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

/// The reason of an answer that refuses, in JSON.
#[track_caller]
fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
    let value: Value = serde_json::from_slice(&answer.body).unwrap();
    value["detail"].as_str().unwrap().to_owned()
}

fn ask(endpoint: &Endpoint, method: &str, path: &str, headers: &str) -> Answer {
    let address = endpoint.address;
    send(address, &format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"))
}

#[test]
fn the_list_tells_of_every_file_and_nothing_of_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::of(&[olinda(), numbered_image(folder.path(), 4326)]);
    let answer = endpoint.get("/cogs");
    let list = parsed(&answer);
    assert_eq!(list.as_array().unwrap().len(), 2);
    let numbered = list.as_array().unwrap().iter().find(|item| item["name"] == "numbered").unwrap();
    assert_eq!(numbered["crs"], "EPSG:4326");
    let corners: Vec<f64> = serde_json::from_value(numbered["bbox"].clone()).unwrap();
    assert!(corners.iter().zip([10.0, 50.0, 13.0, 52.0]).all(|(found, wanted)| (found - wanted).abs() < 1e-9));
    assert_eq!(numbered["bands"], json!([{"name": "b1", "type": "UInt16", "nodata": null}]));
    let id = numbered["id"].as_str().unwrap();
    assert_eq!(numbered["href"], format!("http://{}/cogs/{id}/data", endpoint.address));
    let about = endpoint.get(&format!("/cogs/{id}"));
    for text in [answer.text(), about.text()] {
        assert!(!text.contains(folder.path().to_str().unwrap()) && !text.contains(".tif"), "{text}");
    }
    assert_eq!(parsed(&about)["geotransform"], json!([10.0, 0.1, 0.0, 52.0, 0.0, -0.1]));
}

#[test]
fn what_is_told_of_a_file_is_what_info_tells() {
    let (endpoint, id) = serve(olinda());
    let mut told = parsed(&endpoint.get(&format!("/cogs/{id}")));
    let mut info = json(cogscope(["info", "--json"]).arg(olinda()));
    let info = info.as_object_mut().unwrap();
    for local in ["path", "file_name"] {
        info.remove(local);
    }
    // Without the commands that would mend the file.
    let cog = info.insert("cog".to_owned(), told["cog"].clone()).unwrap();
    assert_eq!(
        (&cog["valid"], cog["warnings"].as_array().unwrap().len()),
        (&told["cog"]["valid"], told["cog"]["warnings"].as_array().unwrap().len())
    );
    told.as_object_mut().unwrap().retain(|key, _| info.contains_key(key));
    assert_eq!(&told, &Value::Object(info.clone()));
}

#[test]
fn the_bytes_are_those_of_the_file_whole_and_in_parts() {
    let (endpoint, id) = serve(olinda());
    let file = std::fs::read(olinda()).unwrap();
    let path = format!("/cogs/{id}/data");
    let whole = ask(&endpoint, "GET", &path, "");
    assert_eq!((whole.status, whole.header("accept-ranges")), (200, Some("bytes")));
    assert_eq!(whole.header("content-length"), Some(file.len().to_string().as_str()));
    assert!(whole.body == file, "all bytes");
    assert!(endpoint.get(&format!("{path}.tif")).body == file);

    let head = ask(&endpoint, "HEAD", &path, "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(file.len().to_string().as_str()));

    let end = file.len();
    for (range, start, stop) in [
        ("0-0".to_owned(), 0, 1),
        ("1000-300000".to_owned(), 1000, 300_001.min(end)),
        ("-7".to_owned(), end - 7, end),
        (format!("{}-", end - 3), end - 3, end),
        ("5-999999999999".to_owned(), 5, end),
    ] {
        let part = ask(&endpoint, "GET", &path, &format!("Range: bytes={range}\r\n"));
        let stated = format!("bytes {start}-{}/{end}", stop - 1);
        assert_eq!((part.status, part.header("content-range")), (206, Some(stated.as_str())), "{range}");
        assert!(part.body == file[start..stop], "{range}");
    }
    let beyond = ask(&endpoint, "GET", &path, &format!("Range: bytes={end}-\r\n"));
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some(format!("bytes */{end}").as_str())));
    for ignored in ["bytes=9-1", "bytes=0-1,3-4", "chapters=1-2", "bytes=x-"] {
        assert_eq!(ask(&endpoint, "GET", &path, &format!("Range: {ignored}\r\n")).status, 200, "{ignored}");
    }
}

#[test]
fn a_part_is_given_only_of_the_version_that_the_client_knows() {
    let (endpoint, id) = serve(olinda());
    let path = format!("/cogs/{id}/data");
    let tag = ask(&endpoint, "HEAD", &path, "").header("etag").unwrap().to_owned();
    let asked = |headers: &str| ask(&endpoint, "GET", &path, headers).status;
    assert_eq!(asked(&format!("Range: bytes=0-9\r\nIf-Range: {tag}\r\n")), 206);
    assert_eq!(asked("Range: bytes=0-9\r\nIf-Range: \"other\"\r\n"), 200);
    assert_eq!(asked(&format!("If-None-Match: {tag}\r\n")), 304);
    assert_eq!(asked("If-None-Match: \"other\"\r\n"), 200);
}

#[test]
fn a_point_is_what_the_command_line_says() {
    let (endpoint, id) = serve(olinda());
    let told = parsed(&endpoint.get(&format!("/cogs/{id}/point?lon=-34.88&lat=-8.01")));
    let said =
        json(&mut cogscope(["point", "sample_data/olinda/LE07_olinda_6band.tif", "--json", "--", "-34.88", "-8.01"]));
    let values = |answer: &Value| -> Vec<Value> {
        answer["bands"].as_array().unwrap().iter().map(|band| band["value"].clone()).collect()
    };
    assert_eq!(values(&told), values(&said));
    assert_eq!((&told["bands"][0]["col"], &told["bands"][0]["row"]), (&said["col"], &said["row"]));
    let outside = refused(&endpoint.get(&format!("/cogs/{id}/point?lon=10&lat=10")), 404);
    assert_eq!(outside, "the layer does not reach there");
    for (query, start) in [
        ("lat=1", "lon: it is missing"),
        ("lon=1", "lat: it is missing"),
        ("lon=east&lat=1", "lon: `east` is no number"),
        ("lon=NaN&lat=1", "lon, lat: a longitude is from -180 to 180"),
        ("lon=181&lat=1", "lon, lat: a longitude"),
    ] {
        let reason = refused(&endpoint.get(&format!("/cogs/{id}/point?{query}")), 400);
        assert!(reason.starts_with(start), "{reason}");
    }
}

#[test]
fn statistics_are_those_of_the_command_line() {
    let (endpoint, id) = serve(olinda());
    let told = parsed(&endpoint.get(&format!("/cogs/{id}/statistics?level=0")));
    let said = json(&mut cogscope(["stats", "sample_data/olinda/LE07_olinda_6band.tif", "--level", "0", "--json"]));
    for band in 0..6 {
        let of = |answer: &Value, key: &str| answer["bands"][band]["statistics"][key].clone();
        for key in ["min", "max", "mean", "std", "valid_count", "histogram"] {
            assert_eq!(of(&told, key), of(&said, key), "band {band}, {key}");
        }
    }
    assert!(
        refused(&endpoint.get(&format!("/cogs/{id}/statistics?level=99")), 400).starts_with("level: the levels are")
    );
}

#[test]
fn a_tile_has_the_pixels_that_tile_writes_in_the_same_style() {
    let folder = tempfile::tempdir().unwrap();
    let (asked, written) = (folder.path().join("asked.png"), folder.path().join("written.png"));
    let (endpoint, id) = serve(olinda());
    for (query, style) in [
        ("", &[][..]),
        ("bands=3,2,1&rescale=20,200", &["--bands", "3,2,1", "--rescale", "20,200"][..]),
        (
            "expression=%28b4-b3%29%2F%28b4%2Bb3%29&rescale=-0.5,0.5&colormap=rdylgn",
            &["--expression", "(b4-b3)/(b4+b3)", "--rescale=-0.5,0.5", "--colormap", "rdylgn"][..],
        ),
        (
            "bands=4&stretch=2,98&gamma=1.5&resampling=nearest",
            &["--bands", "4", "--stretch", "2,98", "--gamma", "1.5", "--resampling", "nearest"][..],
        ),
    ] {
        let answer = endpoint.get(&format!("/tiles/{id}/11/825/1069.png?{query}"));
        assert_eq!(answer.header("content-type"), Some("image/png"), "{}", String::from_utf8_lossy(&answer.body));
        std::fs::write(&asked, &answer.body).unwrap();
        let mut tile = cogscope(["tile", "sample_data/olinda/LE07_olinda_6band.tif", "11/825/1069", "-o"]);
        let output = tile.arg(&written).args(style).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(picture(&asked), picture(&written), "{query}");
        assert!(picture(&asked).2.chunks(4).any(|pixel| pixel[3] == 255));
    }
}

#[test]
fn tiles_come_in_other_formats_and_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, id) = serve(olinda());
    let get = |file: &str| endpoint.get(&format!("/tiles/{id}/11/825/{file}"));
    assert!(get("1069.jpg").body.starts_with(&[0xff, 0xd8]));
    let webp = get("1069.webp").body;
    assert_eq!((&webp[..4], &webp[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
    let file = folder.path().join("tile.npy");
    std::fs::write(&file, get("1069.npy?bands=1,4").body).unwrap();
    let array = Npy::read(&file);
    assert_eq!((array.descr.as_str(), array.shape), ("|u1", vec![3, 256, 256]));
    std::fs::write(&file, get("1069@2x.png").body).unwrap();
    assert_eq!((picture(&file).0, picture(&file).1), (512, 512));
    std::fs::write(&file, get("1069.png?size=100").body).unwrap();
    assert_eq!((picture(&file).0, picture(&file).1), (100, 100));
}

#[test]
fn tiles_that_cannot_be_are_refused_with_the_reason() {
    let (endpoint, id) = serve(olinda());
    for tile in [
        "3/8/0.png",
        "31/0/0.png",
        "3/0/0.gif",
        "3/-1/0.png",
        "a/b/c.png",
        "3/0/0@9x.png",
        "1/0/99999999999999999999.png",
    ] {
        assert!(
            refused(&endpoint.get(&format!("/tiles/{id}/{tile}")), 404).starts_with("there is no such tile"),
            "{tile}"
        );
    }
    for (query, start) in [
        ("bands=99", "bands: "),
        ("bands=1,2", "bands: a picture needs 1 or 3 bands"),
        ("expression=b4%2B", "style: "),
        ("rescale=low,high", "rescale: `low,high` is no range"),
        ("colormap=nothing", "colormap: there is none named `nothing`"),
        ("stretch=wide", "stretch: `wide` is none"),
        ("gamma=-1", "style: "),
        ("resampling=magic", "resampling: `magic` is none"),
        ("size=0", "size: a tile has 1 to 4096 pixels"),
        ("size=5000", "size: a tile has 1 to 4096 pixels"),
        ("style=unknown", "style: this layer has the styles default"),
    ] {
        let reason = refused(&endpoint.get(&format!("/tiles/{id}/11/825/1069.png?{query}")), 400);
        assert!(reason.starts_with(start), "{query}: {reason}");
    }
    assert_eq!(endpoint.get("/tiles/nothing/0/0/0.png").status, 404);
}

#[test]
fn what_does_not_exist_looks_like_what_does_but_may_not_be_asked_for() {
    let (endpoint, id) = serve(olinda());
    let nothing = endpoint.get("/nothing");
    assert_eq!(nothing.status, 404);
    for path in [
        "/cogs/image-000000000000",
        "/cogs/mosaic/data",
        "/cogs/..%2f..%2fetc%2fpasswd/data",
        "/cogs/C:%5cWindows/data",
        "/cog/info?url=/etc/passwd",
        "/cog/info?url=http://127.0.0.1/x.tif",
        "/stac/items/nothing",
        "/cog/nothing",
        "/tiles/..%2f/0/0/0.png",
        &format!("/cogs/{id}/data.ovr"),
        &format!("/cogs/{id}%00/data"),
    ] {
        let answer = endpoint.get(path);
        assert_eq!((answer.status, &answer.body), (404, &nothing.body), "{path}");
    }
}

#[test]
fn a_tilejson_leads_to_tiles_of_the_same_style() {
    let (endpoint, id) = serve(olinda());
    let told = parsed(&endpoint.get(&format!("/tiles/{id}/tilejson.json?bands=4&rescale=0,255")));
    assert_eq!((&told["tilejson"], &told["scheme"]), (&json!("3.0.0"), &json!("xyz")));
    let address = told["tiles"][0].as_str().unwrap();
    let path = address.strip_prefix(&format!("http://{}", endpoint.address)).unwrap();
    let path = path.replace("{z}", "11").replace("{x}", "825").replace("{y}", "1069");
    let plain = endpoint.get(&format!("/tiles/{id}/11/825/1069.png?bands=4&rescale=0,255"));
    assert_eq!(endpoint.get(&path).body, plain.body);
    assert!(told["minzoom"].as_u64() <= told["maxzoom"].as_u64());
}

#[test]
fn wmts_by_key_and_by_path_give_the_same_tile() {
    let (endpoint, id) = serve(olinda());
    let query = format!(
        "service=wmts&VERSION=1.0.0&Request=GetTile&LAYER={id}&STYLE=default&FORMAT=image/png&TileMatrixSet=WebMercatorQuad\
         &TileMatrix=11&TileRow=1069&TileCol=825"
    );
    let by_key = endpoint.get(&format!("/wmts?{query}"));
    assert_eq!(by_key.header("content-type"), Some("image/png"), "{}", String::from_utf8_lossy(&by_key.body));
    let by_path = endpoint.get(&format!("/wmts/1.0.0/{id}/default/WebMercatorQuad/11/1069/825.png"));
    assert_eq!(by_key.body, by_path.body);
    assert_eq!(by_key.body, endpoint.get(&format!("/tiles/{id}/11/825/1069.png")).body);
    let capabilities = endpoint.get("/wmts?SERVICE=WMTS&REQUEST=GetCapabilities");
    assert!(capabilities.text().contains(&format!("<ows:Identifier>{id}</ows:Identifier>")));
    assert_eq!(capabilities.body, endpoint.get("/wmts/1.0.0/WMTSCapabilities.xml").body);

    let wrong = |from: &str, to: &str| endpoint.get(&format!("/wmts?{}", query.replace(from, to)));
    for (from, to, status, code) in [
        ("service=wmts&", "", 400, "MissingParameterValue\" locator=\"service"),
        ("service=wmts", "service=wms", 400, "InvalidParameterValue\" locator=\"service"),
        ("VERSION=1.0.0&", "", 400, "MissingParameterValue\" locator=\"version"),
        ("Request=GetTile", "Request=GetMap", 501, "OperationNotSupported\" locator=\"GetMap"),
        ("STYLE=default", "STYLE=other", 400, "InvalidParameterValue\" locator=\"style"),
        ("FORMAT=image/png", "FORMAT=image/bmp", 400, "InvalidParameterValue\" locator=\"format"),
        ("TileMatrixSet=WebMercatorQuad", "TileMatrixSet=x", 400, "InvalidParameterValue\" locator=\"tilematrixset"),
        ("TileMatrix=11", "TileMatrix=99", 400, "InvalidParameterValue\" locator=\"tilematrix"),
        ("TileRow=1069", "TileRow=9999", 400, "TileOutOfRange\" locator=\"tilerow"),
        ("TileRow=1069", "TileRow=%3Cx%3E", 400, "InvalidParameterValue\" locator=\"tilerow"),
    ] {
        let answer = wrong(from, to);
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("application/xml")), "{to}");
        assert!(answer.text().contains(code), "{to}: {}", answer.text());
    }
}

#[test]
fn stac_lists_an_item_for_each_image_and_a_scene_with_an_asset_for_each_band() {
    let endpoint = Endpoint::of(&[olinda()]);
    let collection = parsed(&endpoint.get("/stac"));
    assert_eq!((&collection["type"], &collection["stac_version"]), (&json!("Collection"), &json!("1.1.0")));
    let page = parsed(&endpoint.get("/stac/items?limit=1"));
    assert_eq!((&page["numberMatched"], &page["numberReturned"]), (&json!(1), &json!(1)));
    let item = &page["features"][0];
    assert_eq!(item["properties"]["proj:shape"], item["assets"]["data"]["proj:shape"]);
    let href = item["assets"]["data"]["href"].as_str().unwrap();
    let path = href.strip_prefix(&format!("http://{}", endpoint.address)).unwrap();
    assert!(endpoint.get(path).body == std::fs::read(olinda()).unwrap());
    assert!(refused(&endpoint.get("/stac/items?limit=0"), 400).starts_with("limit: "));
}

#[test]
fn titilers_parameters_make_the_same_tile_as_our_own() {
    let (endpoint, id) = serve(olinda());
    let tile = |query: &str| endpoint.get(&format!("/cog/tiles/WebMercatorQuad/11/825/1069.png?url={id}&{query}"));
    let own = |query: &str| endpoint.get(&format!("/tiles/{id}/11/825/1069.png?resampling=nearest&{query}")).body;
    assert_eq!(tile("bidx=3&bidx=2&bidx=1&rescale=0,255").body, own("bands=3,2,1&rescale=0,255"));
    assert_eq!(
        tile("expression=%28b4-b3%29%2F%28b4%2Bb3%29&rescale=-1,1&colormap_name=viridis").body,
        own("expression=%28b4-b3%29%2F%28b4%2Bb3%29&rescale=-1,1&colormap=viridis")
    );
    for (query, start) in [
        ("bidx=9", "bands: "),
        ("color_formula=gamma%20rgb%202", "color_formula: cogscope does not know"),
        ("colormap_name=none", "colormap_name: there is none named `none`"),
        ("resampling=gauss", "resampling: `gauss` is none"),
        ("tilesize=0", "tilesize: "),
    ] {
        let reason = refused(&tile(query), 400);
        assert!(reason.starts_with(start), "{reason}");
    }
    assert!(refused(&endpoint.get("/cog/info"), 400).starts_with("url: it is missing"));
    assert_eq!(
        refused(&endpoint.get(&format!("/cog/tiles/Other/1/0/0?url={id}")), 404),
        "the only grid of tiles here is WebMercatorQuad"
    );
    for bbox in ["1,2,3", "5,0,1,1", "a,b,c,d", "0,0,0,1", "1,2,3,NaN"] {
        assert!(refused(&endpoint.get(&format!("/cog/bbox/{bbox}.png?url={id}")), 400).starts_with("bbox: "), "{bbox}");
    }
    assert!(refused(&endpoint.get(&format!("/cog/bbox/-35,-9,-34,-8/5000x1.png?url={id}")), 400).starts_with("size: "));
    assert!(refused(&endpoint.get(&format!("/cog/bbox/-90,-40,90,40.png?url={id}")), 400).starts_with("max_size: "));
}

#[test]
fn a_look_at_images_far_apart_begins_where_most_of_them_are() {
    let dam = ["77", "78"].map(|row| sample(&format!("itaipu/LC08_2240{row}_20200518_B4.tif")));
    let endpoint = Endpoint::of(&[&[olinda()], &dam[..]].concat());
    let listed = parsed(&endpoint.get("/layers.json"));
    let side = |of: &str, at: usize| listed[0][of][at].as_f64().unwrap();
    assert!(side("bbox", 2) - side("bbox", 0) > 19.0, "both places, 3,000 km apart: {listed}");
    assert!(
        side("home", 2) - side("home", 0) < 1.0 && side("home", 0) < -54.0,
        "the dam, which has more images: {listed}"
    );
    let center = &parsed(&endpoint.get("/tiles/mosaic/tilejson.json"))["center"];
    assert!(center[0].as_f64().is_some_and(|lon| (lon + 54.5).abs() < 0.3), "{center}");
}

#[test]
fn the_landing_page_takes_nothing_from_elsewhere() {
    let (endpoint, _) = serve(olinda());
    let page = endpoint.get("/");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"));
    for path in ["/", "/page.css", "/page.js", "/map.js"] {
        let answer = endpoint.get(path);
        assert_eq!((answer.status, answer.header("x-content-type-options")), (200, Some("nosniff")), "{path}");
        assert!(!answer.text().contains("://"), "{path} names another place");
    }
    assert_eq!(parsed(&endpoint.get("/layers.json"))[0]["id"], "mosaic");
}

#[test]
fn addresses_in_answers_hold_the_token() {
    let mut options = options();
    options.needs_token = true;
    let endpoint = Endpoint::start(options, shelf(&[olinda()]));
    let url = endpoint.server.url().trim_end_matches('/').to_owned();
    let prefix = url.strip_prefix(&format!("http://{}", endpoint.address)).unwrap();
    assert!(prefix.starts_with("/t/"));
    let list = parsed(&endpoint.get(&format!("{prefix}/cogs")));
    assert!(list[0]["href"].as_str().unwrap().starts_with(&format!("{url}/cogs/")));
    assert!(
        endpoint.get(&format!("{prefix}/wmts/1.0.0/WMTSCapabilities.xml")).text().contains(&format!("{url}/wmts?"))
    );
    assert_ne!(endpoint.get("/cogs").status, 200);
}

/// A server of the sample data's targets.
fn targets() -> Endpoint {
    let set = load_text(sample("targets.csv").to_str().unwrap(), &LoadOptions::default()).unwrap();
    let (shown, colors) = (set.ids().collect::<Vec<_>>(), ClassColors::of(&set, &ColorOverrides::new()));
    let layer = TargetLayer::new("Targets", Arc::new(set), &shown, colors);
    Endpoint::start(options(), shelf(&[olinda()]).with_targets(layer))
}

#[test]
fn targets_are_geojson_a_page_at_a_time_of_a_box_and_of_classes() {
    let endpoint = targets();
    let get = |query: &str| parsed(&endpoint.get(&format!("/targets?{query}")));
    let rows = std::fs::read_to_string(sample("targets.csv")).unwrap().lines().count() - 1;
    let all = get("limit=10000");
    assert_eq!((all["type"].as_str(), all["numberMatched"].as_u64()), (Some("FeatureCollection"), Some(rows as u64)));
    let first = &all["features"][0];
    assert_eq!(first["geometry"], json!({"type": "Point", "coordinates": [-54.588561, -25.407212]}));
    assert_eq!(first["properties"]["name"], "Itaipu main dam");
    let dams = get("class=dam&limit=10000");
    let dams = dams["features"].as_array().unwrap();
    assert!(!dams.is_empty() && dams.len() < rows);
    assert!(dams.iter().all(|one| one["properties"]["class"] == "dam"));
    let boxed = get("bbox=-54.589,-25.408,-54.588,-25.407");
    assert_eq!((&boxed["numberMatched"], &boxed["features"][0]["id"]), (&json!(1), &first["id"]));

    let mut seen = 0;
    let mut path = "/targets?limit=3".to_owned();
    loop {
        let page = parsed(&endpoint.get(&path));
        seen += page["features"].as_array().unwrap().len();
        let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
        let Some(next) = next else { break };
        path = next["href"].as_str().unwrap().strip_prefix(&format!("http://{}", endpoint.address)).unwrap().to_owned();
    }
    assert_eq!(seen, rows);
    for (query, start) in [("class=unicorn", "class: there is none"), ("bbox=1,2", "bbox: "), ("limit=0", "limit: ")] {
        assert!(refused(&endpoint.get(&format!("/targets?{query}")), 400).starts_with(start), "{query}");
    }
    let (none, _) = serve(olinda());
    assert_eq!(parsed(&none.get("/targets"))["numberMatched"], 0);
}
