//! Programs of others ask the loopback endpoint: each test starts the server on an asymmetric image and runs a script of
//! `tests/clients`, which compares what the client shows with gdalwarp's picture, or judges what was answered.
//!
//! What is missing on this machine is said and skipped, unless `COGSCOPE_TEST_CLIENTS` is set, as `./run test` does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::cogscope;

/// The program as a server, ended with the test.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn of(files: &[PathBuf]) -> Self {
        let mut process = cogscope(["serve"]).args(files).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// The first Python of those named that has the modules, and `None` with a word about it where nothing may be skipped.
fn python(candidates: &[Option<PathBuf>], modules: &str) -> Option<PathBuf> {
    let has_modules = |python: &&PathBuf| {
        let import = Command::new(python).args(["-c", &format!("import {modules}")]).output();
        import.is_ok_and(|output| output.status.success())
    };
    let found = candidates.iter().flatten().find(has_modules).cloned();
    if found.is_none() {
        skipped(&format!("no Python with the modules {modules}"));
    }
    found
}

fn skipped(what: &str) {
    assert!(std::env::var_os("COGSCOPE_TEST_CLIENTS").is_none(), "{what}");
    eprintln!("skipped: {what}");
}

/// A Python with what `tests/clients/requirements.txt` names.
fn venv(modules: &str) -> Option<PathBuf> {
    let named = std::env::var_os("COGSCOPE_TEST_PYTHON").map(PathBuf::from);
    python(&[named, Some("python3".into())], modules)
}

/// A Python with GDAL's own bindings.
fn gdal() -> Option<PathBuf> {
    python(&[Some("/usr/bin/python3".into()), Some("python3".into())], "osgeo.gdal, numpy")
}

fn has_program(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output().is_ok();
    if !found {
        skipped(&format!("there is no {name}"));
    }
    found
}

/// Runs a script against a server of the asymmetric image.
#[track_caller]
fn run(python: &Path, script: &str) {
    run_beside(python, script, Vec::new());
}

/// Runs a script against a server of the asymmetric image and of others.
#[track_caller]
fn run_beside(python: &Path, script: &str, others: Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new(python).arg(clients().join("picture.py")).arg(folder.path()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let file = folder.path().join("asymmetric.tif");
    let server = Server::of(&[vec![file.clone()], others].concat());
    let done = Command::new(python)
        .args(["-W", "ignore", "-B"])
        .arg(clients().join(script))
        .arg(&server.url)
        .arg(&file)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.lines().any(|line| line.starts_with("ok ")), "the script checked nothing: {said}");
}

#[test]
fn gdals_wms_driver_shows_what_gdalwarp_makes() {
    let Some(python) = gdal() else { return };
    run(&python, "gdal_wms.py");
}

#[test]
fn gdals_vsicurl_reads_every_value_of_the_file() {
    let Some(python) = gdal() else { return };
    run(&python, "gdal_vsicurl.py");
}

#[test]
fn owslib_shows_what_gdalwarp_makes() {
    let Some(python) = venv("owslib, PIL, numpy") else { return };
    if has_program("gdalwarp") {
        run(&python, "owslib_client.py");
    }
}

#[test]
fn mapproxy_cascades_what_gdalwarp_makes() {
    let Some(python) = venv("mapproxy, PIL, numpy, yaml") else { return };
    if has_program("gdalwarp") {
        run(&python, "mapproxy_cascade.py");
    }
}

#[test]
fn documents_are_valid_by_the_schemas_of_the_ogc() {
    let Some(python) = venv("mapproxy.test, lxml") else { return };
    if has_program("gdalwarp") {
        run(&python, "schemas.py");
    }
}

#[test]
fn leaflet_in_chromium_shows_what_gdalwarp_makes() {
    let Some(python) = venv("PIL, numpy") else { return };
    if !Path::new("/usr/share/javascript/leaflet/leaflet.js").exists() {
        return skipped("there is no Leaflet in /usr/share/javascript");
    }
    if has_program("chromium") && has_program("gdalwarp") {
        run(&python, "leaflet_page.py");
    }
}

#[test]
fn openlayers_in_chromium_shows_what_gdalwarp_makes() {
    let Some(python) = venv("mapproxy, PIL, numpy") else { return };
    if has_program("chromium") && has_program("gdalwarp") {
        run(&python, "openlayers_page.py");
    }
}

#[test]
fn pystac_and_stac_validator_find_the_collection_valid() {
    let Some(python) = venv("pystac, stac_validator, rio_tiler") else { return };
    if !Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-python/schemas").exists() {
        return skipped("there are no schemas in target/test-python/schemas");
    }
    if has_program("gdalwarp") {
        // Two scenes of three files each.
        run_beside(&python, "stac.py", vec![common::sample("itaipu")]);
    }
}

#[test]
fn titilers_clients_get_what_rio_tiler_reads() {
    let Some(python) = venv("rio_tiler, PIL") else { return };
    if has_program("gdalwarp") {
        run(&python, "rio_tiler_client.py");
    }
}

/// A namespace of the network in which there is nothing but the machine itself, if one can be made here.
fn cut_off() -> Option<Command> {
    let unshare = ["--map-root-user", "--net"];
    let can = Command::new("unshare").args(unshare).arg("true").output().is_ok_and(|output| output.status.success());
    let mut command = Command::new("unshare");
    command.args(unshare);
    can.then_some(command)
}

#[test]
fn the_landing_page_works_with_the_cable_out() {
    let Some(python) = venv("PIL, numpy") else { return };
    if !has_program("chromium") {
        return;
    }
    let mut command = match cut_off() {
        Some(mut command) => {
            command.arg(&python);
            command
        }
        None => {
            eprintln!("no namespace of the network can be made here: Chromium is told that there are no other hosts");
            Command::new(&python)
        }
    };
    let is_cut_off = command.get_program() == "unshare";
    command.args(["-W", "ignore", "-B"]).arg(clients().join("landing_page.py")).arg(env!("CARGO_BIN_EXE_cogscope"));
    command.arg(common::sample("itaipu"));
    let done = command.args(is_cut_off.then_some("--cut-off")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(said.lines().filter(|line| line.starts_with("ok ")).count(), 6, "{said}");
}
