//! The threads: take the most urgent work, do it, tell what came of it, go on whatever happens.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, PoisonError};

use super::context::Shared;
use super::scheduler::{Crew, Work};
use super::work;
use super::{CancelToken, ChipWant, Job, JobContext, JobEvent, JobId, TileKey, TileResult};
use crate::library::{Failed, chip};

/// Works until the program ends.
pub(super) fn work_until_closed(shared: &Arc<Shared>, events: &SyncSender<JobEvent>, crew: Crew) {
    while let Some(next) = wait_for_work(shared, crew) {
        match next {
            Work::Tile(key, cancel) => do_tile(shared, events, key, &cancel),
            Work::Chip(want) => do_chip(shared, events, &want),
            Work::Job(id, job, cancel) => do_job(shared, events, id, *job, cancel),
        }
    }
}

/// `None` when the program ends.
fn wait_for_work(shared: &Shared, crew: Crew) -> Option<Work> {
    let mut scheduler = shared.scheduler();
    loop {
        if scheduler.closing {
            return None;
        }
        if let Some(work) = scheduler.next(crew) {
            return Some(work);
        }
        scheduler = shared.work.wait(scheduler).unwrap_or_else(PoisonError::into_inner);
    }
}

fn do_tile(shared: &Arc<Shared>, events: &SyncSender<JobEvent>, key: TileKey, cancel: &CancelToken) {
    let mut failed = |error: &crate::library::LibraryError| {
        let path = error.path().filter(|path| shared.is_news(path));
        if let Some(path) = path {
            let failed = Failed { path: path.to_path_buf(), reason: error.to_string() };
            shared.send(events, JobEvent::FileFailed(failed));
        }
    };
    let label = || format!("Drawing tile {}/{}/{}", key.tile.z(), key.tile.x(), key.tile.y());
    let drawn = caught((shared, events, None), label, || work::tile::draw(shared, &key, cancel, &mut failed));
    let result = drawn.unwrap_or_else(|reason| Some(TileResult::Failed { reason }));
    // A tile that is handed over counts as under way until the window has taken it, lest it is asked for again.
    let handed_over = result.is_some_and(|result| shared.send(events, JobEvent::TileReady { key, result }));
    if !handed_over {
        shared.scheduler().tiles.finish(&key);
    }
}

fn do_chip(shared: &Arc<Shared>, events: &SyncSender<JobEvent>, want: &ChipWant) {
    let ChipWant { key, source, view, painter, resampling } = want;
    let made = || chip(source, view, (painter, *resampling), &shared.blocks).map_err(|error| error.to_string());
    let label = || format!("A chip of {}", source.name());
    let result = caught((shared, events, None), label, made).unwrap_or_else(Err);
    // As with tiles, it counts as under way until the window has taken it.
    if !shared.send(events, JobEvent::ChipReady { key: *key, result }) {
        shared.scheduler().chips.finish(key);
    }
}

fn do_job(shared: &Arc<Shared>, events: &SyncSender<JobEvent>, id: JobId, job: Job, cancel: CancelToken) {
    let label = job.label();
    let context = JobContext { shared: Arc::clone(shared), events: events.clone(), id, cancel };
    // The window has been told.
    let _ = caught((shared, events, Some(id)), || label, || work::run(job, &context));
    shared.scheduler().finish(id);
}

/// Does a piece of work. A panic becomes an event, and the error a sentence that says so.
fn caught<T>(
    (shared, events, job): (&Arc<Shared>, &SyncSender<JobEvent>, Option<JobId>),
    label: impl FnOnce() -> String,
    work: impl FnOnce() -> T,
) -> Result<T, String> {
    #[cfg(test)]
    let (label, work) = shared.breaking(label(), work);
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let (label, message) = (label(), panic_message(panic.as_ref()));
        tracing::error!(job = %label, %message, "a job panicked");
        let reason = format!("a defect of this program: {message}");
        shared.send(events, JobEvent::Panicked { job, label, message });
        reason
    })
}

/// What a panic said.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
