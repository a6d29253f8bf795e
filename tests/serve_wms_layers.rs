//! What the WMS of the loopback endpoint makes of layers: which lies on top, styles with names, targets by class, systems whose
//! first axis is the northing, names that would break a document.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cogscope::geo::{Affine, BoundingBox, Crs};
use cogscope::library::{Look, Opened};
use cogscope::raster::{Raster, Samples};
use cogscope::render::encode::{Placement, geotiff_values};
use cogscope::render::{Channels, Colormap, Stretch, Style};
use cogscope::serve::{OnShelf, Shelf, TargetLayer};
use cogscope::targets::{ClassColors, ColorOverrides, LoadOptions, load};
use common::endpoint::{Endpoint, options, shelf};
use common::http::{Answer, encoded};
use common::{picture, sample};

/// The part of the world that the images of [`flat`] lie in, at 10 pixels a degree.
const MAP: &str =
    "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&CRS=CRS:84&BBOX=10,50,14,52&WIDTH=40&HEIGHT=20&FORMAT=image/png";

/// 40 x 20 bytes of one value.
fn flat(file: &Path, value: u8, epsg: u32, [west, south, east, north]: [f64; 4]) -> PathBuf {
    let bbox = BoundingBox::new(west, south, east, north).unwrap();
    let placement = Placement { affine: Affine::of_grid(&bbox, 40, 20), crs: Crs::from_epsg(epsg).unwrap() };
    let raster = Raster::fully_valid(40, 20, vec![Samples::U8(vec![value; 800])]).unwrap();
    std::fs::write(file, geotiff_values(&raster, &placement).unwrap()).unwrap();
    file.to_owned()
}

fn ask(endpoint: &Endpoint, query: &str) -> Answer {
    endpoint.get(&format!("/wms?{query}"))
}

#[track_caller]
fn pixels(answer: &Answer) -> Vec<u8> {
    assert_eq!(answer.header("content-type"), Some("image/png"), "{}", String::from_utf8_lossy(&answer.body));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.png");
    std::fs::write(&file, &answer.body).unwrap();
    picture(&file).2
}

/// The pixels of a map in a row of 40.
fn pixel(map: &[u8], col: usize, row: usize) -> [u8; 4] {
    map[(row * 40 + col) * 4..][..4].try_into().unwrap()
}

#[track_caller]
fn code(answer: &Answer) -> String {
    let code = answer.text().split("<ServiceException code=\"").nth(1).expect("an exception with a code");
    code.split('"').next().unwrap().to_owned()
}

fn capabilities(endpoint: &Endpoint, version: &str) -> String {
    ask(endpoint, &format!("SERVICE=WMS&REQUEST=GetCapabilities&VERSION={version}")).text().to_owned()
}

/// The id of the layer of this title.
#[track_caller]
fn id(endpoint: &Endpoint, title: &str) -> String {
    let document = capabilities(endpoint, "1.3.0");
    let (before, _) = document.split_once(&format!("</Name><Title>{title}</Title>")).unwrap();
    before.rsplit("<Name>").next().unwrap().to_owned()
}

/// Two images that overlap from 11 to 13 degrees, of 50 and 200, with styles: `plain` shows values as greys.
fn overlapping(folder: &Path) -> Endpoint {
    overlapping_named(folder, ["west & south.tif", "east.tif"])
}

fn overlapping_named(folder: &Path, [west, east]: [&str; 2]) -> Endpoint {
    let files = [
        flat(&folder.join(west), 50, 4326, [10.0, 50.0, 13.0, 52.0]),
        flat(&folder.join(east), 200, 4326, [11.0, 50.0, 14.0, 52.0]),
    ];
    let opened = Opened::files(&files, Err).unwrap();
    let entries = opened.order.iter().filter_map(|&id| opened.catalog.entry(id));
    let entries: Vec<OnShelf> = entries.map(|entry| OnShelf { entry, style: None }).collect();
    let plain = Style { stretch: Stretch::Manual(vec![(0.0, 255.0)]), ..Style::single(0) };
    let hot = Style { colormap: Colormap::named("magma"), ..plain.clone() };
    let beyond = Style { channels: Channels::Rgb([0, 1, 2]), ..plain.clone() };
    let styles = [("plain", plain), ("hot, \"<dry>\"", hot), ("three bands", beyond)];
    let styles = styles.map(|(name, style)| (name.to_owned(), Look::Style(style)));
    Endpoint::start(options(), Shelf::new(&entries, &styles, &rustc_hash::FxHashMap::default()))
}

