//! Which image a target's own words for it mean. Pure text: nothing here looks at files.

use rustc_hash::FxHashMap;

/// Finds entries of a catalog by what people write for them: a path, a file name, a name without its ending, a scene's
/// name. In any case, and with either kind of slash.
#[derive(Debug, Default)]
pub struct ImageMatcher {
    paths: Vec<(String, usize)>,
    by_name: FxHashMap<String, Found>,
    by_stem: FxHashMap<String, Found>,
    by_scene: FxHashMap<String, Found>,
}

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    One(usize),
    /// Several entries have the name: none of them is meant for certain.
    Several,
}

/// What a catalog calls one of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EntryNames<'a> {
    /// The file's path, or that of the first of a scene's files.
    pub path: &'a str,
    /// The scene's name; `None` for a single image.
    pub scene: Option<&'a str>,
}

impl ImageMatcher {
    /// A matcher over a catalog's entries, which are named by their places in `entries` from then on.
    pub fn new<'a>(entries: impl IntoIterator<Item = EntryNames<'a>>) -> Self {
        let mut matcher = Self::default();
        for (place, entry) in entries.into_iter().enumerate() {
            let path = plain(entry.path);
            let name = file_name(&path);
            add(&mut matcher.by_name, name, place);
            add(&mut matcher.by_stem, stem(name), place);
            if let Some(scene) = entry.scene {
                add(&mut matcher.by_scene, &plain(scene), place);
            }
            matcher.paths.push((path, place));
        }
        matcher
    }

    /// The entry that a target's image means: by path (whole, or its end from a folder on), by file name, by scene, by
    /// name without ending, and at last by a scene's name that the text begins with. `None` when nothing or more than
    /// one thing fits.
    pub fn find(&self, image: &str) -> Option<usize> {
        let wanted = plain(image.trim());
        if wanted.is_empty() {
            return None;
        }
        let name = file_name(&wanted);
        if name.len() < wanted.len()
            && let Some(place) = self.by_path(&wanted)
        {
            return Some(place);
        }
        [(&self.by_name, name), (&self.by_scene, name), (&self.by_stem, name), (&self.by_stem, stem(name))]
            .into_iter()
            .chain([(&self.by_scene, stem(name))])
            .find_map(|(names, wanted)| names.get(wanted))
            .map_or_else(|| self.by_scene_prefix(name), |found| found.one())
    }

    /// The one path that ends with this one, at a folder.
    fn by_path(&self, wanted: &str) -> Option<usize> {
        let ends_at_folder = |path: &str| {
            path.strip_suffix(wanted)
                .is_some_and(|before| before.is_empty() || before.ends_with('/') || wanted.starts_with('/'))
        };
        let mut ending = self.paths.iter().filter(|(path, _)| ends_at_folder(path) || ends_at_folder(stem(path)));
        let (_, first) = ending.next()?;
        ending.next().is_none().then_some(*first)
    }

    /// The one scene whose name the text begins with, up to a separator: `LC08_224078_20200518_B4` names a band of
    /// `LC08_224078_20200518`. The longest such name wins.
    fn by_scene_prefix(&self, name: &str) -> Option<usize> {
        let mut prefix = name;
        while let Some(end) = prefix.rfind(['_', '-', '.', ' ']) {
            prefix = prefix.get(..end)?;
            if let Some(found) = self.by_scene.get(prefix) {
                return found.one();
            }
        }
        None
    }
}

impl Found {
    fn one(self) -> Option<usize> {
        match self {
            Self::One(place) => Some(place),
            Self::Several => None,
        }
    }
}

fn add(names: &mut FxHashMap<String, Found>, name: &str, place: usize) {
    names.entry(name.to_owned()).and_modify(|found| *found = Found::Several).or_insert(Found::One(place));
}

/// Lower case, and slashes of one kind.
fn plain(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == '\\' { '/' } else { c }).collect()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Without the endings of an image file. Other dots belong to the name: `S2A.SAFE_10m` has no ending.
fn stem(name: &str) -> &str {
    const ENDINGS: [&str; 8] = [".ovr.tif", ".tif", ".tiff", ".gtiff", ".cog", ".jp2", ".png", ".jpg"];
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher() -> ImageMatcher {
        let image = |path| EntryNames { path, scene: None };
        ImageMatcher::new([
            EntryNames { path: "/data/itaipu/LC08_224078_20200518_B2.tif", scene: Some("LC08_224078_20200518") },
            EntryNames { path: "/data/itaipu/LC08_224077_20200518_B2.tif", scene: Some("LC08_224077_20200518") },
            image(r"C:\data\Olinda\LE07_olinda_6band.TIF"),
            image("/data/2020/mosaic.tif"),
            image("/data/2021/mosaic.tif"),
        ])
    }

    #[test]
    fn an_image_is_found_by_name_stem_scene_and_path_in_any_case() {
        for (image, place) in [
            ("LE07_olinda_6band.tif", 2),
            ("le07_OLINDA_6band", 2),
            ("olinda/LE07_olinda_6band.tif", 2),
            (r"D:\elsewhere\LE07_olinda_6band.tif", 2),
            ("LC08_224078_20200518", 0),
            ("LC08_224077_20200518_B4.tif", 1),
            ("LC08_224077_20200518_B2", 1),
            (" lc08_224077_20200518 ", 1),
            ("LC08_224078_20200518.tif", 0),
        ] {
            assert_eq!(matcher().find(image), Some(place), "{image}");
        }
    }

    #[test]
    fn a_name_that_two_images_have_needs_its_folder() {
        assert_eq!(matcher().find("mosaic.tif"), None);
        assert_eq!(matcher().find("2020/mosaic.tif"), Some(3));
        assert_eq!(matcher().find(r"data\2021\mosaic"), Some(4));
        assert_eq!(matcher().find("1/mosaic.tif"), None);
    }

    #[test]
    fn what_is_no_image_of_the_catalog_is_not_found() {
        for image in ["", "  ", "LC08", "LC08_224079_20200518", "olinda", ".tif"] {
            assert_eq!(matcher().find(image), None, "{image}");
        }
    }
}
