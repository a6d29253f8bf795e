//! Round values along an axis, and how they are written.

use jiff::ToSpan as _;
use jiff::civil::DateTime;

use super::spec::Scale;
use super::time::{date_time, seconds};

/// A mark of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where it is.
    pub position: f64,
    /// What stands there.
    pub label: String,
}

/// More marks than this are never made, whatever is asked for.
const MOST_TICKS: usize = 500;

/// 1, 2 or 5 times a power of ten: the smallest that is no less than `least`.
pub(super) fn nice_step(least: f64) -> f64 {
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().find(|step| step * power >= least * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

/// A number as people read it: at most six significant digits, thin spaces from 10 000 on, a true minus sign.
pub fn number_label(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() { "NaN".to_owned() } else { format!("{value}").replace('-', "\u{2212}") };
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-4..1e9).contains(&magnitude) {
        let text = format!("{value:.3e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return format!("{digits}e{power}").replace('-', "\u{2212}");
    }
    let whole_digits = if magnitude < 1.0 { 1 } else { small(magnitude.log10().floor()) + 1 };
    let leading_zeros = if magnitude == 0.0 || magnitude >= 1.0 { 0 } else { small(-magnitude.log10().ceil()) };
    let decimals = if value.fract() == 0.0 { 0 } else { 6_usize.saturating_sub(whole_digits) + leading_zeros };
    let text = with_decimals(value, decimals);
    if decimals == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn small(count: f64) -> usize {
    count.clamp(0.0, 20.0) as usize
}

fn with_decimals(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && whole.len() > 4 && (whole.len() - at).is_multiple_of(3) {
            grouped.push('\u{2009}');
        }
        grouped.push(digit);
    }
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    if rest.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{rest}") }
}

pub(super) fn number_ticks(visible: (f64, f64), scale: Scale, is_whole: bool, most: usize) -> Vec<Tick> {
    match scale {
        Scale::Linear => linear_ticks(visible, if is_whole { 1.0 } else { 0.0 }, most),
        Scale::Log => log_ticks(visible, most),
    }
}

fn linear_ticks((low, high): (f64, f64), least_step: f64, most: usize) -> Vec<Tick> {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return Vec::new();
    }
    let step = nice_step(span / most as f64).max(least_step);
    let decimals = if step >= 1.0 { 0 } else { small((-step.log10()).ceil()) };
    let is_huge = low.abs().max(high.abs()) >= 1e9 || step < 1e-9;
    let label = |value: f64| if is_huge { number_label(value) } else { with_decimals(value, decimals) };
    let first = (low / step).ceil();
    (0..MOST_TICKS)
        .map(|at| (first + at as f64) * step)
        .take_while(|value| *value <= high + step * 1e-9)
        .map(|value| Tick { position: value, label: label(value) })
        .collect()
}

/// Powers of ten; between them 2 and 5 where there is room; round values where less than a power is shown.
fn log_ticks((low, high): (f64, f64), most: usize) -> Vec<Tick> {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return Vec::new();
    }
    if span < 1.0 {
        let values = linear_ticks((10_f64.powf(low), 10_f64.powf(high)), 0.0, most);
        return values.into_iter().map(|tick| Tick { position: tick.position.log10(), ..tick }).collect();
    }
    let digits: &[f64] = if span * 3.0 <= most as f64 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let powers = (span / most as f64).ceil().max(1.0);
    let first = (low / powers).floor() * powers;
    (0..MOST_TICKS)
        .map(|at| first + at as f64 * powers)
        .take_while(|power| *power <= high)
        .flat_map(|power| digits.iter().map(move |digit| power + digit.log10()))
        .filter(|position| (low - 1e-9..=high + 1e-9).contains(position))
        .map(|position| Tick { position, label: number_label(rounded(10_f64.powf(position))) })
        .collect()
}

/// Undoes what the detour over the logarithm does to round numbers.
fn rounded(value: f64) -> f64 {
    format!("{value:.9e}").parse().unwrap_or(value)
}