/// The sample targets over an image, 78 km to the south of its northern edge.
fn with_targets() -> Endpoint {
    let set = load(&sample("targets.csv"), &LoadOptions::default()).unwrap();
    let (shown, colors) = (set.ids().collect::<Vec<_>>(), ClassColors::of(&set, &ColorOverrides::new()));
    let targets = TargetLayer::new("Targets", Arc::new(set), &shown, colors);
    Endpoint::start(options(), shelf(&[sample("itaipu/LC08_224078_20200518_B4.tif")]).with_targets(targets))
}

#[test]
fn the_first_layer_is_at_the_bottom() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = overlapping(folder.path());
    let (west, east) = (id(&endpoint, "west &amp; south"), id(&endpoint, "east"));
    let map = |layers: &str, styles: &str| pixels(&ask(&endpoint, &format!("{MAP}&LAYERS={layers}&STYLES={styles}")));
    let grey = |value: u8| [value, value, value, 255];
    for (layers, between) in [(format!("{west},{east}"), 200), (format!("{east},{west}"), 50)] {
        let map = map(&layers, "plain,plain");
        assert_eq!(
            [pixel(&map, 5, 10), pixel(&map, 20, 10), pixel(&map, 35, 10)],
            [grey(50), grey(between), grey(200)]
        );
    }
    // The edges of an image are outer edges of pixels.
    let one = map(&east, "plain");
    assert_eq!([pixel(&one, 9, 0), pixel(&one, 10, 0), pixel(&one, 39, 19)], [grey(255), grey(200), grey(200)]);
}

#[test]
fn days_choose_among_the_images_of_a_mosaic() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = overlapping_named(folder.path(), ["west_20200101.tif", "east_20210315.tif"]);
    let default = "default=\"2020-01-01/2021-03-15/P1D\"";
    for version in ["1.1.1", "1.3.0"] {
        let document = capabilities(&endpoint, version);
        assert!(document.contains(default) && document.contains(">2020-01-01,2021-03-15</"), "{document}");
    }
    let at = |time: &str| ask(&endpoint, &format!("{MAP}&LAYERS=mosaic&STYLES=plain&TIME={time}"));
    let (west, east, nothing) = ([50, 50, 50, 255], [200, 200, 200, 255], [255; 4]);
    let ends = |time: &str| {
        let map = pixels(&at(time));
        (pixel(&map, 5, 10), pixel(&map, 35, 10))
    };
    for both in ["", "2020-01-01/2021-03-15/P1D", "2020/2021", "2020-01-01,2021-03-15", "2019-01-01/2030-01-01"] {
        assert_eq!(ends(both), (west, east), "{both}");
    }
    for first in ["2020-01-01", "2020", "2020-01", "2019-06-01/2020-06-01"] {
        assert_eq!(ends(first), (west, nothing), "{first}");
        assert_eq!(pixel(&pixels(&at(first)), 20, 10), west, "{first}: what lies over it is of another day");
    }
    for second in ["2021-03-15T00:00:00Z", "current", "2021-03"] {
        assert_eq!(ends(second), (nothing, east), "{second}");
        assert_eq!(pixel(&pixels(&at(second)), 20, 10), east, "{second}");
    }
    for none in ["2020-01-02", "2020-02/2021-02", "2022"] {
        assert_eq!(code(&at(none)), "InvalidDimensionValue", "{none}");
    }
    for (time, value) in [("2020-01-01", 50), ("2021-03-15", 200)] {
        let info = MAP.replace("GetMap", "GetFeatureInfo");
        let rest = "LAYERS=mosaic&QUERY_LAYERS=mosaic&STYLES=&I=20&J=10&INFO_FORMAT=text/plain";
        let told = ask(&endpoint, &format!("{info}&{rest}&TIME={time}"));
        assert!(told.text().contains(&format!("b1 = {value}")), "{}", told.text());
    }
}

