//! Values as a `NumPy` array file (NPY format 1.0), as numpy.org's description of the format has it.

use crate::raster::{Raster, SampleType, Samples};

/// Header and magic together are padded to a multiple of this.
const ALIGNMENT: usize = 64;
/// Magic, version and length of the header.
const PREFIX: usize = 10;

/// The raster as an array of the shape (bands + 1, height, width), little-endian; the last plane is the mask, 0 or 255.
///
/// The array's type is the bands' own, or the least that holds all of them and the mask's 255 (`NumPy` promotes alike).
pub fn npy(raster: &Raster) -> Vec<u8> {
    let target = array_type(raster.bands());
    let shape = format!("({}, {}, {})", raster.bands().len() + 1, raster.height(), raster.width());
    let mut header = format!("{{'descr': '{}', 'fortran_order': False, 'shape': {shape}, }}", descr(target));
    let unpadded = PREFIX + header.len() + 1;
    header.push_str(&" ".repeat(unpadded.next_multiple_of(ALIGNMENT) - unpadded));
    header.push('\n');

    let mut file =
        Vec::with_capacity(PREFIX + header.len() + (raster.bands().len() + 1) * raster.pixels() * target.bytes());
    file.extend_from_slice(b"\x93NUMPY\x01\x00");
    // Some 80 to 130 bytes: the longest shape has three numbers of ten digits.
    file.extend_from_slice(&u16::try_from(header.len()).unwrap_or(u16::MAX).to_le_bytes());
    file.extend_from_slice(header.as_bytes());
    for plane in raster.bands() {
        extend(plane, target, &mut file);
    }
    extend(&Samples::U8(raster.mask().to_vec()), target, &mut file);
    file
}

/// The type that holds every band and the mask.
fn array_type(bands: &[Samples]) -> SampleType {
    let mask_fits = |sample_type| if sample_type == SampleType::I8 { SampleType::I16 } else { sample_type };
    let types = bands.iter().map(Samples::sample_type);
    mask_fits(types.reduce(promoted).map_or(SampleType::U8, storable))
}

/// `NumPy` has no complex integers.
fn storable(sample_type: SampleType) -> SampleType {
    match sample_type {
        SampleType::CI16 => SampleType::CF32,
        SampleType::CI32 => SampleType::CF64,
        other => other,
    }
}

/// The least type that holds both exactly; of 64-bit integers of both signs, and of those with floats, `F64`.
fn promoted(a: SampleType, b: SampleType) -> SampleType {
    use SampleType::{CF32, CF64, F32, F64, I16, I32, I64, U8, U16, U32, U64};
    if a == b {
        return a;
    }
    let (a, b) = (storable(a), storable(b));
    // Of a complex type, one part decides.
    let real = |sample_type| match sample_type {
        CF32 => F32,
        CF64 => F64,
        other => other,
    };
    if a.is_complex() || b.is_complex() {
        return if promoted(real(a), real(b)) == F32 { CF32 } else { CF64 };
    }
    let is_unsigned = |sample_type| matches!(sample_type, U8 | U16 | U32 | U64);
    if a.is_float() || b.is_float() {
        let fits = |sample_type: SampleType| sample_type == F32 || sample_type.bytes() <= 2;
        return if fits(a) && fits(b) { F32 } else { F64 };
    }
    if is_unsigned(a) == is_unsigned(b) {
        return if a.bytes() >= b.bytes() { a } else { b };
    }
    let (unsigned, signed) = if is_unsigned(a) { (a, b) } else { (b, a) };
    match unsigned.bytes().max(signed.bytes() / 2) {
        1 => I16,
        2 => I32,
        4 => I64,
        _ if unsigned == U64 => F64,
        _ => I64,
    }
}

/// `NumPy`'s word for a type, little-endian.
fn descr(sample_type: SampleType) -> &'static str {
    match sample_type {
        SampleType::U8 => "|u1",
        SampleType::I8 => "|i1",
        SampleType::U16 => "<u2",
        SampleType::I16 => "<i2",
        SampleType::U32 => "<u4",
        SampleType::I32 => "<i4",
        SampleType::U64 => "<u8",
        SampleType::I64 => "<i8",
        SampleType::F32 => "<f4",
        SampleType::F64 => "<f8",
        SampleType::CI16 | SampleType::CF32 => "<c8",
        SampleType::CI32 | SampleType::CF64 => "<c16",
    }
}

