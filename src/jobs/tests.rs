//! Tests of the workers as the window sees them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use tempfile::TempDir;

use super::*;
use crate::library::testing::{HERE, write_bytes};

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
        matches!(event, JobEvent::Panicked { label, message } if label == "fragile" && message == "seven of nine")
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
