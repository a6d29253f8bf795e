//! A place in the coordinates of an image's own reference system. Transformers are kept: making one takes longer than a
//! frame should.

use crate::document::Document;
use crate::geo::{Crs, LonLat, Point, Transformer};
use crate::ui::numbers;
use std::path::{Path, PathBuf};

/// How many transformers are kept.
const MOST_KEPT: usize = 16;

/// Transformers from longitude and latitude to the systems of files that were looked at.
#[derive(Default)]
pub struct OwnCoordinates {
    kept: Vec<(PathBuf, Option<Own>)>,
}

struct Own {
    system: String,
    is_geographic: bool,
    transformer: Transformer,
}

impl OwnCoordinates {
    /// The system and the place in it, each with what it is called; `None` for a file without a system, or one that is not open.
    pub fn at(&mut self, document: &Document, path: &Path, position: LonLat) -> Option<[(&'static str, String); 2]> {
        if !self.kept.iter().any(|(known, _)| known == path) {
            if self.kept.len() >= MOST_KEPT {
                self.kept.remove(0);
            }
            self.kept.push((path.to_owned(), own(document, path)));
        }
        let own = self.kept.iter().find(|(known, _)| known == path)?.1.as_ref()?;
        let Point { x, y } = own.transformer.forward(position.into())?;
        let (name, text) = if own.is_geographic {
            ("Longitude, latitude", format!("{x:.6}, {y:.6}").replace('-', "\u{2212}"))
        } else {
            ("Easting, northing", format!("{}, {}", numbers::with_step(x, 0.1), numbers::with_step(y, 0.1)))
        };
        Some([("System", own.system.clone()), (name, text)])
    }
}

fn own(document: &Document, path: &Path) -> Option<Own> {
    let image = document.imagery.catalog.image_at(path)?;
    let crs = image.cog.crs()?;
    let transformer = Transformer::new(&Crs::wgs84(), crs, None).ok()?;
    let system = crs.epsg().map_or_else(|| crs.name().to_owned(), |code| format!("EPSG:{code} {}", crs.name()));
    Some(Own { system, is_geographic: crs.is_geographic(), transformer })
}
