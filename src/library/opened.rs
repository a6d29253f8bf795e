//! Files given one by one, grouped as a folder's are: bands in files of their own make scenes.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Catalog, EntryId, Image, ImageIds, Mosaic, Source};
use crate::cog::CogError;

/// What was opened.
#[derive(Debug, Default)]
pub struct Opened {
    /// Images and scenes.
    pub catalog: Catalog,
    /// Its entries in the order in which their first files were given.
    pub order: Vec<EntryId>,
}

impl Opened {
    /// Opens files: their directories are read, no pixels. `failed` says what to do about a file that can't be opened: to go on
    /// without it, or to give up.
    pub fn files(
        files: &[PathBuf],
        mut failed: impl FnMut(CogError) -> Result<(), CogError>,
    ) -> Result<Self, CogError> {
        let ids = ImageIds::default();
        let numbered: Vec<_> = files.iter().map(|file| (ids.next(), file)).collect();
        let images: Vec<_> = numbered.par_iter().map(|&(id, file)| Image::open(id, file)).collect();
        let mut catalog = Catalog::new();
        let mut opened = Vec::new();
        for image in images {
            match image {
                Ok(image) => {
                    opened.push(image.id);
                    catalog.add_image(image);
                }
                Err(error) => failed(error)?,
            }
        }
        let mut order: Vec<EntryId> = Vec::new();
        for entry in opened.into_iter().filter_map(|id| catalog.entry_of_image(id)) {
            if !order.contains(&entry) {
                order.push(entry);
            }
        }
        Ok(Self { catalog, order })
    }

    /// Images and scenes, the first one given first.
    pub fn sources(&self) -> Vec<Source> {
        self.order.iter().filter_map(|&id| self.catalog.entry(id)).map(|entry| entry.source()).collect()
    }

    /// One image or scene, or a mosaic with the first one given on top; `None` if nothing was opened.
    pub fn source(&self) -> Option<Source> {
        let members = self.sources();
        match members.as_slice() {
            [only] => Some(only.clone()),
            _ => Mosaic::new("mosaic", members).map(|mosaic| Source::Mosaic(Arc::new(mosaic))),
        }
    }
}
