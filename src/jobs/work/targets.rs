//! Reads a file of targets.

use std::path::PathBuf;
use std::sync::Arc;

use crate::jobs::{JobContext, JobEvent};
use crate::targets::{LoadOptions, load};

pub(super) fn run(path: PathBuf, options: &LoadOptions, context: &JobContext) {
    let result = load(&path, options).map(Arc::new).map_err(|error| error.to_string());
    context.send(JobEvent::TargetsLoaded { job: context.id(), path, result });
}
