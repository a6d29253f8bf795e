//! The WMS of the loopback endpoint, asked over HTTP: the assertions of the OGC's suites for 1.1.1 and 1.3.0 that don't depend on
//! their data, and what clients send beside the standard.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::path::PathBuf;

use common::endpoint::{Endpoint, options, shelf};
use common::http::{Answer, encoded};
use common::{cogscope, numbered_image, picture, sample};

const MAP_13: &str = "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=mosaic&STYLES=&CRS=CRS:84&BBOX=10,50,13,52&WIDTH=30\
                      &HEIGHT=20&FORMAT=image/png";
const MAP_11: &str = "SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=mosaic&STYLES=&SRS=EPSG:4326&BBOX=10,50,13,52&WIDTH=30\
                      &HEIGHT=20&FORMAT=image/png";

struct Service {
    endpoint: Endpoint,
    folder: tempfile::TempDir,
}

impl Service {
    /// Of an image of 30 x 20 numbered pixels over 10 to 13 degrees east and 50 to 52 degrees north.
    fn of_numbered() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { endpoint: Endpoint::of(&[numbered_image(folder.path(), 4326)]), folder }
    }

    fn ask(&self, query: &str) -> Answer {
        self.endpoint.get(&format!("/wms?{query}"))
    }

    /// A request with some of its parameters said otherwise, or left out.
    fn with(&self, request: &str, others: &[(&str, Option<&str>)]) -> Answer {
        let name_of = |pair: &str| pair.split('=').next().unwrap().to_ascii_uppercase();
        let is_kept = |pair: &&str| others.iter().all(|(name, _)| name_of(pair) != *name);
        let mut pairs: Vec<String> = request.split('&').filter(is_kept).map(str::to_owned).collect();
        pairs.extend(others.iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded((*value)?)))));
        self.ask(&pairs.join("&"))
    }

    /// Width, height and pixels of a PNG answer.
    #[track_caller]
    fn pixels(&self, answer: &Answer) -> (u32, u32, Vec<u8>) {
        assert_eq!(answer.header("content-type"), Some("image/png"), "{}", String::from_utf8_lossy(&answer.body));
        let file = self.folder.path().join("answer.png");
        std::fs::write(&file, &answer.body).unwrap();
        picture(&file)
    }

    /// The capabilities of a version.
    fn capabilities(&self, version: &str) -> String {
        self.ask(&format!("SERVICE=WMS&REQUEST=GetCapabilities&VERSION={version}")).text().to_owned()
    }
}

/// The code of an exception; empty for one without.
#[track_caller]
fn code(answer: &Answer) -> String {
    assert_eq!(answer.status, 200);
    let text = answer.text();
    assert!(text.contains("<ServiceException"), "{text}");
    let code = text.split("<ServiceException code=\"").nth(1).and_then(|rest| rest.split('"').next());
    code.unwrap_or_default().to_owned()
}

/// The first text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split(start).nth(1).unwrap_or_else(|| panic!("no {start} in {text}")).split(end).next().unwrap()
}

#[test]
fn a_map_has_the_pixels_that_render_writes() {
    let folder = tempfile::tempdir().unwrap();
    let rendered = folder.path().join("rendered.png");
    let file = sample("olinda/LE07_olinda_6band.tif");
    let service = Service { endpoint: Endpoint::of(std::slice::from_ref(&file)), folder };
    let answer = service.ask(
        "SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=mosaic&STYLES=&SRS=EPSG:4326&FORMAT=image/png\
         &BBOX=-35,-8.1,-34.8,-7.9&WIDTH=300&HEIGHT=310&TRANSPARENT=TRUE",
    );
    let mut render = cogscope(["render", "sample_data/olinda/LE07_olinda_6band.tif", "--bbox", "-35,-8.1,-34.8,-7.9"]);
    let output = render.args(["--crs", "EPSG:4326", "--size", "300x310", "-o"]).arg(&rendered).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pixels = service.pixels(&answer);
    assert!(pixels.2.chunks(4).filter(|pixel| pixel[3] == 255).count() > 10_000);
    assert!(pixels == picture(&rendered), "the pixels differ");
}

