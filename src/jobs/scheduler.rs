//! What waits to be done and what is being done, behind one lock that is never held while working.

use std::collections::{BTreeMap, VecDeque};

use super::job::Lane;
use super::{CancelToken, ChipQueue, ChipWant, Job, JobId, JobStatus, PointPurpose, TileKey, TileQueue};

/// More jobs of one lane than this are refused.
pub(super) const MOST_WAITING: usize = 20_000;

/// Which threads ask for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crew {
    /// They draw: tiles, chips, thumbnails, values, statistics, charts. As many as the machine has cores.
    Drawing,
    /// They do what may take minutes.
    Long,
}

/// One piece of work.
#[derive(Debug)]
pub(super) enum Work {
    Tile(TileKey, CancelToken),
    Chip(Box<ChipWant>),
    Job(JobId, Box<Job>, CancelToken),
}

/// A job that waits or runs.
#[derive(Debug)]
struct Known {
    label: String,
    lane: Lane,
    cancel: CancelToken,
    done: usize,
    total: Option<usize>,
}

/// All that is waiting and running.
#[derive(Debug, Default)]
pub(super) struct Scheduler {
    pub(super) tiles: TileQueue,
    pub(super) chips: ChipQueue,
    waiting: BTreeMap<Lane, VecDeque<(JobId, Job)>>,
    known: BTreeMap<JobId, Known>,
    next_id: u64,
    running_pointer: Option<CancelToken>,
    /// Thumbnails made and asked for since there was nothing to make.
    thumbnails: (usize, usize),
    /// The threads are to end.
    pub(super) closing: bool,
}

impl Scheduler {
    /// Takes a job in; `None` if too many are waiting.
    pub(super) fn submit(&mut self, job: Job) -> Option<JobId> {
        let lane = job.lane();
        if let Job::Point { purpose: PointPurpose::Pointer, .. } = job {
            self.drop_older_pointer();
        }
        let queue = self.waiting.entry(lane).or_default();
        if queue.len() >= MOST_WAITING {
            return None;
        }
        self.next_id += 1;
        let id = JobId(self.next_id);
        let known = Known { label: job.label(), lane, cancel: CancelToken::new(), done: 0, total: None };
        self.known.insert(id, known);
        queue.push_back((id, job));
        if lane == Lane::Thumbnail {
            self.thumbnails.1 += 1;
        }
        Some(id)
    }

    /// The pointer has moved on; nobody waits for what lay under it.
    fn drop_older_pointer(&mut self) {
        if let Some(running) = self.running_pointer.take() {
            running.cancel();
        }
        let Some(queue) = self.waiting.get_mut(&Lane::Point) else { return };
        let is_pointer = |job: &Job| matches!(job, Job::Point { purpose: PointPurpose::Pointer, .. });
        let known = &mut self.known;
        queue.retain(|(id, job)| {
            let is_old = is_pointer(job);
            if is_old {
                known.remove(id);
            }
            !is_old
        });
    }

    /// The most urgent work for a crew.
    pub(super) fn next(&mut self, crew: Crew) -> Option<Work> {
        match crew {
            Crew::Long => self.next_of(Lane::Long),
            Crew::Drawing => self
                .next_of(Lane::Point)
                .or_else(|| self.next_of(Lane::Statistics))
                .or_else(|| self.next_of(Lane::Quick))
                .or_else(|| self.tiles.take_next().map(|(key, cancel)| Work::Tile(key, cancel)))
                .or_else(|| self.chips.take_next().map(|want| Work::Chip(Box::new(want))))
                .or_else(|| self.next_of(Lane::Thumbnail)),
        }
    }

    fn next_of(&mut self, lane: Lane) -> Option<Work> {
        let queue = self.waiting.get_mut(&lane)?;
        // Of thumbnails the last asked for are those that the list shows now.
        let (id, job) = if lane == Lane::Thumbnail { queue.pop_back()? } else { queue.pop_front()? };
        let cancel = self.known.get(&id).map(|known| known.cancel.clone()).unwrap_or_default();
        if matches!(job, Job::Point { purpose: PointPurpose::Pointer, .. }) {
            self.running_pointer = Some(cancel.clone());
        }
        Some(Work::Job(id, Box::new(job), cancel))
    }

    /// A job has come to its end.
    pub(super) fn finish(&mut self, id: JobId) {
        let Some(known) = self.known.remove(&id) else { return };
        if known.lane == Lane::Thumbnail {
            self.thumbnails.0 += 1;
            if self.known.values().all(|known| known.lane != Lane::Thumbnail) {
                self.thumbnails = (0, 0);
            }
        }
    }

    /// Cancels a job; one that has not begun is dropped and its label returned.
    pub(super) fn cancel(&mut self, id: JobId) -> Option<String> {
        let known = self.known.get(&id)?;
        known.cancel.cancel();
        let queue = self.waiting.get_mut(&known.lane)?;
        let at = queue.iter().position(|(waiting, _)| *waiting == id)?;
        queue.remove(at);
        let label = known.label.clone();
        self.finish(id);
        Some(label)
    }

    /// How far a job is.
    pub(super) fn set_progress(&mut self, id: JobId, done: usize, total: Option<usize>) {
        if let Some(known) = self.known.get_mut(&id) {
            (known.done, known.total) = (done, total);
        }
    }

