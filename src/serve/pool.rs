//! Work that reads pixels: so much at a time, so much waiting, each for so long, none that nobody waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::RequestError;
use crate::cog::CancelToken;

/// Where work is done.
#[derive(Debug)]
pub(super) struct Pool {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    deadline: Duration,
}

/// Gives up the work when it is dropped: with the request, whose client has hung up.
struct GiveUp(CancelToken);

impl Drop for GiveUp {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A place in the queue.
struct Queued<'a>(&'a AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Pool {
    /// For `at_once` pieces of work, `most_waiting` behind them, each given up after `deadline`.
    pub(super) fn new(at_once: usize, most_waiting: usize, deadline: Duration) -> Self {
        let places = Arc::new(Semaphore::new(at_once.max(1)));
        Self { places, waiting: AtomicUsize::new(0), most_waiting, deadline }
    }

    /// Does a piece of work as soon as there is a place. It looks at the token whenever it can stop.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CancelToken) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        let cancel = CancelToken::new();
        let give_up = GiveUp(cancel.clone());
        let done = tokio::time::timeout(self.deadline, async {
            let place = self.place().await?;
            let task = tokio::task::spawn_blocking(move || {
                // A place may come up just when the client has gone.
                let done = if cancel.is_cancelled() { Err(RequestError::Stopped) } else { work(&cancel) };
                drop(place);
                done
            });
            task.await.unwrap_or_else(|_| Err(RequestError::Failed { what: "the answer".to_owned() }))
        });
        let done = done.await.unwrap_or(Err(RequestError::Late));
        drop(give_up);
        done
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, RequestError> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let queued = Queued(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= self.most_waiting {
            return Err(RequestError::Busy);
        }
        let place = Arc::clone(&self.places).acquire_owned().await;
        drop(queued);
        place.map_err(|_| RequestError::Stopped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap().block_on(future)
    }

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn work_beyond_the_queue_is_refused_and_what_waits_is_done() {
        block_on(async {
            let pool = Arc::new(Pool::new(1, 1, LONG));
            let (release, held) = mpsc::channel::<()>();
            let (started, is_started) = tokio::sync::oneshot::channel();
            let spawn = |pool: &Arc<Pool>, work: Box<dyn FnOnce() + Send>| {
                let pool = Arc::clone(pool);
                tokio::spawn(async move {
                    pool.run(move |_| {
                        work();
                        Ok(())
                    })
                    .await
                })
            };
            let first = spawn(
                &pool,
                Box::new(move || {
                    started.send(()).unwrap();
                    held.recv().unwrap();
                }),
            );
            is_started.await.unwrap();
            let second = spawn(&pool, Box::new(|| {}));
            while pool.waiting.load(Ordering::Acquire) == 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(pool.run(|_| Ok(())).await, Err(RequestError::Busy));
            release.send(()).unwrap();
            assert_eq!((first.await.unwrap(), second.await.unwrap()), (Ok(()), Ok(())));
            assert_eq!(pool.waiting.load(Ordering::Acquire), 0);
        });
    }

    #[test]
    fn no_more_is_done_at_a_time_than_there_are_places() {
        block_on(async {
            let pool = Arc::new(Pool::new(3, 64, LONG));
            let now_and_most = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
            let all: Vec<_> = (0..40)
                .map(|_| {
                    let (pool, counts) = (Arc::clone(&pool), Arc::clone(&now_and_most));
                    tokio::spawn(async move {
                        let work = pool.run(move |_| {
                            let now = counts.0.fetch_add(1, Ordering::AcqRel) + 1;
                            counts.1.fetch_max(now, Ordering::AcqRel);
                            std::thread::sleep(Duration::from_millis(2));
                            counts.0.fetch_sub(1, Ordering::AcqRel);
                            Ok(())
                        });
                        work.await
                    })
                })
                .collect();
            for one in all {
                assert_eq!(one.await.unwrap(), Ok(()));
            }
            assert_eq!(now_and_most.1.load(Ordering::Acquire), 3);
        });
    }

    #[test]
    fn a_request_that_is_dropped_ends_its_work() {
        block_on(async {
            let pool = Pool::new(1, 1, LONG);
            let (ended, has_ended) = mpsc::channel();
            let work = pool.run(move |cancel| {
                while !cancel.is_cancelled() {
                    std::thread::yield_now();
                }
                ended.send(()).unwrap();
                Ok(())
            });
            let hung_up = tokio::time::timeout(Duration::from_millis(50), work).await;
            assert!(hung_up.is_err());
            has_ended.recv_timeout(LONG).unwrap();
        });
    }

    #[test]
    fn what_takes_too_long_is_given_up_and_a_panic_is_a_failure() {
        block_on(async {
            let pool = Pool::new(2, 1, Duration::from_millis(20));
            let late = pool.run(|cancel| {
                while !cancel.is_cancelled() {
                    std::thread::yield_now();
                }
                Ok(())
            });
            assert_eq!(late.await, Err(RequestError::Late));
            let failed = Pool::new(1, 1, LONG).run::<()>(|_| panic!("a defect")).await;
            assert!(matches!(failed, Err(RequestError::Failed { .. })));
        });
    }
}
