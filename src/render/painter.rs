//! A style made ready for one source: rasters in, pictures out.

use std::sync::Arc;

use super::colormap::{Colormap, NamedColormap};
use super::curve::{Colors, Curve, NOTHING};
use super::expression::{Expression, Machine};
use super::stretch::{Channel, Range, ranges};
use super::{Channels, RgbaImage, Style, StyleError, to_byte};
use crate::raster::{BandStatistics, INVALID, Raster, Sample, SampleType, Samples, with_samples};

/// Pixels worked on at a time: small enough to stay in the nearest cache.
const RUN: usize = 1024;

/// What a painter has to know of the bands of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct ColorBand {
    /// As expressions call it; empty if it has no name.
    pub name: String,
    /// The type that its samples will have.
    pub sample_type: SampleType,
    /// Of the whole layer, so that its tiles have no seams. Where it is missing, the type's range is shown.
    pub statistics: Option<Arc<BandStatistics>>,
}

/// What a painter has to know of a source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColorSource {
    /// All bands, in order.
    pub bands: Vec<ColorBand>,
    /// The colours (straight alpha) of the first band's values, if they are indices.
    pub palette: Option<Vec<[u8; 4]>>,
    /// Of the values of the style's expression, see [`Expression::evaluate`].
    pub expression_statistics: Option<Arc<BandStatistics>>,
}

impl ColorSource {
    /// The bands' names, in order.
    pub fn band_names(&self) -> Vec<&str> {
        self.bands.iter().map(|band| band.name.as_str()).collect()
    }
}

/// A style made ready for one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Painter {
    bands: Vec<usize>,
    look: Look,
    ranges: Vec<Range>,
    alpha: u8,
    nodata: Option<f64>,
}

#[derive(Debug, Clone, PartialEq)]
enum Look {
    /// A curve for red, green and blue, and which of the planes each takes.
    Rgb(Box<[Curve; 3]>, [usize; 3]),
    Single(Colors),
    Expression(Expression, Colors),
}

impl Style {
    /// The bands of the source that the style shows, counted from 0, each once, in the order that
    /// [`Painter::paint`] expects.
    pub fn bands(&self, band_names: &[&str]) -> Result<Vec<usize>, StyleError> {
        let bands = match &self.channels {
            Channels::Single(band) => vec![*band],
            Channels::Expression(text) => Expression::parse(text, band_names)?.bands().to_vec(),
            Channels::Rgb(channels) => {
                let mut bands = Vec::with_capacity(channels.len());
                for band in channels {
                    if !bands.contains(band) {
                        bands.push(*band);
                    }
                }
                bands
            }
        };
        match bands.iter().find(|&&band| band >= band_names.len()) {
            Some(&band) => Err(StyleError::NoBand { band, bands: band_names.len() }),
            None => Ok(bands),
        }
    }

    /// Makes the style ready for a source: looks up bands, settles ranges, fills tables.
    pub fn painter(&self, source: &ColorSource) -> Result<Painter, StyleError> {
        if !(self.gamma.is_finite() && self.gamma > 0.0) {
            return Err(StyleError::Gamma { gamma: self.gamma });
        }
        let names = source.band_names();
        let bands = self.bands(&names)?;
        let channels = self.channels_of(source);
        let ranges = ranges(self, &channels)?;
        let look = match (&self.channels, ranges.as_slice()) {
            (Channels::Rgb(shown), [red, green, blue]) => {
                let curve = |range: &Range, channel: &Channel<'_>| Curve::new(*range, self.gamma, channel.sample_type);
                let [r, g, b] = channels.as_slice() else {
                    return Err(StyleError::RangeCount { given: ranges.len(), channels: channels.len() });
                };
                let plane = |band: usize| bands.iter().position(|&known| known == band).unwrap_or_default();
                Look::Rgb(Box::new([curve(red, r), curve(green, g), curve(blue, b)]), shown.map(plane))
            }
            (Channels::Expression(text), [range]) => {
                Look::Expression(Expression::parse(text, &names)?, self.colors(*range, None))
            }
            (Channels::Single(band), [range]) => {
                let sample_type = channels.first().and_then(|channel| channel.sample_type);
                match &source.palette {
                    Some(palette) if *band == 0 && self.colormap.is_none() => {
                        Look::Single(Colors::palette(palette.clone(), sample_type))
                    }
                    _ => Look::Single(self.colors(*range, sample_type)),
                }
            }
            _ => return Err(StyleError::RangeCount { given: ranges.len(), channels: channels.len() }),
        };
        Ok(Painter { bands, look, ranges, alpha: to_byte(self.opacity * 255.0), nodata: self.nodata })
    }