pub(super) fn category_ticks(names: &[String], (low, high): (f64, f64), most: usize) -> Vec<Tick> {
    let inside = |at: &usize| (low..=high).contains(&(*at as f64));
    let shown: Vec<usize> = (0..names.len()).filter(inside).collect();
    let every = shown.len().div_ceil(most).max(1);
    let tick = |at: usize| Some(Tick { position: at as f64, label: names.get(at)?.clone() });
    shown.into_iter().step_by(every).filter_map(tick).collect()
}

/// What a time axis steps in.
#[derive(Clone, Copy)]
enum Step {
    Seconds(f64),
    Months(i32),
}

/// Steps from fine to coarse, each with its length in seconds and how its marks are written.
const TIME_STEPS: [(Step, f64, &str); 22] = [
    (Step::Seconds(1.0), 1.0, "%H:%M:%S"),
    (Step::Seconds(5.0), 5.0, "%H:%M:%S"),
    (Step::Seconds(15.0), 15.0, "%H:%M:%S"),
    (Step::Seconds(60.0), 60.0, "%H:%M"),
    (Step::Seconds(300.0), 300.0, "%H:%M"),
    (Step::Seconds(900.0), 900.0, "%H:%M"),
    (Step::Seconds(3600.0), 3600.0, "%m-%d %H:%M"),
    (Step::Seconds(10_800.0), 10_800.0, "%m-%d %H:%M"),
    (Step::Seconds(21_600.0), 21_600.0, "%m-%d %H:%M"),
    (Step::Seconds(43_200.0), 43_200.0, "%m-%d %H:%M"),
    (Step::Seconds(86_400.0), 86_400.0, "%Y-%m-%d"),
    (Step::Seconds(172_800.0), 172_800.0, "%Y-%m-%d"),
    (Step::Seconds(604_800.0), 604_800.0, "%Y-%m-%d"),
    (Step::Seconds(1_209_600.0), 1_209_600.0, "%Y-%m-%d"),
    (Step::Months(1), 2_629_800.0, "%Y-%m"),
    (Step::Months(3), 7_889_400.0, "%Y-%m"),
    (Step::Months(6), 15_778_800.0, "%Y-%m"),
    (Step::Months(12), 31_557_600.0, "%Y"),
    (Step::Months(24), 63_115_200.0, "%Y"),
    (Step::Months(60), 157_788_000.0, "%Y"),
    (Step::Months(120), 315_576_000.0, "%Y"),
    (Step::Months(600), 1_577_880_000.0, "%Y"),
];

pub(super) fn time_ticks((low, high): (f64, f64), most: usize) -> Vec<Tick> {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return Vec::new();
    }
    let fits = |(_, length_s, _): &&(Step, f64, &str)| span / length_s <= most as f64;
    let Some((step, _, format)) = TIME_STEPS.iter().find(fits).or(TIME_STEPS.last()) else { return Vec::new() };
    let tick = |time: DateTime| Tick { position: seconds(time), label: time.strftime(format).to_string() };
    match step {
        Step::Seconds(step) => {
            let first = (low / step).ceil();
            let positions = (0..MOST_TICKS).map(|at| (first + at as f64) * step).take_while(|at| *at <= high);
            positions.filter_map(date_time).map(tick).collect()
        }
        Step::Months(months) => {
            let Some(start) = date_time(low).and_then(|low| first_month(low, *months)) else { return Vec::new() };
            let times = std::iter::successors(Some(start), |time| time.checked_add(months.months()).ok());
            let shown = times.take(MOST_TICKS).map(tick);
            shown.skip_while(|tick| tick.position < low).take_while(|tick| tick.position <= high).collect()
        }
    }
}

