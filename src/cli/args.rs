//! What can be typed, parsed once into what the program uses.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::values::{
    parse_bbox, parse_crs_code, parse_pair, parse_parameter, parse_png_path, parse_range, parse_seconds, parse_size,
    parse_tile,
};
use crate::geo::{BoundingBox, TileCoord};
use crate::raster::Resampling;
use crate::render::StyleWords;

/// Looks at folders of Cloud Optimized `GeoTIFF` files and the targets found in them.
#[derive(Debug, Parser)]
#[command(
    name = "cogscope",
    about = "Looks at folders of Cloud Optimized GeoTIFF files and the targets found in them",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub struct Arguments {
    /// What to do; without it, the window opens.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Arguments of the window.
    #[command(flatten)]
    pub window: WindowArguments,
    /// How much to tell on standard error: error, warn, info, debug or trace.
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    pub log: tracing::Level,
}

impl Arguments {
    /// Whether the program goes on until somebody ends it.
    pub fn is_long_running(&self) -> bool {
        matches!(self.command, None | Some(Command::Serve(_)))
    }
}

/// Arguments of the window.
#[derive(Debug, Clone, Default, Args)]
pub struct WindowArguments {
    /// Files and folders to open; without any, the last project or the sample data.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A PostgreSQL database whose targets to show, as a URL or key=value settings, or a file of targets.
    #[arg(long, value_name = "URL|FILE")]
    pub db: Option<String>,
    /// The table of --db; without it, the first one with positions.
    #[arg(long, value_name = "NAME", requires = "db")]
    pub table: Option<String>,
    /// What draws the window; without it, whichever works.
    #[arg(long, value_enum)]
    pub renderer: Option<Renderer>,
    /// What was tried before in vain, and why; the program says so to itself.
    #[arg(long, value_name = "RENDERER=REASON", hide = true)]
    pub tried: Vec<String>,
    /// Size of the window in points.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(u32, u32)>,
    /// Write a picture of the window once everything is drawn, then end.
    #[arg(long, value_name = "OUT.png", value_parser = parse_png_path)]
    pub screenshot: Option<PathBuf>,
    /// Light or dark, instead of the remembered choice.
    #[arg(long, value_enum)]
    pub theme: Option<Theme>,
    /// Where settings and the log are kept, instead of the user's own folders.
    #[arg(long, value_name = "FOLDER")]
    pub settings_dir: Option<PathBuf>,
}

/// Which graphics interface draws the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// Vulkan, Metal or Direct3D, on the graphics card if there is one.
    Wgpu,
    /// Vulkan or Direct3D on the processor.
    Software,
    /// OpenGL.
    Glow,
}

/// The window's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Theme {
    /// Dark text on light.
    Light,
    /// Light text on dark.
    Dark,
}

/// What can be done without a window.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Tell what is in image files: size, bands, type, compression, position, overviews, COG validity.
    Info(InfoArguments),
    /// Write one map tile of an image as a picture or as values.
    Tile(TileArguments),
    /// Write a part of the world from one or several images as a picture or as values.
    Render(RenderArguments),
    /// Tell the value of every band at a position.
    Point(PointArguments),
    /// Tell minimum, maximum, mean, percentiles and histogram of every band.
    Stats(StatsArguments),
    /// Write an image anew as a Cloud Optimized GeoTIFF, with overviews.
    Convert(super::convert::ConvertArguments),
    /// Fill a Markdown template with tables, charts, maps and chips from a store and images.
    Report(ReportArguments),
    /// Serve images to other programs of this machine, by WMS.
    Serve(ServeArguments),
    /// Put a question in SQL to a database or a file of targets.
    Query(QueryArguments),
    /// Put files of targets into a database.
    Import(ImportArguments),
    /// Set up a database for targets.
    Db {
        /// What to do.
        #[command(subcommand)]
        command: DbCommand,
    },
}

/// Arguments of `info`.
#[derive(Debug, Clone, Args)]
pub struct InfoArguments {
    /// Files, or folders of which every TIFF file is told.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
    /// Decode every band and tell its SHA-256.
    #[arg(long)]
    pub checksum: bool,
}

/// Arguments of `tile`.
#[derive(Debug, Clone, Args)]
pub struct TileArguments {
    /// The image.
    pub file: PathBuf,
    /// Zoom level, column and row of the tile.
    #[arg(value_name = "Z/X/Y", value_parser = parse_tile)]
    pub tile: TileCoord,
    /// Where to write: .png is a picture, .npy and .tif are values.
    #[arg(short, long, value_name = "OUT.png|OUT.npy|OUT.tif")]
    pub output: PathBuf,
    /// Pixels of a side.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub size: u32,
    /// How it shall look.
    #[command(flatten)]
    pub style: StyleArguments,
}