    /// The source values shown darkest and brightest, a range a channel, without making a painter.
    pub fn ranges(&self, source: &ColorSource) -> Result<Vec<Range>, StyleError> {
        ranges(self, &self.channels_of(source))
    }

    fn channels_of<'a>(&self, source: &'a ColorSource) -> Vec<Channel<'a>> {
        let channel = |band: usize| {
            let band = source.bands.get(band);
            Channel {
                sample_type: band.map(|band| band.sample_type),
                statistics: band.and_then(|band| band.statistics.as_ref()),
            }
        };
        match &self.channels {
            Channels::Rgb(bands) => bands.iter().map(|&band| channel(band)).collect(),
            Channels::Single(band) => vec![channel(*band)],
            Channels::Expression(_) => {
                vec![Channel { sample_type: None, statistics: source.expression_statistics.as_ref() }]
            }
        }
    }

    fn colors(&self, range: Range, sample_type: Option<SampleType>) -> Colors {
        match &self.colormap {
            Some(Colormap::Ramp(ramp)) => Colors::ramp(ramp.clone(), sample_type),
            Some(Colormap::Named(map)) => Colors::named(map, range, self.gamma, sample_type),
            None => Colors::named(&NamedColormap::grey(), range, self.gamma, sample_type),
        }
    }
}

impl Painter {
    /// The bands of the source that [`Painter::paint`] wants as planes, in this order, counted from 0.
    pub fn bands(&self) -> &[usize] {
        &self.bands
    }

    /// The source values shown darkest and brightest, a range a channel: what a legend says.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// The picture of a raster whose planes are those of [`Painter::bands`], of the raster's size.
    ///
    /// What the mask leaves out is transparent, and so is everything if a plane is missing. Opacity is in the alpha.
    pub fn paint(&self, raster: &Raster) -> RgbaImage {
        let mut image = RgbaImage::transparent(raster.width(), raster.height());
        let planes = raster.bands();
        if planes.len() < self.bands.len() {
            return image;
        }
        let (pixels, _) = image.pixels.as_chunks_mut::<4>();
        let mut buffers = Buffers::default();
        for ((index, out), mask) in pixels.chunks_mut(RUN).enumerate().zip(raster.mask().chunks(RUN)) {
            let start = index * RUN;
            match &self.look {
                Look::Rgb(curves, of) => paint_rgb(curves, of.map(|plane| planes.get(plane)), start, out),
                Look::Single(colors) => {
                    if let Some(plane) = planes.first() {
                        colors.apply(plane, start, out);
                    }
                }
                Look::Expression(expression, colors) => {
                    let values = buffers.calculate(expression, planes, start, out.len());
                    colors.apply_values(values.iter().copied(), out);
                }
            }
            self.apply_mask(planes, start, mask, out);
        }
        image
    }

    fn apply_mask(&self, planes: &[Samples], start: usize, mask: &[u8], out: &mut [[u8; 4]]) {
        // A pixel of which no plane has a number is nodata, whatever the mask says of it.
        if planes.iter().all(|plane| plane.sample_type().is_float()) {
            blank_where_all(planes, start, out, f64::is_nan);
        }
        if let Some(nodata) = self.nodata {
            #[expect(clippy::float_cmp, reason = "nodata is a value, not a neighbourhood")]
            blank_where_all(planes, start, out, |value| value == nodata);
        }
        if self.alpha != u8::MAX {
            let opacity = f64::from(self.alpha) / 255.0;
            for pixel in out.iter_mut() {
                pixel[3] = to_byte(f64::from(pixel[3]) * opacity);
            }
        }
        if mask.contains(&INVALID) {
            for (pixel, &mask) in out.iter_mut().zip(mask) {
                if mask == INVALID {
                    *pixel = NOTHING;
                }
            }
        }
    }
}