#[test]
fn version_1_3_0_takes_latitude_before_longitude_and_1_1_1_does_not() {
    let service = Service::of_numbered();
    let map = |request: &str, others: &[(&str, Option<&str>)]| service.pixels(&service.with(request, others));
    let old = map(MAP_11, &[]);
    assert_eq!((old.0, old.1), (30, 20));
    assert_eq!(map(MAP_13, &[]), old);
    assert_eq!(map(MAP_13, &[("CRS", Some("EPSG:4326")), ("BBOX", Some("50,10,52,13"))]), old);
    assert_ne!(map(MAP_13, &[("CRS", Some("EPSG:4326"))]), old, "the axes are never guessed");
    assert_eq!(map(MAP_13, &[("BBOX", Some("1.0e1,5E1,13.0,5.2e+1"))]), old, "exponents");
}

#[test]
fn versions_are_negotiated() {
    let service = Service::of_numbered();
    let version = |query: &str| {
        let answer = service.ask(&format!("service=WMS&request=GetCapabilities{query}"));
        between(answer.text(), "Capabilities version=\"", "\"").to_owned()
    };
    for (asked, answered) in [
        ("", "1.3.0"),
        ("&version=1.3.0", "1.3.0"),
        ("&version=1.1.1", "1.1.1"),
        ("&version=100.0.0", "1.3.0"),
        ("&version=0.0.0", "1.1.1"),
        ("&version=1.2.0", "1.1.1"),
        ("&WMTVER=1.1.1", "1.1.1"),
        ("&WMTVER=1.3.0&VERSION=1.1.1", "1.1.1"),
    ] {
        assert_eq!(version(asked), answered, "{asked}");
    }
    assert_eq!(
        service.ask("request=capabilities&WMTVER=1.1.1").header("content-type"),
        Some("application/vnd.ogc.wms_xml")
    );
    assert_eq!(service.ask("request=GetCapabilities&service=WMS").header("content-type"), Some("text/xml"));
    assert_eq!(code(&service.ask("request=GetCapabilities&service=WFS")), "");
    assert_eq!(code(&service.with(MAP_13, &[("VERSION", None)])), "");
    service.pixels(&service.with(MAP_11, &[("REQUEST", Some("map")), ("VERSION", None), ("WMTVER", Some("1.1.1"))]));
}

#[test]
fn an_update_sequence_is_compared() {
    let service = Service::of_numbered();
    for version in ["1.1.1", "1.3.0"] {
        let now: u64 = between(&service.capabilities(version), "updateSequence=\"", "\"").parse().unwrap();
        let ask = |sequence: u64| {
            service.ask(&format!("SERVICE=WMS&REQUEST=GetCapabilities&VERSION={version}&UPDATESEQUENCE={sequence}"))
        };
        assert_eq!(code(&ask(now)), "CurrentUpdateSequence");
        assert_eq!(code(&ask(now + 1)), "InvalidUpdateSequence");
        assert!(ask(now - 1).text().contains("<Capability>"));
    }
    let before: u64 = between(&service.capabilities("1.3.0"), "updateSequence=\"", "\"").parse().unwrap();
    service.endpoint.server.set_shelf(shelf(&[]));
    let after: u64 = between(&service.capabilities("1.3.0"), "updateSequence=\"", "\"").parse().unwrap();
    assert!(after > before, "another shelf is a later one");
}

#[test]
fn names_of_parameters_have_no_case_and_unknown_ones_no_effect() {
    let service = Service::of_numbered();
    let plain = service.pixels(&service.ask(MAP_13));
    let lower: Vec<String> = MAP_13
        .split('&')
        .map(|pair| pair.split_once('=').map(|(name, value)| format!("{}={value}", name.to_lowercase())).unwrap())
        .collect();
    assert_eq!(service.pixels(&service.ask(&lower.join("&"))), plain);
    let qgis = format!("{MAP_13}&DPI=96&MAP_RESOLUTION=96&FORMAT_OPTIONS=dpi:96&_=123&SLD_BODY=%3Cx/%3E");
    assert_eq!(service.pixels(&service.ask(&qgis)), plain);
    assert_eq!(service.pixels(&service.ask(&MAP_13.replace("CRS:84", "CRS%3a84").replace("10,50", "+10%2C50"))), plain);
    for transparent in ["True", "TRUE", "true"] {
        let map = service.with(MAP_13, &[("BBOX", Some("0,50,3,52")), ("TRANSPARENT", Some(transparent))]);
        assert!(service.pixels(&map).2.chunks(4).all(|pixel| pixel[3] == 0), "{transparent}");
    }
}

