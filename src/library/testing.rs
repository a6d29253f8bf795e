//! Small images with a place on the map, for tests of this module and of the jobs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Image, ImageIds};
use crate::cog::testing::{Page, TiffBuilder, Value};

/// Where an image of [`write_bytes`] lies: its north-west corner in UTM zone 21 south (EPSG:32721), and its pixels' size in metres.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TestPlace {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) px: f64,
}

/// Near Foz do Iguaçu.
pub(crate) const HERE: TestPlace = TestPlace { x: 740_000.0, y: 7_188_000.0, px: 30.0 };

impl TestPlace {
    /// So many metres to the east.
    pub(crate) fn moved_east(self, by: f64) -> Self {
        Self { x: self.x + by, ..self }
    }

    fn tags(self, page: Page) -> Page {
        let TestPlace { x, y, px } = self;
        page.tag(33550, Value::Doubles(vec![px, px, 0.0]))
            .tag(33922, Value::Doubles(vec![0.0, 0.0, 0.0, x, y, 0.0]))
            .tag(34735, Value::Shorts(vec![1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32721]))
            .tag(42113, Value::Ascii("0".to_owned()))
    }
}

/// Writes a square image of one band of bytes; 0 is nodata.
pub(crate) fn write_bytes(path: &Path, side: u32, place: TestPlace, value: impl Fn(u32, u32) -> u8) -> PathBuf {
    let pixels: Vec<u8> =
        (0..side).flat_map(|row| (0..side).map(move |col| (col, row))).map(|(c, r)| value(c, r)).collect();
    let folder = path.parent().unwrap();
    std::fs::create_dir_all(folder).unwrap();
    let page = place.tags(Page::strip(side, side, &pixels));
    TiffBuilder::new(page).write(folder, &path.file_name().unwrap().to_string_lossy())
}

/// Writes and opens an image of 8 x 8 pixels that are all `value`.
pub(crate) fn constant(ids: &ImageIds, path: &Path, place: TestPlace, value: u8) -> Arc<Image> {
    let path = write_bytes(path, 8, place, |_, _| value);
    Arc::new(Image::open(ids.next(), &path).unwrap())
}
