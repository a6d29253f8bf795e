//! What can be typed, parsed once into what the program uses.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::values::{parse_pair, parse_size};

/// Looks at folders of Cloud Optimized GeoTIFFs and the targets found in them.
#[derive(Debug, Parser)]
#[command(name = "cogscope", version, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
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

/// Arguments of the window.
#[derive(Debug, Clone, Default, Args)]
pub struct WindowArguments {
    /// Files and folders to open; without any, the last project or the sample data.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What draws the window; without it, whichever works.
    #[arg(long, value_enum)]
    pub renderer: Option<Renderer>,
    /// Size of the window in points.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(u32, u32)>,
    /// Write a picture of the window once everything is drawn, then end.
    #[arg(long, value_name = "OUT.png")]
    pub screenshot: Option<PathBuf>,
    /// Light or dark, instead of the remembered choice.
    #[arg(long, value_enum, hide = true)]
    pub theme: Option<Theme>,
    /// Where settings are kept, instead of the user's own folder.
    #[arg(long, value_name = "FOLDER", hide = true)]
    pub settings_dir: Option<PathBuf>,
}

/// Which graphics interface draws the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// Vulkan, Metal or Direct3D.
    Wgpu,
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
    /// Tell the value of every band at a position.
    Point(PointArguments),
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
    #[arg(long, value_name = "COL,ROW", conflicts_with_all = ["lon", "lat"], value_parser = parse_pair::<u32>)]
    pub pixel: Option<(u32, u32)>,
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
}
