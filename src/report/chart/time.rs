//! Time along an axis: seconds since 1970-01-01 (civil, as the table has it), and the steps that a time line counts in.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{SignedDuration, ToSpan as _, Unit};
use serde::{Deserialize, Serialize};

/// The steps of a time line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeStep {
    /// The finest of the others that needs no more than some sixty steps.
    #[default]
    Auto,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks, from Monday.
    Week,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
}

impl TimeStep {
    /// Every step, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Auto, Self::Hour, Self::Day, Self::Week, Self::Month, Self::Year];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The step itself, chosen by the span of time where it is left open. `has_times` is false for columns of days.
    pub(super) fn resolved(self, (first_s, last_s): (f64, f64), has_times: bool) -> Self {
        const MOST_STEPS: f64 = 60.0;
        const DAY_S: f64 = 86_400.0;
        if self != Self::Auto {
            return self;
        }
        let days = (last_s - first_s) / DAY_S;
        let steps = [(Self::Hour, 1.0 / 24.0), (Self::Day, 1.0), (Self::Week, 7.0), (Self::Month, 30.4)];
        let fits = |step: &(Self, f64)| (has_times || step.0 != Self::Hour) && days / step.1 <= MOST_STEPS;
        steps.into_iter().find(fits).map_or(Self::Year, |(step, _)| step)
    }

    /// The beginning of the step that a time lies in.
    pub(super) fn start(self, time: DateTime) -> DateTime {
        let day = time.date();
        let midnight = |day: Date| day.to_datetime(Time::midnight());
        match self {
            Self::Hour => Time::new(time.hour(), 0, 0, 0).map_or(time, |hour| day.to_datetime(hour)),
            Self::Auto | Self::Day => midnight(day),
            Self::Week => {
                let back = i64::from(day.weekday().since(Weekday::Monday));
                midnight(day.checked_sub(back.days()).unwrap_or(day))
            }
            Self::Month => midnight(day.first_of_month()),
            Self::Year => midnight(day.first_of_year()),
        }
    }

    /// The beginning of the next step.
    pub(super) fn next(self, start: DateTime) -> Option<DateTime> {
        let span = match self {
            Self::Hour => 1.hour(),
            Self::Auto | Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Year => 1.year(),
        };
        start.checked_add(span).ok()
    }
}

/// Seconds since 1970-01-01T00:00.
pub(super) fn seconds(time: DateTime) -> f64 {
    time.duration_since(EPOCH).as_secs_f64()
}

/// The time of so many seconds since 1970-01-01T00:00, to the microsecond; `None` beyond the years -9999 to 9999.
pub(super) fn date_time(seconds: f64) -> Option<DateTime> {
    let duration = SignedDuration::try_from_secs_f64(seconds).ok()?;
    EPOCH.checked_add(duration).ok()?.round(Unit::Microsecond).ok()
}

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn seconds_and_back() {
        let time = date(2024, 2, 29).at(12, 30, 15, 0);
        assert_eq!(seconds(time), 1_709_209_815.0);
        assert_eq!(date_time(seconds(time)), Some(time));
        assert_eq!(date_time(-86_400.0), Some(date(1969, 12, 31).at(0, 0, 0, 0)));
        assert_eq!(date_time(1e18), None);
        assert_eq!(date_time(f64::NAN), None);
    }

    #[test]
    fn a_step_begins_where_the_calendar_says() {
        // A Thursday.
        let time = date(2024, 2, 29).at(12, 30, 15, 0);
        let start = |step: TimeStep| step.start(time).to_string();
        assert_eq!(start(TimeStep::Hour), "2024-02-29T12:00:00");
        assert_eq!(start(TimeStep::Day), "2024-02-29T00:00:00");
        assert_eq!(start(TimeStep::Week), "2024-02-26T00:00:00");
        assert_eq!(start(TimeStep::Month), "2024-02-01T00:00:00");
        assert_eq!(start(TimeStep::Year), "2024-01-01T00:00:00");
    }

    #[test]
    fn a_long_time_has_coarse_steps() {
        let days = |days: f64, has_times| TimeStep::Auto.resolved((0.0, days * 86_400.0), has_times);
        assert_eq!(days(1.0, true), TimeStep::Hour);
        assert_eq!(days(1.0, false), TimeStep::Day);
        assert_eq!(days(300.0, true), TimeStep::Week);
        assert_eq!(days(900.0, true), TimeStep::Month);
        assert_eq!(days(9000.0, true), TimeStep::Year);
        assert_eq!(TimeStep::Week.resolved((0.0, 1.0), true), TimeStep::Week);
    }
}
