//! Which samples are "no data".

use std::borrow::Cow;

use super::bands::Nodata;
use super::description::Cog;
use crate::raster::{INVALID, Raster, Sample, Samples, with_samples};

/// A sample type that can hold, or be compared with, a nodata value.
pub(crate) trait NodataSample: Sample {
    /// The nodata value in this type; `None` if the type can't hold it.
    fn from_nodata(nodata: Nodata) -> Option<Self>;

    /// Distance from the nodata value below which a sample counts as that value.
    fn tolerance(nodata: Self) -> Self;

    /// Whether the sample counts as the nodata value.
    fn is_nodata(self, nodata: Self, tolerance: Self) -> bool;
}

macro_rules! integer {
    ($($type:ty),*) => {$(
        impl NodataSample for $type {
            fn from_nodata(nodata: Nodata) -> Option<Self> {
                match nodata {
                    Nodata::Signed(value) => Self::try_from(value).ok(),
                    Nodata::Unsigned(value) => Self::try_from(value).ok(),
                    Nodata::Float(value) => {
                        let is_small = Self::BITS <= 16;
                        let in_range = (Self::MIN.real()..=Self::MAX.real()).contains(&value);
                        // GDAL's warper cuts fractions off for samples of 8 and 16 bits.
                        let value = if is_small { (value + 1e-5).floor() } else { value };
                        let fits = value.fract() == 0.0 && in_range;
                        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "used only where it fits")]
                        let value = value as Self;
                        fits.then_some(value)
                    }
                }
            }

            fn tolerance(_: Self) -> Self {
                0
            }

            #[inline]
            fn is_nodata(self, nodata: Self, _: Self) -> bool {
                self == nodata
            }
        }
    )*};
}
integer!(u8, i8, u16, i16, u32, i32, u64, i64);

macro_rules! float {
    ($($type:ty),*) => {$(
        impl NodataSample for $type {
            #[allow(clippy::cast_possible_truncation, reason = "a value beyond f32 is infinite in an f32 band, too")]
            fn from_nodata(nodata: Nodata) -> Option<Self> {
                Some(nodata.as_f64() as Self)
            }

            /// As in GDAL: a value that went through text has lost its last bits.
            fn tolerance(nodata: Self) -> Self {
                4.0 * Self::EPSILON * nodata.abs()
            }

            #[inline]
            #[allow(clippy::float_cmp, reason = "infinite values, too, are nodata values, and 0 has no tolerance")]
            fn is_nodata(self, nodata: Self, tolerance: Self) -> bool {
                self == nodata || (self - nodata).abs() < tolerance || self.is_nan()
            }
        }
    )*};
}
float!(f32, f64);

macro_rules! complex {
    ($($type:ty),*) => {$(
        impl NodataSample for [$type; 2] {
            fn from_nodata(nodata: Nodata) -> Option<Self> {
                Some([<$type>::from_nodata(nodata)?, <$type>::default()])
            }

            fn tolerance(nodata: Self) -> Self {
                nodata.map(NodataSample::tolerance)
            }

            #[inline]
            fn is_nodata(self, nodata: Self, tolerance: Self) -> bool {
                self[0].is_nodata(nodata[0], tolerance[0]) || self.is_nan()
            }
        }
    )*};
}
complex!(i16, i32, f32, f64);

/// Whether a plane of that type has samples without data at all: it has a nodata value or could hold NaN.
pub(crate) fn is_possible(plane: &Samples, nodata: Option<Nodata>) -> bool {
    nodata.is_some() || plane.sample_type().is_float()
}

/// Whether any sample of a plane is nodata or NaN.
pub(crate) fn is_anywhere(plane: &Samples, nodata: Option<Nodata>) -> bool {
    with_samples!(plane, plane => find(plane, nodata))
}

/// Goes over all samples without stopping early: several at a time.
fn find<T: NodataSample>(plane: &[T], nodata: Option<Nodata>) -> bool {
    match nodata.and_then(T::from_nodata) {
        Some(value) => {
            let tolerance = T::tolerance(value);
            plane.iter().fold(false, |found, sample| found | sample.is_nodata(value, tolerance))
        }
        None => plane.iter().fold(false, |found, sample| found | sample.is_nan()),
    }
}

/// Clears the entries of `all` at which the plane has data: after all bands, what is left has data in none of them.
///
/// NaN is never data. Of complex samples, the real part is compared.
pub(crate) fn keep_nodata(plane: &Samples, nodata: Option<Nodata>, all: &mut [u8]) {
    with_samples!(plane, plane => keep(plane, nodata, all));
}