/// Arguments of `render`.
#[derive(Debug, Clone, Args)]
pub struct RenderArguments {
    /// Files or folders; where several show the same place, the first one is on top.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// The part of the world: west, south, east and north in the units of --crs.
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true, value_parser = parse_bbox)]
    pub bbox: BoundingBox,
    /// The reference system of the picture, such as EPSG:3857.
    #[arg(long, value_name = "EPSG:N", default_value = "EPSG:4326", value_parser = parse_crs_code)]
    pub crs: u32,
    /// Size of the picture in pixels.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: (u32, u32),
    /// Where to write: .png is a picture, .npy and .tif are values.
    #[arg(short, long, value_name = "OUT.png|OUT.tif|OUT.npy")]
    pub output: PathBuf,
    /// How it shall look.
    #[command(flatten)]
    pub style: StyleArguments,
}

/// Arguments of `point`.
#[derive(Debug, Clone, Args)]
pub struct PointArguments {
    /// The image.
    pub file: PathBuf,
    /// Longitude in degrees, east is positive.
    #[arg(allow_negative_numbers = true, requires = "lat", required_unless_present = "pixel")]
    pub lon: Option<f64>,
    /// Latitude in degrees, north is positive.
    #[arg(allow_negative_numbers = true)]
    pub lat: Option<f64>,
    /// Column and row, counted from 0 at the top left, instead of a position.
    #[arg(long, value_name = "COL,ROW", conflicts_with_all = ["lon", "lat"], allow_hyphen_values = true, value_parser = parse_pair::<u32>)]
    pub pixel: Option<(u32, u32)>,
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `stats`.
#[derive(Debug, Clone, Args)]
pub struct StatsArguments {
    /// The image.
    pub file: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
    /// Which pyramid level to count, 0 is full resolution; without it, the finest of at most 64 million pixels.
    #[arg(long)]
    pub level: Option<usize>,
    /// Percentiles to tell.
    #[arg(long, value_delimiter = ',', default_value = "2,25,50,75,98")]
    pub percentiles: Vec<f64>,
}

/// Arguments of `report`.
#[derive(Debug, Clone, Args)]
pub struct ReportArguments {
    /// A Markdown file, or image, class or area: templates that come with the program.
    #[arg(value_name = "TEMPLATE.md")]
    pub template: PathBuf,
    /// Where to write: .html is one file, .md has its pictures in a folder beside it.
    #[arg(short, long, value_name = "OUT.html|OUT.md")]
    pub output: PathBuf,
    /// The store that is asked.
    #[arg(long, value_name = "URL|FILE")]
    pub db: Option<String>,
    /// Files and folders of the images that maps and chips are made from.
    #[arg(long, value_name = "FOLDER", num_args = 1..)]
    pub images: Vec<PathBuf>,
    /// The value of a parameter of the template, such as class=dam.
    #[arg(long = "param", value_name = "NAME=VALUE", allow_hyphen_values = true, value_parser = super::values::parse_parameter)]
    pub parameters: Vec<(String, String)>,
    /// Fail if a part of the report fails.
    #[arg(long)]
    pub strict: bool,
    /// What the report says about when it was made, instead of the time.
    #[arg(long, value_name = "TEXT", hide = true)]
    pub made: Option<String>,
}

/// Arguments of `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArguments {
    /// Images, files of targets (.gpkg, .geojson, .csv, .shp), folders of both, and projects (.cogscope) with their styles; of images
    /// of the same place the first one is on top.
    #[arg(value_name = "PATH", required_unless_present = "db")]
    pub paths: Vec<PathBuf>,
    /// The port; without it, one that is free.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// Answer only to who knows the access token in the printed URL, as other users of this machine do not.
    #[arg(long)]
    pub token: bool,
    /// Targets to serve too: a PostgreSQL database, as a URL or key=value settings, or a file.
    #[arg(long, value_name = "URL|FILE")]
    pub db: Option<String>,
    /// The table of --db; without it, the first one with positions.
    #[arg(long, value_name = "NAME", requires = "db")]
    pub table: Option<String>,
    /// A style that clients can ask for by its name, in the words of a tile's address, such as
    /// "ndvi=expression=(b5-b4)/(b5+b4)&colormap=rdylgn&rescale=-0.2,0.8"; repeatable.
    #[arg(long = "style", value_name = "NAME=STYLE", value_parser = super::values::parse_named_style)]
    pub styles: Vec<(String, StyleWords)>,
    /// A web page that may ask too, such as `http://localhost:8050`; repeatable.
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub origins: Vec<String>,
}

