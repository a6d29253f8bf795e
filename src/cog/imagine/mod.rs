//! The side file `NAME.aux` of ERDAS IMAGINE, in its own hierarchical format ("HFA"): nodata values, names of bands, position.
//!
//! A file is a tree of entries (*IMAGINE Machine Independent Format*, ERDAS field guide, appendix): each has a name, the name of
//! its type and some bytes of data. Types that are known here are read as their usual definition says; all numbers are
//! little-endian. Layers hang on the root in the order of the bands.

mod fields;
mod projection;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use self::fields::Fields;
use super::pam::{Pam, small_file, with_suffix};

/// What a file begins with.
const SIGNATURE: &[u8] = b"EHFA_HEADER_TAG";
/// Entries that are looked at.
const MAX_ENTRIES: usize = 10_000;

/// The side file of the image at `path`, if there is one of an image of that width and height. It may name another file as
/// its image, as long as there is no such file: then the image was renamed.
pub(crate) fn beside(path: &Path, size: (u32, u32), samples: usize) -> Option<Pam> {
    let candidates: [PathBuf; 2] = [path.with_extension("aux"), with_suffix(path, ".aux")];
    candidates.iter().find_map(|candidate| {
        let bytes = small_file(candidate).filter(|bytes| bytes.starts_with(SIGNATURE))?;
        let tree = Tree::parse(&bytes)?;
        tree.belongs_to(path, size).then(|| tree.described(samples))
    })
}

/// An entry: where it is, and where those are that it leads to; 0 is nowhere.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    bytes: &'a [u8],
    name: &'a [u8],
    kind: &'a [u8],
    child: u32,
    data: u32,
}

impl<'a> Entry<'a> {
    fn at(bytes: &'a [u8], offset: u32) -> Option<(Self, u32)> {
        const LINKS: usize = 24;
        const NAME: usize = 64;
        const KIND: usize = 32;
        let start = usize::try_from(offset).ok().filter(|&offset| offset != 0)?;
        let links = Fields::at(bytes, start)?;
        let [next, _, _, child, data, _] = links.clone().words()?;
        let text = |from: usize, length: usize| {
            let text = bytes.get(start + from..start + from + length)?;
            text.split(|&byte| byte == 0).next()
        };
        Some((Self { bytes, name: text(LINKS, NAME)?, kind: text(LINKS + NAME, KIND)?, child, data }, next))
    }

    fn fields(&self) -> Option<Fields<'a>> {
        Fields::at(self.bytes, usize::try_from(self.data).ok().filter(|&data| data != 0)?)
    }

    /// The entries below this one, each once however they are chained.
    fn children(&self) -> Vec<Entry<'a>> {
        let (mut seen, mut found, mut next) = (HashSet::new(), Vec::new(), self.child);
        while found.len() < MAX_ENTRIES && seen.insert(next) {
            let Some((entry, following)) = Self::at(self.bytes, next) else { break };
            found.push(entry);
            next = following;
        }
        found
    }
}

/// What is known of a file: its entries below the root, and those below its layers.
struct Tree<'a> {
    root: Vec<Entry<'a>>,
    layers: Vec<Vec<Entry<'a>>>,
    layer_entries: Vec<Entry<'a>>,
}

impl<'a> Tree<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let header = Fields::at(bytes, 16)?.word()?;
        let [_version, _free_list, root] = Fields::at(bytes, usize::try_from(header).ok()?)?.words()?;
        let root = Entry::at(bytes, root)?.0.children();
        let layer_entries: Vec<Entry<'a>> = root.iter().copied().filter(|entry| entry.kind == b"Eimg_Layer").collect();
        let layers = layer_entries.iter().map(Entry::children).collect();
        Some(Self { root, layers, layer_entries })
    }

    fn belongs_to(&self, path: &Path, (width, height): (u32, u32)) -> bool {
        let dependent = self.root.iter().find(|entry| entry.kind == b"Eimg_DependentFile");
        let dependent = dependent.and_then(|entry| entry.fields()?.text());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let size = self.layer_entries.first().and_then(|entry| entry.fields()?.words());
        let is_of_this =
            |dependent: String| dependent.eq_ignore_ascii_case(&name) || !path.with_file_name(dependent).exists();
        dependent.is_some_and(is_of_this) && size == Some([width, height])
    }

    fn described(&self, samples: usize) -> Pam {
        let mut pam = Pam::default();
        for (index, (layer, entries)) in self.layer_entries.iter().zip(&self.layers).enumerate() {
            let Some(band) = pam.described.band(index, samples) else { break };
            band.description = Some(String::from_utf8_lossy(layer.name).into_owned());
            band.nodata = child(entries, b"Eimg_NonInitializedValue").and_then(|mut fields| fields.base_value());
        }
        let first = self.layers.first().map(Vec::as_slice).unwrap_or_default();
        pam.geo_transform = child(first, b"Eprj_MapInfo").and_then(projection::geo_transform);
        let parameters = first.iter().find(|entry| entry.kind == b"Eprj_ProParameters");
        pam.known_crs = parameters.and_then(|entry| {
            let datum = child(&entry.children(), b"Eprj_Datum");
            let units = child(first, b"Eprj_MapInfo").and_then(projection::metres_per_unit);
            projection::crs(entry.fields()?, datum, units.unwrap_or(1.0))
        });
        pam
    }
}

