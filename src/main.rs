//! The program: parses its arguments, sets up the log, and opens the window or runs a subcommand.
//!
//! On Windows the release with a window is of the graphical kind, so that a double click opens no console. Built without the
//! window it is of the console kind, is installed beside the other as `cogscope.com`, which a command prompt finds first, and
//! hands over to it when the window is wanted.

#![cfg_attr(all(windows, feature = "window", not(debug_assertions)), windows_subsystem = "windows")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use cogscope::cli::{self, Arguments, WindowArguments};
use cogscope::diagnostics::Diagnostics;
use cogscope::document::Settings;

/// Rasters and pictures come and go by the hundred a second. Systems' own allocators return such large pieces at once and fetch
/// them again page by page, which took more than half of the time of a tile out of the cache.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit status of a wrong usage.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let started = Instant::now();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not errors. If nobody reads them, there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE));
        }
    };
    // What ends by itself tells its failure on standard error and keeps no log.
    let folder = arguments.is_long_running().then(|| Settings::log_folder(arguments.window.settings_dir.as_deref()));
    let (diagnostics, complaint) = folder.flatten().map(|folder| Diagnostics::in_folder(&folder)).unwrap_or_default();
    // A decoder that breaks on damaged data is caught and becomes an error of that file; its panic is no news.
    diagnostics.install(arguments.log, cogscope::cog::is_decoding);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "start");
    if let Some(complaint) = &complaint {
        tracing::warn!("{complaint}");
    }
    let result = match &arguments.command {
        Some(command) => cli::run(command).map_err(|error| {
            let failure = Failure::from(error);
            tracing::info!("{}", failure.message.as_deref().unwrap_or("nobody reads the output any more"));
            failure
        }),
        None => open_window(arguments.window, started, diagnostics, complaint),
    };
    match result {
        Ok(()) | Err(Failure { message: None }) => ExitCode::SUCCESS,
        Err(Failure { message: Some(message) }) => {
            let _ = writeln!(std::io::stderr(), "cogscope: {message}");
            ExitCode::FAILURE
        }
    }
}

/// A failure in one line; without a message it is only that nobody reads the output any more.
struct Failure {
    message: Option<String>,
}

impl From<cli::CliError> for Failure {
    fn from(error: cli::CliError) -> Self {
        Self { message: (!error.is_closed_pipe()).then(|| error.one_line()) }
    }
}

#[cfg(feature = "window")]
fn open_window(
    arguments: WindowArguments,
    started: Instant,
    diagnostics: Diagnostics,
    complaint: Option<String>,
) -> Result<(), Failure> {
    use cogscope::app::{Tried, WindowOptions, run};
    use cogscope::cli::{Theme, first_missing};
    use cogscope::db::postgres::{ServerAddress, ServerLogin};
    use cogscope::document::{NoticeLevel, Renderer, ThemeChoice};

    if let Some(missing) = first_missing(&arguments.paths) {
        let message =
            format!("{}: there is no such file, folder or subcommand; see cogscope --help", missing.display());
        return Err(Failure { message: Some(message) });
    }
    let (mut paths, mut server) = (arguments.paths, None);
    if let Some(db) = arguments.db {
        if ServerAddress::is_meant_by(&db) {
            let login = ServerLogin::parse(&db).map_err(|error| Failure { message: Some(error.to_string()) })?;
            server = Some((login, arguments.table));
        } else {
            paths.push(db.into());
        }
    }
    let options = WindowOptions {
        paths,
        server,
        renderer: arguments.renderer.map(|renderer| match renderer {
            cli::Renderer::Wgpu => Renderer::Wgpu,
            cli::Renderer::Software => Renderer::Software,
            cli::Renderer::Glow => Renderer::Glow,
        }),
        tried: arguments.tried.iter().filter_map(|tried| Tried::parse(tried)).collect(),
        complaints: complaint.map(|text| (NoticeLevel::Warning, text)).into_iter().collect(),
        diagnostics,
        size: arguments.size.map(<[u32; 2]>::from),
        theme: arguments.theme.map(|theme| match theme {
            Theme::Light => ThemeChoice::Light,
            Theme::Dark => ThemeChoice::Dark,
        }),
        screenshot: arguments.screenshot,
        config_folder: arguments.settings_dir,
        started,
        ..WindowOptions::default()
    };
    run(&options).map_err(|error| Failure { message: Some(error.to_string()) })
}

#[cfg(not(feature = "window"))]
fn open_window(_: WindowArguments, _: Instant, _: Diagnostics, _: Option<String>) -> Result<(), Failure> {
    let beside = std::env::current_exe().ok().and_then(|this| cli::window_program(&this));
    let Some(program) = beside else {
        let message = "this program was built without a window; use a subcommand (see cogscope --help)";
        return Err(Failure { message: Some(message.into()) });
    };
    match cli::run_window_program(&program, std::env::args_os().skip(1)) {
        Ok(status) if status.success() => Ok(()),
        // The other has said what was wrong.
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => Err(Failure { message: Some(format!("{}: cannot be started: {error}", program.display())) }),
    }
}