#[test]
fn styles_have_names() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = overlapping(folder.path());
    let east = id(&endpoint, "east");
    let map = |style: &str| ask(&endpoint, &format!("{MAP}&LAYERS={east}&STYLES={}", encoded(style)));
    assert_eq!(pixels(&map("default")), pixels(&map("")));
    assert_eq!(pixel(&pixels(&map("plain")), 35, 10), [200, 200, 200, 255]);
    assert_eq!(code(&map("three bands")), "StyleNotDefined", "the image has one");
    assert_eq!(code(&map("PLAIN")), "StyleNotDefined", "names of styles have case");
    for version in ["1.1.1", "1.3.0"] {
        let document = capabilities(&endpoint, version);
        let names = document.split("<Style><Name>").skip(1).map(|rest| rest.split('<').next().unwrap());
        let names: Vec<&str> = names.collect();
        assert_eq!(names.len(), 9, "three of each of three layers: {names:?}");
        assert!(names.contains(&"plain") && !names.contains(&"three bands"));
        for limit in ["<LayerLimit>64<", "<MaxWidth>4096<", "<MaxHeight>4096<"] {
            assert_eq!(document.contains(limit), version == "1.3.0", "{limit}");
        }
    }
    let many = vec![east.as_str(); 65].join(",");
    assert!(ask(&endpoint, &format!("{MAP}&LAYERS={many}&STYLES=")).text().contains("more than 64 layers"));
}

#[test]
fn names_do_not_break_documents() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = overlapping(folder.path());
    let hostile = encoded("<b a='1'>&\"\u{1}\u{fffe}");
    let queries = [
        "SERVICE=WMS&REQUEST=GetCapabilities".to_owned(),
        "SERVICE=WMS&REQUEST=GetCapabilities&VERSION=1.1.1".to_owned(),
        format!("{MAP}&LAYERS={hostile}&STYLES="),
        format!("{MAP}&LAYERS=mosaic&STYLES={hostile}").replace("VERSION=1.3.0&", "VERSION=1.1.1&"),
        format!("VERSION=1.3.0&REQUEST={hostile}"),
    ];
    for query in queries {
        let answer = ask(&endpoint, &query);
        let text = answer.text();
        assert!(text.chars().all(|letter| !letter.is_control() || letter == '\n'), "{text}");
        assert!(!text.contains('\u{fffe}') && !text.contains("<b "), "{text}");
        let mut reader = quick_xml::Reader::from_str(text);
        let mut elements = 0;
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(quick_xml::events::Event::Start(_) | quick_xml::events::Event::Empty(_)) => elements += 1,
                Ok(_) => {}
                Err(error) => panic!("{error}: {text}"),
            }
        }
        assert!(elements >= 2, "{text}");
    }
}

#[test]
fn the_register_says_which_axis_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = flat(&folder.path().join("laea.tif"), 7, 3035, [4_400_000.0, 3_000_000.0, 4_404_000.0, 3_002_000.0]);
    let endpoint = Endpoint::of(&[file]);
    let layer = id(&endpoint, "laea");
    let boxes = [
        ("1.3.0", "CRS", "3000000,4400000,3002000,4404000", "4400000,3000000,4404000,3002000"),
        ("1.1.1", "SRS", "4400000,3000000,4404000,3002000", "3000000,4400000,3002000,4404000"),
    ];
    for (version, system, bbox, turned) in boxes {
        let sides: Vec<&str> = bbox.split(',').collect();
        let sides = format!(
            "<BoundingBox {system}=\"EPSG:3035\" minx=\"{}\" miny=\"{}\" maxx=\"{}\" maxy=\"{}\"/>",
            sides[0], sides[1], sides[2], sides[3]
        );
        let document = capabilities(&endpoint, version);
        assert!(document.contains(&sides), "{sides} in {document}");
        let map = |bbox: &str| {
            let rest = format!("LAYERS={layer}&STYLES=&{system}=EPSG:3035&BBOX={bbox}&WIDTH=40&HEIGHT=20");
            let format = "FORMAT=image/png&TRANSPARENT=TRUE";
            pixels(&ask(&endpoint, &format!("SERVICE=WMS&REQUEST=GetMap&VERSION={version}&{rest}&{format}")))
        };
        assert!(map(bbox).chunks(4).all(|pixel| pixel[3] == 255), "{version}");
        assert!(map(turned).chunks(4).all(|pixel| pixel[3] == 0), "{version}");
    }
}

