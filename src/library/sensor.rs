//! Which instrument a file's name speaks of, and what its bands show.

/// The instruments whose band numbers are known. They decide which bands make natural colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sensor {
    /// Landsat 8 and 9, OLI and TIRS: blue is band 2.
    Landsat89,
    /// Landsat 4, 5 and 7, TM and ETM+: blue is band 1.
    Landsat457,
    /// Sentinel-2, MSI: blue is band 2.
    Sentinel2,
    /// Sentinel-1, SAR: polarisations.
    Sentinel1,
}

/// What a band shows, as far as a map of colours needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spectrum {
    /// Some 0.48 µm.
    Blue,
    /// Some 0.56 µm.
    Green,
    /// Some 0.66 µm.
    Red,
    /// Some 0.85 µm.
    NearInfrared,
    /// Some 1.6 µm.
    ShortWave1,
    /// Some 2.2 µm.
    ShortWave2,
}

impl Sensor {
    /// The instrument that a file's name speaks of, by the conventions of USGS, ESA and HLS.
    pub fn from_name(name: &str) -> Option<Self> {
        let upper = name.to_ascii_uppercase();
        if upper.contains("MSIL1C") || upper.contains("MSIL2A") {
            return Some(Self::Sentinel2);
        }
        let mut parts = upper.split(['_', '-', '.', ' ']);
        if upper.starts_with("HLS.") {
            return match parts.nth(1) {
                Some("L30") => Some(Self::Landsat89),
                Some("S30") => Some(Self::Sentinel2),
                _ => None,
            };
        }
        parts.find_map(Self::from_part)
    }

    fn from_part(part: &str) -> Option<Self> {
        let bytes = part.as_bytes();
        match bytes {
            [b'S', b'2', b'A'..=b'D'] => Some(Self::Sentinel2),
            [b'S', b'1', b'A'..=b'D'] => Some(Self::Sentinel1),
            // A tile of the military grid: two digits and three letters.
            [b'T', d1, d2, l1, l2, l3] if is_digits(&[*d1, *d2]) && is_letters(&[*l1, *l2, *l3]) => {
                Some(Self::Sentinel2)
            }
            [b'L', b'C' | b'O' | b'T', b'0', b'8' | b'9'] => Some(Self::Landsat89),
            [b'L', b'T' | b'E' | b'M', b'0', b'4' | b'5' | b'7'] => Some(Self::Landsat457),
            // The scene identifiers used before 2017: LC8PPPRRRYYYYDDD.
            [b'L', b'C' | b'O' | b'T', b'8' | b'9', rest @ ..] if is_identifier(rest) => Some(Self::Landsat89),
            [b'L', b'T' | b'E' | b'M', b'4' | b'5' | b'7', rest @ ..] if is_identifier(rest) => Some(Self::Landsat457),
            _ => None,
        }
    }

    /// A name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Landsat89 => "Landsat 8/9",
            Self::Landsat457 => "Landsat 4/5/7",
            Self::Sentinel2 => "Sentinel-2",
            Self::Sentinel1 => "Sentinel-1",
        }
    }

    /// What the band of this number shows (8A has none of its own).
    fn spectrum_of(self, number: u8) -> Option<Spectrum> {
        match (self, number) {
            (Self::Landsat89 | Self::Sentinel2, 2) | (Self::Landsat457, 1) => Some(Spectrum::Blue),
            (Self::Landsat89 | Self::Sentinel2, 3) | (Self::Landsat457, 2) => Some(Spectrum::Green),
            (Self::Landsat89 | Self::Sentinel2, 4) | (Self::Landsat457, 3) => Some(Spectrum::Red),
            (Self::Landsat89, 5) | (Self::Landsat457, 4) | (Self::Sentinel2, 8) => Some(Spectrum::NearInfrared),
            (Self::Landsat89, 6) | (Self::Landsat457, 5) | (Self::Sentinel2, 11) => Some(Spectrum::ShortWave1),
            (Self::Landsat89 | Self::Landsat457, 7) | (Self::Sentinel2, 12) => Some(Spectrum::ShortWave2),
            _ => None,
        }
    }

    /// The bands (counted from 0) that make natural colour in a file that has them all but doesn't name them.
    pub fn natural_color_of_stack(self, band_count: usize) -> Option<[usize; 3]> {
        match (self, band_count) {
            (Self::Landsat457, 6..=8) | (Self::Sentinel2, 4 | 10) | (Self::Landsat89, 6) => Some([2, 1, 0]),
            (Self::Landsat89, 7..=11) | (Self::Sentinel2, 12 | 13) => Some([3, 2, 1]),
            _ => None,
        }
    }
}

