//! `cogscope point`, `stats`, `tile` and `render`, as a user or a script sees them.

mod common;

use cogscope::geo::{Affine, BoundingBox, Crs};
use cogscope::raster::{Raster, Samples};
use cogscope::render::encode::{Placement, geotiff_values};
use common::{Npy, cogscope, failure, json, numbered_image, picture, sample};

#[test]
fn a_point_is_found_by_pixel_and_by_position() {
    let folder = tempfile::tempdir().unwrap();
    // 30 x 20 pixels over 10 to 13 degrees east and 50 to 52 degrees north, numbered row by row.
    let file = numbered_image(folder.path(), 4326);
    let by_pixel = json(cogscope(["point", "--json", "--pixel", "7,3"]).arg(&file));
    assert_eq!(by_pixel["bands"][0]["value"], 3 * 30 + 7);
    assert_eq!((&by_pixel["col"], &by_pixel["row"]), (&7.into(), &3.into()));
    assert!((by_pixel["lon"].as_f64().unwrap() - 10.75).abs() < 1e-9);
    assert!((by_pixel["lat"].as_f64().unwrap() - 51.65).abs() < 1e-9);
    let by_position = json(cogscope(["point"]).arg(&file).args(["10.75", "51.65", "--json"]));
    assert_eq!(by_position, by_pixel);
}

#[test]
fn points_west_and_south_of_greenwich_need_no_escapes() {
    let answer =
        json(cogscope(["point"]).arg(sample("itaipu/LC08_224077_20200518_B2.tif")).args(["-54.55", "-25.3", "--json"]));
    assert!(answer["bands"][0]["value"].as_u64().unwrap() > 0);
}

#[test]
fn a_point_outside_is_a_failure_that_says_where_the_image_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = numbered_image(folder.path(), 4326);
    let line = failure(cogscope(["point"]).arg(&file).args(["0", "0"]));
    assert!(line.contains("from longitude 10.00000 to 13.00000"), "{line}");
    let line = failure(cogscope(["point", "--pixel", "30,0"]).arg(&file));
    assert!(line.contains("30 columns and 20 rows"), "{line}");
}

#[test]
fn an_image_without_a_position_says_how_to_ask_by_pixel() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plain.tif");
    // A picture of one byte, without any key of a position.
    let mut bytes = b"II*\0\x08\0\0\0\x09\0".to_vec();
    let tags: [(u16, u16, u32); 9] = [
        (256, 3, 1),
        (257, 3, 1),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 122),
        (277, 3, 1),
        (278, 3, 1),
        (279, 4, 1),
    ];
    for (tag, kind, value) in tags {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend([0, 0, 0, 0, 200]);
    std::fs::write(&file, &bytes).unwrap();
    let line = failure(cogscope(["point"]).arg(&file).args(["1", "2"]));
    assert!(line.ends_with("use --pixel COL,ROW"), "{line}");
    assert_eq!(json(cogscope(["point", "--json", "--pixel", "0,0"]).arg(&file))["bands"][0]["value"], 200);
}

#[test]
fn values_that_json_has_no_number_for_are_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("floats.tif");
    let bbox = BoundingBox::new(0.0, 0.0, 3.0, 1.0).unwrap();
    let placement = Placement { affine: Affine::of_grid(&bbox, 3, 1), crs: Crs::wgs84() };
    let plane = Samples::F32(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
    let raster = Raster::fully_valid(3, 1, vec![plane]).unwrap();
    std::fs::write(&file, geotiff_values(&raster, &placement).unwrap()).unwrap();
    let value =
        |pixel: &str| json(cogscope(["point", "--json", "--pixel", pixel]).arg(&file))["bands"][0]["value"].clone();
    assert_eq!([value("0,0"), value("1,0"), value("2,0")], ["NaN", "Infinity", "-Infinity"]);
}

#[test]
fn statistics_are_of_all_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = numbered_image(folder.path(), 4326);
    let answer = json(cogscope(["stats", "--json", "--percentiles", "0,50,100"]).arg(&file));
    let statistics = &answer["bands"][0]["statistics"];
    assert_eq!((&statistics["min"], &statistics["max"]), (&0.into(), &599.into()));
    assert_eq!(statistics["mean"], 299.5);
    assert_eq!(statistics["valid_count"], 600);
    assert_eq!(statistics["percentiles"]["50"], 299.5);
    let counts = statistics["histogram"]["counts"].as_array().unwrap();
    assert_eq!(counts.iter().map(|count| count.as_u64().unwrap()).sum::<u64>(), 600);
    assert!(failure(cogscope(["stats", "--level", "5"]).arg(&file)).contains("no level 5"));
}

#[test]
fn a_tile_of_values_has_the_shape_bands_and_mask() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("tile.npy");
    let done = cogscope(["tile"])
        .arg(sample("olinda/LE07_olinda_6band.tif"))
        .args(["11/825/1069", "--size", "64", "-o"])
        .arg(&out)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let npy = Npy::read(&out);
    assert_eq!((npy.descr.as_str(), npy.shape.as_slice()), ("|u1", [7, 64, 64].as_slice()));
    let mask = &npy.data[6 * 64 * 64..];
    assert!(mask.iter().all(|&mask| mask == 0 || mask == 255));
    assert!(mask.contains(&255), "the tile meets the image");
}

