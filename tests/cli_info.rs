//! `cogscope info`, as a user or a script sees it.

mod common;

use common::{cogscope, json, sample};
use serde_json::Value;

#[test]
fn the_keys_of_the_answer_stay() {
    let answer = json(cogscope(["info", "--json", "--checksum"]).arg(sample("itaipu/LC08_224077_20200518_B2.tif")));
    for key in [
        "path",
        "file_name",
        "file_bytes",
        "width",
        "height",
        "band_count",
        "type",
        "bits_per_sample",
        "photometric",
        "compression",
        "predictor",
        "interleave",
        "tiled",
        "block_width",
        "block_height",
        "byte_order",
        "big_tiff",
        "crs",
        "georeference",
        "geotransform",
        "gcps",
        "rpc",
        "pixel_is_point",
        "bounds",
        "bounds_lon_lat",
        "pixel_size",
        "overviews",
        "mask",
        "mask_external",
        "palette",
        "metadata",
        "cog",
        "bands",
    ] {
        assert!(answer.get(key).is_some(), "{key} is missing");
    }
    assert_eq!(answer["crs"]["epsg"], 32621);
    assert_eq!(answer["type"], "UInt16");
    assert_eq!(answer["cog"]["valid"], true);
    assert_eq!((&answer["bits_per_sample"], &answer["photometric"]), (&16.into(), &"MINISBLACK".into()));
    assert_eq!(answer["overviews"][0]["mask"], false);
    let sum = answer["bands"][0]["sha256"].as_str().unwrap();
    assert!(sum.len() == 64 && sum.bytes().all(|digit| digit.is_ascii_hexdigit()), "{sum}");
}

#[test]
fn a_cut_file_is_no_valid_cog_and_says_where_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(sample("itaipu/LC08_224077_20200518_B2.tif")).unwrap();
    let cut = folder.path().join("cut.tif");
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let answer = json(cogscope(["info", "--json"]).arg(&cut));
    assert_eq!(answer["cog"]["valid"], false);
    let problems = answer["cog"]["errors"].to_string();
    assert!(
        problems.contains("the file ends too early") && problems.contains("fetch the whole file again"),
        "{problems}"
    );
    std::fs::write(&cut, &whole[..300]).unwrap();
    let error = common::failure(cogscope(["info"]).arg(&cut));
    assert!(error.contains("the file ends too early"), "{error}");
}

#[test]
fn checksums_are_told_only_when_asked_for() {
    let answer = json(cogscope(["info", "--json"]).arg(sample("olinda/LE07_olinda_6band.tif")));
    assert_eq!(answer["bands"].as_array().unwrap().len(), 6);
    assert_eq!(answer["bands"][0].get("sha256"), None);
}

#[test]
fn a_checksum_is_of_the_bands_own_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = common::numbered_image(folder.path(), 4326);
    let answer = json(cogscope(["info", "--json", "--checksum"]).arg(&file));
    let bytes: Vec<u8> = (0..600_u16).flat_map(u16::to_le_bytes).collect();
    assert_eq!(answer["bands"][0]["sha256"], common::sha256(&bytes));
}

#[test]
fn a_folder_gives_a_list_in_which_broken_files_have_an_error() {
    let folder = tempfile::tempdir().unwrap();
    common::numbered_image(folder.path(), 4326);
    std::fs::write(folder.path().join("broken.tif"), b"II*\0no directory here").unwrap();
    let output = cogscope(["info", "--json"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(list[0]["error"].as_str().unwrap().contains("broken.tif"), "{list}");
    assert_eq!(list[1]["width"], 30);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("broken.tif") && errors.contains("1 of 2 files failed"), "{errors}");
}

#[test]
fn the_answer_for_people_is_laid_out_in_lines() {
    let output = cogscope(["info", "sample_data/olinda/LE07_olinda_6band.tif"]).output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
