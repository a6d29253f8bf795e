//! Tests of the workers as the window sees them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use tempfile::TempDir;

use super::*;
use crate::geo::{LonLat, TileCoord};
use crate::library::testing::{HERE, TestPlace, constant, write_bytes};
use crate::library::{EntryId, Image, ImageId, ImageIds, Source};
use crate::render::{Stretch, Style};
use crate::warp::Resampling;

fn jobs() -> Jobs {
    Jobs::new(Arc::new(|| {}), JobsConfig { drawing_threads: 2, ..JobsConfig::default() })
}

/// Takes events until nothing waits or runs; fails after ten seconds.
fn until_idle(jobs: &Jobs) -> Vec<JobEvent> {
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut events = Vec::new();
    while !jobs.is_idle() {
        assert!(Instant::now() < deadline, "still busy: {:?}", jobs.progress());
        events.extend(jobs.drain(Duration::from_millis(5)));
        std::thread::sleep(Duration::from_millis(1));
    }
    events
}

#[test]
fn a_task_gives_its_result_back() {
    let jobs = jobs();
    let id = jobs.submit(Job::task("sum", |_| Ok::<u32, String>(40 + 2))).unwrap();
    let events = until_idle(&jobs);
    let [JobEvent::TaskFinished { job, label, result: Ok(result) }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((*job, label.as_str(), result.downcast_ref::<u32>()), (id, "sum", Some(&42)));
}

#[test]
fn an_error_of_a_task_comes_as_a_sentence() {
    let jobs = jobs();
    jobs.submit(Job::task("read", |_| Err::<(), _>("the table is locked"))).unwrap();
    let events = until_idle(&jobs);
    assert!(
        matches!(&events[..], [JobEvent::TaskFinished { result: Err(reason), .. }] if reason == "the table is locked")
    );
}

#[test]
fn a_panic_becomes_an_event_and_the_thread_goes_on() {
    let jobs = jobs();
    for _ in 0..10 {
        jobs.submit(Job::task("fragile", |_| -> Result<(), String> { panic!("seven of nine") })).unwrap();
    }
    jobs.submit(Job::task("sound", |_| Ok::<(), String>(()))).unwrap();
    let events = until_idle(&jobs);
    let panics = events.iter().filter(|event| {
        matches!(event, JobEvent::Panicked { label, message, .. } if label == "fragile" && message == "seven of nine")
    });
    assert_eq!(panics.count(), 10);
    assert!(events.iter().any(|event| matches!(event, JobEvent::TaskFinished { label, .. } if label == "sound")));
}

#[test]
fn a_running_task_learns_that_it_is_cancelled() {
    let jobs = jobs();
    let (started, has_started) = mpsc::channel();
    let wait = move |context: &JobContext| {
        started.send(()).unwrap();
        while !context.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Err::<(), _>("stopped")
    };
    let id = jobs.submit(Job::task("endless", wait)).unwrap();
    has_started.recv().unwrap();
    assert_eq!(jobs.progress().len(), 1);
    jobs.cancel(id);
    let events = until_idle(&jobs);
    assert!(matches!(&events[..], [JobEvent::Cancelled { job, .. }] if *job == id), "{events:?}");
}

#[test]
fn a_cancelled_task_that_has_not_begun_never_does() {
    let jobs = jobs();
    let (release, released) = mpsc::channel::<()>();
    let released = Arc::new(std::sync::Mutex::new(released));
    for _ in 0..LONG_THREADS {
        let released = Arc::clone(&released);
        jobs.submit(Job::task("blocking", move |_| released.lock().unwrap().recv().map_err(|e| e.to_string())))
            .unwrap();
    }
    let id = jobs.submit(Job::task("never", |_| -> Result<(), String> { panic!("it was cancelled") })).unwrap();
    assert_eq!(jobs.cancel(id).as_deref(), Some("never"));
    (0..LONG_THREADS).for_each(|_| release.send(()).unwrap());
    let events = until_idle(&jobs);
    assert!(!events.iter().any(|event| matches!(event, JobEvent::Panicked { .. })));
}

#[test]
fn the_window_is_woken_for_events() {
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&woken);
    let waker = move || {
        counter.fetch_add(1, Ordering::SeqCst);
    };
    let jobs = Jobs::new(Arc::new(waker), JobsConfig::default());
    jobs.submit(Job::task("a", |_| Ok::<(), String>(()))).unwrap();
    until_idle(&jobs);
    assert_eq!(woken.load(Ordering::SeqCst), 1);
}

