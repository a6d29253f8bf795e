//! Looks through folders and tells of each image as it is opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::jobs::{JobContext, JobEvent};
use crate::library::{ScanEvent, scan};

pub(super) fn run(paths: &[PathBuf], context: &JobContext) {
    let job = context.id();
    context.send(JobEvent::ScanStarted { job, paths: paths.to_vec() });
    let done = AtomicUsize::new(0);
    let tell = |event: ScanEvent| {
        let event = match event {
            ScanEvent::Image(image) => {
                context.shared.forget_failure(&image.path);
                JobEvent::ImageOpened { job, image: Arc::from(image) }
            }
            ScanEvent::Failed(failed) => JobEvent::ImageFailed { job, failed },
            ScanEvent::TargetsFile(path) => JobEvent::TargetsFileFound { job, path },
        };
        if !context.send(event) {
            context.cancel.cancel();
        }
        context.set_progress(done.fetch_add(1, Ordering::Relaxed) + 1, None);
    };
    let summary = scan(paths, &context.shared.image_ids, &|| context.is_cancelled(), &tell);
    context.send(JobEvent::ScanFinished { job, summary });
}