#[test]
fn what_is_wrong_has_the_code_of_the_standard() {
    let service = Service::of_numbered();
    for (request, srs, wrong_system) in [(MAP_13, "CRS", "InvalidCRS"), (MAP_11, "SRS", "InvalidSRS")] {
        let refused = |others: &[(&str, Option<&str>)]| code(&service.with(request, others));
        assert_eq!(refused(&[(srs, Some("EPSG:0"))]), wrong_system);
        assert_eq!(refused(&[(srs, Some("CRS:unknown"))]), wrong_system);
        assert_eq!(refused(&[("FORMAT", Some("image/unknown"))]), "InvalidFormat");
        assert_eq!(refused(&[("FORMAT", None)]), "InvalidFormat");
        assert_eq!(refused(&[("LAYERS", Some("unknown"))]), "LayerNotDefined");
        assert_eq!(refused(&[("LAYERS", Some("mosaic,unknown")), ("STYLES", Some(","))]), "LayerNotDefined");
        assert_eq!(refused(&[("STYLES", Some("unknown"))]), "StyleNotDefined");
        assert_eq!(refused(&[("STYLES", Some(",,"))]), "StyleNotDefined");
        for missing in ["LAYERS", srs, "BBOX", "WIDTH", "HEIGHT"] {
            assert_eq!(refused(&[(missing, None)]), "", "{missing}");
        }
        for bbox in [
            "13,50,10,52",
            "10,52,13,50",
            "10,50,10,52",
            "10,50,13,50",
            "10,50,13",
            "a,b,c,d",
            "10,50,13,52,1",
            "NaN,50,13,52",
        ] {
            assert_eq!(refused(&[("BBOX", Some(bbox))]), "", "{bbox}");
        }
        for size in ["0", "-1", "4097", "2147483648", "18446744073709551616", "1e3", "x"] {
            assert_eq!(refused(&[("WIDTH", Some(size))]), "", "{size}");
            assert_eq!(refused(&[("HEIGHT", Some(size))]), "", "{size}");
        }
        assert_eq!(refused(&[("REQUEST", Some("GetNothing"))]), "OperationNotSupported");
        assert_eq!(refused(&[("BGCOLOR", Some("red"))]), "");
        assert_eq!(refused(&[("TRANSPARENT", Some("maybe"))]), "");
        let type_of = |answer: Answer| answer.header("content-type").unwrap().to_owned();
        let wanted = if srs == "SRS" { "application/vnd.ogc.se_xml" } else { "text/xml" };
        assert_eq!(type_of(service.with(request, &[("LAYERS", Some("unknown"))])), wanted);
    }
    assert_eq!(code(&service.ask("")), "");
}

#[test]
fn an_exception_can_be_a_picture() {
    let service = Service::of_numbered();
    let ask = |request: &str, kind: &str, transparent: &str| {
        let others = [
            ("LAYERS", Some("unknown")),
            ("EXCEPTIONS", Some(kind)),
            ("TRANSPARENT", Some(transparent)),
            ("BGCOLOR", Some("0x102030")),
            ("WIDTH", Some("200")),
            ("HEIGHT", Some("100")),
        ];
        service.pixels(&service.with(request, &others))
    };
    for (request, blank, in_image) in
        [(MAP_13, "BLANK", "INIMAGE"), (MAP_11, "application/vnd.ogc.se_blank", "application/vnd.ogc.se_inimage")]
    {
        let (width, height, pixels) = ask(request, blank, "FALSE");
        assert_eq!((width, height), (200, 100));
        assert!(pixels.chunks(4).all(|pixel| pixel == [0x10, 0x20, 0x30, 255]));
        assert!(ask(request, blank, "TRUE").2.chunks(4).all(|pixel| pixel[3] == 0));
        let written =
            ask(request, in_image, "FALSE").2.chunks(4).filter(|pixel| *pixel != [0x10, 0x20, 0x30, 255]).count();
        assert!((50..10_000).contains(&written), "{written}");
    }
    assert_eq!(
        code(&service.with(MAP_13, &[("LAYERS", Some("unknown")), ("EXCEPTIONS", Some("XML"))])),
        "LayerNotDefined"
    );
}

#[test]
fn a_map_is_laid_on_its_background() {
    let service = Service::of_numbered();
    let beside = |others: &[(&str, Option<&str>)]| {
        let mut all = vec![("BBOX", Some("0,50,3,52"))];
        all.extend(others);
        service.pixels(&service.with(MAP_13, &all)).2
    };
    assert!(beside(&[]).chunks(4).all(|pixel| pixel == [255; 4]), "white unless something else is said");
    assert!(beside(&[("BGCOLOR", Some("0x336699"))]).chunks(4).all(|pixel| pixel == [0x33, 0x66, 0x99, 255]));
    assert!(beside(&[("BBOX", Some("500,500,600,600"))]).chunks(4).all(|pixel| pixel == [255; 4]), "beyond the earth");
    let far = [("CRS", Some("EPSG:3857")), ("BBOX", Some("1e9,1e9,2e9,2e9"))];
    assert!(beside(&far).chunks(4).all(|pixel| pixel == [255; 4]));
}

