//! Tests of what a file and the files beside it say of its bands: colours, alpha, palettes, masks, properties in words.

use std::path::{Path, PathBuf};

use super::testing::{Page, TiffBuilder, Value};
use super::{BlockCache, Cog, ColorInterpretation as Color, GeoreferenceKind, Nodata};
use crate::raster::{PixelWindow, Raster, Samples};

/// A page of 2 x 1 pixels with `samples` of 8 bits each, that photometric interpretation and those extra samples.
fn page(samples: u16, photometric: u16, extra: &[u16]) -> Page {
    let bytes: Vec<u8> = (0..2 * samples).map(|value| value.to_le_bytes()[0] * 20).collect();
    let page = Page::strip(2, 1, &bytes)
        .tag(258, Value::Shorts(vec![8; usize::from(samples)]))
        .tag(262, Value::Shorts(vec![photometric]))
        .tag(277, Value::Shorts(vec![samples]));
    if extra.is_empty() { page } else { page.tag(338, Value::Shorts(extra.to_vec())) }
}

fn colors(page: Page) -> Vec<Color> {
    let folder = tempfile::tempdir().unwrap();
    let cog = open(folder.path(), page, &[]);
    let alpha = cog.has_alpha().then_some(Color::Alpha);
    cog.bands().iter().map(|band| band.color).chain(alpha).collect()
}

/// Opens a page as `image.tif` with other files beside it, each by its ending and content.
fn open(folder: &Path, page: Page, beside: &[(&str, &[u8])]) -> Cog {
    let path = TiffBuilder::new(page).write(folder, "image.tif");
    for (suffix, content) in beside {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        std::fs::write(PathBuf::from(name), content).unwrap();
    }
    Cog::open(&path).unwrap()
}

fn read(cog: &Cog, level: usize) -> Raster {
    let (width, height) = (cog.levels()[level].width, cog.levels()[level].height);
    let bands: Vec<usize> = (0..cog.band_count()).collect();
    let window = PixelWindow::new(0, 0, width, height).unwrap();
    cog.read_window(level, window, &bands, &BlockCache::new(1 << 20)).unwrap()
}

#[test]
fn colors_come_first_and_extra_samples_after_them() {
    const RGB: [Color; 3] = [Color::Red, Color::Green, Color::Blue];
    assert_eq!(colors(page(4, 2, &[2])), [RGB.as_slice(), &[Color::Alpha]].concat());
    assert_eq!(colors(page(4, 2, &[999])), [RGB.as_slice(), &[Color::Alpha]].concat(), "Corel Draw's alpha");
    assert_eq!(colors(page(3, 2, &[0, 2, 1])), RGB, "colours are no extra samples");
    assert_eq!(colors(page(1, 1, &[2])), [Color::Gray]);
    assert_eq!(colors(page(3, 1, &[0, 2])), [Color::Gray, Color::Undefined, Color::Alpha]);
    assert_eq!(colors(page(2, 32803, &[])), [Color::Undefined, Color::Undefined]);
    assert_eq!(colors(page(1, 0, &[]).tag(258, Value::Shorts(vec![16]))), [Color::Undefined], "white at 0");
}

#[test]
fn extra_samples_that_are_not_declared_follow_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let cog = open(folder.path(), page(4, 1, &[2]), &[]);
    assert!(!cog.has_alpha(), "the second of four samples is no mask");
    let found: Vec<Color> = cog.bands().iter().map(|band| band.color).collect();
    assert_eq!(found, [Color::Gray, Color::Alpha, Color::Undefined, Color::Undefined]);
}

