//! The server: a thread of its own with a runtime in it, two listeners at one port, limits on every connection.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener as AsyncListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt as _;

use super::endpoint::Endpoint;
use super::guard::{Admitted, Guard, with_origin};
use super::patience::Patient;
use super::pool::Pool;
use super::reply::{busy, refusal, secure};
use super::shelf::Shelf;
use super::token::Token;
use super::{ServeError, routes};
use crate::cog::BlockCache;
use crate::signals::EndRequests;

/// How long the end waits for answers that are under way.
const PATIENCE: Duration = Duration::from_secs(2);
/// Ports that are tried for one that is free under both addresses.
const TRIES: usize = 16;

/// What a client may take of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pictures made at a time.
    pub at_once: usize,
    /// Pictures that wait for that, at most.
    pub most_waiting: usize,
    /// How long a picture may take, waiting included.
    pub deadline: Duration,
    /// Connections served at a time. As many more wait for one to end, as long as a silent client can hold one (`header_time`), and
    /// are then told to come again; further ones wait in the system's own queue.
    pub connections: usize,
    /// Bytes of a request's line and headers.
    pub header_bytes: usize,
    /// How long a client may take to send them.
    pub header_time: Duration,
    /// How long a client may take nothing of an answer.
    pub write_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_once: std::thread::available_parallelism().map_or(2, NonZero::get),
            most_waiting: 64,
            deadline: Duration::from_secs(30),
            connections: 64,
            header_bytes: 16 << 10,
            header_time: Duration::from_secs(5),
            write_time: Duration::from_secs(30),
        }
    }
}

/// How to serve.
#[derive(Debug)]
pub struct ServeOptions {
    /// The port; any that is free for 0.
    pub port: u16,
    /// Whether a token is needed.
    pub needs_token: bool,
    /// Origins of web pages, other than the server's own, that may ask.
    pub origins: Vec<String>,
    /// What a client may take of the machine.
    pub limits: Limits,
    /// Decoded blocks; the window shares its own.
    pub blocks: Arc<BlockCache>,
    /// Whether an interrupt (Ctrl+C) ends the server.
    pub ends_on_interrupt: bool,
}

/// A running server. Dropping it ends it.
pub struct ServerHandle {
    url: String,
    endpoint: Endpoint,
    stop: watch::Sender<bool>,
    runtime: tokio::runtime::Handle,
    /// Shelves asked for, and the latest of them that is served.
    shelves: Arc<(AtomicU64, Mutex<u64>)>,
    /// Set when nothing listens any more.
    closed: Arc<AtomicBool>,
    /// Set when its thread has ended.
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A server that comes to its end on a thread of its own.
#[derive(Debug, Clone)]
pub struct Ending {
    closed: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

impl Ending {
    /// Whether nothing listens at the port any more, so that another server can. Answers under way may take longer.
    pub fn is_port_free(&self) -> bool {
        self.closed.load(Ordering::Acquire) || self.is_over()
    }

    /// Whether nothing is left of it, not even an answer under way.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}

impl ServerHandle {
    /// Starts to listen. From then on requests are answered.
    pub fn start(options: ServeOptions, shelf: Shelf) -> Result<Self, ServeError> {
        let (port, listeners) = listen(options.port)?;
        let failed = |source| ServeError::Bind { port, source };
        let token = options.needs_token.then(Token::random).transpose()?;
        let guard = Guard::new(port, token, &options.origins)?;
        let limits = options.limits;
        let pool = Pool::new(limits.at_once, limits.most_waiting, limits.deadline);
        let endpoint = Endpoint::new(shelf, pool, options.blocks);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            // Each connection may wait for bytes of a file: on a drive that doesn't answer they take no picture's thread.
            .max_blocking_threads(limits.at_once.max(1) + limits.connections + 2)
            .thread_name("cogscope-serve")
            .build()
            .map_err(failed)?;
        let listeners = {
            let _inside = runtime.enter();
            listeners.into_iter().map(AsyncListener::from_std).collect::<Result<Vec<_>, _>>().map_err(failed)?
        };
        let (stop, stopped) = watch::channel(false);
        let url = guard.url();
        let server = Arc::new(Server { guard, routes: routes::all().with_state(endpoint.clone()), limits });
        let interrupt = options.ends_on_interrupt;
        let handle = runtime.handle().clone();
        let closed = Arc::new(AtomicBool::new(false));
        let is_closed = Arc::clone(&closed);
        let thread = std::thread::Builder::new().name("cogscope-serve".to_owned()).spawn(move || {
            runtime.block_on(serve(server, listeners, stopped, interrupt, is_closed));
            // Work that nobody waits for any more ends at its next look.
            runtime.shutdown_timeout(PATIENCE);
        });
        let (shelves, over) = (Arc::default(), Arc::default());
        Ok(Self { url, endpoint, stop, runtime: handle, shelves, closed, over, thread: Some(thread.map_err(failed)?) })
    }

