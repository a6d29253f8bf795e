//! The Range and If-Range headers (RFC 9110, sections 13 and 14).

use std::ops::Range;

/// Which bytes of a file are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of them.
    Whole,
    /// One run of them, not empty and within the file.
    Part(Range<u64>),
    /// None that the file has.
    Unsatisfiable,
}

/// What a Range header asks of a file of `length` bytes.
///
/// A header that can't be understood, one in another unit and one with several ranges is ignored, as the RFC lets a server do: the
/// whole file is a right answer to it.
pub(super) fn wanted(header: Option<&str>, length: u64) -> Wanted {
    let Some(ranges) = header.and_then(|text| strip_prefix_in_any_case(text.trim(), "bytes=")) else {
        return Wanted::Whole;
    };
    if ranges.contains(',') {
        return Wanted::Whole;
    }
    let Some((first, last)) = ranges.trim().split_once('-') else { return Wanted::Whole };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than fit are more bytes than there are.
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), None) if last.is_empty() => part(first..length),
        (Some(first), Some(last)) if first <= last => part(first..last.saturating_add(1).min(length)),
        (None, Some(count)) if first.is_empty() => part(length.saturating_sub(count)..length),
        _ => Wanted::Whole,
    }
}

fn part(range: Range<u64>) -> Wanted {
    if range.is_empty() { Wanted::Unsatisfiable } else { Wanted::Part(range) }
}

fn strip_prefix_in_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..))?
}

/// Whether a list of entity tags holds this one: for If-None-Match, where weak tags count too.
pub(super) fn holds(list: &str, tag: &str) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_from_to_from_on_or_the_last_so_many() {
        let of = |header| wanted(Some(header), 100);
        assert_eq!(of("bytes=0-9"), Wanted::Part(0..10));
        assert_eq!(of("bytes=90-"), Wanted::Part(90..100));
        assert_eq!(of("bytes=-10"), Wanted::Part(90..100));
        assert_eq!(of("Bytes = 1-1"), Wanted::Whole, "no spaces there");
        assert_eq!(of("BYTES=99-99"), Wanted::Part(99..100));
        assert_eq!(wanted(None, 100), Wanted::Whole);
    }

    #[test]
    fn a_range_beyond_the_end_is_cut_or_has_nothing() {
        let of = |header| wanted(Some(header), 100);
        assert_eq!(of("bytes=50-99999999999999999999999999"), Wanted::Part(50..100));
        assert_eq!(of("bytes=-1000"), Wanted::Part(0..100));
        assert_eq!(of("bytes=100-"), Wanted::Unsatisfiable);
        assert_eq!(of("bytes=99999999999999999999999999-"), Wanted::Unsatisfiable);
        assert_eq!(of("bytes=-0"), Wanted::Unsatisfiable);
        assert_eq!(wanted(Some("bytes=0-0"), 0), Wanted::Unsatisfiable);
    }

    #[test]
    fn what_is_no_single_range_of_bytes_is_ignored() {
        for header in
            ["bytes=", "bytes=-", "bytes=9-1", "bytes=a-b", "bytes=+1-2", "lines=1-2", "bytes=0-1,5-6", "0-9", ""]
        {
            assert_eq!(wanted(Some(header), 100), Wanted::Whole, "{header}");
        }
    }

    #[test]
    fn tags_are_compared_one_by_one() {
        assert!(holds("\"a\", W/\"b\"", "\"b\"") && holds("*", "\"b\"") && !holds("\"ab\"", "\"b\""));
    }
}
