//! Samples of a pixel to bands: type, colour, nodata value, alpha. The rules are GDAL's.

use super::bands::{Band, ColorInterpretation, Nodata, Palette};
use super::layout::ColorConversion;
use super::level::Level;
use super::metadata::{BandItems, DescribedItems, parse_number};
use super::tags::{Photometric, SampleFormat};
use crate::raster::SampleType;

impl Level {
    /// Colours of the values of a level with one sample a pixel: its colour map, or greys where values don't rise from black
    /// in 8 or more bits: bitmaps, and images in which 0 is white.
    pub(crate) fn palette(&self) -> Option<Palette> {
        let is_unsigned = matches!(self.sample_format, SampleFormat::Unsigned | SampleFormat::Void);
        match self.photometric {
            Photometric::Palette => self.color_map.as_deref().and_then(Palette::from_color_map),
            _ if self.samples_per_pixel != 1 || !is_unsigned => None,
            Photometric::MinIsWhite if self.bits_per_sample < 16 => Palette::greys(self.bits_per_sample, 255, 0),
            Photometric::MinIsBlack if self.bits_per_sample == 1 => Palette::greys(1, 0, 255),
            _ => None,
        }
    }

    /// Colour of band `index` as the tags say it.
    fn color(&self, index: usize) -> ColorInterpretation {
        use ColorInterpretation as Color;
        let of = |colors: &[Color]| colors.get(index).copied().unwrap_or_default();
        if self.conversion() != ColorConversion::None {
            return of(&[Color::Red, Color::Green, Color::Blue]);
        }
        match self.photometric {
            Photometric::Rgb | Photometric::YCbCr => of(&[Color::Red, Color::Green, Color::Blue]),
            Photometric::Cmyk => of(&[Color::Cyan, Color::Magenta, Color::Yellow, Color::Black]),
            _ if self.palette().is_some() => of(&[Color::Palette]),
            Photometric::LogL | Photometric::LogLuv => Color::Undefined,
            _ => of(&[Color::Gray]),
        }
    }
}

/// What is said of bands outside of the tags that describe samples.
pub(crate) struct BandSources<'a> {
    /// Text of the nodata tag.
    pub(crate) nodata: Option<&'a str>,
    /// Items of the metadata tag.
    pub(crate) tags: &'a DescribedItems,
    /// Items of the side file, which win.
    pub(crate) pam: Option<&'a DescribedItems>,
}

/// The bands of an image of that level and sample type.
pub(crate) fn bands(level: &Level, sample_type: SampleType, sources: &BandSources<'_>) -> Vec<Band> {
    let nothing = BandItems::default();
    let band = |index: usize| {
        let from_tags = sources.tags.bands.get(index).unwrap_or(&nothing);
        let from_pam = sources.pam.and_then(|pam| pam.bands.get(index)).unwrap_or(&nothing);
        let color = from_pam.color.as_deref().or(from_tags.color.as_deref()).and_then(ColorInterpretation::from_name);
        let nodata = from_pam.nodata.as_deref().or(sources.nodata);
        let either = |tag: &Option<String>, pam: &Option<String>| {
            pam.clone().or_else(|| tag.clone()).filter(|text| !text.is_empty())
        };
        Band {
            name: either(&from_tags.description, &from_pam.description).unwrap_or_default(),
            color: color.unwrap_or_else(|| level.color(index)),
            nodata: nodata.and_then(|text| parse_nodata(text, sample_type)),
            scale: from_pam.scale.or(from_tags.scale),
            offset: from_pam.offset.or(from_tags.offset),
            unit: either(&from_tags.unit, &from_pam.unit),
            metadata: from_tags.items.iter().chain(&from_pam.items).cloned().collect(),
        }
    };
    (0..level.band_count()).map(band).collect()
}

/// The nodata value that a text means for samples of a type. It may be outside of what samples can be; then no sample
/// equals it. `None` if the text is no number.
pub(crate) fn parse_nodata(text: &str, sample_type: SampleType) -> Option<Nodata> {
    let text = text.trim();
    match sample_type {
        SampleType::I64 => text.parse().map(Nodata::Signed).ok().or_else(|| parse_number(text).map(Nodata::Float)),
        SampleType::U64 => text.parse().map(Nodata::Unsigned).ok().or_else(|| parse_number(text).map(Nodata::Float)),
        SampleType::F32 | SampleType::CF32 => parse_number(text).map(|value| Nodata::Float(as_single(value))),
        _ => parse_number(text).map(Nodata::Float),
    }
}

/// The value as a sample of 32 bits holds it; as it is if that can't hold it.
#[expect(clippy::cast_possible_truncation, reason = "rounding to single precision is what is asked for")]
fn as_single(value: f64) -> f64 {
    let single = value as f32;
    if single.is_finite() || !value.is_finite() { f64::from(single) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodata_keeps_every_digit_of_64_bit_integers() {
        let text = "9223372036854775807";
        assert_eq!(parse_nodata(text, SampleType::I64), Some(Nodata::Signed(i64::MAX)));
        assert_eq!(parse_nodata("18446744073709551615", SampleType::U64), Some(Nodata::Unsigned(u64::MAX)));
    }

    #[test]
    fn nodata_of_single_precision_is_rounded_like_the_samples() {
        assert_eq!(parse_nodata("0.1", SampleType::F32), Some(Nodata::Float(f64::from(0.1_f32))));
        assert_eq!(parse_nodata("3.4028235e+38", SampleType::F32), Some(Nodata::Float(f64::from(f32::MAX))));
        assert_eq!(parse_nodata("1e300", SampleType::F32), Some(Nodata::Float(1e300)));
        assert!(matches!(parse_nodata("nan ", SampleType::F32), Some(Nodata::Float(value)) if value.is_nan()));
        assert_eq!(parse_nodata("none", SampleType::F32), None);
    }
}
