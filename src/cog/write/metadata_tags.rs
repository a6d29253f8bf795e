//! `GDAL_METADATA` of a new file: items of the image and of its bands, and what its bands are called and mean.

use std::fmt::Write;

use super::super::description::Cog;
use super::super::directory::DirectoryReader;
use super::super::tags::GDAL_METADATA;
use super::super::xml::Element;
use super::super::{Band, CogError, ColorInterpretation, Level};
use super::tag::OwnedTag;

/// A band of the new file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BandDescription<'a> {
    /// What the source says of it.
    pub(crate) band: &'a Band,
    /// Its number in the source, from 0.
    pub(crate) source_index: usize,
    /// The colour that the other tags of the new file say already.
    pub(crate) color_by_tags: ColorInterpretation,
}

/// The tag with everything that is said of the image and these bands; `None` if there is nothing.
///
/// Items of the source's own tag are taken over as they stand, with the numbers that bands have in the new file. What side
/// files say beyond that is added, and wins over an item of the same name.
pub(crate) fn metadata_tag(source: &Cog, bands: &[BandDescription<'_>]) -> Result<Option<OwnedTag>, CogError> {
    let own = own_items(source)?;
    let of_image = added(&source.metadata().items, &own, None);
    let of_bands: Vec<Vec<&Entry>> =
        bands.iter().map(|band| added(&band.band.metadata, &own, Some(band.source_index))).collect();
    let mut xml = String::new();
    for element in own.iter().filter(|item| item.attribute("role").is_none_or(str::is_empty)) {
        let (sample, replaced): (Option<String>, &[&Entry]) = match sample_of(element) {
            None => (None, &of_image),
            Some(index) => match bands.iter().position(|band| band.source_index == index) {
                Some(at) => (Some(at.to_string()), of_bands.get(at).map_or(&[], Vec::as_slice)),
                None => continue,
            },
        };
        let name = element.attribute("name").unwrap_or_default();
        if !is_of_domain(element) && replaced.iter().any(|(key, _)| key == name) {
            continue;
        }
        let attribute = |(key, value): &'_ (String, String)| match (key.as_str(), &sample) {
            ("sample", Some(sample)) => (key.clone(), sample.clone()),
            _ => (key.clone(), value.clone()),
        };
        let attributes: Vec<(String, String)> = element.attributes.iter().map(attribute).collect();
        let attributes: Vec<(&str, &str)> =
            attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        item(&mut xml, &attributes, &element.text);
    }
    for (key, value) in of_image {
        item(&mut xml, &[("name", key)], value);
    }
    for (sample, (described, items)) in bands.iter().zip(of_bands).enumerate() {
        add_band(&mut xml, &sample.to_string(), described, &items);
    }
    Ok((!xml.is_empty()).then(|| {
        let text = format!("<GDALMetadata>\n{xml}</GDALMetadata>\n");
        OwnedTag::ascii(GDAL_METADATA.to_u16(), &text)
    }))
}

/// Key and value of an item.
type Entry = (String, String);

/// Items that are known of the image or a band, but are not in the tag: those of side files. Items of TIFF tags go into
/// these tags, and pixel centres are told by a key.
fn added<'a>(known: &'a [Entry], own: &[Element], sample: Option<usize>) -> Vec<&'a Entry> {
    let is_own = |(key, value): &Entry| {
        own.iter().any(|item| {
            sample_of(item) == sample
                && !is_of_domain(item)
                && item.attribute("name") == Some(key)
                && item.text.trim() == value
        })
    };
    let is_said_otherwise = |key: &str| key.starts_with("TIFFTAG_") || key == "AREA_OR_POINT";
    known.iter().filter(|entry| !is_own(entry) && !is_said_otherwise(&entry.0)).collect()
}

fn add_band(xml: &mut String, sample: &str, described: &BandDescription<'_>, items: &[&Entry]) {
    let BandDescription { band, color_by_tags, .. } = described;
    for (key, value) in items {
        item(xml, &[("name", key), ("sample", sample)], value);
    }
    let mut property = |name: &str, role: &str, value: &str| {
        item(xml, &[("name", name), ("sample", sample), ("role", role)], value);
    };
    if !band.name.is_empty() {
        property("DESCRIPTION", "description", &band.name);
    }
    if let Some(unit) = &band.unit {
        property("UNITTYPE", "unittype", unit);
    }
    if let Some(offset) = band.offset {
        property("OFFSET", "offset", &offset.to_string());
    }
    if let Some(scale) = band.scale {
        property("SCALE", "scale", &scale.to_string());
    }
    if band.color != *color_by_tags {
        property("COLORINTERP", "colorinterp", band.color.name());
    }
}

/// The items of the source's tag.
fn own_items(source: &Cog) -> Result<Vec<Element>, CogError> {
    let mut reader = DirectoryReader::new(source.file())?;
    let directory = reader.directory(source.levels().first().map_or(0, Level::directory_offset))?;
    let text = reader.text(&directory, GDAL_METADATA).ok().flatten().unwrap_or_default();
    let root = Element::parse(&text);
    let list = root.child("GDALMetadata").into_iter().flat_map(|list| list.children_named("Item"));
    Ok(list.filter(|item| item.attribute("name").is_some()).cloned().collect())
}