#[test]
fn every_format_of_the_capabilities_is_given() {
    let service = Service::of_numbered();
    for version in ["1.1.1", "1.3.0"] {
        let document = service.capabilities(version);
        let formats: Vec<&str> = between(&document, "<GetMap>", "<DCPType>").split("<Format>").skip(1).collect();
        let formats: Vec<&str> = formats.iter().map(|format| format.split('<').next().unwrap()).collect();
        assert_eq!(formats.len(), 5, "{formats:?}");
        for format in formats {
            let answer = service.with(if version == "1.1.1" { MAP_11 } else { MAP_13 }, &[("FORMAT", Some(format))]);
            assert_eq!(answer.header("content-type"), Some(format));
            let start: &[u8] = match format.split(';').next().unwrap() {
                "image/png" => b"\x89PNG",
                "image/jpeg" => b"\xff\xd8\xff",
                "image/webp" => b"RIFF",
                _ => b"II",
            };
            assert!(answer.body.starts_with(start), "{format}");
        }
    }
    let tiff = service.with(MAP_13, &[("FORMAT", Some("image/tiff"))]);
    let file = service.folder.path().join("values.tif");
    std::fs::write(&file, tiff.body).unwrap();
    let found = common::json(&mut cogscope([std::ffi::OsStr::new("info"), file.as_os_str(), "--json".as_ref()]));
    assert_eq!(found["type"], "UInt16");
    assert_eq!(found["bounds"], serde_json::json!([10.0, 50.0, 13.0, 52.0]));
}

#[test]
fn every_layer_is_described_so_that_it_can_be_asked_for() {
    let files: Vec<PathBuf> =
        ["B2", "B3", "B4"].iter().map(|band| sample(&format!("itaipu/LC08_224077_20200518_{band}.tif"))).collect();
    let service = Service { endpoint: Endpoint::start(options(), shelf(&files)), folder: tempfile::tempdir().unwrap() };
    for (version, system) in [("1.3.0", "CRS"), ("1.1.1", "SRS")] {
        let document = service.capabilities(version);
        let layers: Vec<&str> = document.split("<Layer queryable=\"1\"").skip(1).collect();
        assert_eq!(layers.len(), 5, "the mosaic, the scene, its three files");
        for layer in layers {
            let name = between(layer, "<Name>", "</Name>");
            let own = if name == "mosaic" { "EPSG:32721" } else { "EPSG:32621" };
            assert!(layer.contains(&format!("<{system}>{own}</{system}>")), "its own system, or its zone: {layer}");
            for bounds in layer.split("<BoundingBox ").skip(1) {
                let crs = between(bounds, &format!("{system}=\""), "\"");
                let side = |side: &str| between(bounds, &format!("{side}=\""), "\"").to_owned();
                let bbox = ["minx", "miny", "maxx", "maxy"].map(side).join(",");
                let answer = service.ask(&format!(
                    "SERVICE=WMS&VERSION={version}&REQUEST=GetMap&LAYERS={name}&STYLES=default&{system}={crs}&BBOX={bbox}\
                     &WIDTH=64&HEIGHT=64&FORMAT=image/png&TRANSPARENT=TRUE"
                ));
                let pixels = service.pixels(&answer).2;
                let filled = pixels.chunks(4).filter(|pixel| pixel[3] == 255).count();
                assert!(filled > 64 * 64 / 3, "{name} in {crs}: {filled} pixels");
            }
            let legend = between(layer, "<LegendURL ", "</LegendURL>");
            let size =
                ["width", "height"].map(|side| between(legend, &format!("{side}=\""), "\"").parse::<u32>().unwrap());
            let url = between(legend, "xlink:href=\"", "\"").replace("&amp;", "&");
            let path = url.split(&service.endpoint.address.to_string()).nth(1).unwrap().to_owned();
            let (width, height, _) = service.pixels(&service.endpoint.get(&path));
            assert_eq!([width, height], size, "a legend's size is as told");
        }
        assert!(document.contains("2020-05-18</"), "the day is known");
    }
}

