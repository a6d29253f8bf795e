//! The `GeoKey` directory of a `GeoTIFF` (OGC 19-008r4, chapter 7): keys to numbers and texts.

use tiff::tags::Tag;

use super::directory::{Directory, DirectoryReader, decode_text};

/// The value that says "user-defined".
pub(crate) const USER_DEFINED: u32 = 32767;

/// Keys that are asked for, by their numbers in the standard.
pub(crate) mod key {
    pub(crate) const MODEL_TYPE: u16 = 1024;
    pub(crate) const RASTER_TYPE: u16 = 1025;
    pub(crate) const CITATION: u16 = 1026;
    pub(crate) const GEODETIC_CRS: u16 = 2048;
    pub(crate) const GEODETIC_CITATION: u16 = 2049;
    pub(crate) const GEODETIC_DATUM: u16 = 2050;
    pub(crate) const PRIME_MERIDIAN: u16 = 2051;
    pub(crate) const ANGULAR_UNITS: u16 = 2054;
    pub(crate) const ANGULAR_UNIT_SIZE: u16 = 2055;
    pub(crate) const ELLIPSOID: u16 = 2056;
    pub(crate) const SEMI_MAJOR_AXIS: u16 = 2057;
    pub(crate) const SEMI_MINOR_AXIS: u16 = 2058;
    pub(crate) const INVERSE_FLATTENING: u16 = 2059;
    pub(crate) const PRIME_MERIDIAN_LONG: u16 = 2061;
    pub(crate) const TO_WGS84: u16 = 2062;
    pub(crate) const PROJECTED_CRS: u16 = 3072;
    pub(crate) const PROJECTED_CITATION: u16 = 3073;
    pub(crate) const PROJECTION: u16 = 3074;
    pub(crate) const PROJECTION_METHOD: u16 = 3075;
    pub(crate) const LINEAR_UNITS: u16 = 3076;
    pub(crate) const LINEAR_UNIT_SIZE: u16 = 3077;
    pub(crate) const STANDARD_PARALLEL_1: u16 = 3078;
    pub(crate) const STANDARD_PARALLEL_2: u16 = 3079;
    pub(crate) const NATURAL_ORIGIN_LONG: u16 = 3080;
    pub(crate) const NATURAL_ORIGIN_LAT: u16 = 3081;
    pub(crate) const FALSE_EASTING: u16 = 3082;
    pub(crate) const FALSE_NORTHING: u16 = 3083;
    pub(crate) const FALSE_ORIGIN_LONG: u16 = 3084;
    pub(crate) const FALSE_ORIGIN_LAT: u16 = 3085;
    pub(crate) const FALSE_ORIGIN_EASTING: u16 = 3086;
    pub(crate) const FALSE_ORIGIN_NORTHING: u16 = 3087;
    pub(crate) const CENTER_LONG: u16 = 3088;
    pub(crate) const CENTER_LAT: u16 = 3089;
    pub(crate) const CENTER_EASTING: u16 = 3090;
    pub(crate) const CENTER_NORTHING: u16 = 3091;
    pub(crate) const SCALE_AT_NATURAL_ORIGIN: u16 = 3092;
    pub(crate) const SCALE_AT_CENTER: u16 = 3093;
    pub(crate) const AZIMUTH: u16 = 3094;
    pub(crate) const STRAIGHT_VERTICAL_POLE_LONG: u16 = 3095;
    pub(crate) const RECTIFIED_GRID_ANGLE: u16 = 3096;
}

/// Value of a key.
#[derive(Debug, Clone, PartialEq)]
enum KeyValue {
    Short(u32),
    Doubles(Vec<f64>),
    Text(String),
}

/// The keys of one image.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct GeoKeys {
    keys: Vec<(u16, KeyValue)>,
}

impl GeoKeys {
    /// Reads the three tags of the directory; without them, or where they are damaged, there are no keys.
    pub(crate) fn read(reader: &mut DirectoryReader<'_>, directory: &Directory) -> Self {
        let shorts = reader.unsigned(directory, Tag::GeoKeyDirectoryTag).ok().flatten().unwrap_or_default();
        if shorts.is_empty() {
            return Self::default();
        }
        let doubles = reader.doubles(directory, Tag::GeoDoubleParamsTag).ok().flatten().unwrap_or_default();
        let ascii = reader.raw(directory, Tag::GeoAsciiParamsTag).ok().flatten().unwrap_or_default();
        Self::parse(&shorts, &doubles, &ascii)
    }

