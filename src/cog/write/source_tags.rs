//! Tags that are taken over from a file as they stand: texts, resolution, colour profile.

use tiff::tags::Tag;

use super::super::description::Cog;
use super::super::directory::{Directory, DirectoryReader};
use super::super::file::ByteOrder;
use super::super::layout::ColorConversion;
use super::super::{CogError, Level};
use super::tag::OwnedTag;

/// Texts and numbers that describe the image: document name, description, resolution, software, date, artist, computer,
/// XMP, copyright, and two texts of GDAL's.
const ALWAYS: [u16; 13] = [269, 270, 282, 283, 296, 305, 306, 315, 316, 700, 33432, 50908, 50909];
/// Smallest and largest sample, and what colours mean: only where samples stay what they are.
const WITH_SAMPLES: [u16; 6] = [280, 281, 301, 318, 319, 34675];

/// The tags of the image's own directory that go into a file made of it.
pub(crate) fn copied_tags(source: &Cog, keeps_all_bands: bool) -> Result<Vec<OwnedTag>, CogError> {
    let converts = source.levels().first().is_none_or(|level| level.conversion() != ColorConversion::None);
    let mut wanted = ALWAYS.to_vec();
    if keeps_all_bands && !converts {
        wanted.extend(WITH_SAMPLES);
    }
    raw_tags(source, &wanted)
}

/// Those of the tags that the image's directory has and that can be read.
pub(crate) fn raw_tags(source: &Cog, wanted: &[u16]) -> Result<Vec<OwnedTag>, CogError> {
    let mut reader = DirectoryReader::new(source.file())?;
    let offset = source.levels().first().map_or(0, Level::directory_offset);
    let directory = reader.directory(offset)?;
    Ok(wanted.iter().filter_map(|&tag| raw_tag(&mut reader, &directory, tag)).collect())
}

fn raw_tag(reader: &mut DirectoryReader<'_>, directory: &Directory, tag: u16) -> Option<OwnedTag> {
    let tag_name = Tag::from_u16_exhaustive(tag);
    let entry = *directory.entry(tag_name)?;
    let word = match entry.kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 5 | 9 | 10 | 11 => 4,
        12 | 16 | 17 => 8,
        _ => return None,
    };
    let mut bytes = reader.raw(directory, tag_name).ok().flatten().filter(|bytes| !bytes.is_empty())?;
    if reader.byte_order() == ByteOrder::BigEndian {
        bytes.chunks_exact_mut(word).for_each(<[u8]>::reverse);
    }
    Some(OwnedTag { tag, kind: entry.kind, count: entry.count, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cog::testing::{Page, TiffBuilder, Value};

    #[test]
    fn values_are_little_endian_whatever_the_source_is() {
        let page = Page::strip(1, 1, &[0])
            .tag(270, Value::Ascii("text".into()))
            .tag(280, Value::Shorts(vec![258]))
            .tag(50908, Value::Doubles(vec![1.5]));
        let folder = tempfile::tempdir().unwrap();
        for builder in [TiffBuilder::new(page.clone()), TiffBuilder::new(page).big_endian().big()] {
            let source = Cog::open(&builder.write(folder.path(), "image.tif")).unwrap();
            let tags = copied_tags(&source, true).unwrap();
            let expected =
                [OwnedTag::ascii(270, "text"), OwnedTag::doubles(50908, &[1.5]), OwnedTag::shorts(280, &[258])];
            assert_eq!(tags, expected);
            assert_eq!(copied_tags(&source, false).unwrap(), expected[..2]);
        }
    }
}
