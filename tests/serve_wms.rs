//! The WMS of the loopback endpoint, asked over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use common::endpoint::Endpoint;
use common::{cogscope, numbered_image, picture, sample};

#[test]
fn a_map_has_the_pixels_that_render_writes() {
    let folder = tempfile::tempdir().unwrap();
    let (asked, rendered) = (folder.path().join("asked.png"), folder.path().join("rendered.png"));
    let endpoint = Endpoint::of(&[sample("olinda/LE07_olinda_6band.tif")]);
    let url = "/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=mosaic&STYLES=&SRS=EPSG:4326&FORMAT=image/png\
               &BBOX=-35,-8.1,-34.8,-7.9&WIDTH=300&HEIGHT=310&TRANSPARENT=TRUE";
    let answer = endpoint.get(url);
    assert_eq!(answer.header("content-type"), Some("image/png"), "{}", String::from_utf8_lossy(&answer.body));
    std::fs::write(&asked, &answer.body).unwrap();
    let mut render = cogscope(["render", "sample_data/olinda/LE07_olinda_6band.tif", "--bbox", "-35,-8.1,-34.8,-7.9"]);
    let output = render.args(["--crs", "EPSG:4326", "--size", "300x310", "-o"]).arg(&rendered).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(picture(&asked), picture(&rendered));
    assert!(picture(&asked).2.chunks(4).filter(|pixel| pixel[3] == 255).count() > 10_000);
}

#[test]
fn version_1_3_0_takes_latitude_before_longitude_and_1_1_1_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::of(&[numbered_image(folder.path(), 4326)]);
    let map = |rest: &str| {
        let url = format!(
            "/wms?REQUEST=GetMap&LAYERS=mosaic&STYLES=&FORMAT=image/png&WIDTH=30&HEIGHT=20&TRANSPARENT=TRUE&{rest}"
        );
        let file = folder.path().join("map.png");
        std::fs::write(&file, endpoint.get(&url).body).unwrap();
        picture(&file).2
    };
    let old = map("VERSION=1.1.1&SRS=EPSG:4326&BBOX=10,50,13,52");
    assert!(old.chunks(4).all(|pixel| pixel[3] == 255));
    assert_eq!(map("VERSION=1.3.0&CRS=EPSG:4326&BBOX=50,10,52,13"), old);
    assert_eq!(map("VERSION=1.3.0&CRS=CRS:84&BBOX=10,50,13,52"), old);
    assert_ne!(map("VERSION=1.3.0&CRS=EPSG:4326&BBOX=10,50,13,52"), old);
}