    /// From the values of the three tags: the key directory, doubles and text.
    pub(crate) fn parse(shorts: &[u64], doubles: &[f64], ascii: &[u8]) -> Self {
        let short = |value: u64| u16::try_from(value).ok();
        let entries = shorts.get(4..).unwrap_or_default().chunks_exact(4);
        let count = shorts.get(3).and_then(|&count| usize::try_from(count).ok()).unwrap_or(0);
        let parse_entry = |entry: &[u64]| {
            let &[key, location, count, value] = entry else { return None };
            let (count, index) = (usize::try_from(count).ok()?, usize::try_from(value).ok()?);
            let range = || index..index.saturating_add(count.max(1));
            let value = match location {
                0 => KeyValue::Short(u32::try_from(value).ok()?),
                34735 => KeyValue::Short(u32::try_from(*shorts.get(index)?).ok()?),
                34736 => KeyValue::Doubles(doubles.get(range())?.to_vec()),
                34737 => {
                    let end = index.saturating_add(count).min(ascii.len());
                    let text = decode_text(ascii.get(index..end)?);
                    let text = text.split('\0').next().unwrap_or_default();
                    KeyValue::Text(text.trim_end_matches('|').trim().to_owned())
                }
                _ => return None,
            };
            Some((short(key)?, value))
        };
        Self { keys: entries.take(count).filter_map(parse_entry).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn value(&self, key: u16) -> Option<&KeyValue> {
        self.keys.iter().find(|(number, _)| *number == key).map(|(_, value)| value)
    }

    /// The code that a key holds.
    pub(crate) fn code(&self, key: u16) -> Option<u32> {
        match self.value(key)? {
            KeyValue::Short(code) => Some(*code),
            _ => None,
        }
    }

    /// The code that a key holds if it refers to a register: neither undefined nor user-defined.
    pub(crate) fn registered(&self, key: u16) -> Option<u32> {
        self.code(key).filter(|&code| code != 0 && code != USER_DEFINED)
    }

    /// All numbers of a key.
    pub(crate) fn doubles(&self, key: u16) -> Option<&[f64]> {
        match self.value(key)? {
            KeyValue::Doubles(values) => Some(values),
            _ => None,
        }
    }

    /// First number of a key, where it is one.
    pub(crate) fn double(&self, key: u16) -> Option<f64> {
        match self.value(key)? {
            KeyValue::Short(code) => Some(f64::from(*code)),
            KeyValue::Doubles(values) => values.first().copied().filter(|value| value.is_finite()),
            KeyValue::Text(_) => None,
        }
    }

    /// First of several keys that holds a number.
    pub(crate) fn first_double(&self, keys: &[u16]) -> Option<f64> {
        keys.iter().find_map(|&key| self.double(key))
    }

    /// Text of a key, if it isn't empty.
    pub(crate) fn text(&self, key: u16) -> Option<&str> {
        match self.value(key)? {
            KeyValue::Text(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_where_their_entries_point() {
        let shorts = [1, 1, 0, 4, 1024, 0, 1, 1, 1026, 34737, 6, 0, 2057, 34736, 1, 1, 2062, 34736, 9, 0];
        let keys = GeoKeys::parse(&shorts, &[1.0, 6_378_137.0], b"Name||");
        assert_eq!(keys.code(key::MODEL_TYPE), Some(1));
        assert_eq!(keys.text(key::CITATION), Some("Name"));
        assert_eq!(keys.double(key::SEMI_MAJOR_AXIS), Some(6_378_137.0));
        assert_eq!(keys.doubles(key::TO_WGS84), None, "its values lie beyond the array");
    }

    #[test]
    fn a_count_larger_than_the_array_is_harmless() {
        let keys = GeoKeys::parse(&[1, 1, 0, 65535, 1024, 0, 1, 2, 7], &[], &[]);
        assert_eq!(keys.registered(key::MODEL_TYPE), Some(2));
        assert!(GeoKeys::parse(&[1, 1], &[], &[]).is_empty());
    }
}
