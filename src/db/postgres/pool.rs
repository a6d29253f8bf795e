//! The workers: named threads that own a connection each, so that whoever asks can stop waiting at any time.
//!
//! The `postgres` crate runs an async runtime of its own within every call; these threads are the only ones that make
//! such calls. A question that is given up is cancelled on the server by a thread that nobody waits for.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use postgres::CancelToken;
use postgres::error::Severity;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::ConnectError;
use super::connection::{Connected, connect};
use super::settings::Resolved;
use crate::db::query::IsCancelled;

/// Connections that are kept for the next question.
const MOST_IDLE: usize = 3;
/// How often a waiting side looks whether it is still to wait.
const LOOK: Duration = Duration::from_millis(10);
/// How long a cancelled worker is waited for before its connection is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// A second cancellation is sent after this, should the first have come between two statements.
const AGAIN: Duration = Duration::from_millis(500);
/// What the server's own deadline is given before this side acts.
const GRACE: Duration = Duration::from_millis(500);

/// What a worker is to do with its connection.
type Task = Box<dyn FnOnce(&mut Connected) + Send>;

/// Why there is no result.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The one who asked gave up.
    Cancelled,
    /// The time is over.
    TimedOut,
    /// No connection could be made.
    Connect(ConnectError),
    /// The connection had died before it was used again; nothing was done.
    Stale,
    /// The worker has gone, with a panic.
    Gone,
}

/// Workers of one server.
pub(super) struct Pool {
    settings: Arc<Resolved>,
    tls: MakeRustlsConnect,
    idle: Arc<Mutex<Vec<Worker>>>,
}

/// A thread that has a connection.
struct Worker {
    tasks: Sender<Task>,
    cancel: CancelToken,
}

/// A worker that is being used.
pub(super) struct Lent {
    worker: Worker,
    /// Whether others have used it before: its connection may have died since.
    is_reused: bool,
}

impl Pool {
    pub(super) fn new(settings: Resolved, tls: MakeRustlsConnect) -> Self {
        Self { settings: Arc::new(settings), tls, idle: Arc::default() }
    }

    pub(super) fn settings(&self) -> &Resolved {
        &self.settings
    }

    /// A worker with a connection: an idle one, else a new one.
    pub(super) fn lend(&self, deadline: Instant, is_cancelled: IsCancelled<'_>) -> Result<Lent, Trouble> {
        if let Some(worker) = self.idle().pop() {
            return Ok(Lent { worker, is_reused: true });
        }
        self.lend_new(deadline, is_cancelled)
    }

    /// A worker with a connection that was made just now.
    pub(super) fn lend_new(&self, deadline: Instant, is_cancelled: IsCancelled<'_>) -> Result<Lent, Trouble> {
        let (tasks, queue) = channel::<Task>();
        let (sender, made) = sync_channel(1);
        let (settings, tls) = (Arc::clone(&self.settings), self.tls.clone());
        let thread = std::thread::Builder::new().name("cogscope-db".to_owned());
        let spawned = thread.spawn(move || match connect(&settings, &tls) {
            Ok(connected) => {
                if sender.send(Ok(connected.client.cancel_token())).is_ok() {
                    work(connected, &queue);
                }
            }
            // Nobody waits any more if this fails.
            Err(error) => drop(sender.send(Err(error))),
        });
        spawned.map_err(|error| {
            Trouble::Connect(ConnectError::Other { server: self.settings.server(), reason: error.to_string() })
        })?;
        let cancel = wait(&made, deadline, is_cancelled)?.map_err(Trouble::Connect)?;
        Ok(Lent { worker: Worker { tasks, cancel }, is_reused: false })
    }

    /// Has a worker do something and waits for it, but no longer than asked. What is given up is cancelled on the server.
    pub(super) fn run<T: Send + 'static>(
        &self,
        lent: Lent,
        (deadline, is_cancelled): (Instant, IsCancelled<'_>),
        work: impl FnOnce(&mut Connected) -> Result<T, postgres::Error> + Send + 'static,
    ) -> Result<Result<T, postgres::Error>, Trouble> {
        let (sender, result) = sync_channel(1);
        let task = move |connected: &mut Connected| report(&sender, work(connected), connected);
        if lent.worker.tasks.send(Box::new(task)).is_err() {
            return Err(Trouble::Gone);
        }
        match wait(&result, deadline + GRACE, is_cancelled) {
            Ok(Done { result, is_usable, has_answered }) => {
                if is_usable {
                    keep(&self.idle, lent.worker);
                }
                if !is_usable && !has_answered && lent.is_reused {
                    return Err(Trouble::Stale);
                }
                Ok(result)
            }
            Err(trouble @ (Trouble::Cancelled | Trouble::TimedOut)) => {
                self.abandon(lent.worker, result);
                Err(trouble)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Ends on the server what a worker is doing, and keeps the worker if that succeeds.
    fn abandon<T: Send + 'static>(&self, worker: Worker, result: Receiver<Done<T>>) {
        let (idle, tls) = (Arc::clone(&self.idle), self.tls.clone());
        let thread = std::thread::Builder::new().name("cogscope-db-cancel".to_owned());
        let spawned = thread.spawn(move || {
            let end = Instant::now() + PATIENCE;
            while Instant::now() < end {
                if let Err(error) = worker.cancel.cancel_query(tls.clone()) {
                    tracing::debug!(%error, "a question could not be cancelled");
                }
                match result.recv_timeout(AGAIN) {
                    Ok(Done { is_usable, .. }) => {
                        if is_usable {
                            keep(&idle, worker);
                        }
                        return;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            tracing::warn!("a question did not end when it was cancelled; its connection is given up");
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "a thread could not be started");
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(idle: &Mutex<Vec<Worker>>, worker: Worker) {
    let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
    if idle.len() < MOST_IDLE {
        idle.push(worker);
    }
}

/// A result, and whether the connection can be used again.
struct Done<T> {
    result: Result<T, postgres::Error>,
    is_usable: bool,
    has_answered: bool,
}

fn report<T>(sender: &SyncSender<Done<T>>, result: Result<T, postgres::Error>, connected: &Connected) {
    let is_broken = result.as_ref().is_err_and(is_broken);
    let is_usable = !is_broken && !connected.client.is_closed();
    // Nobody waits any more for what was given up.
    let _ = sender.send(Done { result, is_usable, has_answered: connected.has_answered });
}

/// True for an error after which the connection is of no use: anything that isn't an answer of the server to the
/// statement, and its last words.
pub(super) fn is_broken(error: &postgres::Error) -> bool {
    match error.as_db_error() {
        None => error.is_closed() || super::error::causes(error).any(<dyn std::error::Error>::is::<std::io::Error>),
        Some(said) => matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic)),
    }
}

/// Does one task after the other until nobody can send any more.
fn work(mut connected: Connected, queue: &Receiver<Task>) {
    while let Ok(task) = queue.recv() {
        connected.has_answered = false;
        task(&mut connected);
    }
}

/// Waits for a value, but only as long as it is wanted.
fn wait<T>(values: &Receiver<T>, deadline: Instant, is_cancelled: IsCancelled<'_>) -> Result<T, Trouble> {
    loop {
        match values.recv_timeout(LOOK) {
            Ok(value) => return Ok(value),
            Err(RecvTimeoutError::Disconnected) => return Err(Trouble::Gone),
            Err(RecvTimeoutError::Timeout) if is_cancelled() => return Err(Trouble::Cancelled),
            Err(RecvTimeoutError::Timeout) if Instant::now() >= deadline => return Err(Trouble::TimedOut),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