/// What a band of this name shows: a number (`B4`, `B04`, `band 4`) needs the sensor, a word (`red`, `nir`) doesn't.
pub fn spectrum(band_name: &str, sensor: Option<Sensor>) -> Option<Spectrum> {
    let lower = band_name.trim().to_ascii_lowercase();
    let short = lower.strip_prefix("sr_").or_else(|| lower.strip_prefix("toa_")).unwrap_or(&lower);
    match short {
        "blue" => return Some(Spectrum::Blue),
        "green" => return Some(Spectrum::Green),
        "red" => return Some(Spectrum::Red),
        "nir" | "nir08" | "near infrared" | "near-infrared" => return Some(Spectrum::NearInfrared),
        "swir1" | "swir16" => return Some(Spectrum::ShortWave1),
        "swir2" | "swir22" => return Some(Spectrum::ShortWave2),
        _ => {}
    }
    let number = short.strip_prefix("band").or_else(|| short.strip_prefix('b'))?.trim_start_matches(['_', ' ']);
    sensor?.spectrum_of(number.parse().ok()?)
}

fn is_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

fn is_letters(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_uppercase)
}

/// Path, row, year and day of the year: thirteen digits.
fn is_identifier(rest: &[u8]) -> bool {
    rest.get(..13).is_some_and(is_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sensors_are_known_by_name() {
        let table = [
            ("LC08_224077_20200518_B3", Some(Sensor::Landsat89)),
            ("LC09_L2SP_224078_20220518_20220820_02_T1_SR_B4", Some(Sensor::Landsat89)),
            ("LC82240782020139LGN00_B4", Some(Sensor::Landsat89)),
            ("LE07_olinda_6band", Some(Sensor::Landsat457)),
            ("LT05_L1TP_224078_19980518_20200820_02_T1_B4", Some(Sensor::Landsat457)),
            ("LT52240781998139CUB00_B3", Some(Sensor::Landsat457)),
            ("T31TCJ_20200518T105031_B04_10m", Some(Sensor::Sentinel2)),
            ("S2B_31TCJ_20200518_0_L2A", Some(Sensor::Sentinel2)),
            ("S2A_MSIL1C_20200518T105031", Some(Sensor::Sentinel2)),
            ("HLS.L30.T31TCJ.2020139T105031.v2.0.B04", Some(Sensor::Landsat89)),
            ("HLS.S30.T31TCJ.2020139T105031.v2.0.B8A", Some(Sensor::Sentinel2)),
            ("S1A_IW_GRDH_1SDV_20200518", Some(Sensor::Sentinel1)),
            ("ortho_2020", None),
            ("LC8_small", None),
        ];
        for (name, expected) in table {
            assert_eq!(Sensor::from_name(name), expected, "{name}");
        }
    }

    #[test]
    fn what_a_band_shows_depends_on_the_sensor() {
        assert_eq!(spectrum("B04", Some(Sensor::Sentinel2)), Some(Spectrum::Red));
        assert_eq!(spectrum("B4", Some(Sensor::Landsat457)), Some(Spectrum::NearInfrared));
        assert_eq!(spectrum("SR_B4", Some(Sensor::Landsat89)), Some(Spectrum::Red));
        assert_eq!(spectrum("band 3", Some(Sensor::Landsat89)), Some(Spectrum::Green));
        assert_eq!(spectrum("B8A", Some(Sensor::Sentinel2)), None);
        assert_eq!(spectrum("B4", None), None);
        assert_eq!(spectrum("Red", None), Some(Spectrum::Red));
    }
}