/// Arguments of `query`.
#[derive(Debug, Clone, Args)]
pub struct QueryArguments {
    /// One statement that reads; :name stands for a parameter.
    pub sql: String,
    /// The database: a URL, key=value settings, or a .gpkg, .csv or .geojson file; without it, what PGHOST, PGSERVICE and
    /// the like say.
    #[arg(long, value_name = "URL|FILE")]
    pub db: Option<String>,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    pub format: QueryFormat,
    /// The value of a parameter; repeatable.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parse_parameter)]
    pub parameters: Vec<(String, String)>,
    /// Rows at most.
    #[arg(long, value_name = "ROWS", default_value_t = 1_000_000)]
    pub limit: usize,
    /// Seconds that the database may take.
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = parse_seconds)]
    pub timeout: Duration,
}

/// Arguments of `import`.
#[derive(Debug, Clone, Args)]
pub struct ImportArguments {
    /// CSV, `GeoJSON`, `GeoPackage` files or Shapefiles. All of their rows are imported, or none.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The database: a URL, key=value settings, or a .gpkg file, which is made if need be; without it, what PGHOST,
    /// PGSERVICE and the like say.
    #[arg(long, value_name = "URL|FILE.gpkg")]
    pub db: Option<String>,
    /// The table; without it, one that is named like the file. One that is there gets the rows added.
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
    /// Where to write the rows that are left out, with the reasons; written only if there are any.
    #[arg(long, value_name = "FILE.csv", default_value = "set_aside.csv")]
    pub set_aside: PathBuf,
}

/// What can be done with a database.
#[derive(Debug, Clone, Subcommand)]
pub enum DbCommand {
    /// Make tables for targets and images with their indexes, and print a script that makes a role which may only read.
    Init(InitArguments),
}

/// Arguments of `db init`.
#[derive(Debug, Clone, Args)]
pub struct InitArguments {
    /// The database: a URL, key=value settings, or a .gpkg file to make; without it, what PGHOST, PGSERVICE and the like
    /// say.
    #[arg(long, value_name = "URL|FILE.gpkg")]
    pub db: Option<String>,
    /// The role in the script.
    #[arg(long, default_value = "cogscope_reader")]
    pub role: String,
    /// Only print what would be run.
    #[arg(long)]
    pub print: bool,
}

/// How `query` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueryFormat {
    /// Columns side by side, for people.
    Table,
    /// Comma-separated values with a header.
    Csv,
    /// A list of objects.
    Json,
}

/// How values become colours.
#[derive(Debug, Clone, Default, Args)]
pub struct StyleArguments {
    /// Bands counted from 1, or their names: three for red, green and blue, or one.
    #[arg(long, value_delimiter = ',', value_name = "3,2,1", conflicts_with = "expression")]
    pub bands: Option<Vec<String>>,
    /// A calculation with bands, such as "(b4-b3)/(b4+b3)".
    #[arg(long, allow_hyphen_values = true)]
    pub expression: Option<String>,
    /// The values shown darkest and brightest; once, or once for each band.
    #[arg(long, value_name = "LO,HI", allow_hyphen_values = true, value_parser = parse_range)]
    pub rescale: Vec<(f64, f64)>,
    /// The percentiles shown darkest and brightest, or "none" or "minmax".
    #[arg(long, value_name = "2,98", conflicts_with = "rescale")]
    pub stretch: Option<String>,
    /// The colours of a single value; with _r at the end the other way round.
    #[arg(long, value_name = "NAME")]
    pub colormap: Option<String>,
    /// Above 1 brightens, below 1 darkens.
    #[arg(long, value_name = "G", allow_negative_numbers = true)]
    pub gamma: Option<f64>,
    /// A value to leave out.
    #[arg(long, value_name = "V", allow_negative_numbers = true)]
    pub nodata: Option<f64>,
    /// How values between source pixels are made: nearest, bilinear, cubic, average or lanczos.
    #[arg(long, value_name = "METHOD", value_parser = super::values::parse_resampling)]
    pub resampling: Option<Resampling>,
}
