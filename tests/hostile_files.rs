//! Files that would make a reader hang, crash or take much memory: every command must fail, or answer, within limits.
//!
//! Peak memory is the system's own count of a child process, by way of Python; where there is none, memory is not looked at. The
//! limit of time is there to end a hang, not to measure speed.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cogscope::cog::{BlockCache, Cog};
use cogscope::raster::PixelWindow;
use common::{cogscope, sample};

const HANG_SECONDS: u32 = 120;
const MAX_PEAK_KIB: u64 = 512 * 1024;

/// Runs a command; the first line of its output is the status of the child and its peak of memory in KiB.
const MEASURE: &str = r"
import os, subprocess, sys, threading
child = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
hang = threading.Timer(float(sys.argv[1]), child.kill)
hang.start()
told = child.stderr.read()
_, status, usage = os.wait4(child.pid, 0)
hang.cancel()
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
sys.stdout.flush()
sys.stdout.buffer.write(told)
";

/// Status, peak of memory in KiB and what was told on standard error.
fn measured(command: &Command) -> (i32, u64, String) {
    let mut python = Command::new("python3");
    python.args(["-c", MEASURE, &HANG_SECONDS.to_string()]).arg(command.get_program()).args(command.get_args());
    let Ok(Output { status, stdout, .. }) = python.output() else {
        eprintln!("memory is not looked at: no Python");
        let output = Command::new(command.get_program()).args(command.get_args()).output().unwrap();
        return (output.status.code().unwrap_or(-1), 0, String::from_utf8_lossy(&output.stderr).into_owned());
    };
    assert!(status.success());
    let text = String::from_utf8_lossy(&stdout);
    let (first, told) = text.split_once('\n').unwrap();
    let (code, peak_kib) = first.split_once(' ').unwrap();
    (code.parse().unwrap(), peak_kib.trim().parse().unwrap(), told.to_owned())
}

/// What a script asks of a file: each has to end by itself, with an answer or one line, in little memory.
fn survives(file: &Path) {
    for arguments in
        [&["info", "--json"][..], &["info", "--json", "--checksum"], &["point", "--pixel", "0,0"], &["stats"]]
    {
        let mut command = cogscope(arguments);
        command.arg(file);
        let (code, peak_kib, told) = measured(&command);
        let what = format!("{} of {}: status {code}, {peak_kib} KiB, {told}", arguments.join(" "), file.display());
        assert!(matches!(code, 0 | 1), "{what}");
        assert!(peak_kib <= MAX_PEAK_KIB, "{what}");
        assert!(!told.contains("panicked"), "{what}");
        assert_eq!(told.lines().count(), usize::from(code == 1), "{what}");
    }
}

/// A tag: number, type (3 is 16 bits, 4 is 32 bits) and values.
type Tag = (u16, u16, Vec<u32>);

