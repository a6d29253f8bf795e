//! What the workers tell the window.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

use super::{ChipKey, ChipResult, JobId, StatisticsOf, TableOfServer, TileKey};
use crate::db::postgres::{ServerAddress, ServerInfo, ServerTable};
use crate::db::{Answer, QueryError};
use crate::geo::LonLat;
use crate::library::{EntryId, Failed, Image, LayerStatistics, PointValues, ScanSummary};
use crate::render::RgbaImage;
use crate::targets::{ImagesChoice, Mapping, TargetSet};

/// Something that a job has come to. Taken by [`super::Jobs::drain`].
#[derive(Debug)]
pub enum JobEvent {
    /// A scan begins.
    ScanStarted {
        /// The scan.
        job: JobId,
        /// What it looks through.
        paths: Vec<PathBuf>,
    },
    /// A scan has opened an image.
    ImageOpened {
        /// The scan.
        job: JobId,
        /// The image.
        image: Arc<Image>,
    },
    /// A scan could not open a file or list a folder.
    ImageFailed {
        /// The scan.
        job: JobId,
        /// Which, and why.
        failed: Failed,
    },
    /// A scan has come across a file that may hold targets. It was not opened.
    TargetsFileFound {
        /// The scan.
        job: JobId,
        /// The file.
        path: PathBuf,
    },
    /// A scan has come to its end.
    ScanFinished {
        /// The scan.
        job: JobId,
        /// How it went.
        summary: ScanSummary,
    },
    /// A small picture of an image or scene.
    ThumbnailReady {
        /// What it shows.
        entry: EntryId,
        /// The picture, or a sentence that says why there is none.
        result: Result<RgbaImage, String>,
    },
    /// What a stretch is made from.
    StatisticsReady {
        /// The job.
        job: JobId,
        /// What was asked for.
        of: Box<StatisticsOf>,
        /// The statistics, or a sentence that says why there are none.
        result: Result<Arc<LayerStatistics>, String>,
    },
    /// A tile of the map has been made.
    TileReady {
        /// Which.
        key: TileKey,
        /// What came of it.
        result: TileResult,
    },
    /// A chip has been made.
    ChipReady {
        /// Which.
        key: ChipKey,
        /// What came of it.
        result: ChipResult,
    },
    /// A file could not be read while something was drawn from it. Told once for each file, not for each tile.
    FileFailed(Failed),
    /// The values under a position.
    PointReady {
        /// The job.
        job: JobId,
        /// What was asked for.
        purpose: PointPurpose,
        /// Where.
        position: LonLat,
        /// For each image or scene there, the topmost first.
        values: Vec<PointValues>,
    },
    /// A file of targets has been read.
    TargetsLoaded {
        /// The job.
        job: JobId,
        /// The file.
        path: PathBuf,
        /// The targets, or a sentence that says why there are none.
        result: Result<Arc<TargetSet>, String>,
    },
    /// A server was reached, or not.
    ServerReached {
        /// The job.
        job: JobId,
        /// What is there, or why nobody got there.
        result: Result<Arc<ServerReport>, ServerRefusal>,
    },
    /// The columns of a table on a server.
    TableDescribed {
        /// The job.
        job: JobId,
        /// The columns and their parts, or a sentence that says what is wrong.
        result: Result<Arc<TableReport>, String>,
    },
    /// Targets of a table on a server.
    TableLoaded {
        /// The job.
        job: JobId,
        /// Which table.
        table: Box<TableOfServer>,
        /// The targets, or a sentence that says why there are none.
        result: Result<Box<TableContent>, String>,
    },
    /// A store has answered a question, or not.
    QueryAnswered {
        /// The job.
        job: JobId,
        /// The answer, or what was wrong; [`QueryError::Cancelled`] when it was cancelled.
        result: Result<Arc<Answer>, Arc<QueryError>>,
    },
    /// A task has come to its end.
    TaskFinished {
        /// The task.
        job: JobId,
        /// What it was called.
        label: String,
        /// What it returned, or a sentence that says what went wrong.
        result: TaskResult,
    },
    /// A job was cancelled before its end.
    Cancelled {
        /// The job.
        job: JobId,
        /// What it was called.
        label: String,
    },
    /// A job ran into a defect of this program. The window and all other jobs go on.
    Panicked {
        /// The job; `None` for a tile or a chip.
        job: Option<JobId>,
        /// What was being done.
        label: String,
        /// What the panic said.
        message: String,
    },
}

/// What a server has.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerReport {
    /// The server.
    pub address: ServerAddress,
    /// What it is.
    pub info: ServerInfo,
    /// The tables that can be read, those with a geometry first.
    pub tables: Vec<ServerTable>,
    /// Whether its password is in the system's credential store.
    pub password_is_kept: bool,
    /// Why it is not, although it should be.
    pub note: Option<String>,
}

/// Why a server was not reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRefusal {
    /// What is wrong, and what to do.
    pub message: String,
    /// Whether a password would help.
    pub wants_password: bool,
    /// What there is to say of the system's credential store.
    pub note: Option<String>,
}

/// The columns of a table and the part that each plays.
#[derive(Debug, Clone, PartialEq)]
pub struct TableReport {
    /// The table.
    pub table: TableOfServer,
    /// All columns that can play a part.
    pub columns: Vec<String>,
    /// The parts.
    pub mapping: Mapping,
    /// Tables that may say which file an image's number means, the likeliest first.
    pub image_tables: Vec<ImagesChoice>,
}

/// Targets of a table on a server.
#[derive(Debug, Clone)]
pub struct TableContent {
    /// The targets: all, or those in view, or a sample of them.
    pub set: Arc<TargetSet>,
    /// Which column plays which part.
    pub mapping: Mapping,
    /// How many there are in view, if the set is of a view.
    pub in_view: Option<u64>,
    /// Whether the set is a sample of what is in view.
    pub is_sample: bool,
}

/// What came of a tile. Whoever asked for it keeps this and doesn't ask again.
#[derive(Debug, Clone, PartialEq)]
pub enum TileResult {
    /// A picture with something to see in it.
    Ready(RgbaImage),
    /// There is no data here.
    Empty,
    /// There is data here, but none of it could be read.
    Failed {
        /// Why, as a sentence for the user; the first of several.
        reason: String,
    },
}

/// Why the values under a position are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PointPurpose {
    /// The pointer is there: of several questions only the last is answered, down to the first image that has data there.
    Pointer,
    /// The user asked for this place, under a number of the window's own.
    Asked(u64),
}

/// What a task returns: anything, which the window knows by the task's number; or a sentence that says what went wrong.
pub type TaskResult = Result<Box<dyn Any + Send>, String>;
