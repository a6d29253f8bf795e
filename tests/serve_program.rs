//! `cogscope serve` as a program: what its paths mean, projects with their styles, styles by name, targets of files and of a
//! PostgreSQL server.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cogscope::document::{Project, SavedEntry, save_project};
use cogscope::library::Opened;
use cogscope::render::{Colormap, Stretch, Style};
use cogscope::targets::{ClassColor, ColorOverrides, TargetFilter};
use common::http::{Answer, get};
use common::postgres::Database;
use common::program::{Place, wait_until};
use common::{cogscope, numbered_image, picture, sample};
use serde_json::Value;

/// The program as a server, ended with the test.
struct Server {
    process: Child,
    address: SocketAddr,
    /// What stands before every path: nothing, or the token's part.
    prefix: String,
}

impl Server {
    fn start(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        Self::of(cogscope(["serve"]).args(arguments))
    }

    fn of(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let rest = url.trim().trim_start_matches("http://").trim_end_matches('/');
        let (authority, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Self { process, address: authority.parse().expect("the first line is the URL"), prefix: prefix.to_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        get(self.address, &format!("{}{path}", self.prefix))
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.get(path).body).unwrap()
    }

    fn capabilities(&self) -> String {
        self.get("/wms?SERVICE=WMS&REQUEST=GetCapabilities").text().to_owned()
    }

    /// The names of a layer's styles.
    fn styles(&self, layer: &str) -> Vec<String> {
        let document = self.capabilities();
        let layer = document.split(&format!("<Name>{layer}</Name>")).nth(1).unwrap().split("</Layer>").next().unwrap();
        let styles = layer.split("<Style><Name>").skip(1);
        styles.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    }

    /// The pixels of a map of 10 to 13 degrees east and 50 to 52 degrees north, a pixel a pixel of [`numbered_image`].
    #[track_caller]
    fn map(&self, style: &str) -> Vec<u8> {
        let answer = self.get(&format!(
            "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=mosaic&STYLES={style}&CRS=CRS:84&BBOX=10,50,13,52\
             &WIDTH=30&HEIGHT=20&FORMAT=image/png"
        ));
        pixels(&answer)
    }
}

/// The pixels of an answer that is a PNG.
#[track_caller]
fn pixels(answer: &Answer) -> Vec<u8> {
    assert_eq!(answer.header("content-type"), Some("image/png"), "{}", String::from_utf8_lossy(&answer.body));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("map.png");
    std::fs::write(&file, &answer.body).unwrap();
    picture(&file).2
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Values from 0 to 599 as greys from 0 to 255, the other way round.
fn inverted() -> Style {
    Style { stretch: Stretch::Manual(vec![(0.0, 599.0)]), colormap: Colormap::named("grey_r"), ..Style::single(0) }
}

#[test]
fn styles_given_by_name_are_styles_of_every_layer_that_has_the_bands() {
    let folder = tempfile::tempdir().unwrap();
    let image = numbered_image(folder.path(), 4326);
    let server = Server::start([
        image.as_os_str(),
        OsStr::new("--style"),
        OsStr::new("dark to bright=rescale=0,599"),
        OsStr::new("--style"),
        OsStr::new("turned=expression=599-b1+0&colormap=grey&rescale=0,599"),
        OsStr::new("--style"),
        OsStr::new("three=bands=1,2,3"),
    ]);
    let styles = server.styles("mosaic");
    assert_eq!(styles[..3], ["default", "dark_to_bright", "turned"], "{styles:?}");
    assert!(!styles.contains(&"three".to_owned()), "there is one band only");
    let (plain, turned) = (server.map("dark_to_bright"), server.map("turned"));
    assert_eq!((&plain[..3], &turned[..3]), (&[0; 3][..], &[255; 3][..]));
    let last = plain.len() - 4;
    assert_eq!((&plain[last..last + 3], &turned[last..last + 3]), (&[255; 3][..], &[0; 3][..]));
    // The same style by its name in a tile's address.
    let tile = |style: &str| server.get(&format!("/tiles/mosaic/5/17/10.png?style={style}"));
    assert_eq!(tile("turned").status, 200);
    assert_ne!(tile("turned").body, tile("dark_to_bright").body);
    assert_eq!(tile("three").status, 400);
    // And in a legend, whose colours are the style's.
    let legend = |style: &str| {
        let path = format!("/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetLegendGraphic&LAYER=mosaic&STYLE={style}");
        server.get(&path).body
    };
    assert!(legend("turned").starts_with(b"\x89PNG"));
    assert_ne!(legend("turned"), legend("dark_to_bright"), "one tells an expression, the other a band");
    assert!(String::from_utf8_lossy(&legend("three")).contains("StyleNotDefined"));
    // The words of a tile's address are understood by WMS too.
    let words = server.map("&rescale=0,599");
    assert_eq!(words, plain);
    let refused = server.get(
        "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=mosaic&STYLES=&CRS=CRS:84&BBOX=10,50,13,52&WIDTH=30&HEIGHT=20\
         &FORMAT=image/png&rescale=5",
    );
    assert!(refused.text().contains("<ServiceException"), "{}", refused.text());
    assert!(refused.text().contains("rescale: `5` is no range"), "{}", refused.text());
}

#[test]
fn the_token_stands_in_no_log() {
    let place = Place::new();
    let mut command = cogscope(["serve", "--log", "trace", "--token"]);
    let errors = place.folder.path().join("errors.txt");
    command.env("COGSCOPE_CONFIG_DIR", place.folder.path()).stderr(std::fs::File::create(&errors).unwrap());
    let server = Server::of(command.arg(sample("olinda")));
    let token = server.prefix.strip_prefix("/t/").expect("the token is in the path").to_owned();
    assert_eq!(token.len(), 32);
    assert_eq!(server.get("/cogs").status, 200);
    assert!(server.get("/wms?SERVICE=WMS&REQUEST=GetCapabilities").text().contains(&token), "addresses hold it");
    assert_eq!(server.get("/tiles/none/0/0/0.png").status, 404);
    assert_eq!(get(server.address, "/t/0123/cogs").status, 403);
    wait_until("the log tells of the start", || place.log().contains("has_secret_path=true"));
    drop(server);
    for told in [place.log(), std::fs::read_to_string(errors).unwrap()] {
        assert!(!told.is_empty() && !told.contains(&token[..8]), "{told}");
    }
}

#[test]
fn a_style_that_makes_no_sense_is_refused_before_anything_listens() {
    for wrong in ["plain", "=rescale=0,1", "plain=rescale=0", "plain=colormp=grey"] {
        let output = cogscope(["serve", "--style", wrong]).arg(sample("olinda")).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(output.stdout.is_empty());
    }
}

/// A project of one image with what a user would have set: its style, a target file, a class that is hidden, a class's colour.
fn project(folder: &Path) -> PathBuf {
    let image = numbered_image(folder, 4326);
    let other = folder.join("hidden.tif");
    std::fs::copy(&image, &other).unwrap();
    let targets = folder.join("places.csv");
    std::fs::write(&targets, "id,class,lon,lat\n1,dam,11,51\n2,port,12,51\n3,dam,11.5,50.5\n").unwrap();
    let opened = Opened::files(std::slice::from_ref(&image), Err).unwrap();
    let kind = opened.catalog.kinds().remove(0).0.to_string();
    let project = Project {
        sources: vec![folder.to_owned()],
        styles: BTreeMap::from([(kind, inverted())]),
        entries: vec![SavedEntry { path: other, is_hidden: true, style: None }],
        active_targets: Some(targets),
        filter: TargetFilter { hidden_classes: ["port".to_owned()].into(), ..TargetFilter::default() },
        class_colors: ColorOverrides::from([("dam".to_owned(), ClassColor::new(1, 2, 3))]),
        ..Project::default()
    };
    let file = folder.join("work.cogscope");
    save_project(&file, &project).unwrap();
    file
}

#[test]
fn a_project_is_served_as_the_window_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start([project(folder.path())]);
    let list = server.json("/cogs");
    assert_eq!(list.as_array().unwrap().len(), 1, "what is hidden is not served: {list}");
    let map = server.map("");
    let last = map.len() - 4;
    assert_eq!((&map[..3], &map[last..last + 3]), (&[255; 3][..], &[0; 3][..]), "in the project's style");
    assert_eq!(server.styles("mosaic")[0], "default");
    assert!(server.styles("mosaic").len() > 1, "and by its name: {:?}", server.styles("mosaic"));
    let targets = server.json("/targets");
    assert_eq!(targets["numberMatched"], 2, "the hidden class is not served");
    assert!(server.capabilities().contains("<Name>targets</Name><Title>places</Title>"));
}

#[test]
fn files_of_targets_among_the_paths_are_layers() {
    let folder = tempfile::tempdir().unwrap();
    let geojson = folder.path().join("places.geojson");
    let feature =
        r#"{"type":"Feature","properties":{"class":"dam"},"geometry":{"type":"Point","coordinates":[11,51]}}"#;
    std::fs::write(&geojson, format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#)).unwrap();
    let shape = folder.path().join("shapes.shp");
    for ending in ["shp", "dbf", "shx", "prj", "cpg"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/shapefiles/ships.{ending}"));
        std::fs::copy(from, shape.with_extension(ending)).unwrap();
    }
    let server = Server::start([
        sample("targets.csv"),
        sample("targets.gpkg"),
        geojson,
        shape,
        sample("itaipu/LC08_224078_20200518_B4.tif"),
    ]);
    let document = server.capabilities();
    for (id, title) in
        [("targets", "targets"), ("targets-2", "targets"), ("targets-3", "places"), ("targets-4", "shapes")]
    {
        assert!(document.contains(&format!("<Name>{id}</Name><Title>{title}</Title>")), "{id}");
    }
    assert_eq!(server.json("/targets/targets-3")["numberMatched"], 1);
    let rows = server.json("/targets")["numberMatched"].clone();
    assert_eq!(server.json("/targets/targets-2")["numberMatched"], rows, "the same targets in two formats");
    assert!(server.json("/targets/targets-4")["numberMatched"].as_u64().unwrap() > 0);
    assert_eq!(server.get("/targets/targets-5").status, 404);
    let facts = server.get(
        "/wms?VERSION=1.3.0&REQUEST=GetFeatureInfo&LAYERS=targets-3&QUERY_LAYERS=targets-3&STYLES=&CRS=CRS:84\
         &BBOX=10.5,50.5,11.5,51.5&WIDTH=21&HEIGHT=21&I=10&J=10&INFO_FORMAT=application/json",
    );
    let facts: Value = serde_json::from_slice(&facts.body).unwrap();
    assert_eq!(facts["features"][0]["properties"]["class"], "dam", "{facts}");
}

#[test]
fn a_folder_shows_its_images_and_the_first_of_its_files_of_targets_as_the_window_does() {
    let server = Server::start([sample("")]);
    assert_eq!(server.json("/cogs").as_array().unwrap().len(), 7);
    assert!(server.json("/targets")["numberMatched"].as_u64().unwrap() > 0);
    assert!(!server.capabilities().contains("<Name>targets-2</Name>"));
    // Targets alone are enough.
    let alone = Server::start([sample("targets.csv")]);
    assert!(alone.json("/targets")["numberMatched"].as_u64().unwrap() > 0);
}

#[test]
fn a_table_of_a_server_is_a_layer() {
    let Some(database) = Database::create() else { return };
    database.execute(
        "CREATE TABLE other (id int PRIMARY KEY, note text);
         CREATE TABLE sites (id int PRIMARY KEY, class text, name text, geom geometry(Point, 3857));
         INSERT INTO sites SELECT n, CASE n % 2 WHEN 0 THEN 'dam' ELSE 'port' END, 'site ' || n,
            ST_Transform(ST_SetSRID(ST_MakePoint(10 + n * 0.01, 51), 4326), 3857) FROM generate_series(1, 100) n",
    );
    let folder = tempfile::tempdir().unwrap();
    let image = numbered_image(folder.path(), 4326);
    let mut command = cogscope(["serve", "--db", &database.settings(), "--table", "sites"]);
    let server = Server::of(command.arg(&image));
    let all = server.json("/targets?limit=1000");
    assert_eq!((&all["numberMatched"], &all["features"][0]["properties"]["name"]), (&100.into(), &"site 1".into()));
    assert_eq!(server.json("/targets?class=dam")["numberMatched"], 50);
    // West, south, east, north: sites 21 to 40, ten of each class, a page of four at a time.
    let boxed = |rest: &str| server.json(&format!("/targets?bbox=10.205,50.5,10.405,51.5{rest}"));
    assert_eq!((&boxed("")["numberMatched"], &boxed("&class=port")["numberMatched"]), (&20.into(), &10.into()));
    let (mut names, mut page) = (Vec::new(), boxed("&class=port&limit=4"));
    loop {
        let features = page["features"].as_array().unwrap();
        assert!(features.len() <= 4 && features.iter().all(|one| one["properties"]["class"] == "port"), "{page}");
        names.extend(features.iter().map(|one| one["properties"]["name"].as_str().unwrap().to_owned()));
        let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
        let Some(next) = next.map(|link| link["href"].as_str().unwrap().to_owned()) else { break };
        page = server.json(next.strip_prefix(&format!("http://{}", server.address)).unwrap());
    }
    let wanted: Vec<String> = (21..=40).filter(|n| n % 2 == 1).map(|n| format!("site {n}")).collect();
    assert_eq!(names, wanted);
    // The picture: each class in its colour, the one that the legend shows beside its name.
    let at_site = |n: u32| {
        let lon = 10.0 + f64::from(n) * 0.01;
        let map = server.get(&format!(
            "/wms?VERSION=1.1.1&REQUEST=GetMap&LAYERS=targets&STYLES=&SRS=EPSG:4326&TRANSPARENT=TRUE&FORMAT=image/png&WIDTH=21\
             &HEIGHT=21&BBOX={},{},{},{}",
            lon - 0.004,
            50.996,
            lon + 0.004,
            51.004
        ));
        pixels(&map).chunks(4).nth(10 * 21 + 10).unwrap().to_owned()
    };
    let (port, dam) = (at_site(31), at_site(32));
    assert_eq!((port[3], dam[3]), (255, 255));
    assert!(port != dam && at_site(33) == port && at_site(34) == dam, "{port:?} {dam:?}");
    let legend = pixels(&server.get("/wms?VERSION=1.1.1&REQUEST=GetLegendGraphic&LAYER=targets&FORMAT=image/png"));
    for color in [&port, &dam] {
        assert!(legend.chunks(4).filter(|pixel| pixel == color).count() >= 100, "{color:?}");
    }
    let facts = server.get(
        "/wms?VERSION=1.1.1&REQUEST=GetFeatureInfo&LAYERS=mosaic,targets&QUERY_LAYERS=targets&STYLES=&SRS=EPSG:4326\
         &BBOX=10.45,50.95,10.55,51.05&WIDTH=21&HEIGHT=21&X=10&Y=10&INFO_FORMAT=application/json",
    );
    let facts: Value = serde_json::from_slice(&facts.body).unwrap();
    assert_eq!(facts["features"][0]["properties"]["title"], "site 50", "{facts}");
    // A password that is wrong is told, and nothing listens.
    let refused = cogscope(["serve", "--db", &format!("{} user=nobody password=not-the-one", database.settings())])
        .arg(&image)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty() && !String::from_utf8_lossy(&refused.stderr).contains("not-the-one"));
}

#[test]
fn presets_are_styles_too() {
    let server = Server::start([sample("itaipu")]);
    let styles = server.styles("mosaic");
    for preset in ["Natural_colour", "Band_B4"] {
        assert!(styles.contains(&preset.to_owned()), "{styles:?}");
    }
    let (x, y) = (356, 586);
    let tile = |style: &str| server.get(&format!("/tiles/mosaic/10/{x}/{y}.png?style={style}")).body;
    assert_ne!(tile("Band_B4"), tile("Natural_colour"));
    assert_eq!(tile("Natural_colour"), tile(""), "which is the default of this sensor");
}