/// A little-endian TIFF file of one tile with the given data; `more` adds tags, replaces these, or, without a
/// value, takes them away.
fn tile(side: u32, compression: u32, data: &[u8], more: &[Tag]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    let mut tags: Vec<Tag> = vec![
        (256, 4, vec![side]),
        (257, 4, vec![side]),
        (258, 3, vec![8]),
        (259, 3, vec![compression]),
        (262, 3, vec![1]),
        (277, 3, vec![1]),
        (322, 4, vec![side]),
        (323, 4, vec![side]),
        (324, 4, vec![8]),
        (325, 4, vec![length]),
    ];
    for tag in more {
        tags.retain(|(number, ..)| *number != tag.0);
        tags.extend((!tag.2.is_empty()).then(|| tag.clone()));
    }
    tags.sort_by_key(|(number, ..)| *number);
    let directory = 8 + length.next_multiple_of(2);
    let mut file = [b"II*\0".as_slice(), &directory.to_le_bytes(), data].concat();
    file.resize(directory as usize, 0);
    let mut values_at = directory + 2 + 12 * u32::try_from(tags.len()).unwrap() + 4;
    let mut beyond: Vec<u8> = Vec::new();
    file.extend(u16::try_from(tags.len()).unwrap().to_le_bytes());
    for (number, kind, values) in &tags {
        let width = if *kind == 3 { 2 } else { 4 };
        let mut bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()[..width].to_vec()).collect();
        file.extend(number.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(u32::try_from(values.len()).unwrap().to_le_bytes());
        if bytes.len() > 4 {
            file.extend(values_at.to_le_bytes());
            values_at += u32::try_from(bytes.len()).unwrap();
            beyond.extend(bytes);
        } else {
            bytes.resize(4, 0);
            file.extend(bytes);
        }
    }
    file.extend([0; 4]);
    file.extend(beyond);
    file
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// So many zeros, compressed: little data that becomes much.
fn zeros_deflated(count: usize) -> Vec<u8> {
    let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
    let mut out = vec![0; compressor.zlib_compress_bound(count)];
    let length = compressor.zlib_compress(&vec![0; count], &mut out).unwrap();
    out.truncate(length);
    out
}

const BOMB_BYTES: usize = 200 << 20;

#[test]
fn data_that_grow_when_they_are_decompressed_fill_their_block_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let lerc = [(50674, 4, vec![4, 1])];
    let lerc_zstd = [(50674, 4, vec![4, 2])];
    let deflate = zeros_deflated(BOMB_BYTES);
    let zstd = zstd::bulk::compress(&vec![0; BOMB_BYTES], 1).unwrap();
    let lzw =
        weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(&vec![0; 20 << 20]).unwrap();
    let packbits = [0x81, 0].repeat(1 << 18);
    let cases: [(&str, Vec<u8>); 7] = [
        ("deflate.tif", tile(64, 8, &deflate, &[])),
        ("zstd.tif", tile(64, 50000, &zstd, &[])),
        ("lzw.tif", tile(64, 5, &lzw, &[])),
        ("packbits.tif", tile(64, 32773, &packbits, &[])),
        ("lerc_deflate.tif", tile(64, 34887, &deflate, &lerc)),
        ("lerc_zstd.tif", tile(64, 34887, &zstd, &lerc_zstd)),
        ("deflate_rgb.tif", tile(64, 8, &deflate, &[(258, 3, vec![8; 3]), (262, 3, vec![2]), (277, 3, vec![3])])),
    ];
    for (name, bytes) in cases {
        survives(&written(folder.path(), name, &bytes));
    }
}

#[test]
fn pictures_inside_of_tiles_that_are_much_larger_than_the_tile_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rgb = [(258, 3, vec![8; 3]), (262, 3, vec![2]), (277, 3, vec![3])];
    let grey = vec![9; 6000 * 6000];
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, 50).encode(&grey, 6000, 6000, jpeg_encoder::ColorType::Luma).unwrap();
    let webp = webp::Encoder::from_rgb(&grey[..3 * 3000 * 3000], 3000, 3000).encode_lossless();
    // An LERC header (version 2.4) that claims 40,000 x 40,000 pixels of one value.
    let mut lerc = b"Lerc2 \x04\0\0\0".to_vec();
    for number in [0_u32, 40_000, 40_000, 1, 1_600_000_000, 8, 90, 1] {
        lerc.extend(number.to_le_bytes());
    }
    lerc.extend([0; 24]);
    lerc.extend(0_u32.to_le_bytes());
    // A JPEG XL stream that claims 2^30 x 2^30 pixels.
    let jxl = [0xff, 0x0a, 0xfe, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x3f, 0, 0];
    let cases: [(&str, Vec<u8>); 4] = [
        ("jpeg.tif", tile(64, 7, &jpeg, &[])),
        ("webp.tif", tile(64, 50001, &webp, &rgb)),
        ("lerc.tif", tile(64, 34887, &lerc, &[])),
        ("jxl.tif", tile(64, 50002, &jxl, &rgb)),
    ];
    for (name, bytes) in cases {
        let file = written(folder.path(), name, &bytes);
        survives(&file);
        let cog = Cog::open(&file).unwrap();
        let window = PixelWindow::new(0, 0, 64, 64).unwrap();
        let read = cog.read_window(0, window, &[0], &BlockCache::new(1 << 20));
        assert!(read.is_err(), "{name} has no picture of 64 x 64 pixels");
    }
}

