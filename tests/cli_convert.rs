//! `cogscope convert`, as a user or a script sees it, and what other programs say of the files that it writes.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{cogscope, failure, json, sample};
use serde_json::Value;

/// The program wrote `output` and told nothing.
#[track_caller]
fn converted(input: &Path, output: &Path, arguments: &[&str]) {
    let result = cogscope(["convert"]).args([input, output]).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(result.status.success(), "{arguments:?}: {errors}");
    assert!(result.stdout.is_empty());
}

fn info(file: &Path) -> Value {
    json(cogscope(["info", "--json", "--checksum"]).arg(file))
}

fn checksums(info: &Value) -> Vec<&str> {
    info["bands"].as_array().unwrap().iter().map(|band| band["sha256"].as_str().unwrap()).collect()
}

/// A Python that has a module; `None` (and a word about it) if there is none. Asked are the one that
/// `COGSCOPE_TEST_PYTHON` names, `python3`, and the system's own.
fn python_with(module: &str) -> Option<PathBuf> {
    let named = std::env::var_os("COGSCOPE_TEST_PYTHON").map(PathBuf::from);
    let candidates = named.into_iter().chain(["python3", "/usr/bin/python3"].map(PathBuf::from));
    let has_module = |python: &PathBuf| {
        let import = Command::new(python).args(["-c", &format!("import {module}")]).output();
        import.is_ok_and(|output| output.status.success())
    };
    let found = candidates.into_iter().find(has_module);
    if found.is_none() {
        eprintln!("skipped: no Python with the module {module}");
    }
    found
}