#[test]
fn what_metadata_say_of_colors_decides_which_band_is_alpha() {
    let metadata = |color: &str| {
        Value::Ascii(format!(
            "<GDALMetadata><Item name=\"COLORINTERP\" sample=\"1\" role=\"colorinterp\">{color}</Item></GDALMetadata>"
        ))
    };
    assert_eq!(colors(page(2, 1, &[0]).tag(42112, metadata("Alpha"))), [Color::Gray, Color::Alpha]);
    assert_eq!(colors(page(2, 1, &[2]).tag(42112, metadata("Undefined"))), [Color::Gray, Color::Undefined]);

    let folder = tempfile::tempdir().unwrap();
    let pam = b"<PAMDataset><PAMRasterBand band=\"2\"><ColorInterp>Alpha</ColorInterp></PAMRasterBand></PAMDataset>";
    let cog = open(folder.path(), page(2, 1, &[0]).tag(42112, metadata("Undefined")), &[(".aux.xml", pam)]);
    assert_eq!((cog.has_alpha(), cog.band_count()), (true, 1));
    assert_eq!(read(&cog, 0).bands(), [Samples::U8(vec![0, 40])]);
}

#[test]
fn tags_say_how_bands_are_scaled_and_the_side_file_where_they_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let metadata = "<GDALMetadata><Item name=\"SCALE\" sample=\"0\" role=\"scale\">2</Item>\
        <Item name=\"DESCRIPTION\" sample=\"0\" role=\"description\">of the tag</Item></GDALMetadata>";
    let band = |number: u8| {
        format!(
            "<PAMRasterBand band=\"{number}\"><Scale>3</Scale><Offset>4</Offset><UnitType>m</UnitType>\
             <Description>beside</Description><NoDataValue>5</NoDataValue></PAMRasterBand>"
        )
    };
    let pam = format!("<PAMDataset>{}{}</PAMDataset>", band(1), band(2));
    let page = page(2, 1, &[0]).tag(42112, Value::Ascii(metadata.into())).tag(42113, Value::Ascii("7".into()));
    let cog = open(folder.path(), page, &[(".aux.xml", pam.as_bytes())]);
    let [first, second] = cog.bands() else { panic!("two bands") };
    assert_eq!((first.scale, first.offset, first.name.as_str()), (Some(2.0), None, "of the tag"));
    assert_eq!((second.scale, second.offset, second.name.as_str()), (Some(3.0), Some(4.0), "beside"));
    assert_eq!((first.unit.as_deref(), first.nodata), (Some("m"), Some(Nodata::Float(5.0))));
}

#[test]
fn a_palette_may_stand_in_a_map_of_any_image_of_one_sample_or_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let map = |length: usize| Value::Shorts((0..length).map(|index| u16::try_from(index).unwrap() * 80).collect());
    let grey = open(folder.path(), page(1, 1, &[]).tag(320, map(768)), &[]);
    assert_eq!(grey.palette().unwrap().colors()[1], [0, 80, 159], "257 of 16 bits are 1 of 8");
    assert_eq!(grey.bands()[0].color, Color::Palette);
    let white_and_alpha = open(folder.path(), page(2, 0, &[2]), &[]);
    assert_eq!(white_and_alpha.palette().unwrap().colors()[1], [254; 3]);
    for length in [300, 800] {
        let cog = open(folder.path(), page(1, 3, &[]).tag(320, map(length)), &[]);
        assert_eq!((cog.palette(), cog.bands()[0].color), (None, Color::Gray), "{length} numbers");
    }
    let pam = b"<PAMDataset><PAMRasterBand band=\"1\"><ColorTable><Entry c1=\"9\" c2=\"8\" c3=\"7\"/></ColorTable>\
        </PAMRasterBand></PAMDataset>";
    let cog = open(folder.path(), page(1, 1, &[]), &[(".aux.xml", pam)]);
    assert_eq!(cog.palette().unwrap().colors(), [[9, 8, 7]]);
}

#[test]
fn a_bitmap_is_black_and_white_whatever_is_said() {
    let bits = Page::strip(8, 1, &[0xf0]).tag(258, Value::Shorts(vec![1]));
    for photometric in [0, 1, 4] {
        let folder = tempfile::tempdir().unwrap();
        let cog = open(folder.path(), bits.clone().tag(262, Value::Shorts(vec![photometric])), &[]);
        assert_eq!((cog.palette().unwrap().colors().len(), cog.bands()[0].color), (2, Color::Palette), "{photometric}");
    }
}

