//! Numbers of files as JSON can hold them: exact, and texts where JSON has no number.

use serde_json::Value;

use super::Nodata;
use crate::raster::Samples;

/// A number; what JSON has no number for as `"NaN"`, `"Infinity"`, `"-Infinity"`.
pub fn json_number(value: f64) -> Value {
    match serde_json::Number::from_f64(value) {
        // 3 rather than 3.0: the same number, and what the file holds if its samples are whole numbers.
        Some(number) => whole(value).map_or(Value::Number(number), Value::from),
        None if value.is_nan() => "NaN".into(),
        None if value > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}

/// The value as a whole number, if it is one that both types hold exactly.
#[expect(clippy::cast_possible_truncation, reason = "checked to be within the whole numbers that f64 holds")]
fn whole(value: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    (value.fract() == 0.0 && value.abs() <= LARGEST && !(value == 0.0 && value.is_sign_negative()))
        .then_some(value as i64)
}

/// The sample at `index`, exact; a complex one as `[real, imaginary]`; null past the end.
pub fn json_sample(plane: &Samples, index: usize) -> Value {
    let exact = match plane {
        Samples::U64(plane) => plane.get(index).map(|&sample| Value::from(sample)),
        Samples::I64(plane) => plane.get(index).map(|&sample| Value::from(sample)),
        plane if plane.sample_type().is_complex() => {
            plane.complex(index).map(|parts| Value::from(parts.map(json_number).to_vec()))
        }
        plane => plane.value(index).map(json_number),
    };
    exact.unwrap_or(Value::Null)
}

/// A nodata value, exact.
pub fn json_nodata(nodata: Nodata) -> Value {
    match nodata {
        Nodata::Float(value) => json_number(value),
        Nodata::Signed(value) => value.into(),
        Nodata::Unsigned(value) => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_has_no_number_for_is_text() {
        let found = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5].map(|value| json_number(value).to_string());
        assert_eq!(found, ["\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "1.5"]);
    }

    #[test]
    fn integers_of_64_bits_stay_exact() {
        assert_eq!(json_sample(&Samples::U64(vec![u64::MAX]), 0).to_string(), "18446744073709551615");
        assert_eq!(json_sample(&Samples::I64(vec![i64::MIN + 1]), 0).to_string(), "-9223372036854775807");
    }

    #[test]
    fn complex_samples_are_pairs() {
        assert_eq!(json_sample(&Samples::CF32(vec![[1.5, f32::NAN]]), 0).to_string(), "[1.5,\"NaN\"]");
        assert_eq!(json_sample(&Samples::CI16(vec![[1, -2]]), 0).to_string(), "[1,-2]");
    }

    #[test]
    fn floats_keep_every_digit() {
        assert_eq!(json_sample(&Samples::F32(vec![0.1]), 0).to_string(), "0.10000000149011612");
        assert_eq!(json_number(-0.0).to_string(), "-0.0");
        assert_eq!(json_number(300.0).to_string(), "300");
    }
}
