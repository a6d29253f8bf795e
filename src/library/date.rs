//! The day an image was taken, from its file's name or from what the file says about itself.
//!
//! A name is looked at first: the `DateTime` tag of a file is as often the day it was processed. Years outside 1950 to 2099 are no
//! dates of images, so that tile numbers and sizes aren't taken for some.

use jiff::civil::Date;

/// The day in a file's name (without its ending), `None` if it has none or only ambiguous numbers.
///
/// Understood, the first found wins: `20200518` (also followed by a time), `2020-05-18`, `2020_05_18`, `2020.05.18`; then Landsat's
/// old scene identifiers (`LC82240782020139LGN00`); then a year and the day of the year, `2020139`.
pub fn from_name(name: &str) -> Option<Date> {
    let runs = digit_runs(name);
    let by_month =
        (0..runs.len()).find_map(|at| compact(runs.get(at)?.text).or_else(|| separated(name, runs.get(at..)?)));
    by_month.or_else(|| landsat_identifier(name)).or_else(|| runs.iter().find_map(|run| day_of_year(run.text)))
}

/// The day in a text that stands in a file's metadata: `2020:05:18 10:31:05` (TIFF's `DateTime`), ISO 8601, or as in a name.
pub fn from_text(text: &str) -> Option<Date> {
    let text = text.trim();
    let runs = digit_runs(text);
    runs.first()
        .and_then(|first| if first.start == 0 { colon_separated(text, &runs) } else { None })
        .or_else(|| from_name(text))
}

/// A run of digits and where it starts, in bytes.
#[derive(Clone, Copy)]
struct Run<'a> {
    start: usize,
    text: &'a str,
}

impl Run<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

fn digit_runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, letter) in ends {
        match (start, letter.is_ascii_digit()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                runs.extend(text.get(from..at).map(|digits| Run { start: from, text: digits }));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = year.parse().ok().filter(|year| (1950..=2099).contains(year))?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `20200518`, or the same followed by hours, minutes and seconds.
fn compact(digits: &str) -> Option<Date> {
    if !matches!(digits.len(), 8 | 12 | 14) {
        return None;
    }
    date(digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?)
}

/// `2020-05-18` and the like: both separators the same.
fn separated(text: &str, runs: &[Run<'_>]) -> Option<Date> {
    ["-", "_", "."].into_iter().find_map(|separator| joined_by(separator, text, runs))
}

fn colon_separated(text: &str, runs: &[Run<'_>]) -> Option<Date> {
    joined_by(":", text, runs)
}

fn joined_by(separator: &str, text: &str, runs: &[Run<'_>]) -> Option<Date> {
    let [year, month, day, ..] = runs else { return None };
    let between = |left: &Run<'_>, right: &Run<'_>| text.get(left.end()..right.start) == Some(separator);
    let lengths = (year.text.len(), month.text.len(), day.text.len());
    if lengths != (4, 2, 2) || !between(year, month) || !between(month, day) {
        return None;
    }
    date(year.text, month.text, day.text)
}

/// `LXSPPPRRRYYYYDDD…`: sensor letter, satellite, path, row, year and day of the year.
fn landsat_identifier(name: &str) -> Option<Date> {
    let identifier = name.split(['_', '-', '.']).find(|part| {
        let bytes = part.as_bytes();
        let letters = matches!(bytes.first(), Some(b'L' | b'l'))
            && bytes.get(1).is_some_and(|letter| b"COTEMcotem".contains(letter));
        letters && bytes.get(2..16).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
    })?;
    day_of_year(identifier.get(9..16)?)
}

/// `2020139`, exactly seven digits.
fn day_of_year(digits: &str) -> Option<Date> {
    if digits.len() != 7 {
        return None;
    }
    let first = date(digits.get(..4)?, "1", "1")?;
    let day: i16 = digits.get(4..)?.parse().ok()?;
    if day < 1 || day > first.days_in_year() {
        return None;
    }
    first.checked_add(jiff::Span::new().days(i64::from(day) - 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_in_names() {
        let table = [
            ("LC08_224077_20200518_B3", Some((2020, 5, 18))),
            ("LC08_L2SP_224078_20200518_20200820_02_T1_SR_B4", Some((2020, 5, 18))),
            ("LC82240782020139LGN00_B4", Some((2020, 5, 18))),
            ("T31TCJ_20200518T105031_B04_10m", Some((2020, 5, 18))),
            ("S2A_MSIL2A_20200518T105031_N0214_R051_T31TCJ_20200519T120000", Some((2020, 5, 18))),
            ("HLS.L30.T31TCJ.2020139T105031.v2.0.B04", Some((2020, 5, 18))),
            ("MOD09GA.A2020139.h12v11.006", Some((2020, 5, 18))),
            ("ortho 2020-05-18 north", Some((2020, 5, 18))),
            ("ortho_2020_05_18", Some((2020, 5, 18))),
            ("ortho.2020.05.18", Some((2020, 5, 18))),
            ("20200518103105", Some((2020, 5, 18))),
            ("leap_20200229", Some((2020, 2, 29))),
            ("no_leap_20210229", None),
            ("ortho_2020-05_18", None),
            ("18052020", None),
            ("tile_12345678", None),
            ("order_2020400", None),
            ("not_leap_2021366", None),
            ("2020", None),
            ("LE07_olinda_6band", None),
            ("снимок_20200518", Some((2020, 5, 18))),
            ("", None),
        ];
        for (name, expected) in table {
            let expected = expected.map(|(year, month, day)| jiff::civil::date(year, month, day));
            assert_eq!(from_name(name), expected, "{name}");
        }
    }

    #[test]
    fn dates_are_found_in_metadata() {
        let day = Some(jiff::civil::date(2020, 5, 18));
        assert_eq!(from_text("2020:05:18 10:31:05"), day);
        assert_eq!(from_text(" 2020-05-18T10:31:05Z"), day);
        assert_eq!(from_text("20200518"), day);
        assert_eq!(from_text("10:31:05"), None);
        assert_eq!(from_text("0000:00:00 00:00:00"), None);
    }
}
