//! What the command line says and returns when something is wrong: 1 and one line for a failure, 2 for a wrong usage.

mod common;

use std::process::{Command, Stdio};

use common::{cogscope, failure, sample};

#[test]
fn a_missing_file_is_named_with_what_to_do() {
    let line = failure(&mut cogscope(["info", "no/such/file.tif"]));
    assert!(line.starts_with("cogscope: no/such/file.tif: "), "{line}");
    assert!(line.ends_with("check the path"), "{line}");
}

#[test]
fn a_text_named_tif_is_told_to_be_no_tiff() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.tif");
    std::fs::write(&file, "Dear reader, this is no image at all.").unwrap();
    let line = failure(cogscope(["info"]).arg(&file));
    assert!(line.contains("letter.tif") && line.contains("not a TIFF"), "{line}");
}

#[test]
fn an_empty_file_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.tif");
    std::fs::write(&file, "").unwrap();
    assert!(failure(cogscope(["info"]).arg(&file)).contains("empty.tif"));
}

#[test]
fn a_cog_that_was_cut_off_is_described_but_its_pixels_fail_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(sample("itaipu/LC08_224077_20200518_B2.tif")).unwrap();
    let file = folder.path().join("cut.tif");
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(cogscope(["info"]).arg(&file).output().unwrap().status.success(), "the directories are at the front");
    let line = failure(cogscope(["info", "--checksum"]).arg(&file));
    assert!(line.contains("cut.tif") && line.contains("fetch it again"), "{line}");
}

#[test]
fn a_folder_without_images_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    assert!(failure(cogscope(["info"]).arg(folder.path())).contains("no TIFF file"));
}

#[test]
#[cfg(unix)]
fn a_folder_that_may_not_be_read_is_a_failure() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read_dir(&closed).is_ok() {
        return; // The administrator may read everything.
    }
    let line = failure(cogscope(["info"]).arg(&closed));
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert!(line.contains("closed") && line.contains("permissions"), "{line}");
}

#[test]
fn a_wrong_usage_returns_2() {
    let wrong: [&[&str]; 9] = [
        &["info"],
        &["point", "a.tif"],
        &["point", "a.tif", "--pixel", "1"],
        &["point", "a.tif", "1", "2", "--pixel", "1,2"],
        &["tile", "a.tif", "3/8/0", "-o", "out.png"],
        &["tile", "a.tif", "3/0/0"],
        &["tile", "a.tif", "3/0/0", "-o", "out.png", "--size", "0"],
        &["render", "a.tif", "--bbox", "5,0,1,1", "--size", "10x10", "-o", "out.png"],
        &["info", "a.tif", "--no-such-flag"],
    ];
    for arguments in wrong {
        let output = cogscope(arguments.iter().copied()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_answers() {
    for flag in ["--help", "--version"] {
        let output = cogscope([flag]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8(output.stdout).unwrap().contains("cogscope"));
    }
}

#[test]
fn wrong_styles_are_told_with_what_is_possible() {
    let file = sample("olinda/LE07_olinda_6band.tif");
    let tile = |style: &[&str]| failure(cogscope(["tile"]).arg(&file).args(["10/0/0", "-o", "out.png"]).args(style));
    let line = tile(&["--expression", "b1+*b2"]);
    assert!(line.contains("unexpected `*` at character 4 of `b1+*b2`"), "{line}");
    assert!(tile(&["--bands", "1,2,9"]).contains("no band `9`"));
    assert!(tile(&["--bands", "1,2"]).contains("1 or 3 bands"));
    assert!(tile(&["--colormap", "rainbow"]).contains("viridis"));
    assert!(tile(&["--gamma", "0"]).contains("above 0"));
    assert!(tile(&["--stretch", "98,2"]).contains("rising"));
    assert!(!std::path::Path::new("out.png").exists());
}

#[test]
fn an_output_of_an_unknown_kind_or_in_no_folder_is_a_failure() {
    let file = sample("olinda/LE07_olinda_6band.tif");
    let to = |output: &str| failure(cogscope(["tile"]).arg(&file).args(["10/0/0", "-o", output]));
    assert!(to("out.gif").contains(".png"));
    let line = to("no/such/folder/out.png");
    assert!(line.contains("no/such/folder/out.png"), "{line}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cogscope"))
        .args(["info", "--json", "sample_data"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && errors.is_empty(), "{:?}: {errors}", output.status);
}

#[test]
#[cfg(not(feature = "window"))]
fn a_program_without_a_window_says_so() {
    assert!(failure(&mut cogscope([] as [&str; 0])).contains("without a window"));
}

#[test]
fn an_image_is_never_overwritten_by_its_own_picture() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.tif");
    std::fs::copy(sample("olinda/LE07_olinda_6band.tif"), &file).unwrap();
    let before = std::fs::read(&file).unwrap();
    let view = ["--bbox", "-34.9,-8,-34.8,-7.9", "--size", "10x10", "-o"];
    let line = failure(cogscope(["render"]).arg(&file).args(view).arg(&file));
    assert!(line.contains("one of the images that are read"), "{line}");
    // By another name, from a folder, and for a tile too.
    let again = folder.path().join(".").join("image.tif");
    failure(cogscope(["render"]).arg(folder.path()).args(view).arg(&again));
    failure(cogscope(["tile"]).arg(&file).args(["10/413/534", "-o"]).arg(&again));
    assert!(std::fs::read(&file).unwrap() == before, "the image is as it was");
}

#[test]
#[cfg(unix)]
fn a_pipe_is_no_image_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.tif");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(failure(cogscope(["info"]).arg(&pipe)).contains("it is a pipe or a device"));
}

#[test]
fn what_is_neither_a_subcommand_nor_a_path_opens_no_window() {
    let line = failure(&mut cogscope(["frobnicate"]));
    assert!(line.contains("frobnicate") && line.contains("no such file, folder or subcommand"), "{line}");
}
