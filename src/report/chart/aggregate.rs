//! How many values become one.

use serde::{Deserialize, Serialize};

/// Ways to make one number of many. Missing values take no part in any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// How many there are: rows when nothing is aggregated, else values.
    #[default]
    Count,
    /// Their sum.
    Sum,
    /// Their arithmetic mean.
    Mean,
    /// The middle one, or the mean of the two in the middle.
    Median,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

impl Aggregate {
    /// Every way, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Count, Self::Sum, Self::Mean, Self::Median, Self::Min, Self::Max];

    /// Its name, as it stands before a column's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// The one number; `None` where there is none to make it from. Sorts `values` for the median.
    pub fn of(self, values: &mut [f64]) -> Option<f64> {
        if self == Self::Count {
            return Some(values.len() as f64);
        }
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        Some(match self {
            Self::Count => count,
            Self::Sum => values.iter().sum(),
            Self::Mean => values.iter().sum::<f64>() / count,
            Self::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Median => median(values)?,
        })
    }
}

fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    let is_even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if !is_even {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_makes_its_number() {
        let of = |aggregate: Aggregate, values: &[f64]| aggregate.of(&mut values.to_vec());
        let values = [4.0, 1.0, 3.0, 10.0];
        assert_eq!(of(Aggregate::Count, &values), Some(4.0));
        assert_eq!(of(Aggregate::Sum, &values), Some(18.0));
        assert_eq!(of(Aggregate::Mean, &values), Some(4.5));
        assert_eq!(of(Aggregate::Median, &values), Some(3.5));
        assert_eq!(of(Aggregate::Median, &values[..3]), Some(3.0));
        assert_eq!(of(Aggregate::Min, &values), Some(1.0));
        assert_eq!(of(Aggregate::Max, &values), Some(10.0));
    }

    #[test]
    fn nothing_has_a_count_only() {
        for aggregate in Aggregate::ALL {
            let expected = (aggregate == Aggregate::Count).then_some(0.0);
            assert_eq!(aggregate.of(&mut []), expected, "{}", aggregate.name());
        }
    }
}