/// The last month no later than a time whose number since the year 0 is a multiple of `months`.
fn first_month(time: DateTime, months: i32) -> Option<DateTime> {
    let number = i32::from(time.year()) * 12 + i32::from(time.month()) - 1;
    let number = number.div_euclid(months) * months;
    let year = i16::try_from(number.div_euclid(12)).ok()?;
    let month = i8::try_from(number.rem_euclid(12) + 1).ok()?;
    DateTime::new(year, month, 1, 0, 0, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn labels(ticks: Vec<Tick>) -> Vec<String> {
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn steps_are_round() {
        assert_eq!([0.7, 1.0, 1.1, 4.0, 70.0].map(nice_step), [1.0, 1.0, 2.0, 5.0, 100.0]);
        assert_eq!(nice_step(0.0), 1.0);
    }

    #[test]
    fn numbers_have_as_many_decimals_as_their_step_needs() {
        assert_eq!(labels(linear_ticks((-0.1, 1.0), 0.0, 5)), ["0.0", "0.5", "1.0"]);
        assert_eq!(labels(linear_ticks((0.0, 0.04), 0.0, 5)), ["0.00", "0.01", "0.02", "0.03", "0.04"]);
        assert_eq!(
            labels(linear_ticks((-20_000.0, 20_000.0), 0.0, 2)),
            ["\u{2212}20\u{2009}000", "0", "20\u{2009}000"]
        );
        assert_eq!(labels(linear_ticks((0.0, 2.1), 1.0, 12)), ["0", "1", "2"]);
        assert!(linear_ticks((1.0, 1.0), 0.0, 5).is_empty());
        assert!(linear_ticks((f64::NAN, 1.0), 0.0, 5).is_empty());
    }

    #[test]
    fn powers_of_ten_have_their_own_marks() {
        assert_eq!(labels(log_ticks((0.0, 3.0), 4)), ["1", "10", "100", "1000"]);
        assert_eq!(labels(log_ticks((0.0, 1.0), 4)), ["1", "2", "5", "10"]);
        let sparse = ["1", "100", "10\u{2009}000", "1\u{2009}000\u{2009}000", "100\u{2009}000\u{2009}000"];
        assert_eq!(labels(log_ticks((0.0, 8.0), 4)), sparse);
        assert_eq!(labels(log_ticks((2.0, 2.4), 4)), ["100", "150", "200", "250"]);
    }

    #[test]
    fn times_are_marked_where_the_calendar_turns() {
        let at = |year, month, day| seconds(date(year, month, day).at(0, 0, 0, 0));
        assert_eq!(
            labels(time_ticks((at(2020, 2, 10), at(2020, 6, 1)), 5)),
            ["2020-03", "2020-04", "2020-05", "2020-06"]
        );
        assert_eq!(labels(time_ticks((at(2018, 5, 1), at(2021, 5, 1)), 5)), ["2019", "2020", "2021"]);
        assert_eq!(
            labels(time_ticks((at(2020, 5, 1), at(2020, 5, 3)), 5)),
            ["05-01 00:00", "05-01 12:00", "05-02 00:00", "05-02 12:00", "05-03 00:00"]
        );
    }

    #[test]
    fn many_categories_are_marked_now_and_then() {
        let names: Vec<String> = (0..10).map(|at| at.to_string()).collect();
        assert_eq!(labels(category_ticks(&names, (-0.5, 9.5), 5)), ["0", "2", "4", "6", "8"]);
        assert_eq!(labels(category_ticks(&names, (2.5, 4.5), 5)), ["3", "4"]);
    }

    #[test]
    fn numbers_are_short_and_exact_enough() {
        for (value, label) in [
            (0.0, "0"),
            (9812.0, "9812"),
            (98_120.0, "98\u{2009}120"),
            (-12.5, "\u{2212}12.5"),
            (0.123_456_789, "0.12346"),
            (0.000_123_456, "0.00012346"),
            (1234.567_89, "1234.57"),
            (1.5e12, "1.5e12"),
            (2e-9, "2e\u{2212}9"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number_label(value), label);
        }
    }
}
