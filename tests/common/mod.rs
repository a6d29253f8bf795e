//! Runs the program and reads what it wrote.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

pub mod endpoint;
pub mod http;
pub mod postgres;
pub mod program;
#[cfg(target_os = "linux")]
pub mod trace;
pub mod vast;
#[cfg(feature = "window")]
pub mod window;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use cogscope::geo::{Affine, BoundingBox, Crs};
use cogscope::raster::{Raster, Samples};
use cogscope::render::encode::{Placement, geotiff_values};
use serde_json::Value;
use sha2::Digest;

/// The program with these arguments, run in the project's folder.
pub fn cogscope(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cogscope"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command
}

/// A file of the sample data.
pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data").join(name)
}

/// What the program answered in JSON; it has to succeed.
#[track_caller]
pub fn json(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The one line that the program wrote when it failed with status 1 and without output.
#[track_caller]
pub fn failure(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(output.stdout.is_empty());
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), 1, "{errors}");
    lines[0].to_owned()
}

/// 30 x 20 16-bit pixels over 10 to 13 degrees east and 50 to 52 degrees north, numbered row by row from 0.
pub fn numbered_image(folder: &Path, epsg: u32) -> PathBuf {
    let bbox = BoundingBox::new(10.0, 50.0, 13.0, 52.0).unwrap();
    let placement = Placement { affine: Affine::of_grid(&bbox, 30, 20), crs: Crs::from_epsg(epsg).unwrap() };
    let raster = Raster::fully_valid(30, 20, vec![Samples::U16((0..600).collect())]).unwrap();
    let file = folder.join("numbered.tif");
    std::fs::write(&file, geotiff_values(&raster, &placement).unwrap()).unwrap();
    file
}

pub fn sha256(bytes: &[u8]) -> String {
    let digits: Vec<String> = sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// Width, height and RGBA pixels of a PNG file.
pub fn picture(file: &Path) -> (u32, u32, Vec<u8>) {
    let bytes = std::io::BufReader::new(std::fs::File::open(file).unwrap());
    let mut reader = png::Decoder::new(bytes).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgba);
    (info.width, info.height, pixels)
}

/// An array file, taken apart.
pub struct Npy {
    pub descr: String,
    pub shape: Vec<usize>,
    pub data: Vec<u8>,
}

impl Npy {
    pub fn read(file: &Path) -> Self {
        let bytes = std::fs::read(file).unwrap();
        let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let header = std::str::from_utf8(&bytes[10..10 + length]).unwrap();
        let between = |start: &str, end: char| {
            let from = header.find(start).unwrap() + start.len();
            header[from..].split(end).next().unwrap().to_owned()
        };
        let shape = between("'shape': (", ')').split(", ").map(|number| number.parse().unwrap()).collect();
        Self { descr: between("'descr': '", '\''), shape, data: bytes[10 + length..].to_vec() }
    }
}
