//! What a stretch is made from.

use std::sync::Arc;

use crate::jobs::StatisticsOf;
use crate::jobs::{JobContext, JobEvent};
use crate::library::{LayerStatistics, Sampled};

pub(super) fn run(of: StatisticsOf, context: &JobContext) {
    let told = |done, total| {
        context.set_progress(done, Some(total));
        !context.is_cancelled()
    };
    let job = context.id();
    let sampled = Sampled { members: &of.sources, expression: of.expression.as_deref(), area: of.area };
    let result = match LayerStatistics::of(&sampled, context.block_cache(), &told) {
        Ok(Some(statistics)) => Ok(Arc::new(statistics)),
        Ok(None) => {
            context.send(JobEvent::Cancelled { job, label: format!("Statistics of {}", of.kind) });
            return;
        }
        Err(error) => Err(error.to_string()),
    };
    let failures = result.as_ref().map(|statistics| statistics.failures.as_slice()).unwrap_or_default();
    for failure in failures {
        if let Some(path) = failure.path() {
            context.file_failed(path, &failure.to_string());
        }
    }
    context.send(JobEvent::StatisticsReady { job, of: Box::new(of), result });
}