/// What a Python program writes to standard output.
#[track_caller]
fn python(python: &Path, code: &str, arguments: &[&Path]) -> String {
    let output = Command::new(python).args(["-c", code]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Pictures of several kinds, made of the sample data and by this program alone.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let rgb = folder.join("rgb.tif");
    let render = ["--bbox", "-35,-8.1,-34.8,-7.9", "--size", "700x650", "--bands", "3,2,1"];
    let status =
        cogscope(["render"]).arg(sample("olinda/LE07_olinda_6band.tif")).args(render).arg("-o").arg(&rgb).status();
    assert!(status.unwrap().success());
    vec![
        common::numbered_image(folder, 4326),
        sample("itaipu/LC08_224077_20200518_B2.tif"),
        sample("olinda/LE07_olinda_6band.tif"),
        rgb,
    ]
}

const LOSSLESS: [&[&str]; 6] = [
    &[],
    &["--compress", "zstd", "--level", "3", "--blocksize", "128"],
    &["--compress", "lzw", "--predictor", "1", "--overviews", "2"],
    &["--compress", "none", "--blocksize", "64", "--resampling", "nearest"],
    &["--compress", "deflate", "--level", "1", "--resampling", "cubic"],
    &["--overviews", "none"],
];

#[test]
fn what_is_written_is_a_cog_of_the_same_pixels_and_description() {
    let folder = tempfile::tempdir().unwrap();
    for source in sources(folder.path()) {
        let before = info(&source);
        for (index, arguments) in LOSSLESS.into_iter().enumerate() {
            let output = folder.path().join(format!("out{index}.tif"));
            converted(&source, &output, &[arguments, &["--overwrite"]].concat());
            let after = info(&output);
            assert_eq!(checksums(&after), checksums(&before), "{} {arguments:?}", source.display());
            for key in ["width", "height", "type", "crs", "geotransform", "mask", "palette", "metadata"] {
                assert_eq!(after[key], before[key], "{key} of {} {arguments:?}", source.display());
            }
            for (after, before) in after["bands"].as_array().unwrap().iter().zip(before["bands"].as_array().unwrap()) {
                assert_eq!(after, before);
            }
            assert_eq!(after["cog"]["valid"], true, "{}", after["cog"]);
            let is_large = after["width"].as_u64().unwrap() > 512;
            let has_warnings = after["cog"]["warnings"] != Value::Array(vec![]);
            assert_eq!(has_warnings, is_large && arguments.contains(&"none") && arguments[0] == "--overviews");
        }
    }
}

#[test]
fn gdal_reads_the_same_pixels_masks_and_positions() {
    let Some(gdal) = python_with("osgeo.gdal") else { return };
    let code = "
import sys
from osgeo import gdal
gdal.UseExceptions()
a, b = (gdal.Open(path) for path in sys.argv[1:3])
assert a.GetGeoTransform() == b.GetGeoTransform()
assert a.GetSpatialRef().IsSame(b.GetSpatialRef())
assert a.GetMetadata() == b.GetMetadata(), (a.GetMetadata(), b.GetMetadata())
for i in range(a.RasterCount):
    x, y = a.GetRasterBand(i + 1), b.GetRasterBand(i + 1)
    assert (x.DataType, x.GetNoDataValue(), x.GetDescription()) == (y.DataType, y.GetNoDataValue(), y.GetDescription())
    assert x.GetColorInterpretation() == y.GetColorInterpretation()
    assert x.ReadRaster() == y.ReadRaster(), 'pixels'
    assert x.GetMaskBand().ReadRaster() == y.GetMaskBand().ReadRaster(), 'mask'
    for k in range(y.GetOverviewCount()):
        y.GetOverview(k).ReadRaster()
        y.GetOverview(k).GetMaskBand().ReadRaster()
";
    let folder = tempfile::tempdir().unwrap();
    for source in sources(folder.path()) {
        for arguments in LOSSLESS {
            let output = folder.path().join("out.tif");
            converted(&source, &output, &[arguments, &["--overwrite"]].concat());
            python(&gdal, code, &[&source, &output]);
        }
    }
}

#[test]
fn gdal_makes_the_same_overviews() {
    let Some(gdal) = python_with("osgeo.gdal") else { return };
    let code = "
import sys, struct
from osgeo import gdal
gdal.UseExceptions()
source, made, method = sys.argv[1:4]
copy = gdal.GetDriverByName('GTiff').CreateCopy(made + '.copy', gdal.Open(source), options=['TILED=YES'])
copy.BuildOverviews(method.upper(), [2, 4])
b = gdal.Open(made)
for i in range(copy.RasterCount):
    for k in range(2):
        x, y = (d.GetRasterBand(i + 1).GetOverview(k) for d in (copy, b))
        assert (x.XSize, x.YSize) == (y.XSize, y.YSize)
        x, y = (o.ReadRaster(buf_type=gdal.GDT_Float64) for o in (x, y))
        pairs = list(zip(*(struct.unpack(f'{len(v) // 8}d', v) for v in (x, y))))
        far = sum(abs(p - q) > 1 for p, q in pairs)
        assert far <= len(pairs) // 1000, (method, i, k, far, len(pairs))
";
    let folder = tempfile::tempdir().unwrap();
    let (several, one) = ("olinda/LE07_olinda_6band.tif", "itaipu/LC08_224077_20200518_B2.tif");
    // Of several bands, GDAL takes nearest pixels from level to level, which moves them where sizes are odd.
    for (method, source) in [("average", several), ("mode", several), ("nearest", one)] {
        let source = sample(source);
        let output = folder.path().join(format!("{method}.tif"));
        converted(&source, &output, &["--overviews", "2", "--resampling", method]);
        python(&gdal, code, &[&source, &output, Path::new(method)]);
    }
}

#[test]
fn rio_cogeo_finds_nothing_to_say() {
    let Some(rio) = python_with("rio_cogeo") else { return };
    let code = "
import sys
from rio_cogeo.cogeo import cog_validate
valid, errors, warnings = cog_validate(sys.argv[1], quiet=True)
print(valid, errors, warnings)
";
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.tif");
    for source in sources(folder.path()) {
        for arguments in LOSSLESS.into_iter().filter(|arguments| !arguments.ends_with(&["none"])) {
            converted(&source, &output, &[arguments, &["--overwrite"]].concat());
            assert_eq!(python(&rio, code, &[&output]).trim(), "True [] []", "{} {arguments:?}", source.display());
        }
    }
}

#[test]
fn gdal_reads_lossy_pictures_nearly_alike() {
    let Some(gdal) = python_with("osgeo.gdal") else { return };
    let code = "
import sys
from osgeo import gdal
gdal.UseExceptions()
a, b = (gdal.Open(path) for path in sys.argv[1:3])
assert b.GetMetadataItem('LAYOUT', 'IMAGE_STRUCTURE') == 'COG'
for i in range(3):
    x, y = (d.GetRasterBand(i + 1).ReadRaster() for d in (a, b))
    mean = sum(abs(p - q) for p, q in zip(x, y)) / len(x)
    assert mean < 6, mean
";
    let folder = tempfile::tempdir().unwrap();
    let source = sources(folder.path()).pop().unwrap();
    let output = folder.path().join("out.tif");
    for arguments in [["jpeg", "90"], ["webp", "90"]] {
        let [compress, quality] = arguments;
        converted(&source, &output, &["--compress", compress, "--quality", quality, "--overwrite"]);
        python(&gdal, code, &[&source, &output]);
    }
}

#[test]
fn the_mend_of_info_is_a_command_line_that_works() {
    let folder = tempfile::tempdir().unwrap();
    let wide = folder.path().join("it is wide.tif");
    let render = ["--bbox", "-35,-8.1,-34.8,-7.9", "--size", "1500x600"];
    let status =
        cogscope(["render"]).arg(sample("olinda/LE07_olinda_6band.tif")).args(render).arg("-o").arg(&wide).status();
    assert!(status.unwrap().success());
    let found = info(&wide);
    assert_eq!(found["cog"]["valid"], false);
    let mend = found["cog"]["errors"][0]["mend"].as_str().unwrap();
    let line = mend.split_once("cogscope convert ").unwrap().1;
    if cfg!(unix) {
        let program = env!("CARGO_BIN_EXE_cogscope");
        let status = Command::new("sh").args(["-c", &format!("'{program}' convert {line}")]).status().unwrap();
        assert!(status.success());
        let mended = info(&folder.path().join("it is wide_cog.tif"));
        assert_eq!(mended["cog"], serde_json::json!({"valid": true, "errors": [], "warnings": []}));
        assert_eq!(checksums(&mended), checksums(&found));
    }
}

#[test]
fn bands_and_nodata_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let source = sample("olinda/LE07_olinda_6band.tif");
    let output = folder.path().join("out.tif");
    converted(&source, &output, &["--bands", "4,1", "--nodata", "255"]);
    let (before, after) = (info(&source), info(&output));
    let sums = checksums(&before);
    assert_eq!(checksums(&after), [sums[3], sums[0]]);
    assert_eq!(after["bands"][0]["nodata"], 255);
    converted(&output, &folder.path().join("again.tif"), &["--nodata", "none"]);
    assert_eq!(info(&folder.path().join("again.tif"))["bands"][0]["nodata"], Value::Null);
}