#[test]
fn sizes_and_counts_beyond_reason_end_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let strips = |height: u32, rows: u32| {
        vec![(257, 4, vec![height]), (273, 4, vec![8]), (278, 4, vec![rows]), (279, 4, vec![16])]
    };
    let cases: [(&str, Vec<u8>); 7] = [
        ("a_row_of_2_billion.tif", tile(2_147_483_647, 1, &[0; 16], &strips(1, 1))),
        ("a_billion_strips.tif", tile(2048, 1, &[0; 16], &strips(1 << 30, 1))),
        ("as_many_compressed.tif", tile(2048, 8, &zeros_deflated(100), &strips(1 << 30, 1))),
        ("tiles_of_no_size.tif", tile(64, 1, &[0; 16], &[(322, 4, vec![0]), (323, 4, vec![0])])),
        ("65529_samples.tif", tile(16, 1, &[0; 16], &[(277, 3, vec![65529])])),
        ("65529_planes.tif", tile(16, 8, &zeros_deflated(256), &[(277, 3, vec![65529]), (284, 3, vec![2])])),
        ("one_strip_of_10_gigabytes.tif", tile(100_000, 8, &zeros_deflated(100), &strips(100_000, 100_000))),
    ];
    for (name, bytes) in cases {
        let file = written(folder.path(), name, &bytes);
        let mut command = cogscope(["info", "--json"]);
        let mut point = cogscope(["point", "--pixel", "0,0"]);
        for command in [command.arg(&file), point.arg(&file)] {
            let (code, peak_kib, told) = measured(command);
            assert!(matches!(code, 0 | 1) && peak_kib <= MAX_PEAK_KIB, "{name}: {code}, {peak_kib} KiB, {told}");
            assert!(!told.contains("panicked"), "{name}: {told}");
        }
    }
    // A row so wide would have to be held whole, and each of its overviews.
    let never_written =
        [strips(1, 1), vec![(273, 4, vec![0]), (279, 4, vec![0])], (322..=325).map(|tag| (tag, 4, vec![])).collect()]
            .concat();
    let file =
        written(folder.path(), "a_row_that_is_not_stored.tif", &tile(2_100_000_000, 1, &[0; 16], &never_written));
    let mut command = cogscope(["convert"]);
    let (code, peak_kib, told) = measured(command.arg(&file).arg(folder.path().join("out.tif")));
    assert!(code == 1 && peak_kib <= MAX_PEAK_KIB && told.contains("MiB of memory"), "{code}, {peak_kib} KiB, {told}");
    let file = folder.path().join("a_billion_strips.tif");
    let mut command = cogscope(["info", "--checksum"]);
    let (code, peak_kib, told) = measured(command.arg(&file));
    assert!(code == 1 && peak_kib <= MAX_PEAK_KIB, "{code}, {peak_kib} KiB, {told}");
}

#[test]
fn one_block_of_nearly_all_that_is_allowed_and_very_many_bands_stay_within_memory() {
    let folder = tempfile::tempdir().unwrap();
    let strip = |width: u32, height: u32| {
        vec![(256, 4, vec![width]), (257, 4, vec![height]), (273, 4, vec![8]), (278, 4, vec![height])]
    };
    let with = |tags: Vec<Tag>, more: &[Tag]| [tags.as_slice(), more].concat();
    let zeros = |count: usize| zeros_deflated(count);
    let wide = with(strip(16_000, 16_500), &[]);
    let floats = with(strip(8000, 8200), &[(258, 3, vec![32]), (317, 3, vec![3]), (339, 3, vec![3])]);
    let bands = with(strip(16, 16), &[(277, 3, vec![65_529])]);
    for (name, bytes) in [
        ("bytes.tif", tile(16, 8, &zeros(16_000 * 16_500), &wide)),
        ("floats.tif", tile(16, 8, &zeros(4 * 8000 * 8200), &floats)),
        ("bands.tif", tile(16, 8, &zeros(256 * 65_529), &bands)),
    ] {
        let file = written(folder.path(), name, &bytes);
        for arguments in [&["info", "--checksum"][..], &["stats"]] {
            let mut command = cogscope(arguments);
            let (code, peak_kib, told) = measured(command.arg(&file));
            assert!(code == 0 && peak_kib <= MAX_PEAK_KIB, "{arguments:?} {name}: {code}, {peak_kib} KiB, {told}");
        }
    }
}

#[test]
fn of_a_cog_of_400_000_tiles_only_what_is_needed_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (side, tiles) = (632 * 512, 632 * 632);
    let file = folder.path().join("sparse.tif");
    // Offsets and lengths are zeros that follow the directory and take no room on the disk.
    let mut bytes =
        tile(side, 8, &[], &[(322, 4, vec![512]), (323, 4, vec![512]), (324, 4, vec![0]), (325, 4, vec![0])]);
    let arrays_at = u32::try_from(bytes.len()).unwrap();
    for (tag, at) in [(324_u16, arrays_at), (325, arrays_at + 4 * tiles)] {
        let entry = bytes.windows(4).position(|four| four[..2] == tag.to_le_bytes() && four[2..] == [4, 0]).unwrap();
        bytes[entry + 4..entry + 12].copy_from_slice(&[tiles.to_le_bytes(), at.to_le_bytes()].concat());
    }
    std::fs::write(&file, &bytes).unwrap();
    std::fs::File::options().write(true).open(&file).unwrap().set_len(u64::from(arrays_at + 8 * tiles)).unwrap();
    assert_eq!(Cog::open(&file).unwrap().levels()[0].block_count(), u64::from(tiles));
    let peak = |file: &Path, arguments: &[&str]| {
        let mut command = cogscope(arguments);
        let (code, peak_kib, told) = measured(command.arg(file));
        assert_eq!(code, 0, "{told}");
        peak_kib
    };
    let small = written(folder.path(), "small.tif", &tile(16, 1, &[0; 256], &[]));
    for arguments in [&["info", "--json"][..], &["point", "--pixel", "300000,300000"]] {
        let (large, little) = (peak(&file, arguments), peak(&small, &["info"]));
        assert!(large <= little + 10 * 1024, "{arguments:?}: {large} KiB, {little} KiB of a file of one tile");
    }
}