fn paint_rgb(curves: &[Curve; 3], planes: [Option<&Samples>; 3], start: usize, out: &mut [[u8; 4]]) {
    if let [Some(red), Some(green), Some(blue)] = planes
        && Curve::look_up_colors(curves, [red, green, blue], start, out)
    {
        return;
    }
    let mut channels = [[0_u8; RUN]; 3];
    for ((channel, curve), plane) in channels.iter_mut().zip(curves).zip(planes) {
        if let (Some(plane), Some(channel)) = (plane, channel.get_mut(..out.len())) {
            curve.apply(plane, start, channel);
        }
    }
    let [red, green, blue] = &channels;
    for (((out, &red), &green), &blue) in out.iter_mut().zip(red).zip(green).zip(blue) {
        *out = [red, green, blue, u8::MAX];
    }
}

/// Blanks the pixels where every plane's value is such a one.
fn blank_where_all(planes: &[Samples], start: usize, out: &mut [[u8; 4]], such: impl Fn(f64) -> bool + Copy) {
    // Mostly the first plane has none, which is seen several samples at a time.
    let has_any = |plane: &Samples| {
        with_samples!(plane, plane => {
            let samples = plane.get(start..).unwrap_or_default().iter().take(out.len());
            samples.fold(false, |any, sample| any | such(sample.real()))
        })
    };
    if !planes.iter().all(has_any) {
        return;
    }
    let mut hits = [true; RUN];
    for plane in planes {
        with_samples!(plane, plane => {
            for (hit, sample) in hits.iter_mut().zip(plane.get(start..).unwrap_or_default()) {
                *hit &= such(sample.real());
            }
        });
    }
    for (pixel, hit) in out.iter_mut().zip(hits) {
        if hit {
            *pixel = NOTHING;
        }
    }
}

/// Memory that is kept between runs.
#[derive(Default)]
struct Buffers {
    inputs: Vec<Vec<f64>>,
    machine: Machine,
}