#[test]
fn what_can_not_be_done_is_told_in_a_line_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let source = common::numbered_image(folder.path(), 4326);
    let output = folder.path().join("out.tif");
    let line = |input: &Path, output: &Path, arguments: &[&str]| {
        failure(cogscope(["convert"]).args([input, output]).args(arguments))
    };
    assert!(
        line(&folder.path().join("none.tif"), &output, &[])
            .ends_with("none.tif: No such file or directory (os error 2); check the path")
            || cfg!(windows)
    );
    let letter = folder.path().join("letter.tif");
    std::fs::write(&letter, "Dear reader").unwrap();
    assert!(line(&letter, &output, &[]).contains("letter.tif: not a TIFF file"));
    assert!(line(&source, &source, &["--overwrite"]).contains("numbered.tif: a file can't be converted into itself"));
    assert!(line(&source, &letter, &[]).contains("--overwrite to replace it"));
    let lost = line(&source, &folder.path().join("no/such/out.tif"), &[]);
    assert!(lost.contains("out.tif") && lost.contains("there is no such folder"), "{lost}");
    assert!(line(&source, folder.path(), &[]).contains("give the name of a file"));
    assert!(line(&source, &output, &["--compress", "jpeg"]).contains("not UInt16; choose deflate, zstd or lzw"));
    assert!(line(&source, &output, &["--compress", "webp"]).contains("not UInt16"));
    assert!(line(&source, &output, &["--compress", "zstd", "--quality", "5"]).contains("--quality goes with"));
    assert!(line(&source, &output, &["--compress", "lzw", "--level", "5"]).contains("--level goes with"));
    assert!(line(&source, &output, &["--level", "20"]).contains("1 to 12"));
    assert!(line(&source, &output, &["--predictor", "3"]).contains("predictor 3"));
    assert!(line(&source, &output, &["--blocksize", "100"]).contains("multiples of 16"));
    assert!(line(&source, &output, &["--bands", "7"]).contains("no band `7`"));
    assert!(line(&source, &output, &["--nodata", "x"]).contains("`x` is no number"));
    assert!(!output.exists());
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing is left behind: {names:?}");
}

