//! All valid values of a band, gathered part by part: as counts of each distinct value, or one by one.

use super::{Histogram, INVALID, Sample, SampleType, Samples, with_samples};

/// Values of 16 bits are counted, not kept, from so many samples on.
const COUNTED_FROM: u64 = 1 << 18;
/// Values of 8 and of 16 bits.
const VALUES_8: u32 = 1 << 8;
const VALUES_16: u32 = 1 << 16;
/// The highest bit: of the key of a signed number it is the other way round.
const SIGN: u32 = 1 << 31;

/// Values of one type in no order. Once another type comes they are kept as they are.
#[derive(Debug)]
pub(super) struct Collected {
    sample_type: SampleType,
    store: Store,
}

#[derive(Debug)]
enum Store {
    /// How often each value from the first on occurs.
    Counts { first: i32, counts: Vec<u64> },
    /// Numbers of 32 bits in the order of the values.
    Keys(Vec<u32>),
    /// As they are.
    Wide(Vec<f64>),
}

impl Collected {
    pub(super) fn new(sample_type: SampleType, samples: u64) -> Self {
        let counts = |first, values: u32| Store::Counts { first, counts: vec![0; values as usize] };
        let store = match sample_type {
            SampleType::U8 => counts(0, VALUES_8),
            SampleType::I8 => counts(i32::from(i8::MIN), VALUES_8),
            SampleType::U16 if samples >= COUNTED_FROM => counts(0, VALUES_16),
            SampleType::I16 if samples >= COUNTED_FROM => counts(i32::from(i16::MIN), VALUES_16),
            SampleType::U16 | SampleType::I16 | SampleType::U32 | SampleType::I32 | SampleType::F32 => {
                Store::Keys(with_room(samples))
            }
            _ => Store::Wide(with_room(samples)),
        };
        Self { sample_type, store }
    }

    pub(super) fn max_bytes(sample_type: SampleType, samples: u64) -> u64 {
        match sample_type {
            SampleType::U8 | SampleType::I8 => u64::from(VALUES_8) * 8,
            SampleType::U16 | SampleType::I16 if samples >= COUNTED_FROM => u64::from(VALUES_16) * 8,
            SampleType::U16 | SampleType::I16 | SampleType::U32 | SampleType::I32 | SampleType::F32 => {
                samples.saturating_mul(4)
            }
            _ => samples.saturating_mul(8),
        }
    }

    pub(super) fn add(&mut self, plane: &Samples, mask: &[u8]) {
        if plane.sample_type() != self.sample_type && !matches!(self.store, Store::Wide(_)) {
            self.widen();
        }
        match (&mut self.store, plane) {
            (Store::Counts { first, counts }, Samples::U8(plane)) => count(plane, mask, *first, counts),
            (Store::Counts { first, counts }, Samples::I8(plane)) => count(plane, mask, *first, counts),
            (Store::Counts { first, counts }, Samples::U16(plane)) => count(plane, mask, *first, counts),
            (Store::Counts { first, counts }, Samples::I16(plane)) => count(plane, mask, *first, counts),
            (Store::Keys(keys), Samples::U16(plane)) => collect(plane, mask, keys, |value| Some(value.into())),
            (Store::Keys(keys), Samples::U32(plane)) => collect(plane, mask, keys, Some),
            (Store::Keys(keys), Samples::I16(plane)) => {
                collect(plane, mask, keys, |value| Some(key_of_signed(value.into())));
            }
            (Store::Keys(keys), Samples::I32(plane)) => collect(plane, mask, keys, |value| Some(key_of_signed(value))),
            (Store::Keys(keys), Samples::F32(plane)) => {
                collect(plane, mask, keys, |value| value.is_finite().then(|| key_of_float(value)));
            }
            (Store::Wide(values), plane) => {
                let finite = |value: f64| value.is_finite().then_some(value);
                with_samples!(plane, plane => collect(plane, mask, values, |sample| finite(sample.real())));
            }
            // Other types are never counted and have no keys.
            _ => {}
        }
    }

    /// Keeps what was taken in so far, and all to come, as it is.
    fn widen(&mut self) {
        let store = std::mem::replace(&mut self.store, Store::Wide(Vec::new()));
        let so_far = Self { sample_type: self.sample_type, store }.sorted();
        let mut values = Vec::new();
        for rank in 0..so_far.count() {
            values.extend(so_far.at(rank));
        }
        self.store = Store::Wide(values);
    }

    /// In ascending order.
    pub(super) fn sorted(self) -> Counted {
        match self.store {
            Store::Counts { first, counts } => {
                let occurring = (first..).zip(counts).filter(|&(_, times)| times > 0);
                Counted::Distinct(occurring.map(|(value, times)| (f64::from(value), times)).collect())
            }
            Store::Keys(mut keys) => {
                keys.sort_unstable();
                Counted::Keys(keys, self.sample_type)
            }
            Store::Wide(mut values) => {
                values.sort_unstable_by(f64::total_cmp);
                Counted::Values(values)
            }
        }
    }
}

/// All valid values in ascending order, either one by one or as counts of each distinct value.
pub(super) enum Counted {
    /// Distinct values, ascending, with how often each occurs (never 0).
    Distinct(Vec<(f64, u64)>),
    /// The key of every value, ascending, and the type of the values.
    Keys(Vec<u32>, SampleType),
    /// Every value, ascending.
    Values(Vec<f64>),
}

