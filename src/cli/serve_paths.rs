//! What the paths given to `serve` mean: images, files of targets, folders of both, and projects.

use std::path::{Path, PathBuf};

use super::CliError;
use super::output::print_error;
use super::paths::{files_below, image_files};
use crate::document::{Imagery, Project, is_project_path, load_project};
use crate::library::{NamePattern, Opened, Order, is_targets_path};

/// The paths, sorted by what they are.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Images, and those of folders.
    pub(super) images: Vec<PathBuf>,
    /// Files of targets that were named, here or in a project.
    pub(super) targets: Vec<PathBuf>,
    /// Files of targets that lie in folders, the first to be tried first: as in the window.
    pub(super) found_targets: Vec<PathBuf>,
    /// Projects.
    pub(super) projects: Vec<Project>,
}

impl Given {
    /// Fails for a path that is not there, and for a folder with neither images nor targets.
    pub(super) fn of(paths: &[PathBuf]) -> Result<Self, CliError> {
        let mut given = Self::default();
        for path in paths {
            if !is_project_path(path) {
                given.add(path)?;
                continue;
            }
            let told = |error: &dyn std::fmt::Display| CliError::Question { message: error.to_string() };
            let (project, lost) = load_project(path).map_err(|error| told(&error))?;
            lost.iter().for_each(|sentence| print_error(sentence));
            given.add_project(project)?;
        }
        given.found_targets.sort_by_cached_key(|path| (rank(path), path.clone()));
        Ok(given)
    }

    fn add(&mut self, path: &Path) -> Result<(), CliError> {
        if path.is_dir() {
            let targets = files_below(path, &is_targets_path)?;
            match image_files(&[path.to_owned()]) {
                Ok(images) => self.images.extend(images),
                Err(CliError::NoImages { .. }) if !targets.is_empty() => {}
                Err(error) => return Err(error),
            }
            self.found_targets.extend(targets);
        } else if is_targets_path(path) {
            self.targets.push(path.to_owned());
        } else {
            self.images.push(path.to_owned());
        }
        Ok(())
    }

    /// What a project opens. Of what is not there any more it is told; a table of a server needs a password, which no project has.
    fn add_project(&mut self, project: Project) -> Result<(), CliError> {
        let gone = |path: &Path| print_error(&format!("{}: it is not there any more, or its drive", path.display()));
        for path in &project.sources {
            if path.exists() {
                self.add(path)?;
            } else {
                gone(path);
            }
        }
        for path in project.active_targets.iter().chain(&project.targets_beside) {
            if project.tables.iter().any(|table| table.label() == *path) {
                print_error(&format!("{}: give --db and --table to serve it", path.display()));
            } else if !path.exists() {
                gone(path);
            } else if !self.targets.contains(path) {
                self.targets.push(path.clone());
            }
        }
        self.projects.push(project);
        Ok(())
    }
}

/// Which kind of file holds targets rather than something else.
fn rank(path: &Path) -> u8 {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "gpkg" => 0,
        "geojson" => 1,
        _ => 2,
    }
}

/// The images as a project shows them, or in the order in which they were given. `may_be_none` where there is something else to serve.
pub(super) fn open_images(given: &Given, may_be_none: bool) -> Result<Imagery, CliError> {
    let mut failed = Vec::new();
    let opened = Opened::files(&given.images, |error| {
        failed.push(error);
        Ok(())
    })?;
    if opened.order.is_empty() && !may_be_none {
        return Err(match failed.into_iter().next() {
            Some(error) => error.into(),
            None => CliError::Question { message: "there is nothing to serve: give images or targets".to_owned() },
        });
    }
    // The others are served all the same.
    failed.iter().for_each(|error| print_error(&error.to_string()));
    let mut imagery = Imagery::default();
    imagery.catalog = opened.catalog;
    imagery.catalog.arrange(&opened.order);
    for project in &given.projects {
        let pattern = project.name_pattern.as_deref().and_then(|text| NamePattern::parse(text).ok());
        if pattern.is_some() {
            imagery.catalog.set_name_pattern(pattern);
        }
        if project.order != Order::Manual {
            imagery.catalog.set_order(project.order);
        }
        for (kind, _) in imagery.catalog.kinds() {
            imagery.restore_style(&kind, &project.styles);
        }
        imagery.catalog.arrange_again(&project.arrangement);
        imagery.restore_entries(&project.entries);
    }
    Ok(imagery)
}
