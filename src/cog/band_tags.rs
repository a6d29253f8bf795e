//! Samples of a pixel to bands: type, colour, nodata value, alpha. The rules are GDAL's.

use super::bands::{Band, ColorInterpretation, Nodata, Palette};
use super::layout::{self, ColorConversion};
use super::level::Level;
use super::metadata::{BandItems, DescribedItems, parse_number};
use super::tags::{ExtraSample, Photometric, SampleFormat};
use crate::raster::SampleType;

impl Level {
    /// Colours of the values of a level: its colour map, or, of one value a pixel, greys where values don't rise from black
    /// in 8 or more bits: bitmaps, and images in which 0 is white.
    pub(crate) fn palette(&self) -> Option<Palette> {
        if self.photometric == Photometric::Palette || self.has_one_value() {
            let from_map = self.color_map.as_deref().and_then(Palette::from_color_map);
            if from_map.is_some() {
                return from_map;
            }
        }
        let is_unsigned = matches!(self.sample_format, SampleFormat::Unsigned | SampleFormat::Void);
        match self.photometric {
            _ if !self.has_one_value() || !is_unsigned => None,
            Photometric::MinIsWhite if self.bits_per_sample < 16 => Palette::greys(self.bits_per_sample, 255, 0),
            _ if self.is_bitmap() => Palette::greys(1, 0, 255),
            _ => None,
        }
    }

    /// Whether a pixel is one value, and alpha at most.
    fn has_one_value(&self) -> bool {
        self.samples_per_pixel == 1 || (self.samples_per_pixel == 2 && self.is_alpha_sample(1))
    }

    /// Whether a pixel is one bit.
    fn is_bitmap(&self) -> bool {
        self.bits_per_sample == 1 && self.samples_per_pixel == 1
    }

    /// Colour of sample `index` as the tags say it.
    fn color(&self, index: usize) -> ColorInterpretation {
        use ColorInterpretation as Color;
        let named: &[Color] = match self.photometric {
            _ if self.conversion() != ColorConversion::None => &[Color::Red, Color::Green, Color::Blue],
            Photometric::Rgb => &[Color::Red, Color::Green, Color::Blue],
            Photometric::YCbCr if layout::is_picture(self.compression) => &[Color::Red, Color::Green, Color::Blue],
            Photometric::YCbCr => &[Color::Y, Color::Cb, Color::Cr],
            Photometric::Cmyk => &[Color::Cyan, Color::Magenta, Color::Yellow, Color::Black],
            _ if self.palette().is_some() => &[Color::Palette],
            // White at 0 without a palette, of 16 bits and more, has no name in GDAL.
            Photometric::MinIsBlack => &[Color::Gray],
            _ => &[],
        };
        let other = if self.is_alpha_sample(index) { Color::Alpha } else { Color::Undefined };
        named.get(index).copied().unwrap_or(other)
    }

    fn is_alpha_sample(&self, index: usize) -> bool {
        let samples = usize::from(self.samples_per_pixel);
        let before = samples.saturating_sub(self.extra_samples.len());
        let extra = index.checked_sub(before).and_then(|extra| self.extra_samples.get(extra));
        matches!(extra, Some(ExtraSample::AssociatedAlpha | ExtraSample::UnassociatedAlpha))
    }
}

/// What is said of bands outside of the tags that describe samples.
pub(crate) struct BandSources<'a> {
    /// Text of the nodata tag.
    pub(crate) nodata: Option<&'a str>,
    /// Items of the metadata tag.
    pub(crate) tags: &'a DescribedItems,
    /// Items of the side file. They win where they say nodata values and colours, else the tags do.
    pub(crate) pam: Option<&'a DescribedItems>,
}

impl BandSources<'_> {
    fn of_band(&self, index: usize) -> (Option<&BandItems>, Option<&BandItems>) {
        (self.tags.bands.get(index), self.pam.and_then(|pam| pam.bands.get(index)))
    }
}