#[test]
fn the_end_does_not_wait_for_a_window_that_takes_no_events() {
    let jobs = jobs();
    for _ in 0..MOST_EVENTS + 100 {
        jobs.submit(Job::task("talkative", |_| Ok::<(), String>(()))).unwrap();
    }
    std::thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    drop(jobs);
    assert!(start.elapsed() < PATIENCE, "the threads hung");
}

#[test]
fn a_scan_tells_of_each_file_and_ends() {
    let folder = TempDir::new().unwrap();
    write_bytes(&folder.path().join("a.tif"), 8, HERE, |_, _| 1);
    std::fs::write(folder.path().join("b.tif"), "no image").unwrap();
    std::fs::write(folder.path().join("c.csv"), "id\n1\n").unwrap();
    let jobs = jobs();
    let id = jobs.submit(Job::Scan { paths: vec![folder.path().to_path_buf()] }).unwrap();
    let events = until_idle(&jobs);
    assert!(matches!(&events[0], JobEvent::ScanStarted { job, .. } if *job == id));
    let JobEvent::ScanFinished { summary, .. } = &events[events.len() - 1] else { panic!("{events:?}") };
    assert_eq!((summary.opened, summary.failed, summary.targets_files), (1, 1, 1));
    assert_eq!(events.len(), 5);
}

fn middle(image: &Image) -> LonLat {
    let outline = &image.footprint_lon_lat;
    let mean = |of: fn(LonLat) -> f64| outline.iter().map(|&at| of(at)).sum::<f64>() / outline.len() as f64;
    LonLat::new(mean(LonLat::lon_deg), mean(LonLat::lat_deg)).unwrap()
}

/// A folder of images, what they are to look like, and the jobs that draw them.
struct Map {
    folder: TempDir,
    ids: ImageIds,
    jobs: Jobs,
    wanted: TileKey,
}

impl Map {
    fn new() -> Self {
        let (folder, ids) = (TempDir::new().unwrap(), ImageIds::default());
        let here = constant(&ids, &folder.path().join("here.tif"), HERE, 1);
        // Some kilometres around that image.
        let tile = TileCoord::from_lon_lat(middle(&here), 13).unwrap();
        let wanted = TileKey { layer: LayerId(1), generation: 1, tile, size: 256 };
        Self { folder, ids, jobs: jobs(), wanted }
    }

    fn image(&self, name: &str, place: TestPlace, value: u8) -> Arc<Image> {
        constant(&self.ids, &self.folder.path().join(name), place, value)
    }

    /// Draws the tile from these images, the topmost first, values as they are.
    fn draw(&mut self, images: &[&Arc<Image>], gamma: f64) -> (TileResult, Vec<JobEvent>) {
        self.wanted.generation += 1;
        let style = Style { stretch: Stretch::None, gamma, resampling: Resampling::Nearest, ..Style::single(0) };
        let member = |image: &&Arc<Image>| {
            let source = Source::Image(Arc::clone(image));
            let painter = Arc::new(style.painter(&source.color_source(None)).unwrap());
            MapMember::new(EntryId::Image(image.id), source, painter, style.resampling)
        };
        let members = images.iter().filter_map(member).collect();
        self.jobs.set_layer(MapLayer {
            id: LayerId(1),
            generation: self.wanted.generation,
            frame: Arc::default(),
            members,
        });
        self.jobs.want_tiles(&[TileWant { key: self.wanted, visible: true }]);
        assert!(!self.jobs.is_idle());
        let mut events = until_idle(&self.jobs);
        let at = events.iter().position(|event| matches!(event, JobEvent::TileReady { .. })).expect("a tile");
        let JobEvent::TileReady { key, result } = events.remove(at) else { panic!("a tile") };
        assert_eq!(key, self.wanted);
        (result, events)
    }

    /// The grey values that occur in the tile.
    fn values(&mut self, images: &[&Arc<Image>], gamma: f64) -> Vec<u8> {
        let (TileResult::Ready(picture), _) = self.draw(images, gamma) else { panic!("a picture") };
        let mut values: Vec<u8> = picture.pixels.chunks(4).filter(|px| px[3] > 0).map(|px| px[0]).collect();
        values.sort_unstable();
        values.dedup();
        values
    }
}

/// Large enough to cover the tile.
const COVERING: TestPlace = TestPlace { x: 735_000.0, y: 7_195_000.0, px: 2_000.0 };

#[test]
fn the_topmost_member_covers_the_others() {
    let mut map = Map::new();
    let (small, large) = (map.image("small.tif", HERE, 200), map.image("large.tif", COVERING, 100));
    assert_eq!(map.values(&[&small, &large], 1.0), [100, 200]);
    assert_eq!(map.values(&[&large, &small], 1.0), [100]);
    assert_eq!(map.values(&[&small], 1.0), [200]);
}

