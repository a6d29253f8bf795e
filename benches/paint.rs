//! Painting a megapixel, for each way a style can look at values. Prints milliseconds, the best of some runs.
//!
//! `cargo bench --no-default-features --bench paint`

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "a benchmark prints, and what fails in it ends it"
)]

use std::time::Instant;

use cogscope::raster::{Raster, SampleType, Samples};
use cogscope::render::{
    Channels, ColorBand, ColorSource, Colormap, Interpolation, NamedColormap, Ramp, Stretch, Style, encode,
};

const SIDE: u32 = 1024;
const RUNS: usize = 9;

fn main() {
    let pixels = SIDE * SIDE;
    // Values that look like noise, so that no branch is foreseen.
    let noise = |band: u32| (0..pixels).map(move |i| (i ^ band).wrapping_mul(2_654_435_761) >> 16);
    let bytes = || (0..3).map(|band| Samples::U8(noise(band).map(|v| v.to_le_bytes()[0]).collect())).collect();
    let words = || (0..3).map(|band| Samples::U16(noise(band).map(|v| (v & 0xffff) as u16).collect())).collect();
    let floats = || (0..3).map(|band| Samples::F32(noise(band).map(|v| v as f32).collect())).collect();

    let rgb = Style { stretch: Stretch::Manual(vec![(1000.0, 60000.0)]), ..Style::rgb([0, 1, 2]) };
    let bent = Style { gamma: 1.4, ..rgb.clone() };
    let single = Style { channels: Channels::Single(0), colormap: Colormap::named("viridis"), ..rgb.clone() };
    let viridis = NamedColormap::new("viridis").expect("viridis is a map");
    let ramp = Ramp::from_named(&viridis, (0.0, 65535.0), 8);
    let discrete = Ramp::new(ramp.stops().to_vec(), Interpolation::Discrete);
    let with = |ramp: Ramp| Style { colormap: Some(Colormap::Ramp(ramp)), ..single.clone() };
    let index = Style {
        channels: Channels::Expression("(b2-b1)/(b2+b1)".into()),
        stretch: Stretch::Manual(vec![(-1.0, 1.0)]),
        ..single.clone()
    };
    paint("bytes as colours", &Style::rgb([0, 1, 2]), bytes());
    paint("16 bits as colours", &rgb, words());
    paint("floats as colours", &rgb, floats());
    paint("floats as colours, gamma", &bent, floats());
    paint("16 bits by colour map", &single, words());
    paint("floats by colour map", &single, floats());
    paint("floats by linear ramp", &with(ramp), floats());
    paint("floats by discrete ramp", &with(discrete), floats());
    paint("expression of 16 bits", &index, words());
}

fn paint(what: &str, style: &Style, planes: Vec<Samples>) {
    let sample_type = planes.first().map_or(SampleType::U8, Samples::sample_type);
    let bands = (1..=3).map(|b| ColorBand { name: format!("b{b}"), sample_type, statistics: None }).collect();
    let source = ColorSource { bands, ..ColorSource::default() };
    let started = Instant::now();
    let painter = style.painter(&source).expect("the style suits the source");
    let making = started.elapsed();
    let raster = Raster::fully_valid(SIDE, SIDE, planes).expect("planes of the raster's size");
    let raster = raster.select_bands(painter.bands());
    let best = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(painter.paint(std::hint::black_box(&raster)));
            started.elapsed()
        })
        .min()
        .unwrap_or_default();
    let image = painter.paint(&raster);
    let started = Instant::now();
    let png = encode::png(&image).map_or(0, |file| file.len());
    let encoding = started.elapsed();
    println!("{what:26} {best:>9.2?}   painter {making:>9.2?}   png {encoding:>9.2?} {png} bytes");
}