#[test]
fn days_choose_what_is_shown() {
    let file = sample("itaipu/LC08_224077_20200518_B4.tif");
    let service = Service { endpoint: Endpoint::of(&[file]), folder: tempfile::tempdir().unwrap() };
    let document = service.capabilities("1.3.0");
    let bounds = document.split("CRS=\"CRS:84\"").nth(1).unwrap();
    let bbox = ["minx", "miny", "maxx", "maxy"].map(|side| between(bounds, &format!("{side}=\""), "\"")).join(",");
    let at = |time: &str| service.with(MAP_13, &[("BBOX", Some(&bbox)), ("TIME", Some(time))]);
    let all = service.pixels(&service.with(MAP_13, &[("BBOX", Some(&bbox))]));
    for time in ["2020-05-18", "2020-05", "current", "2020-01-01/2020-12-31", "2020-05-18T10:00:00Z", ""] {
        assert_eq!(service.pixels(&at(time)), all, "{time}");
    }
    for time in ["2019-05-18", "yesterday", "2020-99-99", "2020-05-18/", ",", "2020-05-18,never"] {
        assert_eq!(code(&at(time)), "InvalidDimensionValue", "{time}");
    }
    // A value is missing (MissingDimensionValue) only where no default is told; here every layer with days tells one.
    for version in ["1.1.1", "1.3.0"] {
        let document = service.capabilities(version);
        let told = if version == "1.1.1" { "<Extent name=\"time\"" } else { "<Dimension name=\"time\"" };
        let dimensions: Vec<&str> = document.split(told).skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
        assert!(!dimensions.is_empty());
        for dimension in dimensions {
            let default = between(dimension, "default=\"", "\"");
            assert_eq!(service.pixels(&at(default)), all, "the default {default} is what is shown without a value");
        }
    }
}

#[test]
fn a_pixel_tells_its_values_in_four_formats() {
    let service = Service::of_numbered();
    let ask = |request: &str, others: &[(&str, Option<&str>)]| {
        let mut all = vec![("REQUEST", Some("GetFeatureInfo"))];
        if others.iter().all(|(name, _)| *name != "QUERY_LAYERS") {
            all.push(("QUERY_LAYERS", Some("mosaic")));
        }
        all.extend(others);
        service.with(request, &all)
    };
    // Column 3 of row 2: 2 * 30 + 3.
    for (request, x, y) in [(MAP_13, "I", "J"), (MAP_13, "X", "Y"), (MAP_11, "X", "Y")] {
        for (format, value) in [
            ("text/plain", "b1 = 63"),
            ("text/html", "<td>63</td>"),
            ("application/json", "\"b1\":63"),
            ("application/vnd.ogc.gml", "<cogscope:b1>63</cogscope:b1>"),
        ] {
            let answer = ask(
                request,
                &[(x, Some("3")), (y, Some("2")), ("INFO_FORMAT", Some(format)), ("FORMAT", Some("None"))],
            );
            assert!(answer.header("content-type").unwrap().starts_with(format), "{answer:?}");
            assert!(answer.text().contains(value), "{}", answer.text());
        }
    }
    let refused = |others: &[(&str, Option<&str>)]| code(&ask(MAP_13, others));
    for wrong in [("30", "2"), ("3", "20"), ("-1", "2"), ("x", "2"), ("99999999999", "2")] {
        assert_eq!(refused(&[("I", Some(wrong.0)), ("J", Some(wrong.1))]), "InvalidPoint", "{wrong:?}");
    }
    let at = [("I", Some("3")), ("J", Some("2"))];
    assert_eq!(refused(&[at[0], at[1], ("INFO_FORMAT", Some("text/unknown"))]), "InvalidFormat");
    assert_eq!(refused(&[at[0], at[1], ("QUERY_LAYERS", Some("unknown"))]), "LayerNotDefined");
    assert_eq!(refused(&[at[0], at[1], ("QUERY_LAYERS", None)]), "");
    assert_eq!(refused(&[at[0]]), "");
}

#[test]
fn layers_lie_over_one_another_the_first_at_the_bottom() {
    let service = Service::of_numbered();
    let plain = service.pixels(&service.ask(MAP_13));
    for styles in ["", ",", "default,", "default,default"] {
        let answer = service.with(MAP_13, &[("LAYERS", Some("mosaic,mosaic")), ("STYLES", Some(styles))]);
        assert_eq!(service.pixels(&answer), plain, "{styles}");
    }
}