    /// The address to hand out, with the token, ending with a slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves something else from now on.
    pub fn set_shelf(&self, shelf: Shelf) {
        self.endpoint.set_shelf(shelf);
    }

    /// Makes another shelf on a thread of the server and serves it then, unless a later one is served already.
    pub fn make_shelf(&self, make: impl FnOnce() -> Shelf + Send + 'static) {
        let (endpoint, shelves) = (self.endpoint.clone(), Arc::clone(&self.shelves));
        let number = shelves.0.fetch_add(1, Ordering::AcqRel) + 1;
        drop(self.runtime.spawn_blocking(move || {
            let shelf = make();
            let mut latest = shelves.1.lock().unwrap_or_else(PoisonError::into_inner);
            if number > *latest {
                *latest = number;
                endpoint.set_shelf(shelf);
            }
        }));
    }

    /// Ends the server: nothing listens at the port any more when this returns.
    pub fn stop(self) {
        drop(self);
    }

    /// Ends the server without waiting for the answers that are under way.
    pub fn end(self) -> Ending {
        let ending = Ending { closed: Arc::clone(&self.closed), over: Arc::clone(&self.over) };
        // Who is gone already needs no telling.
        let _ = self.stop.send(true);
        let waiting = std::thread::Builder::new().name("cogscope-serve-end".to_owned()).spawn(move || drop(self));
        if let Err(error) = waiting {
            tracing::warn!(%error, "the end of the server had to be waited for");
        }
        ending
    }

    /// Waits until the server ends by itself: by an interrupt.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        // Who is gone already needs no telling.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
        self.over.store(true, Ordering::Release);
    }
}

/// Listens at both addresses of this machine; at the first alone where it has no IPv6.
fn listen(port: u16) -> Result<(u16, Vec<TcpListener>), ServeError> {
    let mut last = None;
    for _ in 0..if port == 0 { TRIES } else { 1 } {
        match listen_once(port) {
            Err(error @ ServeError::PortTaken { .. }) if port == 0 => last = Some(error),
            done => return done,
        }
    }
    Err(last.unwrap_or(ServeError::PortTaken { port }))
}

fn listen_once(port: u16) -> Result<(u16, Vec<TcpListener>), ServeError> {
    let bind = |address: SocketAddr| {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok::<_, std::io::Error>(listener)
    };
    let failed = |port: u16| {
        move |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::AddrInUse => ServeError::PortTaken { port },
            _ => ServeError::Bind { port, source },
        }
    };
    let first = bind((Ipv4Addr::LOCALHOST, port).into()).map_err(failed(port))?;
    let port = first.local_addr().map_err(failed(port))?.port();
    match bind((Ipv6Addr::LOCALHOST, port).into()) {
        Ok(second) => Ok((port, vec![first, second])),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Err(ServeError::PortTaken { port }),
        Err(error) => {
            tracing::info!(%error, "nothing listens at [::1]");
            Ok((port, vec![first]))
        }
    }
}

struct Server {
    guard: Guard,
    routes: Router,
    limits: Limits,
}

impl Server {
    /// Answers a request; with a word about too many connections where `has_place` is not so.
    async fn answer(&self, request: Request<Incoming>, has_place: bool) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let answer = match self.guard.admit(Request::from_parts(parts, Body::new(body))) {
            Ok(Admitted { request, origin }) => {
                let answer = if has_place { self.routed(request).await } else { no_place() };
                with_origin(answer, origin.as_ref())
            }
            Err(refused) => *refused,
        };
        secure(answer)
    }