/// What the samples of a pixel show, once decoded, alpha among them.
pub(crate) fn colors(level: &Level, sources: &BandSources<'_>) -> Vec<ColorInterpretation> {
    let named = |items: Option<&BandItems>| items?.color.as_deref().map(ColorInterpretation::from_name);
    let color = |index: usize| {
        let (tags, pam) = sources.of_band(index);
        let from_pam = named(pam).flatten().filter(|&color| color != ColorInterpretation::Undefined);
        let from_tags = named(tags).filter(|_| !level.is_bitmap()).map(Option::unwrap_or_default);
        from_pam.or(from_tags).unwrap_or_else(|| level.color(index))
    };
    let samples = usize::from(level.samples_per_pixel);
    if level.conversion() == ColorConversion::None {
        return (0..samples).map(color).collect();
    }
    // Converted colours are known; what else a pixel has is shown only if it is alpha.
    let last = samples.saturating_sub(1);
    let alpha =
        (samples > usize::from(level.inks()) && level.is_alpha_sample(last)).then_some(ColorInterpretation::Alpha);
    (0..3).map(|index| level.color(index)).chain(alpha).collect()
}

/// The bands of an image of that level and sample type, whose samples show `colors`.
pub(crate) fn bands(
    level: &Level,
    sample_type: SampleType,
    colors: &[ColorInterpretation],
    sources: &BandSources<'_>,
) -> Vec<Band> {
    let nothing = BandItems::default();
    let band = |index: usize| {
        let (tags, pam) = sources.of_band(index);
        let (tags, pam) = (tags.unwrap_or(&nothing), pam.unwrap_or(&nothing));
        let nodata = pam.nodata.as_deref().or(sources.nodata);
        let either =
            |tag: &Option<String>, pam: &Option<String>| tag.iter().chain(pam).find(|text| !text.is_empty()).cloned();
        let scaled = if tags.scale.is_some() || tags.offset.is_some() { tags } else { pam };
        Band {
            name: either(&tags.description, &pam.description).unwrap_or_default(),
            color: colors.get(index).copied().unwrap_or_default(),
            nodata: nodata.and_then(|text| nodata_of_file(text, sample_type)),
            scale: scaled.scale,
            offset: scaled.offset,
            unit: either(&tags.unit, &pam.unit),
            metadata: tags.items.iter().chain(&pam.items).cloned().collect(),
        }
    };
    (0..level.band_count()).map(band).collect()
}

/// The nodata value that a text in a file means, as GDAL takes it: what is no number counts as 0, of 64-bit integers the digits
/// before anything else count. `None` if there is no text.
fn nodata_of_file(text: &str, sample_type: SampleType) -> Option<Nodata> {
    if text.is_empty() {
        return None;
    }
    Some(match sample_type {
        SampleType::I64 | SampleType::U64 => leading_integer(text, sample_type),
        _ => parse_nodata(text, sample_type).unwrap_or(Nodata::Float(0.0)),
    })
}

/// The integer that a text begins with, like C's `strtoll` and `strtoull`: 0 without digits, the nearest possible one where there
/// are too many, and negative ones without a sign wrap around.
fn leading_integer(text: &str, sample_type: SampleType) -> Nodata {
    let text = text.trim_start();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let digits = digits.get(..length).unwrap_or_default();
    let magnitude = if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) };
    let is_negative = text.starts_with('-');
    match (sample_type, is_negative) {
        (SampleType::U64, false) => Nodata::Unsigned(magnitude),
        (SampleType::U64, true) => Nodata::Unsigned(magnitude.wrapping_neg()),
        (_, false) => Nodata::Signed(i64::try_from(magnitude).unwrap_or(i64::MAX)),
        (_, true) => Nodata::Signed(0_i64.checked_sub_unsigned(magnitude).unwrap_or(i64::MIN)),
    }
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
    fn nodata_in_files_is_read_as_gdal_reads_it() {
        let read = |text, sample_type| nodata_of_file(text, sample_type).unwrap();
        assert_eq!(read("none", SampleType::U8), Nodata::Float(0.0));
        assert_eq!(read("0x10", SampleType::F32), Nodata::Float(16.0));
        assert_eq!(nodata_of_file("", SampleType::U8), None);
        for (text, number) in [("-9999.9", -9999), ("1e30", 1), ("nan", 0), ("18446744073709551615", i64::MAX)] {
            assert_eq!(read(text, SampleType::I64), Nodata::Signed(number), "{text}");
        }
        assert_eq!(read("-9223372036854775808", SampleType::I64), Nodata::Signed(i64::MIN));
        for (text, number) in [(" 7 ", 7), ("-1", u64::MAX), ("99999999999999999999", u64::MAX), ("inf", 0)] {
            assert_eq!(read(text, SampleType::U64), Nodata::Unsigned(number), "{text}");
        }
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