#[test]
fn a_float_image_is_not_made_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let float = folder.path().join("float.tif");
    let render = ["--bbox", "-35,-8.1,-34.8,-7.9", "--size", "40x40", "--expression", "b1/2"];
    let status =
        cogscope(["render"]).arg(sample("olinda/LE07_olinda_6band.tif")).args(render).arg("-o").arg(&float).status();
    assert!(status.unwrap().success());
    let output = folder.path().join("out.tif");
    for compress in ["webp", "jpeg"] {
        let line = failure(cogscope(["convert"]).args([&float, &output]).args(["--compress", compress]));
        assert!(line.contains("float.tif") && line.contains("not Float64"), "{line}");
    }
}

#[test]
fn a_wrong_usage_returns_2() {
    for arguments in [
        &["a.tif"][..],
        &["a.tif", "b.tif", "--compress", "zip"],
        &["a.tif", "b.tif", "--overviews", "some"],
        &["a.tif", "b.tif", "--predictor", "4"],
        &["a.tif", "b.tif", "--resampling", "lanczos"],
        &["a.tif", "b.tif", "--quality", "101"],
    ] {
        let output = cogscope(["convert"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    // Files may have 64 KiB here; what would be longer fails, as it does where the disk or a quota is full.
    let source = sample("itaipu/LC08_224077_20200518_B2.tif");
    let program = env!("CARGO_BIN_EXE_cogscope");
    let script = format!("trap '' XFSZ; ulimit -f 64; '{program}' convert '{}' out.tif", source.display());
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    let line = errors.lines().last().unwrap();
    assert!(line.starts_with("cogscope: out.tif: ") && line.contains("write to another disk"), "{errors}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Names in a folder, in their order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn to_be_stopped_leaves_nothing_behind_and_what_a_kill_leaves_goes_with_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let vast = common::vast::vast_image(folder.path());
    let out = folder.path().join("out.tif");
    let begin = || {
        let mut command = common::program::heeding_signals(&cogscope(["convert"]));
        command.arg(&vast).arg(&out).stderr(std::process::Stdio::piped());
        let running = common::program::Running::start(command);
        common::program::wait_until("it writes", || names(folder.path()).len() > 1);
        running
    };
    for signal in ["INT", "TERM"] {
        let mut running = begin();
        running.signal(signal);
        let (status, errors) = running.end();
        assert_eq!(status.code(), Some(1), "{errors}");
        let line = errors.lines().last().unwrap_or_default();
        assert!(line.ends_with("out.tif: stopped before it was complete"), "{errors}");
        assert_eq!(names(folder.path()), ["vast.tif"], "after SIG{signal}");
    }
    begin().kill();
    assert!(names(folder.path()).iter().any(|name| name.ends_with(".part")));
    let small = common::numbered_image(folder.path(), 4326);
    converted(&small, &out, &[]);
    assert_eq!(names(folder.path()), ["numbered.tif", "out.tif", "vast.tif"]);
}