fn is_of_domain(item: &Element) -> bool {
    item.attribute("domain").is_some_and(|domain| !domain.is_empty())
}

/// The band that an item belongs to, from 0.
fn sample_of(item: &Element) -> Option<usize> {
    item.attribute("sample").and_then(|sample| sample.trim().parse().ok())
}

fn item(xml: &mut String, attributes: &[(&str, &str)], value: &str) {
    xml.push_str("  <Item");
    for (name, text) in attributes {
        let _ = write!(xml, " {name}=\"{}\"", escaped(text));
    }
    let _ = writeln!(xml, ">{}</Item>", escaped(value));
}

/// The text with what XML gives a meaning written otherwise; characters that XML can't hold are left out.
fn escaped(text: &str) -> String {
    let possible: String =
        text.chars().filter(|&character| character >= ' ' || matches!(character, '\t' | '\n' | '\r')).collect();
    quick_xml::escape::escape(possible.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cog::testing::{Page, TiffBuilder, Value};

    #[test]
    fn everything_that_is_said_of_image_and_bands_comes_back() {
        let xml = "<GDALMetadata><Item name=\"A\">1 &lt; 2</Item><Item name=\"K\" sample=\"1\">v</Item>\
            <Item name=\"S\" sample=\"0\" role=\"scale\">0.1</Item><Item name=\"O\" sample=\"0\" role=\"offset\">-3</Item>\
            <Item name=\"D\" sample=\"1\" role=\"description\">red \"hot\"</Item>\
            <Item name=\"U\" sample=\"1\" role=\"unittype\">m</Item>\
            <Item name=\"C\" sample=\"1\" role=\"colorinterp\">Red</Item>\
            <Item name=\"X\" domain=\"RPC\">y</Item><Item name=\"Z\" sample=\"0\" domain=\"D\">q</Item></GDALMetadata>";
        let page = Page::strip(2, 1, &[0; 4])
            .tag(277, Value::Shorts(vec![2]))
            .tag(258, Value::Shorts(vec![8, 8]))
            .tag(42112, Value::Ascii(xml.into()))
            .tag(305, Value::Ascii("a program".into()));
        let folder = tempfile::tempdir().unwrap();
        let source = Cog::open(&TiffBuilder::new(page.clone()).write(folder.path(), "image.tif")).unwrap();
        // The bands change places.
        let bands: Vec<_> = [1, 0]
            .map(|source_index| BandDescription {
                band: &source.bands()[source_index],
                source_index,
                color_by_tags: source.bands()[0].color,
            })
            .into();
        let tag = metadata_tag(&source, &bands).unwrap().unwrap();
        let text = String::from_utf8(tag.bytes.clone()).unwrap();
        assert!(text.contains("<Item name=\"X\" domain=\"RPC\">y</Item>"), "{text}");
        assert!(text.contains("<Item name=\"Z\" sample=\"1\" domain=\"D\">q</Item>"), "{text}");
        assert!(!text.contains("a program"), "{text}");
        let page = page.tag(42112, Value::Raw(tag.kind, tag.count, tag.bytes)).without(305);
        let copy = Cog::open(&TiffBuilder::new(page).write(folder.path(), "copy.tif")).unwrap();
        assert_eq!(copy.metadata().items, [("A".to_owned(), "1 < 2".to_owned())]);
        let mut expected = [source.bands()[1].clone(), source.bands()[0].clone()];
        expected[1].color = ColorInterpretation::Undefined;
        assert_eq!(copy.bands(), expected);
        assert_eq!(copy.bands()[0].name, "red \"hot\"");
    }

    #[test]
    fn a_side_file_adds_to_the_tag_and_wins() {
        let xml = "<GDALMetadata><Item name=\"A\">kept  </Item><Item name=\"B\">old</Item></GDALMetadata>";
        let page = Page::strip(1, 1, &[0]).tag(42112, Value::Ascii(xml.into()));
        let folder = tempfile::tempdir().unwrap();
        let pam = "<PAMDataset><Metadata><MDI key=\"B\">new</MDI><MDI key=\"C\">more</MDI></Metadata></PAMDataset>";
        std::fs::write(folder.path().join("image.tif.aux.xml"), pam).unwrap();
        let source = Cog::open(&TiffBuilder::new(page).write(folder.path(), "image.tif")).unwrap();
        let tag = metadata_tag(&source, &[]).unwrap().unwrap();
        let expected = "<GDALMetadata>\n  <Item name=\"A\">kept  </Item>\n  <Item name=\"B\">new</Item>\n  \
            <Item name=\"C\">more</Item>\n</GDALMetadata>\n";
        assert_eq!(tag, OwnedTag::ascii(42112, expected));
    }

    #[test]
    fn nothing_to_say_is_no_tag() {
        let folder = tempfile::tempdir().unwrap();
        let source = Cog::open(&TiffBuilder::new(Page::strip(1, 1, &[0])).write(folder.path(), "image.tif")).unwrap();
        assert_eq!(metadata_tag(&source, &[]).unwrap(), None);
    }
}
