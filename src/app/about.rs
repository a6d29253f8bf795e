//! What the program tells of itself: what it was built from, where its files lie, and a report for whoever looks into a bug.

use super::{CogscopeApp, WindowOptions};
use crate::diagnostics::redact;
use crate::document::{About, ThemeChoice};
use crate::ui::Scaling;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The file with the texts of all licences that is installed beside the program.
const LICENCES: &str = "THIRD-PARTY.txt";

/// What is known at the start.
pub(super) fn about(options: &WindowOptions, settings: Option<&Path>) -> About {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|folder| folder.join(LICENCES)));
    About {
        log_folder: options.diagnostics.folder().map(Path::to_owned),
        settings_folder: settings.and_then(Path::parent).map(Path::to_owned),
        commit: option_env!("COGSCOPE_COMMIT").filter(|commit| !commit.is_empty()),
        system: format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH),
        licences: beside.filter(|path: &PathBuf| path.is_file()),
        ..About::default()
    }
}

impl CogscopeApp {
    /// Changes how large everything is, and keeps that.
    pub(super) fn scale(&mut self, ctx: &egui::Context, scaling: Scaling) {
        self.document.settings.rescale(match scaling {
            Scaling::Larger => 1,
            Scaling::Smaller => -1,
            Scaling::Usual => 0,
        });
        ctx.set_zoom_factor(self.document.settings.scale());
        self.save_settings();
    }

    /// What helps to look into a bug, as Markdown: no passwords, tokens, connections, and nothing of what images show.
    pub(super) fn bug_report(&self, ctx: &egui::Context) -> String {
        let document = &self.document;
        let about = &document.about;
        let size = ctx.content_rect().size();
        let theme = match document.settings.theme {
            ThemeChoice::System => "as the system",
            ThemeChoice::Dark => "dark",
            ThemeChoice::Light => "light",
        };
        let or_unknown = |text: &str| if text.is_empty() { "not known".to_owned() } else { text.to_owned() };
        let mut text = format!("# cogscope {}\n\n", env!("CARGO_PKG_VERSION"));
        let facts = [
            ("Commit", about.commit.unwrap_or("not known").to_owned()),
            ("System", about.system.clone()),
            ("Graphics", or_unknown(&about.graphics)),
            ("Window", format!("{:.0} x {:.0} points at {:.2} pixels a point", size.x, size.y, ctx.pixels_per_point())),
            ("Theme", theme.to_owned()),
            (
                "Images",
                format!("{} in {} entries", document.imagery.catalog.images().count(), document.imagery.catalog.len()),
            ),
            ("Files that could not be read", document.imagery.catalog.failures().len().to_string()),
            ("Targets", document.targets.set().map_or(0, |set| set.len()).to_string()),
            ("Memory of caches", format!("{} MB", document.activity.memory_bytes / 1_000_000)),
        ];
        for (name, fact) in facts {
            let _ = writeln!(text, "- {name}: {fact}");
        }
        let lists = [
            ("Notices", document.notices.as_text()),
            ("Last lines of the log", self.diagnostics.recent_lines().join("\n")),
        ];
        for (title, list) in lists {
            // A line of four spaces is a line of code, whatever it holds.
            let lines: String = list.lines().map(|line| format!("    {line}\n")).collect();
            let _ = write!(text, "\n## {title}\n\n{}", if lines.is_empty() { "None.\n" } else { &lines });
        }
        redact(&text).into_owned()
    }
}
