//! Days that a request asks for: a day, a month or a year, lists and spans of them (ISO 8601, as in annex D of WMS 1.3.0).

use jiff::civil::Date;

/// Spans of days, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Days(Vec<(Date, Date)>);

impl Days {
    /// Understands `2020-05-18`, `2020-05`, `2020`, times of a day, `current` (the last of `known`), lists with commas, and spans
    /// such as `2020-01-01/2020-12-31` with or without a step behind. `None` for anything else.
    pub(super) fn parse(text: &str, known: &[Date]) -> Option<Self> {
        text.split(',').map(|part| span(part.trim(), known)).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether a day is one of them.
    pub(super) fn contain(&self, day: Date) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&day))
    }
}

fn span(text: &str, known: &[Date]) -> Option<(Date, Date)> {
    if text.eq_ignore_ascii_case("current") {
        return known.last().map(|last| (*last, *last));
    }
    let mut parts = text.split('/');
    let from = day(parts.next()?)?;
    let to = parts.next().map_or(Some(from), day)?;
    let is_step = |step: &str| step.is_empty() || step.starts_with('P');
    let has_ended = parts.next().is_none_or(is_step) && parts.next().is_none();
    (has_ended && from.0 <= to.1).then_some((from.0, to.1))
}

/// The first and the last day of what is named.
fn day(text: &str) -> Option<(Date, Date)> {
    let date = text.split(['T', ' ']).next()?;
    let mut parts = date.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let month = parts.next().map(|month| month.parse::<i8>().ok());
    let day = parts.next().map(|day| day.parse::<i8>().ok());
    if parts.next().is_some() {
        return None;
    }
    match (month, day) {
        (None, _) => Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)),
        (Some(month), None) => {
            let first = Date::new(year, month?, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        (Some(month), Some(day)) => {
            let only = Date::new(year, month?, day?).ok()?;
            Some((only, only))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_asked_for_in_several_ways() {
        let known = [date(2020, 1, 1), date(2020, 5, 18)];
        let has = |text: &str, day: Date| Days::parse(text, &known).unwrap().contain(day);
        for text in [
            "2020-05-18",
            "2020-05-18T10:00:00Z",
            "2020-05",
            "2020",
            "current",
            "2019-01-01/2020-06-01/P1D",
            "2018-01-01,2020-05-18",
            "2020-05-18/2020-05-18",
        ] {
            assert!(has(text, date(2020, 5, 18)), "{text}");
            assert!(!has(text, date(2021, 5, 18)), "{text}");
        }
        for wrong in ["", "yesterday", "2020-13", "2020-02-30", "20-1-1", "2020-05-18/2019", "a/b", "1/2/3/4"] {
            assert_eq!(Days::parse(wrong, &known), None, "{wrong}");
        }
    }
}
