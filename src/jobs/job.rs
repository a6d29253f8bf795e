//! What the window can ask for.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{JobContext, PointPurpose, TaskResult};
use crate::db::postgres::{ServerAddress, ServerLogin};
use crate::db::{Limits, Query, StoreAddress};
use crate::geo::{BoundingBox, LonLat};
use crate::library::{EntryId, Image, Kind, Source};
use crate::render::Style;
use crate::targets::{LoadOptions, LonLatBox, Mapping, TargetFilter};

/// A job that was submitted. No two have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// Of what statistics are wanted.
#[derive(Debug, Clone)]
pub struct StatisticsOf {
    /// What they hold for.
    pub kind: Kind,
    /// All sources of that kind; of very many some are taken.
    pub sources: Vec<Source>,
    /// A calculation with the bands, whose values have a stretch of their own.
    pub expression: Option<String>,
    /// Only this part of the map (EPSG:3857), for a stretch to what is on the screen.
    pub area: Option<BoundingBox>,
}

/// A table on a server, and which column of it plays which part.
#[derive(Debug, Clone, PartialEq)]
pub struct TableOfServer {
    /// The server.
    pub address: ServerAddress,
    /// The table as SQL names it.
    pub table: String,
    /// The parts; guessed for `None`.
    pub mapping: Option<Mapping>,
}

/// Work with a server of targets.
#[derive(Debug, Clone)]
pub enum ServerJob {
    /// Connect, and tell what tables there are: `ServerReached`. The password is kept in memory for what follows; where none
    /// was given and the server wants one, the system's credential store is asked.
    Connect {
        /// How to get there.
        login: Box<ServerLogin>,
        /// Whether the given password is put into that store, once it has let us in.
        keeps_password: bool,
    },
    /// Tell the columns of a table and guess their parts: `TableDescribed`.
    Describe(TableOfServer),
    /// Read the targets of a table, wholly or what is in view: `TableLoaded`.
    Load {
        /// The table.
        table: TableOfServer,
        /// What is looked at.
        view: LonLatBox,
        /// What is shown.
        filter: Box<TargetFilter>,
        /// The open images, for targets whose places are pixels.
        images: Vec<Arc<Image>>,
    },
}

/// The work of a [`Job::Task`].
pub type TaskWork = Box<dyn FnOnce(&JobContext) -> TaskResult + Send>;

/// Work for a thread that is not the window's. Tiles are asked for by [`super::Jobs::want_tiles`] instead.
pub enum Job {
    /// Look through folders and files for images: `ScanStarted`, many of `ImageOpened` and the like, `ScanFinished`.
    Scan {
        /// Folders and files.
        paths: Vec<PathBuf>,
    },
    /// A small picture in its own stretch: `ThumbnailReady`.
    Thumbnail {
        /// What it is of.
        entry: EntryId,
        /// Its pixels.
        source: Source,
        /// How it is to look.
        style: Style,
        /// Pixels of the longer side.
        size: u32,
    },
    /// What a stretch is made from: `StatisticsReady`.
    Statistics(StatisticsOf),
    /// The values under a position: `PointReady`.
    Point {
        /// Why.
        purpose: PointPurpose,
        /// Where.
        position: LonLat,
        /// What may lie there, the topmost first.
        sources: Vec<Source>,
    },
    /// Read a file of targets: `TargetsLoaded`.
    LoadTargets {
        /// A `GeoPackage`, CSV or `GeoJSON` file.
        path: PathBuf,
        /// Which table of it, which columns.
        options: LoadOptions,
    },
    /// Something with a server of targets.
    Server(ServerJob),
    /// Put a question to a store: `QueryAnswered`, also when it is cancelled.
    Query {
        /// Whom to ask.
        address: StoreAddress,
        /// What to ask.
        query: Query,
        /// How much it may cost.
        limits: Limits,
    },
    /// Anything else: `TaskFinished`.
    Task {
        /// Done within a blink, while someone waits: it goes before tiles, and no line tells of it.
        is_quick: bool,
        /// What to show while it runs.
        label: String,
        /// What to do. It should look at [`JobContext::is_cancelled`] now and then.
        work: TaskWork,
    },
}

impl Job {
    /// A task with a result of any type.
    pub fn task<T, E>(label: &str, work: impl FnOnce(&JobContext) -> Result<T, E> + Send + 'static) -> Self
    where
        T: Send + 'static,
        E: fmt::Display,
    {
        Self::any_task(label, false, work)
    }

    /// A task that is done within a blink, for something that is looked at.
    pub fn quick<T, E>(label: &str, work: impl FnOnce(&JobContext) -> Result<T, E> + Send + 'static) -> Self
    where
        T: Send + 'static,
        E: fmt::Display,
    {
        Self::any_task(label, true, work)
    }

    fn any_task<T, E>(
        label: &str,
        is_quick: bool,
        work: impl FnOnce(&JobContext) -> Result<T, E> + Send + 'static,
    ) -> Self
    where
        T: Send + 'static,
        E: fmt::Display,
    {
        let work = move |context: &JobContext| match work(context) {
            Ok(value) => Ok(Box::new(value) as Box<dyn std::any::Any + Send>),
            Err(error) => Err(error.to_string()),
        };
        Self::Task { is_quick, label: label.to_owned(), work: Box::new(work) }
    }

    /// What to show while it runs.
    pub(super) fn label(&self) -> String {
        let name = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        match self {
            Self::Scan { paths } => match paths.as_slice() {
                [only] => format!("Looking through {}", name(only)),
                several => format!("Looking through {} places", several.len()),
            },
            Self::Thumbnail { source, .. } => format!("Thumbnail of {}", source.name()),
            Self::Statistics(of) => format!("Statistics of {}", of.kind),
            Self::Point { .. } => "Values at a point".to_owned(),
            Self::LoadTargets { path, .. } => format!("Targets of {}", name(path)),
            Self::Server(ServerJob::Connect { login, .. }) => format!("Connecting to {}", login.address),
            Self::Server(ServerJob::Describe(table) | ServerJob::Load { table, .. }) => {
                format!("Targets of {}", table.table)
            }
            Self::Query { address, .. } => format!("Query of {address}"),
            Self::Task { label, .. } => label.clone(),
        }
    }

    pub(super) fn lane(&self) -> Lane {
        match self {
            Self::Point { .. } => Lane::Point,
            Self::Statistics(_) => Lane::Statistics,
            Self::Thumbnail { .. } => Lane::Thumbnail,
            Self::Task { is_quick: true, .. } => Lane::Quick,
            Self::Scan { .. } | Self::LoadTargets { .. } | Self::Server(_) | Self::Query { .. } | Self::Task { .. } => {
                Lane::Long
            }
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Job").field(&self.label()).finish()
    }
}

/// Which threads do a job, and what goes before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    /// Before tiles: someone is waiting with the hand on the mouse.
    Point,
    /// Before tiles: without them no tile can be painted.
    Statistics,
    /// Before tiles: charts, which someone waits for.
    Quick,
    /// After tiles.
    Thumbnail,
    /// On threads of their own: they may take minutes.
    Long,
}