#[test]
fn targets_are_a_layer_that_tells_their_facts() {
    let endpoint = with_targets();
    // The Friendship Bridge is in the middle of column 20 and row 10 of 41 x 21.
    let view =
        "CRS=CRS:84&BBOX=-54.602447,-25.510453,-54.598347,-25.508353&WIDTH=41&HEIGHT=21&STYLES=&FORMAT=image/png";
    let map = |layers: &str| {
        pixels(&ask(&endpoint, &format!("VERSION=1.3.0&REQUEST=GetMap&LAYERS={layers}&{view}&TRANSPARENT=TRUE")))
    };
    let at = |map: &[u8], col: usize, row: usize| <[u8; 4]>::try_from(&map[(row * 41 + col) * 4..][..4]).unwrap();
    let targets = map("targets");
    let bridge = at(&targets, 20, 10);
    assert_eq!(bridge[3], 255);
    assert_eq!(at(&targets, 35, 10), [0; 4], "nothing beside it");
    assert_eq!(at(&map("mosaic,targets"), 20, 10), bridge, "on top");
    assert_ne!(at(&map("targets,mosaic"), 20, 10), bridge, "at the bottom");

    let info = |rest: &str| ask(&endpoint, &format!("VERSION=1.3.0&REQUEST=GetFeatureInfo&{view}&{rest}"));
    let on_it = info("LAYERS=mosaic,targets&QUERY_LAYERS=targets&I=21&J=9&INFO_FORMAT=application/json");
    let found: serde_json::Value = serde_json::from_slice(&on_it.body).unwrap();
    let facts = &found["features"][0]["properties"];
    assert_eq!((&facts["class"], &facts["key"]), (&"bridge".into(), &"7".into()), "{found}");
    assert_eq!((&facts["date"], &facts["confidence"]), (&"2020-05-18".into(), &0.97.into()));
    assert_eq!(facts["title"], "Friendship Bridge (Ponte da Amizade)");
    assert_eq!(found["features"][0]["geometry"]["coordinates"], serde_json::json!([-54.600397, -25.509403]));
    let beside = info("LAYERS=targets&QUERY_LAYERS=targets&I=35&J=10&INFO_FORMAT=application/json");
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&beside.body).unwrap()["features"], serde_json::json!([]));
    let both = info("LAYERS=mosaic,targets&QUERY_LAYERS=mosaic,targets&I=20&J=10&INFO_FORMAT=text/plain");
    let (target, values) = (both.text().find("class = bridge").unwrap(), both.text().find("B4").unwrap());
    assert!(target < values, "the topmost first: {}", both.text());

    assert_eq!(code(&info("LAYERS=mosaic&QUERY_LAYERS=targets&I=20&J=10")), "LayerNotQueryable", "not in the map");
    assert_eq!(code(&info("LAYERS=mosaic&QUERY_LAYERS=unknown&I=20&J=10")), "LayerNotDefined");
    assert_eq!(
        code(&ask(&endpoint, &format!("VERSION=1.3.0&REQUEST=GetMap&LAYERS=targets&STYLES=x&{view}"))),
        "StyleNotDefined"
    );
    let nothing = Endpoint::of(&[sample("itaipu/LC08_224078_20200518_B4.tif")]);
    assert_eq!(code(&ask(&nothing, &format!("VERSION=1.3.0&REQUEST=GetMap&LAYERS=targets&{view}"))), "LayerNotDefined");
}

#[test]
fn a_legend_shows_every_class_in_its_colour() {
    let endpoint = with_targets();
    let document = capabilities(&endpoint, "1.1.1");
    let layer = document.split("<Name>targets</Name>").nth(1).unwrap();
    let url = layer.split("xlink:href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let path = url.split(&endpoint.address.to_string()).nth(1).unwrap();
    let legend = pixels(&endpoint.get(path));
    let set = load(&sample("targets.csv"), &LoadOptions::default()).unwrap();
    let names: Vec<&str> = set.classes().iter().map(|class| class.name.as_ref()).collect();
    for (name, color) in names.iter().zip(ClassColors::of_names(&names, &ColorOverrides::new())) {
        let swatch = [color.red, color.green, color.blue, 255];
        assert!(legend.chunks(4).filter(|pixel| *pixel == swatch).count() >= 100, "{name}");
    }
}