#[test]
fn files_cut_at_64_points_are_read_as_far_as_they_go() {
    let folder = tempfile::tempdir().unwrap();
    let source = sample("olinda/LE07_olinda_6band.tif");
    for compress in ["none", "deflate", "zstd", "lzw", "webp", "jpeg"] {
        let file = folder.path().join(format!("{compress}.tif"));
        let options = ["--compress", compress, "--blocksize", "64", "--bands", "3,2,1"];
        let converted = cogscope(["convert"]).arg(&source).arg(&file).args(options).output().unwrap();
        assert!(converted.status.success(), "{}", String::from_utf8_lossy(&converted.stderr));
        let whole = std::fs::read(&file).unwrap();
        let opened = Cog::open(&file).unwrap();
        let bands: Vec<usize> = (0..opened.band_count()).collect();
        let cut = folder.path().join("cut.tif");
        let mut failures = 0;
        for point in 0..64 {
            std::fs::write(&cut, &whole[..whole.len() * point / 64]).unwrap();
            let Ok(cog) = Cog::open(&cut) else { continue };
            assert!(!cog.validate().is_cog(), "{compress} cut at {point} of 64");
            for index in 0..cog.levels().len() {
                let level = &cog.levels()[index];
                let window = PixelWindow::new(0, 0, level.width, level.height).unwrap();
                failures += usize::from(cog.read_window(index, window, &bands, &BlockCache::new(1 << 20)).is_err());
            }
        }
        assert!(failures > 0, "{compress}");
    }
}

#[test]
fn a_file_that_is_cut_or_replaced_while_it_is_open_is_an_error_or_the_old_picture() {
    let folder = tempfile::tempdir().unwrap();
    let path = common::numbered_image(folder.path(), 4326);
    let whole = std::fs::read(&path).unwrap();
    let read = |cog: &Cog| cog.read_window(0, PixelWindow::new(0, 0, 30, 20).unwrap(), &[0], &BlockCache::new(1 << 20));
    let cog = Cog::open(&path).unwrap();
    let before = read(&cog).unwrap();
    // Cut in place: the same file has fewer bytes.
    std::fs::File::options().write(true).open(&path).unwrap().set_len(200).unwrap();
    let error = read(&cog).unwrap_err().to_string();
    assert!(error.contains("numbered.tif") && error.contains("ends too early"), "{error}");
    // Replaced by renaming: the open one is still the old file.
    std::fs::write(&path, &whole).unwrap();
    let cog = Cog::open(&path).unwrap();
    let other = written(folder.path(), "other.tif", &tile(16, 1, &[5; 256], &[]));
    std::fs::rename(other, &path).unwrap();
    if cfg!(unix) {
        assert_eq!(read(&cog).unwrap(), before);
    }
    assert_eq!(Cog::open(&path).unwrap().width(), 16);
    // Gone altogether.
    std::fs::remove_file(&path).unwrap();
    assert!(Cog::open(&path).is_err());
}

#[test]
fn names_of_any_script_and_length_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let source = common::numbered_image(folder.path(), 4326);
    let deep = ["ordner mit leerzeichen", &"g".repeat(100), &"h".repeat(100), &"i".repeat(100)].join("/");
    for name in ["画像 衛星.tif", "снимок.tif", "🛰️🌍.tif", "it's \"quoted\".tif", "-o.tif", &format!("{deep}/x.tif")]
    {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::copy(&source, &file).unwrap();
        let answer = common::json(cogscope(["info", "--json"]).arg(&file));
        assert_eq!(answer["width"], 30, "{name}");
        let out = file.with_file_name("cog.tif");
        let output = cogscope(["convert", "--overwrite"]).arg(&file).arg(&out).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