#[test]
fn a_tile_beside_the_image_is_all_mask() {
    let folder = tempfile::tempdir().unwrap();
    let (npy, png) = (folder.path().join("a.npy"), folder.path().join("a.png"));
    for out in [&npy, &png] {
        let mut command = cogscope(["tile"]);
        command.arg(sample("olinda/LE07_olinda_6band.tif")).args(["11/0/0", "-o"]).arg(out);
        assert!(command.output().unwrap().status.success());
    }
    assert!(Npy::read(&npy).data.iter().all(|&value| value == 0));
    assert!(picture(&png).2.iter().skip(3).step_by(4).all(|&alpha| alpha == 0));
}

#[test]
fn a_picture_shows_the_image_and_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("picture.png");
    let mut command = cogscope(["render", "--bbox", "-34.92,-8.05,-34.82,-7.94", "--size", "100x110", "-o"]);
    command.arg(&out).args(["--bands", "3,2,1", "--stretch", "2,98"]).arg(sample("olinda/LE07_olinda_6band.tif"));
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (width, height, pixels) = picture(&out);
    assert_eq!((width, height), (100, 110));
    assert_eq!(pixels[3], 0, "the corner lies outside the image");
    let middle = &pixels[(55 * 100 + 50) * 4..][..4];
    assert_eq!(middle[3], 255);
    let reds: std::collections::BTreeSet<u8> =
        pixels.chunks(4).filter(|pixel| pixel[3] == 255).map(|pixel| pixel[0]).collect();
    assert_eq!((reds.first(), reds.last()), (Some(&0), Some(&255)), "the stretch reaches both ends");
    assert!(reds.len() > 50, "and has steps between: {}", reds.len());
}

#[test]
fn values_written_as_geotiff_are_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = numbered_image(folder.path(), 4326);
    let out = folder.path().join("part.tif");
    let mut command = cogscope(["render", "--bbox", "10,51,11,52", "--size", "10x10", "-o"]);
    assert!(command.arg(&out).arg(&file).output().unwrap().status.success());
    let info = json(cogscope(["info", "--json"]).arg(&out));
    assert_eq!((&info["type"], &info["crs"]["epsg"]), (&"UInt16".into(), &4326.into()));
    let value = json(cogscope(["point", "--json", "--pixel", "4,2"]).arg(&out));
    assert_eq!(value["bands"][0]["value"], 2 * 30 + 4);
}

#[test]
fn an_expression_of_values_is_written_with_its_gaps_in_the_mask() {
    let folder = tempfile::tempdir().unwrap();
    let file = numbered_image(folder.path(), 4326);
    let out = folder.path().join("part.npy");
    let mut command = cogscope(["render", "--bbox", "10,51.9,10.2,52", "--size", "2x1", "--expression", "10/b1", "-o"]);
    assert!(command.arg(&out).arg(&file).output().unwrap().status.success());
    let npy = Npy::read(&out);
    assert_eq!((npy.descr.as_str(), npy.shape.as_slice()), ("<f8", [2, 1, 2].as_slice()));
    let numbers: Vec<f64> = npy.data.chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
    assert!(numbers[0].is_nan(), "10 / 0");
    assert_eq!(numbers[1..], [10.0, 0.0, 255.0]);
}

#[test]
fn of_several_images_the_first_is_on_top() {
    let folder = tempfile::tempdir().unwrap();
    let constant = |name: &str, value: u8, west: f64| {
        let bbox = BoundingBox::new(west, 0.0, west + 2.0, 1.0).unwrap();
        let placement = Placement { affine: Affine::of_grid(&bbox, 2, 1), crs: Crs::wgs84() };
        let raster = Raster::fully_valid(2, 1, vec![Samples::U8(vec![value; 2])]).unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, geotiff_values(&raster, &placement).unwrap()).unwrap();
        file
    };
    let (top, below) = (constant("z.tif", 1, 0.0), constant("a.tif", 2, 1.0));
    let out = folder.path().join("out.npy");
    let mut command = cogscope(["render", "--bbox", "0,0,4,1", "--size", "4x1", "-o"]);
    let done = command.arg(&out).args([&top, &below]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(Npy::read(&out).data, [1, 1, 2, 0, 255, 255, 255, 0]);
}

#[test]
fn bands_in_files_of_their_own_make_scenes_that_are_shown_together() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let mut command = cogscope(["render", "sample_data/itaipu", "--bbox", "-54.7,-25.8,-54.3,-25.1", "-o"]);
    let done = command.arg(&out).args(["--size", "60x90", "--bands", "B4,B3,B2"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (_, _, pixels) = picture(&out);
    assert!(pixels.chunks(4).any(|pixel| pixel[3] == 255 && (pixel[0] != pixel[1] || pixel[1] != pixel[2])));
}

#[test]
fn an_area_outside_of_the_image_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = numbered_image(folder.path(), 4326);
    for (ending, bbox, word) in [
        ("png", "0,0,1,1", "outside of"),
        ("npy", "0,0,1,1", "10.000000,50.000000,13.000000,52.000000"),
        ("tif", "0,0,1,1", "outside of"),
    ] {
        let out = folder.path().join("out").with_extension(ending);
        let run =
            cogscope(["render", "--size", "8x8", "--bbox", bbox]).arg(&file).arg("-o").arg(&out).output().unwrap();
        let told = String::from_utf8(run.stderr).unwrap();
        assert!(run.status.success() && out.exists());
        assert!(told.contains("there is nothing in it") && told.contains(word), "{told}");
    }
    let out = folder.path().join("in.png");
    let run =
        cogscope(["render", "--size", "8x8", "--bbox", "10,50,11,51"]).arg(&file).arg("-o").arg(&out).output().unwrap();
    assert!(run.status.success() && run.stderr.is_empty());
}