impl Counted {
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Distinct(values) => values.iter().map(|(_, times)| times).sum(),
            Self::Keys(keys, _) => keys.len() as u64,
            Self::Values(values) => values.len() as u64,
        }
    }

    pub(super) fn first(&self) -> Option<f64> {
        self.at(0)
    }

    pub(super) fn last(&self) -> Option<f64> {
        self.at(self.count().checked_sub(1)?)
    }

    /// Each value with how often it occurs.
    pub(super) fn weighted(&self) -> Box<dyn Iterator<Item = (f64, f64)> + '_> {
        match self {
            Self::Distinct(values) => Box::new(values.iter().map(|&(value, times)| (value, times as f64))),
            Self::Keys(keys, of) => Box::new(keys.iter().map(|&key| (value_of_key(key, *of), 1.0))),
            Self::Values(values) => Box::new(values.iter().map(|&value| (value, 1.0))),
        }
    }

    pub(super) fn fill(&self, histogram: &mut Histogram) {
        match self {
            Self::Distinct(values) => values.iter().for_each(|&(value, times)| histogram.add(value, times)),
            Self::Keys(keys, of) => keys.iter().for_each(|&key| histogram.add(value_of_key(key, *of), 1)),
            Self::Values(values) => values.iter().for_each(|&value| histogram.add(value, 1)),
        }
    }

    /// The value at `rank`, counted from 0 in ascending order.
    fn at(&self, rank: u64) -> Option<f64> {
        match self {
            Self::Keys(keys, of) => keys.get(usize::try_from(rank).ok()?).map(|&key| value_of_key(key, *of)),
            Self::Values(values) => values.get(usize::try_from(rank).ok()?).copied(),
            Self::Distinct(values) => {
                let mut below = 0;
                values.iter().find_map(|&(value, times)| {
                    below += times;
                    (rank < below).then_some(value)
                })
            }
        }
    }

    /// Linear interpolation between closest ranks, `rank = percent / 100 * (count - 1)` (Hyndman and Fan's type 7).
    pub(super) fn percentile(&self, percent: f64) -> Option<f64> {
        let rank = (percent / 100.0).clamp(0.0, 1.0) * (self.count().checked_sub(1)?) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the count")]
        let whole = rank.floor() as u64;
        let low = self.at(whole)?;
        let high = self.at(whole + 1).unwrap_or(low);
        let share = rank - rank.floor();
        Some(low * (1.0 - share) + high * share)
    }
}

/// An empty list with room for so many values, if there is that much memory.
fn with_room<T>(values: u64) -> Vec<T> {
    let mut list = Vec::new();
    // Without it the list grows as values come.
    let _ = usize::try_from(values).map(|values| list.try_reserve_exact(values));
    list
}

/// Counts valid samples by their value less the first one that is counted.
fn count<T: Sample + Into<i32>>(plane: &[T], mask: &[u8], first: i32, counts: &mut [u64]) {
    for (&sample, &mask) in plane.iter().zip(mask) {
        let index = usize::try_from(sample.into() - first).unwrap_or_default();
        if let Some(count) = counts.get_mut(index) {
            *count += u64::from(mask != INVALID);
        }
    }
}

/// Adds the valid samples that `convert` takes.
fn collect<T: Sample, V>(plane: &[T], mask: &[u8], values: &mut Vec<V>, convert: impl Fn(T) -> Option<V>) {
    let valid = plane.iter().zip(mask).filter(|&(_, &mask)| mask != INVALID);
    values.extend(valid.filter_map(|(&sample, _)| convert(sample)));
}

fn key_of_signed(value: i32) -> u32 {
    value.cast_unsigned() ^ SIGN
}

/// Of negative numbers all bits are turned over: they lie the other way round.
fn key_of_float(value: f32) -> u32 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn value_of_key(key: u32, of: SampleType) -> f64 {
    match of {
        SampleType::F32 => f64::from(f32::from_bits(if key & SIGN == 0 { !key } else { key ^ SIGN })),
        SampleType::I16 | SampleType::I32 => f64::from((key ^ SIGN).cast_signed()),
        _ => f64::from(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_values_and_lead_back_to_them() {
        let floats = [f32::MIN, -1.5, -f32::MIN_POSITIVE, -0.0, 0.0, 1e-40, 2.5, f32::MAX];
        assert!(floats.map(key_of_float).is_sorted());
        for float in floats {
            assert_eq!(value_of_key(key_of_float(float), SampleType::F32).to_bits(), f64::from(float).to_bits());
        }
        let integers = [i32::MIN, -1, 0, 7, i32::MAX];
        assert!(integers.map(key_of_signed).is_sorted());
        assert_eq!(integers.map(|value| value_of_key(key_of_signed(value), SampleType::I32)), integers.map(f64::from));
    }

    #[test]
    fn another_type_widens_what_is_there() {
        let mut collected = Collected::new(SampleType::U8, 4);
        collected.add(&Samples::U8(vec![9, 9, 1]), &[255; 3]);
        collected.add(&Samples::F64(vec![4.5]), &[255]);
        let Counted::Values(values) = collected.sorted() else { panic!("not widened") };
        assert_eq!(values, [1.0, 4.5, 9.0, 9.0]);
    }
}