/// The data of the first entry of a type.
fn child<'a>(entries: &[Entry<'a>], kind: &[u8]) -> Option<Fields<'a>> {
    entries.iter().find(|entry| entry.kind == kind)?.fields()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a file together: entries by name, type and data, the second number being the entry that it is below.
    fn file(entries: &[(&str, &str, usize, Vec<u8>)]) -> Vec<u8> {
        const ENTRY: usize = 128;
        let mut out = SIGNATURE.to_vec();
        out.resize(16, 0);
        out.extend(20_u32.to_le_bytes());
        for word in [1_u32, 0, 40] {
            out.extend(word.to_le_bytes());
        }
        out.resize(40, 0);
        let place = |index: usize| u32::try_from(40 + index * ENTRY).unwrap();
        let mut data_at = 40 + entries.len() * ENTRY;
        for (index, (name, kind, parent, data)) in entries.iter().enumerate() {
            let sibling = (index + 1..entries.len()).find(|&other| entries[other].2 == *parent && index != 0);
            let below = (1..entries.len()).find(|&other| entries[other].2 == index);
            let link = |entry: Option<usize>| entry.map_or(0, place);
            let at = if data.is_empty() { 0 } else { u32::try_from(data_at).unwrap() };
            let length = u32::try_from(data.len()).unwrap();
            for word in [link(sibling), 0, 0, link(below), at, length] {
                out.extend(word.to_le_bytes());
            }
            let start = 40 + index * ENTRY;
            out.extend(name.as_bytes());
            out.resize(start + 24 + 64, 0);
            out.extend(kind.as_bytes());
            out.resize(start + ENTRY, 0);
            data_at += data.len();
        }
        out.extend(entries.iter().flat_map(|(_, _, _, data)| data.clone()));
        out
    }

    fn text(text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len() + 1).unwrap();
        [length.to_le_bytes().to_vec(), vec![0; 4], text.as_bytes().to_vec(), vec![0]].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn doubles(numbers: &[f64]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    fn read(bytes: &[u8], size: (u32, u32)) -> Option<Pam> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("image.aux"), bytes).unwrap();
        beside(&folder.path().join("image.tif"), size, 2)
    }

    fn example() -> Vec<u8> {
        let nodata = [words(&[1, 0, 1, 1, 0x0003_0009]), (-9999.5_f32).to_le_bytes().to_vec()].concat();
        let map_info = [
            text("Transverse Mercator"),
            words(&[1, 0]),
            doubles(&[105.0, 895.0]),
            words(&[1, 0]),
            doubles(&[195.0, 805.0]),
            words(&[1, 0]),
            doubles(&[10.0, 10.0]),
            text("feet"),
        ];
        let projection = [
            vec![0, 0],
            words(&[9]),
            text(""),
            text("Transverse Mercator"),
            words(&[0, 8, 0]),
            doubles(&[0.0, 0.0, 0.9996, 0.0, 9_f64.to_radians(), 0.0, 500_000.0, 0.0]),
            words(&[1, 0]),
            text("GRS 1980"),
            doubles(&[6_378_137.0, 6_356_752.314_1]),
        ];
        file(&[
            ("root", "root", usize::MAX, Vec::new()),
            ("DependentFile", "Eimg_DependentFile", 0, text("IMAGE.TIF")),
            ("height", "Eimg_Layer", 0, words(&[10, 10])),
            ("Eimg_NonInitializedValue", "Eimg_NonInitializedValue", 2, nodata),
            ("Map_Info", "Eprj_MapInfo", 2, map_info.concat()),
            ("Projection", "Eprj_ProParameters", 2, projection.concat()),
            ("slope", "Eimg_Layer", 0, words(&[10, 10])),
        ])
    }

    #[test]
    fn names_nodata_and_position_are_read() {
        let pam = read(&example(), (10, 10)).unwrap();
        let bands = &pam.described.bands;
        assert_eq!(bands[0].nodata.as_deref(), Some("-9999.5"));
        assert_eq!((bands[0].description.as_deref(), bands[1].description.as_deref()), (Some("height"), Some("slope")));
        assert_eq!(pam.geo_transform, Some([100.0, 10.0, 0.0, 900.0, 0.0, -10.0]));
        let crs = pam.known_crs.unwrap();
        assert_eq!((crs.name(), crs.is_geographic()), ("Transverse Mercator", false));
        assert!(crs.metres_per_unit().is_some_and(|metres| (metres - 0.3048).abs() < 1e-9));
    }

    #[test]
    fn a_file_of_another_size_or_another_image_that_is_there_says_nothing() {
        assert_eq!(read(&example(), (10, 11)), None);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("renamed.aux"), example()).unwrap();
        let renamed = folder.path().join("renamed.tif");
        assert!(beside(&renamed, (10, 10), 2).is_some());
        std::fs::write(folder.path().join("IMAGE.TIF"), "").unwrap();
        assert_eq!(beside(&renamed, (10, 10), 2), None);
    }

    #[test]
    fn damage_anywhere_gives_something_or_nothing_but_no_panic() {
        let whole = example();
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = Tree::parse(&bytes).map(|tree| tree.described(2));
            }
            let _ = Tree::parse(&whole[..at]).map(|tree| tree.described(2));
        }
    }
}