impl Buffers {
    fn calculate(&mut self, expression: &Expression, planes: &[Samples], start: usize, len: usize) -> &[f64] {
        self.inputs.resize_with(planes.len(), Vec::new);
        for (input, plane) in self.inputs.iter_mut().zip(planes) {
            input.clear();
            with_samples!(plane, plane => {
                input.extend(plane.get(start..).unwrap_or_default().iter().take(len).map(|sample| sample.real()));
            });
        }
        let inputs: Vec<&[f64]> = self.inputs.iter().map(Vec::as_slice).collect();
        expression.run(&inputs, len, &mut self.machine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Ramp, Stretch};

    fn source(sample_type: SampleType, bands: usize) -> ColorSource {
        let band = |index: usize| ColorBand { name: format!("B{}", index + 2), sample_type, statistics: None };
        ColorSource { bands: (0..bands).map(band).collect(), ..ColorSource::default() }
    }

    fn pixels(painter: &Painter, raster: &Raster) -> Vec<[u8; 4]> {
        painter.paint(raster).pixels.as_chunks().0.to_vec()
    }

    #[test]
    fn bands_become_red_green_and_blue_in_the_order_named() {
        let painter = Style::rgb([2, 1, 0]).painter(&source(SampleType::U8, 3)).unwrap();
        assert_eq!(painter.bands(), [2, 1, 0]);
        let planes = vec![Samples::U8(vec![3]), Samples::U8(vec![2]), Samples::U8(vec![1])];
        assert_eq!(pixels(&painter, &Raster::fully_valid(1, 1, planes).unwrap()), [[3, 2, 1, 255]]);
    }

    #[test]
    fn a_band_named_twice_is_read_once() {
        let painter = Style::rgb([1, 1, 0]).painter(&source(SampleType::U8, 2)).unwrap();
        assert_eq!(painter.bands(), [1, 0]);
        let planes = vec![Samples::U8(vec![9]), Samples::U8(vec![4])];
        assert_eq!(pixels(&painter, &Raster::fully_valid(1, 1, planes).unwrap()), [[9, 9, 4, 255]]);
    }

    #[test]
    fn masked_pixels_are_wholly_transparent() {
        let painter = Style::single(0).painter(&source(SampleType::U8, 1)).unwrap();
        let raster = Raster::new(2, 1, vec![Samples::U8(vec![200, 200])], vec![0, 255]).unwrap();
        assert_eq!(pixels(&painter, &raster), [[0; 4], [200, 200, 200, 255]]);
    }

    #[test]
    fn floats_that_are_no_numbers_are_transparent_even_if_the_mask_forgot_them() {
        let painter = Style::rgb([0, 1, 2]).painter(&source(SampleType::F32, 3)).unwrap();
        let planes = [[f32::NAN, 1.0], [f32::NAN, 0.0], [f32::NAN, f32::NAN]].map(|p| Samples::F32(p.to_vec()));
        let raster = Raster::fully_valid(2, 1, planes.to_vec()).unwrap();
        assert_eq!(pixels(&painter, &raster), [[0; 4], [255, 0, 0, 255]]);
    }

    #[test]
    fn a_nodata_value_of_the_style_needs_all_bands_to_have_it() {
        let style = Style { nodata: Some(0.0), ..Style::rgb([0, 1, 2]) };
        let painter = style.painter(&source(SampleType::U8, 3)).unwrap();
        let planes = vec![Samples::U8(vec![0, 0]), Samples::U8(vec![0, 5]), Samples::U8(vec![0, 0])];
        assert_eq!(pixels(&painter, &Raster::fully_valid(2, 1, planes).unwrap()), [[0; 4], [0, 5, 0, 255]]);
    }

    #[test]
    fn opacity_goes_into_alpha() {
        let style = Style { opacity: 0.5, ..Style::single(0) };
        let painter = style.painter(&source(SampleType::U8, 1)).unwrap();
        let raster = Raster::fully_valid(1, 1, vec![Samples::U8(vec![100])]).unwrap();
        assert_eq!(pixels(&painter, &raster), [[100, 100, 100, 128]]);
    }

    #[test]
    fn an_expression_is_coloured_and_its_gaps_are_transparent() {
        let style = Style {
            channels: Channels::Expression("(B3-B2)/(B3+B2)".into()),
            stretch: Stretch::Manual(vec![(-1.0, 1.0)]),
            ..Style::default()
        };
        let painter = style.painter(&source(SampleType::U8, 2)).unwrap();
        assert_eq!(painter.bands(), [1, 0]);
        let planes = vec![Samples::U8(vec![3, 0]), Samples::U8(vec![1, 0])];
        let found = pixels(&painter, &Raster::fully_valid(2, 1, planes).unwrap());
        assert_eq!(found, [[191, 191, 191, 255], [0; 4]]);
    }

    #[test]
    fn a_palette_paints_indices_until_the_style_names_a_colour_map() {
        let palette = Some(vec![[10, 20, 30, 255], [0, 0, 0, 0]]);
        let source = ColorSource { palette, ..source(SampleType::U8, 1) };
        let raster = Raster::fully_valid(2, 1, vec![Samples::U8(vec![0, 1])]).unwrap();
        let painter = Style::single(0).painter(&source).unwrap();
        assert_eq!(pixels(&painter, &raster), [[10, 20, 30, 255], [0; 4]]);
        let grey = Style { colormap: Colormap::named("grey"), stretch: Stretch::None, ..Style::single(0) };
        assert_eq!(pixels(&grey.painter(&source).unwrap(), &raster), [[0, 0, 0, 255], [1, 1, 1, 255]]);
    }

    #[test]
    fn an_empty_ramp_shows_nothing() {
        let style = Style { colormap: Some(Colormap::Ramp(Ramp::default())), ..Style::single(0) };
        let painter = style.painter(&source(SampleType::U8, 1)).unwrap();
        assert!(painter.paint(&Raster::fully_valid(1, 1, vec![Samples::U8(vec![1])]).unwrap()).is_blank());
    }

    #[test]
    fn bands_that_are_not_there_and_a_gamma_of_zero_are_refused() {
        let error = Style::rgb([0, 1, 2]).painter(&source(SampleType::U8, 2)).unwrap_err();
        assert_eq!(error.to_string(), "there is no band 3: the source has 2");
        let style = Style { gamma: 0.0, ..Style::single(0) };
        assert_eq!(style.painter(&source(SampleType::U8, 1)), Err(StyleError::Gamma { gamma: 0.0 }));
    }

    #[test]
    fn pictures_larger_than_a_run_are_painted_to_the_end() {
        let painter = Style::single(0).painter(&source(SampleType::U16, 1)).unwrap();
        let raster = Raster::fully_valid(100, 31, vec![Samples::U16(vec![65535; 3100])]).unwrap();
        assert!(pixels(&painter, &raster).iter().all(|pixel| *pixel == [255; 4]));
    }
}
