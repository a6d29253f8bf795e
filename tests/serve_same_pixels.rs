//! One renderer: the window's tile, the endpoint's tile and map, and the command line's picture have the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cogscope::cog::BlockCache;
use cogscope::geo::{MapFrame, TileCoord};
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

/// The pixels of a PNG.
fn decoded(folder: &Path, png: &[u8]) -> Vec<u8> {
    let file = folder.join("answer.png");
    std::fs::write(&file, png).unwrap();
    let (width, height, pixels) = picture(&file);
    assert_eq!((width, height), (256, 256));
    pixels
}

#[test]
fn the_window_the_endpoint_and_the_command_line_show_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    // Two scenes over one another; one image; an image that fills a part of its tile.
    let scenes: Vec<PathBuf> = {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(sample("itaipu")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "tif"));
        files.sort();
        files
    };
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