/// Appends a plane in another type that holds its values.
fn extend(plane: &Samples, target: SampleType, out: &mut Vec<u8>) {
    if plane.sample_type() == target {
        return plane.extend_le_bytes(out);
    }
    let values = plane.to_f64();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the target was chosen to hold the values"
    )]
    let converted = match target {
        SampleType::U8 => Samples::U8(values.iter().map(|&v| v as u8).collect()),
        SampleType::I8 => Samples::I8(values.iter().map(|&v| v as i8).collect()),
        SampleType::U16 => Samples::U16(values.iter().map(|&v| v as u16).collect()),
        SampleType::I16 => Samples::I16(values.iter().map(|&v| v as i16).collect()),
        SampleType::U32 => Samples::U32(values.iter().map(|&v| v as u32).collect()),
        SampleType::I32 => Samples::I32(values.iter().map(|&v| v as i32).collect()),
        SampleType::U64 => Samples::U64(values.iter().map(|&v| v as u64).collect()),
        SampleType::I64 => Samples::I64(values.iter().map(|&v| v as i64).collect()),
        SampleType::F32 => Samples::F32(values.iter().map(|&v| v as f32).collect()),
        SampleType::F64 => Samples::F64(values),
        SampleType::CI16 | SampleType::CF32 => Samples::CF32(parts(plane).map(|part| part.map(|v| v as f32)).collect()),
        SampleType::CI32 | SampleType::CF64 => Samples::CF64(parts(plane).collect()),
    };
    converted.extend_le_bytes(out);
}

fn parts(plane: &Samples) -> impl Iterator<Item = [f64; 2]> {
    (0..plane.len()).map(|index| plane.complex(index).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_type_and_shape_and_is_aligned() {
        let raster = Raster::new(3, 2, vec![Samples::U16(vec![1; 6]); 2], vec![0, 255, 0, 0, 0, 0]).unwrap();
        let file = npy(&raster);
        assert_eq!(&file[..8], b"\x93NUMPY\x01\x00");
        let length = usize::from(u16::from_le_bytes([file[8], file[9]]));
        assert_eq!((PREFIX + length) % 64, 0);
        let header = std::str::from_utf8(&file[10..10 + length]).unwrap();
        assert_eq!(header.trim_end(), "{'descr': '<u2', 'fortran_order': False, 'shape': (3, 2, 3), }");
        assert!(header.ends_with('\n'));
        let data = &file[10 + length..];
        assert_eq!(data.len(), 3 * 6 * 2);
        assert_eq!(data[24..28], [0, 0, 255, 0], "the mask comes last, in the values' own type");
    }

    #[test]
    fn mixed_types_take_the_least_type_that_holds_both() {
        use SampleType::*;
        let cases = [
            (U8, I8, I16),
            (U8, I16, I16),
            (U16, I16, I32),
            (U16, I8, I32),
            (U32, I32, I64),
            (U32, I64, I64),
            (U64, I8, F64),
            (U16, F32, F32),
            (I32, F32, F64),
            (F32, F64, F64),
            (CF32, F64, CF64),
            (CI16, U8, CF32),
            (CI32, U8, CF64),
            (U8, U32, U32),
        ];
        for (a, b, expected) in cases {
            assert_eq!(promoted(a, b), expected, "{a:?} and {b:?}");
            assert_eq!(promoted(b, a), expected, "{b:?} and {a:?}");
        }
    }

    #[test]
    fn signed_bytes_make_room_for_the_mask() {
        let raster = Raster::fully_valid(1, 1, vec![Samples::I8(vec![-5])]).unwrap();
        let file = npy(&raster);
        assert_eq!(file[file.len() - 4..], [0xfb, 0xff, 255, 0]);
    }

    #[test]
    fn integers_of_64_bits_stay_exact() {
        let raster = Raster::fully_valid(1, 1, vec![Samples::U64(vec![u64::MAX - 1])]).unwrap();
        let file = npy(&raster);
        assert_eq!(file[file.len() - 16..file.len() - 8], (u64::MAX - 1).to_le_bytes());
    }
}
