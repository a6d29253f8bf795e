//! What each job does, one file a job. Everything here runs on a worker's thread.

mod point;
mod query;
mod scan;
mod server;
mod statistics;
mod targets;
mod thumbnail;
pub(super) mod tile;

use super::{Job, JobContext, JobEvent};

/// Does a job to its end and tells what came of it.
pub(super) fn run(job: Job, context: &JobContext) {
    match job {
        Job::Scan { paths } => scan::run(&paths, context),
        Job::Thumbnail { entry, source, style, size } => {
            let result = thumbnail::make(&source, &style, size, context);
            context.send(JobEvent::ThumbnailReady { entry, result });
        }
        Job::Statistics(of) => statistics::run(of, context),
        Job::Point { purpose, position, sources } => {
            if let Some(values) = point::values(purpose, position, &sources, context) {
                context.send(JobEvent::PointReady { job: context.id(), purpose, position, values });
            }
        }
        Job::LoadTargets { path, options } => targets::run(path, &options, context),
        Job::Server(job) => server::run(job, context),
        Job::Query { address, query, limits } => query::run(&address, &query, &limits, context),
        Job::Task { label, work, .. } => {
            let result = work(context);
            if result.is_err() && context.is_cancelled() {
                context.send(JobEvent::Cancelled { job: context.id(), label });
            } else {
                context.send(JobEvent::TaskFinished { job: context.id(), label, result });
            }
        }
    }
}