fn keep<T: NodataSample>(plane: &[T], nodata: Option<Nodata>, all: &mut [u8]) {
    match nodata.and_then(T::from_nodata) {
        Some(value) => {
            let tolerance = T::tolerance(value);
            for (flag, &sample) in all.iter_mut().zip(plane) {
                *flag &= u8::from(sample.is_nodata(value, tolerance));
            }
        }
        None => {
            for (flag, sample) in all.iter_mut().zip(plane) {
                *flag &= u8::from(sample.is_nan());
            }
        }
    }
}

/// Which pixels of a window hold data in one band: those that are valid in the raster and not nodata in that band's plane.
///
/// The raster itself says which hold data in any band.
pub(crate) fn band_mask<'r>(cog: &Cog, band: usize, raster: &'r Raster, plane: &Samples) -> Cow<'r, [u8]> {
    let nodata = cog.bands().get(band).and_then(|band| band.nodata);
    let is_the_only_one = raster.bands().len() == 1;
    if is_the_only_one || !is_possible(plane, nodata) {
        return Cow::Borrowed(raster.mask());
    }
    let mut mask = vec![1; raster.mask().len()];
    keep_nodata(plane, nodata, &mut mask);
    for (mask, &all) in mask.iter_mut().zip(raster.mask()) {
        *mask = if *mask == 1 { INVALID } else { all };
    }
    Cow::Owned(mask)
}

/// The plane's samples are set to the nodata value, or left as they are if there is none or it doesn't fit.
pub(crate) fn fill(plane: &mut Samples, nodata: Option<Nodata>) {
    with_samples!(plane, plane => fill_with(plane, nodata));
}

fn fill_with<T: NodataSample>(plane: &mut [T], nodata: Option<Nodata>) {
    if let Some(value) = nodata.and_then(T::from_nodata) {
        plane.fill(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(plane: &Samples, nodata: Option<Nodata>) -> Vec<u8> {
        let mut all = vec![1; plane.len()];
        keep_nodata(plane, nodata, &mut all);
        assert_eq!(is_anywhere(plane, nodata), all.contains(&1));
        all
    }

    #[test]
    fn a_value_that_the_type_cannot_hold_is_never_found() {
        let plane = Samples::U8(vec![0, 241, 255]);
        assert_eq!(flags(&plane, Some(Nodata::Float(-9999.0))), [0, 0, 0]);
        assert_eq!(flags(&plane, Some(Nodata::Float(-0.5))), [0, 0, 0]);
        assert_eq!(flags(&plane, Some(Nodata::Float(255.0))), [0, 0, 1]);
    }

    #[test]
    fn fractions_are_cut_off_for_small_integers_only() {
        assert_eq!(flags(&Samples::U8(vec![0, 3]), Some(Nodata::Float(3.5))), [0, 1]);
        assert_eq!(flags(&Samples::I16(vec![-3, -4]), Some(Nodata::Float(-3.5))), [0, 1]);
        assert_eq!(flags(&Samples::I32(vec![0, 3]), Some(Nodata::Float(3.5))), [0, 0]);
    }

    #[test]
    fn nan_is_nodata_whatever_is_declared() {
        let plane = Samples::F32(vec![f32::NAN, 1.0]);
        assert_eq!(flags(&plane, None), [1, 0]);
        assert_eq!(flags(&plane, Some(Nodata::Float(f64::NAN))), [1, 0]);
        assert_eq!(flags(&plane, Some(Nodata::Float(1.0))), [1, 1]);
    }

    #[test]
    fn a_float_that_went_through_text_is_still_nodata() {
        let plane = Samples::F32(vec![-3.402_823_5e38, -3.4e38, 0.0]);
        assert_eq!(flags(&plane, Some(Nodata::Float(-3.402_823e38))), [1, 0, 0]);
        assert_eq!(flags(&plane, Some(Nodata::Float(0.0))), [0, 0, 1]);
    }

    #[test]
    fn integers_of_64_bits_are_compared_exactly_where_it_fits() {
        let plane = Samples::U64(vec![u64::MAX, 3]);
        assert_eq!(flags(&plane, Some(Nodata::Unsigned(3))), [0, 1]);
        let mut plane = Samples::I64(vec![0; 2]);
        fill(&mut plane, Some(Nodata::Signed(i64::MIN)));
        assert_eq!(plane, Samples::I64(vec![i64::MIN; 2]));
    }
}