#[test]
fn luminance_and_differences_in_bands_of_their_own_become_colors() {
    let blocks = [[100, 200], [128, 128], [128, 255]].map(|plane| Some(plane.to_vec()));
    let page = page(3, 6, &[]).tag(284, Value::Shorts(vec![2])).tag(530, Value::Shorts(vec![1, 1]));
    let folder = tempfile::tempdir().unwrap();
    let raster = read(&open(folder.path(), page.blocks(blocks.to_vec()), &[]), 0);
    let of_pixel = |column: u32| [0, 1, 2].map(|band| raster.value(band, column, 0).unwrap());
    assert_eq!(of_pixel(0), [100.0, 100.0, 100.0]);
    assert_eq!(of_pixel(1), [255.0, 109.0, 200.0]);
}

#[test]
fn a_mask_beside_the_image_brings_masks_of_the_overviews_in_its_own_file_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let grid = |width: u32, value: u8| Page::strip(width, width, &vec![value; (width * width) as usize]);
    let overview = |page: Page| page.tag(254, Value::Longs(vec![1]));
    let file = |page: Page| TiffBuilder::new(page).bytes();
    let (ovr, msk) = (file(overview(grid(2, 9))), file(grid(4, 255)));
    let msk_ovr = file(overview(grid(2, 0)));
    let cog = open(folder.path(), grid(4, 7), &[(".ovr", &ovr), (".msk", &msk), (".msk.ovr", &msk_ovr)]);
    assert_eq!((read(&cog, 0).is_valid(0, 0), read(&cog, 1).is_valid(0, 0)), (true, false));
}

#[test]
fn bits_beyond_those_of_the_samples_count_for_nothing() {
    let bits = |bits: &[u16]| page(3, 2, &[]).tag(258, Value::Shorts(bits.to_vec()));
    assert_eq!(colors(bits(&[8, 8, 8, 1])).len(), 3);
    let folder = tempfile::tempdir().unwrap();
    let path = TiffBuilder::new(bits(&[8, 8, 1])).write(folder.path(), "image.tif");
    assert!(Cog::open(&path).unwrap_err().to_string().contains("differs between samples"));
}

#[test]
fn what_writers_of_the_old_jpeg_compression_left_out_is_filled_in() {
    let old = |page: Page| page.tag(259, Value::Shorts(vec![6])).without(277).without(258);
    let color = [Color::Red, Color::Green, Color::Blue];
    assert_eq!(colors(old(page(3, 6, &[]))), color);
    assert_eq!(colors(old(page(3, 6, &[]).without(262))), color);
    assert_eq!(colors(old(page(3, 2, &[]))), color, "red, green and blue are written where luminance is meant");
    assert_eq!(colors(old(page(1, 1, &[]))), [Color::Gray]);
}

#[test]
fn a_camera_goes_before_a_map_that_only_repeats_columns_and_rows() {
    let mut matrix = [0.0; 16];
    (matrix[0], matrix[5], matrix[15]) = (1.0, 1.0, 1.0);
    let mut camera = [1.0; 92];
    camera[12..].fill(0.01);
    let image = |matrix: [f64; 16]| {
        let folder = tempfile::tempdir().unwrap();
        let page =
            page(1, 1, &[]).tag(34264, Value::Doubles(matrix.to_vec())).tag(50844, Value::Doubles(camera.to_vec()));
        open(folder.path(), page, &[]).georeference().kind.clone()
    };
    assert!(matches!(image(matrix), GeoreferenceKind::Rpc(_)));
    matrix[3] = 500.0;
    assert!(matches!(image(matrix), GeoreferenceKind::Affine(_)));
}

#[test]
fn converted_colours_of_signed_samples_are_signed_as_in_gdal() {
    let folder = tempfile::tempdir().unwrap();
    let inks = Page::strip(1, 1, &[0, 120, 255, 0])
        .tag(258, Value::Shorts(vec![8; 4]))
        .tag(262, Value::Shorts(vec![5]))
        .tag(277, Value::Shorts(vec![4]))
        .tag(339, Value::Shorts(vec![2; 4]));
    let cog = open(folder.path(), inks, &[]);
    let raster = read(&cog, 0);
    assert_eq!(raster.bands(), [255_u8, 135, 0].map(|byte| Samples::I8(vec![byte.cast_signed()])));
}