    async fn routed(&self, request: Request<Body>) -> Response<Body> {
        match self.routes.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }
}

fn no_place() -> Response<Body> {
    busy(refusal(StatusCode::SERVICE_UNAVAILABLE, "There are too many connections; ask again in a second.\n"))
}

async fn serve(
    server: Arc<Server>,
    listeners: Vec<AsyncListener>,
    mut stopped: watch::Receiver<bool>,
    ends_on_interrupt: bool,
    closed: Arc<AtomicBool>,
) {
    let places = Arc::new(Semaphore::new(server.limits.connections.max(1)));
    let (end, ended) = watch::channel(false);
    let accepting = tokio::spawn(accept(Arc::clone(&server), listeners, Arc::clone(&places), ended));
    let interrupt = async {
        if ends_on_interrupt {
            interrupted().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = stopped.wait_for(|stopped| *stopped) => {}
        () = interrupt => {}
    }
    // No listener is left when this function ends.
    accepting.abort();
    let _ = accepting.await;
    closed.store(true, Ordering::Release);
    let _ = end.send(true);
    let all = u32::try_from(server.limits.connections.max(1)).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(PATIENCE, places.acquire_many(all)).await;
}

/// Ctrl+C, or another wish of the system that the program ends.
async fn interrupted() {
    match EndRequests::new() {
        Ok(mut requests) => requests.next().await,
        Err(error) => {
            tracing::warn!(%error, "Ctrl+C is not heard");
            std::future::pending::<()>().await;
        }
    }
}

async fn accept(
    server: Arc<Server>,
    listeners: Vec<AsyncListener>,
    places: Arc<Semaphore>,
    ended: watch::Receiver<bool>,
) {
    /// After a failure such as too many open files, for some to be closed.
    const PAUSE: Duration = Duration::from_millis(50);
    let (Some(first), second) = (listeners.first(), listeners.get(1)) else { return };
    let seats = Arc::new(Semaphore::new(server.limits.connections.max(1).saturating_mul(2)));
    loop {
        let Ok(seat) = Arc::clone(&seats).acquire_owned().await else { return };
        let accepted = match second {
            Some(second) => tokio::select! {
                accepted = first.accept() => accepted,
                accepted = second.accept() => accepted,
            },
            None => first.accept().await,
        };
        match accepted {
            Ok((stream, _)) => {
                let talk = talk(Arc::clone(&server), stream, Arc::clone(&places), ended.clone());
                tokio::spawn(async move {
                    let _seat = seat;
                    talk.await;
                });
            }
            Err(error) => {
                tracing::debug!(%error, "a connection failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// A place among the connections, `None` if none comes up in time.
async fn place(places: Arc<Semaphore>, patience: Duration) -> Option<OwnedSemaphorePermit> {
    tokio::time::timeout(patience, places.acquire_owned()).await.ok()?.ok()
}

async fn talk(server: Arc<Server>, stream: TcpStream, places: Arc<Semaphore>, mut ended: watch::Receiver<bool>) {
    // Answers are small and written at once.
    let _ = stream.set_nodelay(true);
    let limits = server.limits;
    let place = tokio::select! {
        place = place(places, limits.header_time) => place,
        () = async { let _ = ended.wait_for(|ended| *ended).await; } => return,
    };
    let has_place = place.is_some();
    let service = service_fn(move |request| {
        let server = Arc::clone(&server);
        async move { Ok::<_, std::convert::Infallible>(server.answer(request, has_place).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(has_place)
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_bytes)
        .serve_connection(Patient::new(TokioIo::new(stream), limits.write_time), service);
    let mut connection = std::pin::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = async { let _ = ended.wait_for(|ended| *ended).await; } => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
    drop(place);
}
