//! Items that describe the image: GDAL's metadata tag, a few tags of TIFF, and the side file `.aux.xml`.

use tiff::tags::Tag;

use super::directory::{Directory, DirectoryReader};
use super::tags::GDAL_METADATA;
use super::xml::Element;

/// What a file says about itself in words: key and value, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Items of the image as a whole.
    pub items: Vec<(String, String)>,
}

impl Metadata {
    /// Value of the first item of that key, whatever its case.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.items.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }

    /// When the image was taken or written, as the file says it (TIFF: `YYYY:MM:DD HH:MM:SS`).
    pub fn date_time(&self) -> Option<&str> {
        self.get("TIFFTAG_DATETIME")
    }
}

/// Tags of TIFF that become items, by the names that GDAL gives them.
const TEXT_TAGS: [(Tag, &str); 8] = [
    (Tag::Unknown(269), "TIFFTAG_DOCUMENTNAME"),
    (Tag::ImageDescription, "TIFFTAG_IMAGEDESCRIPTION"),
    (Tag::Software, "TIFFTAG_SOFTWARE"),
    (Tag::DateTime, "TIFFTAG_DATETIME"),
    (Tag::Artist, "TIFFTAG_ARTIST"),
    (Tag::HostComputer, "TIFFTAG_HOSTCOMPUTER"),
    (Tag::Copyright, "TIFFTAG_COPYRIGHT"),
    (Tag::Unknown(700), "TIFFTAG_XMLPACKET"),
];

/// Items, and what they say of single bands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DescribedItems {
    pub(crate) metadata: Metadata,
    /// By number of the band, from 0.
    pub(crate) bands: Vec<BandItems>,
}

/// What metadata say of one band.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct BandItems {
    pub(crate) description: Option<String>,
    pub(crate) color: Option<String>,
    pub(crate) nodata: Option<String>,
    pub(crate) scale: Option<f64>,
    pub(crate) offset: Option<f64>,
    pub(crate) unit: Option<String>,
    pub(crate) items: Vec<(String, String)>,
}

impl DescribedItems {
    /// Band number `index`, added if it is one of the image's `count` bands.
    pub(crate) fn band(&mut self, index: usize, count: usize) -> Option<&mut BandItems> {
        if index >= count {
            return None;
        }
        if self.bands.len() <= index {
            self.bands.resize_with(index + 1, BandItems::default);
        }
        self.bands.get_mut(index)
    }
}

/// Reads the tags that describe an image of `samples` samples a pixel. Tags that can't be read are left out.
pub(crate) fn from_tags(reader: &mut DirectoryReader<'_>, directory: &Directory, samples: usize) -> DescribedItems {
    let mut described = DescribedItems::default();
    if let Ok(Some(xml)) = reader.text(directory, GDAL_METADATA) {
        add_gdal_metadata(&mut described, &xml, samples);
    }
    for (tag, name) in TEXT_TAGS {
        if name != "TIFFTAG_XMLPACKET"
            && let Ok(Some(text)) = reader.text(directory, tag)
            && !text.is_empty()
        {
            described.metadata.items.push((name.to_owned(), text));
        }
    }
    described
}

/// Items of GDAL's metadata tag: those with a `sample` belong to a band, those with a `role` say a property of it.
fn add_gdal_metadata(described: &mut DescribedItems, xml: &str, samples: usize) {
    let root = Element::parse(xml);
    let Some(list) = root.child("GDALMetadata") else { return };
    for item in list.children_named("Item") {
        let Some(name) = item.attribute("name") else { continue };
        // GDAL escapes values before it escapes the document.
        let value =
            quick_xml::escape::unescape(item.text.trim()).map_or_else(|_| item.text.trim().to_owned(), Into::into);
        let sample = item.attribute("sample").and_then(|sample| sample.trim().parse().ok());
        let Some(sample) = sample else {
            if item.attribute("domain").is_none_or(str::is_empty) {
                described.metadata.items.push((name.to_owned(), value));
            }
            continue;
        };
        let Some(band) = described.band(sample, samples) else { continue };
        match item.attribute("role").unwrap_or_default() {
            "scale" => band.scale = parse_number(&value),
            "offset" => band.offset = parse_number(&value),
            "unittype" => band.unit = Some(value),
            "description" => band.description = Some(value),
            "colorinterp" => band.color = Some(value),
            _ if item.attribute("domain").is_none_or(str::is_empty) => band.items.push((name.to_owned(), value)),
            _ => {}
        }
    }
}

/// So many digits of a hexadecimal number are read: those that a double holds.
const MAX_HEXADECIMAL_DIGITS: usize = 13;

/// The number that a text begins with, as GDAL finds it: like C's `strtod`, blanks before and anything after are passed over;
/// a comma may stand for the decimal point.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let has_comma = text.chars().find(|char| matches!(char, ',' | '.')) == Some(',');
    let with_point;
    let text = if has_comma {
        with_point = text.replacen(',', ".", 1);
        with_point.as_str()
    } else {
        text
    };
    let lower = text.to_ascii_lowercase();
    let unsigned = lower.trim_start_matches(['+', '-']);
    let sign = if lower.starts_with('-') { -1.0 } else { 1.0 };
    if unsigned.starts_with("nan") || unsigned.starts_with("1.#qnan") || unsigned.starts_with("1.#ind") {
        return Some(f64::NAN);
    }
    if unsigned.starts_with("inf") || unsigned.starts_with("1.#inf") {
        return Some(sign * f64::INFINITY);
    }
    if let Some(digits) = unsigned.strip_prefix("0x") {
        let length = digits.bytes().take(MAX_HEXADECIMAL_DIGITS).take_while(u8::is_ascii_hexdigit).count();
        let number = u64::from_str_radix(digits.get(..length)?, 16);
        return Some(sign * number.unwrap_or(0) as f64);
    }
    let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
    (1..=length).rev().find_map(|end| text.get(..end)?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_bands_are_told_from_items_of_the_image() {
        let mut described = DescribedItems::default();
        let xml = "<GDALMetadata><Item name=\"A\">1</Item><Item name=\"B\" sample=\"1\">2</Item>\
            <Item name=\"SCALE\" sample=\"0\" role=\"scale\">0.5</Item>\
            <Item name=\"DESCRIPTION\" sample=\"1\" role=\"description\">red &amp;amp; &lt;hot&gt;</Item>\
            <Item name=\"X\" sample=\"9\">3</Item><Item name=\"D\" domain=\"OTHER\">4</Item></GDALMetadata>";
        add_gdal_metadata(&mut described, xml, 2);
        assert_eq!(described.metadata.items, [("A".to_owned(), "1".to_owned())]);
        assert_eq!(described.bands.len(), 2);
        assert_eq!(described.bands[0].scale, Some(0.5));
        assert_eq!(described.bands[1].description.as_deref(), Some("red & <hot>"));
        assert_eq!(described.bands[1].items, [("B".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn numbers_are_read_as_strtod_reads_them() {
        for (text, number) in [
            (" -9999 ", -9999.0),
            ("1e3x", 1000.0),
            ("0.5e", 0.5),
            ("-inf", f64::NEG_INFINITY),
            ("7,5", 7.5),
            ("-0x1Fz", -31.0),
        ] {
            assert_eq!(parse_number(text), Some(number), "{text}");
        }
        assert!(parse_number("-nan").unwrap().is_nan());
        assert!(parse_number("1.#QNAN").unwrap().is_nan());
        assert_eq!(parse_number("none"), None);
    }
}