    /// Everything that is waiting or running: long jobs and statistics one by one, thumbnails and tiles as one line each.
    pub(super) fn progress(&self) -> Vec<JobStatus> {
        let shown = |known: &&Known| matches!(known.lane, Lane::Long | Lane::Statistics);
        let mut list: Vec<JobStatus> = self
            .known
            .iter()
            .filter(|(_, known)| shown(known))
            .map(|(&id, known)| JobStatus {
                id: Some(id),
                label: known.label.clone(),
                done: known.done,
                total: known.total,
            })
            .collect();
        let (made, asked) = self.thumbnails;
        if asked > 0 {
            list.push(JobStatus { id: None, label: "Thumbnails".to_owned(), done: made, total: Some(asked) });
        }
        let tiles = self.tiles.visible();
        if tiles > 0 {
            list.push(JobStatus { id: None, label: "Drawing".to_owned(), done: 0, total: Some(tiles) });
        }
        list
    }

    /// Whether nothing waits or runs.
    pub(super) fn is_idle(&self) -> bool {
        self.known.is_empty() && self.tiles.is_empty() && self.chips.is_empty()
    }

    /// Drops what waits and asks what runs to stop.
    pub(super) fn close(&mut self) {
        self.closing = true;
        self.waiting.clear();
        self.tiles.cancel_all();
        self.chips.clear();
        self.known.values().for_each(|known| known.cancel.cancel());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::LonLat;

    fn point(purpose: PointPurpose) -> Job {
        Job::Point { purpose, position: LonLat::new(0.0, 0.0).unwrap(), sources: Vec::new() }
    }

    fn task(label: &str) -> Job {
        Job::task(label, |_| Ok::<(), String>(()))
    }

    fn taken(scheduler: &mut Scheduler, crew: Crew) -> Vec<JobId> {
        let next = || match scheduler.next(crew)? {
            Work::Job(id, ..) => Some(id),
            Work::Tile(..) | Work::Chip(_) => None,
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn only_the_last_place_of_the_pointer_is_looked_at() {
        let mut scheduler = Scheduler::default();
        scheduler.submit(point(PointPurpose::Pointer)).unwrap();
        let asked = scheduler.submit(point(PointPurpose::Asked(1))).unwrap();
        let last = scheduler.submit(point(PointPurpose::Pointer)).unwrap();
        let Some(Work::Job(first, ..)) = scheduler.next(Crew::Drawing) else { panic!("there is work") };
        let Some(Work::Job(second, _, running)) = scheduler.next(Crew::Drawing) else { panic!("there is work") };
        assert_eq!((first, second), (asked, last));
        assert!(!running.is_cancelled());
        scheduler.submit(point(PointPurpose::Pointer)).unwrap();
        assert!(running.is_cancelled());
    }

    #[test]
    fn long_jobs_are_left_to_their_own_threads_and_come_in_order() {
        let mut scheduler = Scheduler::default();
        let first = scheduler.submit(task("first")).unwrap();
        let second = scheduler.submit(task("second")).unwrap();
        assert!(taken(&mut scheduler, Crew::Drawing).is_empty());
        assert_eq!(taken(&mut scheduler, Crew::Long), [first, second]);
    }

    #[test]
    fn a_quick_task_is_done_by_those_who_draw_and_no_line_tells_of_it() {
        let mut scheduler = Scheduler::default();
        let long = scheduler.submit(task("import")).unwrap();
        let quick = scheduler.submit(Job::quick("A plot", |_| Ok::<_, String>(()))).unwrap();
        let lines: Vec<String> = scheduler.progress().into_iter().map(|line| line.label).collect();
        assert_eq!(lines, ["import"]);
        assert_eq!(taken(&mut scheduler, Crew::Drawing), [quick]);
        assert_eq!(taken(&mut scheduler, Crew::Long), [long]);
    }

    #[test]
    fn a_cancelled_job_that_waits_is_dropped_and_one_that_runs_is_told() {
        let mut scheduler = Scheduler::default();
        let running = scheduler.submit(task("running")).unwrap();
        let waiting = scheduler.submit(task("waiting")).unwrap();
        let Some(Work::Job(_, _, token)) = scheduler.next(Crew::Long) else { panic!("there is work") };
        assert_eq!(scheduler.cancel(running), None);
        assert!(token.is_cancelled());
        assert_eq!(scheduler.cancel(waiting).as_deref(), Some("waiting"));
        assert_eq!(scheduler.progress().len(), 1);
        scheduler.finish(running);
        assert!(scheduler.is_idle());
    }

    #[test]
    fn progress_is_told_until_the_end() {
        let mut scheduler = Scheduler::default();
        let id = scheduler.submit(task("import")).unwrap();
        scheduler.set_progress(id, 3, Some(10));
        let expected = JobStatus { id: Some(id), label: "import".to_owned(), done: 3, total: Some(10) };
        assert_eq!(scheduler.progress(), [expected]);
        scheduler.finish(id);
        assert!(scheduler.progress().is_empty());
    }

    #[test]
    fn more_than_a_bounded_number_is_refused() {
        let mut scheduler = Scheduler::default();
        for _ in 0..MOST_WAITING {
            assert!(scheduler.submit(point(PointPurpose::Asked(0))).is_some());
        }
        assert!(scheduler.submit(point(PointPurpose::Asked(0))).is_none());
    }
}
