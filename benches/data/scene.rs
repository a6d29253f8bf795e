//! What pictures show: fields of smooth noise, parcels with sharp edges, and a sensor's noise.

use rayon::prelude::*;

/// Type of a sample.
pub trait Sample: Copy + Send + Sync + Default + 'static {
    const BITS: u16;
    /// `SampleFormat`: 1 unsigned, 3 floating point.
    const FORMAT: u16;
    fn mean(four: [Self; 4]) -> Self;
    fn extend_bytes(self, out: &mut Vec<u8>);
}

impl Sample for u8 {
    const BITS: u16 = 8;
    const FORMAT: u16 = 1;

    fn mean(four: [Self; 4]) -> Self {
        let sum: u16 = four.into_iter().map(u16::from).sum();
        ((sum + 2) / 4).to_le_bytes()[0]
    }

    fn extend_bytes(self, out: &mut Vec<u8>) {
        out.push(self);
    }
}

impl Sample for u16 {
    const BITS: u16 = 16;
    const FORMAT: u16 = 1;

    fn mean(four: [Self; 4]) -> Self {
        let sum: u32 = four.into_iter().map(u32::from).sum();
        u16::try_from((sum + 2) / 4).unwrap_or(u16::MAX)
    }

    fn extend_bytes(self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }
}

impl Sample for f32 {
    const BITS: u16 = 32;
    const FORMAT: u16 = 3;

    fn mean(four: [Self; 4]) -> Self {
        four.into_iter().sum::<f32>() / 4.0
    }

    fn extend_bytes(self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }
}

/// A square picture.
pub struct Level<T> {
    pub side: u32,
    /// Row by row from the top left.
    pub planes: Vec<Vec<T>>,
}

/// Wavelengths of noise, in pixels, and how much each counts.
type Waves = [(u32, f32); 6];
/// Land from orbit, and heights.
const SMOOTH: Waves = [(2048, 0.40), (509, 0.22), (128, 0.14), (37, 0.09), (11, 0.05), (4, 0.025)];
/// Land from an aeroplane: more texture.
const ROUGH: Waves = [(2048, 0.30), (509, 0.20), (128, 0.16), (29, 0.20), (7, 0.30), (3, 0.34)];

impl<T: Sample> Level<T> {
    /// Each band the sum of what all share and of its own, mapped by `sample` from some -1 to 1 (and noise, evenly from -1 to 1).
    fn new(side: u32, bands: usize, waves: &Waves, sample: impl Fn(usize, f32, f32) -> T + Sync) -> Self {
        let width = side as usize;
        let mut planes: Vec<Vec<T>> = vec![vec![T::default(); width * width]; bands];
        for (band, plane) in planes.iter_mut().enumerate() {
            let own = 1000 + u32::try_from(band).unwrap_or(0);
            plane.par_chunks_mut(width).zip(0..side).for_each(|(row, y)| {
                let mut sums = vec![0.0_f32; width];
                waves.iter().zip(1..).for_each(|(&(length, share), seed)| add_wave(&mut sums, y, length, share, seed));
                add_wave(&mut sums, y, 300, 0.08, own);
                add_wave(&mut sums, y, 23, 0.03, own + 100);
                for ((sample_out, &sum), x) in row.iter_mut().zip(&sums).zip(0_u32..) {
                    let parcel = 0.12 * signed(hash(x / 173, y / 119, 77));
                    *sample_out = sample(band, sum + parcel, signed(hash(x, y, own + 200)));
                }
            });
        }
        Self { side, planes }
    }

    /// The next overview: means of four pixels.
    pub fn half(&self) -> Self {
        let (width, half) = (self.side as usize, (self.side / 2) as usize);
        let planes = self.planes.iter().map(|plane| {
            let mut out = vec![T::default(); half * half];
            out.par_chunks_mut(half).zip(plane.par_chunks(2 * width)).for_each(|(row, two)| {
                let (upper, lower) = two.split_at(width);
                for ((out, a), b) in row.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2)) {
                    *out = T::mean([a[0], a[1], b[0], b[1]]);
                }
            });
            out
        });
        Self { side: self.side / 2, planes: planes.collect() }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the type before")]
impl Level<u16> {
    /// Reflectance as Sentinel-2 has it: some hundreds to some thousands.
    pub fn reflectance(side: u32, bands: usize) -> Self {
        Self::new(side, bands, &SMOOTH, |band, value, noise| {
            let bright = 1500.0 + 400.0 * band as f32;
            (bright + 1100.0 * value + 18.0 * noise).clamp(1.0, 10_000.0) as u16
        })
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the type before")]
impl Level<u8> {
    pub fn colors(side: u32, bands: usize) -> Self {
        Self::new(side, bands, &ROUGH, |band, value, noise| {
            let bright = 95.0 + 12.0 * band as f32;
            (bright + 80.0 * value + 3.0 * noise).clamp(0.0, 255.0) as u8
        })
    }
}

impl Level<f32> {
    /// Heights in metres, to some centimetres.
    pub fn heights(side: u32) -> Self {
        Self::new(side, 1, &SMOOTH, |_, value, noise| ((600.0 + 500.0 * value + 0.1 * noise) * 64.0).round() / 64.0)
    }
}

/// Adds smooth noise of one wavelength to the row `y`.
fn add_wave(row: &mut [f32], y: u32, length: u32, share: f32, seed: u32) {
    let (cell_row, down) = (y / length, smooth((y % length) as f32 / length as f32));
    let corner = |cell_col: u32| {
        let (above, below) = (signed(hash(cell_col, cell_row, seed)), signed(hash(cell_col, cell_row + 1, seed)));
        share * (above + (below - above) * down)
    };
    let weights: Vec<f32> = (0..length).map(|x| smooth(x as f32 / length as f32)).collect();
    for (cell, cell_col) in row.chunks_mut(length as usize).zip(0..) {
        let (left, right) = (corner(cell_col), corner(cell_col + 1));
        for (sum, weight) in cell.iter_mut().zip(&weights) {
            *sum += left + (right - left) * weight;
        }
    }
}

fn smooth(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// A number that looks random.
fn hash(x: u32, y: u32, seed: u32) -> u32 {
    let mut h = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^ (h >> 15)
}

/// From -1 to 1.
fn signed(hash: u32) -> f32 {
    hash as f32 / (u32::MAX / 2) as f32 - 1.0
}