#[test]
fn members_below_an_opaque_one_are_not_read() {
    let mut map = Map::new();
    let (above, below) = (map.image("above.tif", COVERING, 100), map.image("below.tif", COVERING, 50));
    std::fs::write(&below.path, "gone").unwrap();
    let (result, told) = map.draw(&[&above, &below], 1.0);
    assert!(matches!(result, TileResult::Ready(_)) && told.is_empty(), "{told:?}");
}

#[test]
fn a_change_of_style_reads_no_file() {
    let mut map = Map::new();
    let image = map.image("a.tif", COVERING, 64);
    assert_eq!(map.values(&[&image], 1.0), [64]);
    std::fs::write(&image.path, "gone").unwrap();
    map.jobs.block_cache().clear();
    assert_eq!(map.values(&[&image], 2.0), [128], "64 of 255 with gamma 2");
}

#[test]
fn nothing_here_is_not_the_same_as_nothing_that_can_be_read() {
    let mut map = Map::new();
    let far = map.image("far.tif", HERE.moved_east(90_000.0), 1);
    assert_eq!(map.draw(&[&far], 1.0).0, TileResult::Empty);
    let nodata = map.image("nodata.tif", COVERING, 0);
    assert_eq!(map.draw(&[&nodata], 1.0).0, TileResult::Empty);
    let broken = map.image("broken.tif", COVERING, 9);
    std::fs::write(&broken.path, "gone").unwrap();
    let (result, told) = map.draw(&[&broken], 1.0);
    assert!(matches!(&result, TileResult::Failed { reason } if reason.contains("broken.tif")), "{result:?}");
    assert!(matches!(&told[..], [JobEvent::FileFailed(failed)] if failed.path == broken.path), "{told:?}");
}

#[test]
fn a_file_that_fails_is_told_once_and_the_rest_is_drawn() {
    let mut map = Map::new();
    let (broken, sound) = (map.image("broken.tif", COVERING, 9), map.image("sound.tif", COVERING, 50));
    std::fs::write(&broken.path, "gone").unwrap();
    let (first, told) = map.draw(&[&broken, &sound], 1.0);
    assert!(matches!(first, TileResult::Ready(_)));
    assert_eq!(told.len(), 1);
    let (_, told) = map.draw(&[&broken, &sound], 1.1);
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn a_tile_of_an_old_generation_is_not_handed_over() {
    let mut map = Map::new();
    let image = map.image("a.tif", COVERING, 64);
    map.draw(&[&image], 1.0);
    let old = TileKey { generation: 1, ..map.wanted };
    map.jobs.want_tiles(&[TileWant { key: old, visible: true }]);
    assert!(until_idle(&map.jobs).is_empty());
    assert_eq!(map.jobs.pending_visible(), 0);
}

#[test]
fn a_thumbnail_shows_a_range_of_its_own() {
    let map = Map::new();
    let path = write_bytes(&map.folder.path().join("a.tif"), 64, HERE, |col, _| u8::try_from(100 + col / 2).unwrap());
    let source = Source::Image(Arc::new(Image::open(map.ids.next(), &path).unwrap()));
    let entry = EntryId::Image(ImageId(0));
    let style = Style { stretch: Stretch::MinMax, ..source.default_style() };
    map.jobs.submit(Job::Thumbnail { entry, source, style, size: 32 }).unwrap();
    let events = until_idle(&map.jobs);
    let [JobEvent::ThumbnailReady { result: Ok(picture), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(picture.width.max(picture.height), 32);
    let greys: Vec<u8> = picture.pixels.chunks(4).filter(|px| px[3] > 0).map(|px| px[0]).collect();
    assert!(greys.iter().any(|&grey| grey < 20) && greys.iter().any(|&grey| grey > 235));
}

#[test]
fn a_point_is_answered_for_each_source_that_reaches_there() {
    let map = Map::new();
    let (near, far) = (map.image("near.tif", HERE, 7), map.image("far.tif", HERE.moved_east(90_000.0), 8));
    let position = middle(&near);
    let sources = vec![Source::Image(far), Source::Image(near)];
    map.jobs.submit(Job::Point { purpose: PointPurpose::Asked(5), position, sources }).unwrap();
    let events = until_idle(&map.jobs);
    let [JobEvent::PointReady { purpose: PointPurpose::Asked(5), values, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(
        values.iter().map(|found| (found.name.as_str(), found.bands[0].value)).collect::<Vec<_>>(),
        [("near", 7.0)]
    );
}
