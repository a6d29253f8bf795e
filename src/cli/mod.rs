//! The command line: arguments parsed once into what the program uses, one file a subcommand.
//!
//! Exit status 0 is fine, 1 failed (one line on standard error: which file, what is wrong, what to do), 2 a wrong usage.
//!
//! # Keys of the answers in JSON
//!
//! They are stable: keys may be added, none is renamed or dropped. Numbers are as stored in the file, without scale and
//! offset; whole numbers of 64 bits have all their digits. What JSON has no number for is the text `"NaN"`, `"Infinity"` or
//! `"-Infinity"`. A complex value is `[real, imaginary]`. What isn't known is `null`.
//!
//! `info PATH --json` gives an object for one file, a list of such objects for several files or a folder (a file that can't be
//! read is an object of `path` and `error` in that list):
//!
//! | key | value |
//! |---|---|
//! | `path`, `file_name`, `file_bytes` | the file |
//! | `width`, `height`, `band_count` | size in pixels; alpha is no band |
//! | `type` | `Byte`, `Int8`, `UInt16`, `Int16`, `UInt32`, … `Float32`, `CFloat64` |
//! | `compression`, `predictor`, `interleave` | of the full resolution; interleave is `pixel` or `band` |
//! | `tiled`, `block_width`, `block_height` | tiles or strips and their size |
//! | `byte_order`, `big_tiff` | `little-endian` or `big-endian`; offsets of 64 bits |
//! | `crs` | null or `{epsg, name, geographic, unsupported}`; `unsupported` says why it can't be used, else null |
//! | `georeference` | `affine`, `gcps`, `rpc` or `none` |
//! | `geotransform` | six numbers as GDAL orders them, or null |
//! | `pixel_is_point` | whether the file meant pixel centres |
//! | `bounds`, `bounds_lon_lat` | `[west, south, east, north]`, in the units of the CRS and in degrees |
//! | `pixel_size` | `[across, down]` in the units of the CRS |
//! | `overviews` | from finer to coarser: `{width, height, block_width, block_height, compression, external}` |
//! | `mask` | what makes a pixel invalid: `none`, `nodata`, `alpha` or `mask` |
//! | `palette` | null or the colours by index, `[red, green, blue]` |
//! | `metadata` | the file's own items, key and value |
//! | `cog` | `{valid, errors, warnings}`; each of these `{problem, mend}` |
//! | `bands[i]` | `{band, name, type, color, nodata, scale, offset, unit, metadata}`; `band` counts from 1 |
//! | `bands[i].sha256` | with `--checksum`: of the decoded band, row-major, little-endian, in its own type |
//!
//! `point FILE … --json`: `path`, `col`, `row`, `x`, `y` (centre of the pixel in the units of the CRS), `lon`, `lat`, `crs`
//! (EPSG code), `valid` (whether the pixel holds data), `bands[i]` = `{band, name, value, nodata}`.
//!
//! `tile` and `render` write files and tell nothing. A `.png` is a picture in the style asked for. A `.npy` has the values
//! as stored, of the bands asked for (all of them, if none are) or of the expression: shape (bands + 1, height, width), the
//! last plane the mask, 0 or 255. A `.tif` has the same values and a mask, or, if the arguments say how values become
//! colours, the picture. Values are taken from the nearest pixel unless `--resampling` says otherwise.
//!
//! `report TEMPLATE -o OUT` fills a Markdown template (a file, or `image`, `class` or `area`, which come with the program) from the
//! store of `--db` and the images of `--images`; see [`crate::report::template`] for what a template may say. An output `.html` is
//! one file that needs nothing else, `.md` has its pictures in a folder beside it. A query that fails is told in its place and on
//! standard error; with `--strict` the exit status is 1 then.
//!
//! `convert` writes a file and tells nothing on standard output; the share that is done goes to standard error if it takes
//! longer than a second.
//!
//! `stats FILE --json`: `path`, `level`, `width`, `height` (of the level counted), `bands[i]` = `{band, name, type,
//! statistics}`, where `statistics` is null without a valid value, else `{min, max, mean, std, valid_count, valid_percent,
//! percentiles, histogram}`; `percentiles` maps percent to value, `histogram` is `{min, max, counts}`.
//!
//! `serve PATH…` prints the URL of the loopback endpoint as its first line and answers until it is interrupted. A path is an image, a
//! file of targets, a folder of both, or a project, which is served as the window shows it.
//!
//! `query SQL --format json` gives a list with an object for each row; its keys are the names of the columns, in their order.
//! Dates and times are ISO 8601 texts, what isn't a number or truth value is text.

mod args;
mod convert;
mod error;
mod hand_over;
mod import;
mod info;
mod info_text;
mod output;
mod paths;
mod picture;
mod point;
mod query;
mod render;
mod report;
mod serve;
mod serve_paths;
mod stats;
mod store;
mod style;
mod tile;
mod values;

pub use args::{Arguments, Command, Renderer, Theme, WindowArguments};
pub use convert::ConvertArguments;
pub use error::CliError;
pub use hand_over::{run_window_program, window_program};
pub use paths::first_missing;

use crate::cog::BlockCache;

/// Memory for decoded blocks.
const CACHE_BYTES: u64 = 256 << 20;
/// The same for a server, which is asked for the same places again.
const SERVER_CACHE_BYTES: u64 = 768 << 20;

/// Does what a subcommand asks for.
pub fn run(command: &Command) -> Result<(), CliError> {
    let cache = BlockCache::new(CACHE_BYTES);
    match command {
        Command::Info(arguments) => info::run(arguments, &cache),
        Command::Tile(arguments) => tile::run(arguments, &cache),
        Command::Render(arguments) => render::run(arguments, &cache),
        Command::Stats(arguments) => stats::run(arguments, &cache),
        Command::Point(arguments) => point::run(arguments, &cache),
        Command::Convert(arguments) => convert::run(arguments),
        Command::Report(arguments) => report::run(arguments, &cache),
        Command::Serve(arguments) => serve::run(arguments, SERVER_CACHE_BYTES),
        Command::Query(arguments) => query::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Db { command } => import::run_db(command),
    }
}
