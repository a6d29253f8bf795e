//! Do targets and images fit together? Lists of what doesn't.

use super::image_links::{NamedImage, TargetLinks};
use crate::geo::LonLat;
use crate::library::{EntryId, LibraryError, Source, Under};
use crate::targets::TargetId;
use rustc_hash::FxHashSet;

/// What a comparison of targets and images found. Each list is in the order of its source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audit {
    /// Targets that name an image that isn't open, or name none while none lies there.
    pub without_image: Vec<TargetId>,
    /// Targets that don't lie in the image that they name.
    pub outside: Vec<TargetId>,
    /// Targets where their image has no data.
    pub on_nodata: Vec<TargetId>,
    /// Targets whose pixel couldn't be read, each with the reason.
    pub unreadable: Vec<(TargetId, String)>,
    /// Images and scenes that no target belongs to.
    pub without_targets: Vec<EntryId>,
    /// Targets that were looked at.
    pub checked: usize,
}

/// Compares all targets of a set with the images. `under` tells what there is under a position of a source; `go_on` is told how
/// many targets are done, and ends the comparison with `false`: then there is no answer.
pub fn audit(
    links: &TargetLinks,
    under: &dyn Fn(&Source, LonLat) -> Result<Under, LibraryError>,
    go_on: &dyn Fn(usize) -> bool,
) -> Option<Audit> {
    let mut found = Audit::default();
    let mut used: FxHashSet<EntryId> = FxHashSet::default();
    for id in links.set().ids() {
        if found.checked.is_multiple_of(STEP) && !go_on(found.checked) {
            return None;
        }
        found.checked += 1;
        let (Some(entry), Some(position)) = (links.entry(id), links.set().position(id)) else {
            found.without_image.push(id);
            continue;
        };
        used.insert(entry.id);
        let is_named = matches!(links.named(id), NamedImage::Found(_));
        match under(&entry.source, position) {
            Ok(Under::Value(_)) => {}
            Ok(Under::NoData) => found.on_nodata.push(id),
            Ok(Under::Outside) if is_named => found.outside.push(id),
            // Its box reaches there, the image itself doesn't.
            Ok(Under::Outside) => found.without_image.push(id),
            Err(error) => found.unreadable.push((id, error.to_string())),
        }
    }
    let entries = links.images().entries().iter().map(|entry| entry.id);
    found.without_targets = entries.filter(|id| !used.contains(id)).collect();
    Some(found)
}

/// Targets between two looks whether to go on.
const STEP: usize = 64;

#[cfg(test)]
mod tests {
    use super::super::image_links::ImageLinks;
    use super::*;
    use crate::cog::BlockCache;
    use crate::db::{Column, Inference, ReadTable, Table, infer};
    use crate::library::testing::{HERE, write_bytes};
    use crate::library::{Catalog, Image, ImageIds};
    use crate::targets::{Mapping, TargetSet};
    use std::sync::Arc;

    /// Three images side by side, 240 m wide; the first has data on its upper half only.
    fn catalog(folder: &std::path::Path) -> Catalog {
        let (ids, mut catalog) = (ImageIds::default(), Catalog::new());
        for (at, name) in ["first", "second", "third"].into_iter().enumerate() {
            let place = HERE.moved_east(240.0 * at as f64);
            let value = |_, row| u8::from(at > 0 || row < 4);
            let path = write_bytes(&folder.join(format!("{name}.tif")), 8, place, value);
            catalog.add_image(Image::open(ids.next(), &path).unwrap());
        }
        catalog
    }

    /// Targets by image and place in metres from the north-west corner of the first image.
    fn links(catalog: &Catalog, targets: &[(&str, f64, f64)]) -> TargetLinks {
        let crs = catalog.images().next().and_then(|image| image.cog.crs().cloned()).unwrap();
        let to_degrees = crate::geo::Transformer::new(&crs, &crate::geo::Crs::wgs84(), None).unwrap();
        let places: Vec<_> = targets
            .iter()
            .map(|(_, x, y)| to_degrees.forward(crate::geo::Point::new(HERE.x + x, HERE.y - y)).unwrap())
            .collect();
        let column = |name: &str, texts: Vec<String>| {
            let texts = texts.iter().map(|text| Some(text.as_str()).filter(|text| !text.is_empty())).collect();
            Column::new(name, infer(texts, Inference::All))
        };
        let table = Table::new(vec![
            column("image", targets.iter().map(|target| target.0.to_owned()).collect()),
            column("longitude", places.iter().map(|place| place.x.to_string()).collect()),
            column("latitude", places.iter().map(|place| place.y.to_string()).collect()),
        ])
        .unwrap();
        let mapping = Mapping::guess(&table, None);
        let set = TargetSet::from_table("test", ReadTable { table, ..ReadTable::default() }, mapping).unwrap();
        TargetLinks::new(Arc::new(set), Arc::new(ImageLinks::new(catalog)))
    }

    fn rows(ids: &[TargetId]) -> Vec<usize> {
        ids.iter().map(|id| id.row()).collect()
    }

    #[test]
    fn each_misfit_is_in_its_list() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = catalog(folder.path());
        let links = links(
            &catalog,
            &[
                ("first", 100.0, 50.0),
                ("first", 100.0, 200.0),
                ("first.tif", 300.0, 50.0),
                ("fourth", 100.0, 50.0),
                ("", 300.0, 50.0),
                ("", -500.0, 50.0),
            ],
        );
        let cache = BlockCache::new(1 << 20);
        let under = |source: &Source, position| source.data_under(position, &cache);
        let audit = audit(&links, &under, &|_| true).unwrap();
        assert_eq!(rows(&audit.on_nodata), [1]);
        assert_eq!(rows(&audit.outside), [2]);
        assert_eq!(rows(&audit.without_image), [3, 5]);
        assert!(audit.unreadable.is_empty());
        let names: Vec<_> =
            audit.without_targets.iter().map(|id| catalog.entry(*id).unwrap().name().to_owned()).collect();
        assert_eq!(names, ["third"]);
        assert_eq!(audit.checked, 6);
    }

    #[test]
    fn a_file_that_has_gone_is_unreadable_not_nodata() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = catalog(folder.path());
        let links = links(&catalog, &[("first", 100.0, 50.0)]);
        let gone = || LibraryError::NoBands { name: "first".into() };
        let audit = audit(&links, &|_, _| Err(gone()), &|_| true).unwrap();
        assert_eq!(audit.unreadable, [(TargetId::from_row(0).unwrap(), gone().to_string())]);
    }

    #[test]
    fn one_that_is_cancelled_has_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = catalog(folder.path());
        let links = links(&catalog, &[("first", 100.0, 50.0)]);
        assert_eq!(audit(&links, &|_, _| Ok(Under::NoData), &|_| false), None);
    }
}
