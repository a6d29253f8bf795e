//! One renderer: the window's tile, the endpoint's tile and map, and the command line's picture have the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cogscope::cog::BlockCache;
use cogscope::geo::{Crs, MapFrame, TileCoord, Transformer, transform_bounds};
use cogscope::jobs::{JobEvent, Jobs, JobsConfig, LayerId, MapLayer, MapMember, TileKey, TileResult, TileWant};
use cogscope::library::{LayerStatistics, LibraryError, Look, Opened, Painting, Sampled, Source};
use common::endpoint::Endpoint;
use common::{cogscope, picture, sample};

const LAYER: LayerId = LayerId(1);

/// The tile as the window's workers make it, in the default style of each member.
fn window_tile(files: &[PathBuf], tile: TileCoord) -> Vec<u8> {
    let opened = Opened::files(files, Err).unwrap();
    let source = opened.source().unwrap();
    let blocks = BlockCache::new(64 << 20);
    let painting = Painting::new(&source, &Look::default(), &mut |_, members, expression| {
        let sampled = Sampled { members, expression, area: None };
        LayerStatistics::of(&sampled, &blocks, &|_, _| true)?.map(Arc::new).ok_or(LibraryError::Stopped)
    });
    let painting = painting.unwrap();
    let members = opened.order.iter().zip(painting.members()).map(|(&entry, member)| {
        assert!(!matches!(member.source, Source::Mosaic(_)));
        MapMember::new(entry, member.source.clone(), Arc::clone(&member.painter), member.resampling).unwrap()
    });
    let jobs = Jobs::new(Arc::new(|| {}), JobsConfig { drawing_threads: 1, ..JobsConfig::default() });
    let frame = Arc::new(MapFrame::web_mercator());
    jobs.set_layer(MapLayer { id: LAYER, generation: 1, frame, members: members.collect() });
    let key = TileKey { layer: LAYER, generation: 1, tile, size: 256 };
    jobs.want_tiles(&[TileWant { key, visible: true }]);
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        assert!(Instant::now() < deadline, "the tile never comes");
        for event in jobs.drain(Duration::from_millis(10)) {
            if let JobEvent::TileReady { result, .. } = event {
                let TileResult::Ready(picture) = result else { panic!("{result:?}") };
                return picture.pixels;
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The scenes' files: two scenes over one another.
fn scenes() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(sample("itaipu")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "tif"));
    files.sort();
    files
}

/// The pixels of a PNG.
fn decoded(folder: &Path, png: &[u8]) -> Vec<u8> {
    let file = folder.join("answer.png");
    std::fs::write(&file, png).unwrap();
    picture(&file).2
}

#[test]
fn the_window_the_endpoint_and_the_command_line_show_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    // Two scenes over one another; one image; an image that fills a part of its tile.
    let scenes = scenes();
    let image = vec![sample("olinda/LE07_olinda_6band.tif")];
    for (files, z, x, y) in
        [(&scenes, 10, 356, 586), (&scenes, 7, 44, 73), (&image, 11, 825, 1069), (&image, 8, 103, 133)]
    {
        let tile = TileCoord::new(z, x, y).unwrap();
        let shown = window_tile(files, tile);
        assert!(shown.chunks(4).filter(|pixel| pixel[3] == 255).count() > 50, "{tile} shows hardly anything");
        let endpoint = Endpoint::of(files);
        let served = endpoint.get(&format!("/tiles/mosaic/{z}/{x}/{y}.png"));
        assert!(decoded(folder.path(), &served.body) == shown, "the served tile {tile} differs");
        let bounds = tile.bounds();
        let sides = [bounds.min_x(), bounds.min_y(), bounds.max_x(), bounds.max_y()];
        let bbox = sides.map(|side| side.to_string()).join(",");
        for (version, system) in [("1.1.1", "SRS"), ("1.3.0", "CRS")] {
            let map = endpoint.get(&format!(
                "/wms?SERVICE=WMS&VERSION={version}&REQUEST=GetMap&LAYERS=mosaic&STYLES=&{system}=EPSG:3857&BBOX={bbox}\
                 &WIDTH=256&HEIGHT=256&FORMAT=image/png&TRANSPARENT=TRUE"
            ));
            assert!(decoded(folder.path(), &map.body) == shown, "the map {tile} of WMS {version} differs");
        }
        let output = folder.path().join("rendered.png");
        let mut render =
            cogscope(["render", &format!("--bbox={bbox}"), "--crs", "EPSG:3857", "--size", "256x256", "-o"]);
        let done = render.arg(&output).args(files.iter()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(picture(&output).2 == shown, "the rendered tile {tile} differs");
    }
}

/// A part of what files show, in a reference system: the share of its width and height that is seen, from the lower left corner on.
fn part(files: &[PathBuf], epsg: u32, [left, bottom, right, top]: [f64; 4]) -> [f64; 4] {
    let whole = Opened::files(files, Err).unwrap().source().unwrap().bounds_mercator().unwrap();
    let crs = Crs::from_epsg(epsg).unwrap();
    let whole = transform_bounds(&Transformer::new(&Crs::web_mercator(), &crs, None).unwrap(), whole).unwrap();
    let (width, height) = (whole.width(), whole.height());
    [
        whole.min_x() + left * width,
        whole.min_y() + bottom * height,
        whole.min_x() + right * width,
        whole.min_y() + top * height,
    ]
}

fn joined(sides: [f64; 4]) -> String {
    sides.map(|side| side.to_string()).join(",")
}

#[test]
fn a_map_of_any_view_style_and_system_has_the_bytes_that_render_writes() {
    let folder = tempfile::tempdir().unwrap();
    let scenes = scenes();
    let all = [scenes.clone(), vec![sample("olinda/LE07_olinda_6band.tif")]].concat();
    let one_scene: Vec<PathBuf> = scenes.iter().take(3).cloned().collect();
    let [inside, beyond, all_of_it] = [[0.3, 0.35, 0.6, 0.7], [-0.4, 0.4, 0.5, 1.3], [0.0, 0.0, 1.0, 1.0]];
    // Files, reference system, part, size, style.
    let cases: [(&[PathBuf], u32, [f64; 4], (u32, u32), &str); 12] = [
        (&scenes, 3857, inside, (300, 200), ""),
        (&scenes, 4326, beyond, (211, 307), ""),
        (&scenes, 32721, inside, (400, 100), "bands=B4,B3,B2&rescale=6000,12000"),
        (&scenes, 3857, all_of_it, (257, 255), "expression=(B4-B2)/(B4+B2)&colormap=viridis&rescale=-0.2,0.3"),
        (&scenes, 5641, beyond, (180, 190), "bands=B3&colormap=magma_r&stretch=minmax&resampling=nearest"),
        (&one_scene, 32621, inside, (333, 222), "stretch=5,95&gamma=1.4&resampling=cubic"),
        (&one_scene, 4326, all_of_it, (90, 400), "bands=B2,B2,B4&rescale=7000,11000&rescale=6000,9000&rescale=0,65535"),
        (&all[6..], 3857, inside, (320, 240), ""),
        (&all[6..], 4326, beyond, (128, 128), "bands=4,3,2&stretch=0.5,99.5"),
        (&all[6..], 32725, inside, (500, 40), "expression=(b4-b3)/(b4+b3)&colormap=turbo&resampling=average"),
        (&all, 3857, all_of_it, (1500, 1200), ""),
        (&all, 4326, all_of_it, (1200, 1500), "gamma=0.7&resampling=bilinear"),
    ];
    for (files, epsg, share, (width, height), style) in cases {
        let about = format!("{} files, EPSG:{epsg}, {width}x{height}, `{style}`", files.len());
        let bbox = part(files, epsg, share);
        let output = folder.path().join("rendered.png");
        let mut render = cogscope(["render", &format!("--bbox={}", joined(bbox)), "--crs", &format!("EPSG:{epsg}")]);
        render.args(["--size", &format!("{width}x{height}"), "-o"]).arg(&output).args(files);
        for (name, value) in style.split('&').filter_map(|pair| pair.split_once('=')) {
            render.arg(format!("--{name}={value}"));
        }
        let done = render.output().unwrap();
        assert!(done.status.success(), "{about}: {}", String::from_utf8_lossy(&done.stderr));
        let wanted = picture(&output);
        assert_eq!((wanted.0, wanted.1), (width, height));
        let shown = wanted.2.chunks(4).filter(|pixel| pixel[3] == 255).count();
        assert!(shown > 200, "{about}: hardly anything is shown, {shown} pixels");

        let endpoint = Endpoint::of(files);
        let query = style.replace('+', "%2B");
        let [west, south, east, north] = bbox;
        let turned = [south, west, north, east];
        let first = |is_turned: bool| joined(if is_turned { turned } else { bbox });
        for (version, system, bbox) in [("1.1.1", "SRS", first(false)), ("1.3.0", "CRS", first(epsg == 4326))] {
            let map = endpoint.get(&format!(
                "/wms?SERVICE=WMS&VERSION={version}&REQUEST=GetMap&LAYERS=mosaic&STYLES=&{system}=EPSG:{epsg}&BBOX={bbox}\
                 &WIDTH={width}&HEIGHT={height}&FORMAT=image/png&TRANSPARENT=TRUE&{query}"
            ));
            assert_eq!(
                map.header("content-type"),
                Some("image/png"),
                "{about}: {}",
                String::from_utf8_lossy(&map.body)
            );
            assert!(decoded(folder.path(), &map.body) == wanted.2, "{about}: the map of WMS {version} differs");
        }
    }
}
