//! How sure we are: the few formulas of statistics that the indicators need. Pure.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF as _, Normal, StudentsT};

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// From where to where a figure lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// From here.
    pub low: f64,
    /// To here.
    pub high: f64,
}

/// A whole number as a number with fractions.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of loans and touches stay far below 2^52"
)]
pub fn fraction(number: i64) -> f64 {
    number as f64
}

/// The Wilson interval of a share: `count` of `of`.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
pub fn wilson(count: i64, of: i64) -> Option<Interval> {
    if of <= 0 || count < 0 || count > of {
        return None;
    }
    let (n, p) = (fraction(of), fraction(count) / fraction(of));
    let z2 = Z * Z;
    let middle = p + z2 / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let below = 1.0 + z2 / n;
    Some(Interval {
        low: ((middle - spread) / below).max(0.0),
        high: ((middle + spread) / below).min(1.0),
    })
}

/// A mean with its interval, by the t distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Mean {
    /// How many values.
    pub n: i64,
    /// Their mean.
    pub mean: f64,
    /// Its interval; none of a single value.
    pub interval: Option<Interval>,
}

/// The mean of values; none of no values.
pub fn mean(values: &[f64]) -> Option<Mean> {
    let n = i64::try_from(values.len()).ok()?;
    if n == 0 {
        return None;
    }
    let count = fraction(n);
    let mean = values.iter().sum::<f64>() / count;
    let interval = t_975(count - 1.0).map(|t| {
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let spread = t * (squares / (count - 1.0) / count).sqrt();
        Interval {
            low: mean - spread,
            high: mean + spread,
        }
    });
    Some(Mean { n, mean, interval })
}

/// The 97.5 % point of Student's t with so many degrees of freedom.
fn t_975(degrees: f64) -> Option<f64> {
    let t = StudentsT::new(0.0, 1.0, degrees).ok()?;
    Some(t.inverse_cdf(0.975))
}

/// A median with its interval, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Median {
    /// How many values.
    pub n: i64,
    /// The middle one.
    pub median: f64,
    /// Where the median of endless samples drawn from these values (a bootstrap) lies in 95 of 100.
    pub interval: Interval,
}

/// The median of a histogram: pairs of a value and how often it came, by rising value.
///
/// The interval is that of the bootstrap with endlessly many samples, which needs no chance: the
/// median of a sample is at most the value x when at least half of it is, a matter of the binomial
/// distribution (here by its normal approximation with a correction for continuity).
pub fn median(histogram: &[(f64, i64)]) -> Option<Median> {
    let n: i64 = histogram.iter().map(|(_, times)| times).sum();
    if n <= 0 {
        return None;
    }
    let half = (n + 1) / 2;
    let (mut below, mut middle, mut low, mut high) = (0, None, None, None);
    for (value, times) in histogram {
        below += times;
        if middle.is_none() && below >= half {
            middle = Some(*value);
        }
        // The chance that the median of a sample is at most this value.
        let p = fraction(below) / fraction(n);
        let spread = (fraction(n) * p * (1.0 - p)).sqrt();
        let needed = fraction(half) - 0.5;
        let chance = if spread > 0.0 {
            normal_cdf((fraction(n) * p - needed) / spread)
        } else {
            f64::from(u8::from(below == n))
        };
        if low.is_none() && chance >= 0.025 {
            low = Some(*value);
        }
        if high.is_none() && chance >= 0.975 {
            high = Some(*value);
        }
    }
    let median = middle?;
    Some(Median {
        n,
        median,
        interval: Interval {
            low: low.unwrap_or(median).min(median),
            high: high.unwrap_or(median).max(median),
        },
    })
}

/// The normal distribution up to `x`.
fn normal_cdf(x: f64) -> f64 {
    Normal::standard().cdf(x)
}

/// One loan in a survival curve: after how many weeks it fell silent or was no longer seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasted {
    /// Weeks.
    pub weeks: i64,
    /// It fell silent then; else nobody knows how it went on.
    pub fell_silent: bool,
}

/// One step of a survival curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// Weeks since the loan began.
    pub weeks: i64,
    /// Loans that were still seen and had not fallen silent before.
    pub at_risk: i64,
    /// Loans that fell silent then.
    pub events: i64,
    /// Loans that were no longer seen from then on.
    pub censored: i64,
    /// The share that has not fallen silent.
    pub survival: f64,
    /// Its interval; none while nobody has, and none once everybody has.
    pub interval: Option<Interval>,
}

/// The curve of Kaplan and Meier, week by week, with Greenwood's variance and the log-log interval.
/// In the same week those who fall silent come before those who are no longer seen.
pub fn kaplan_meier(lasted: &[Lasted]) -> Vec<Step> {
    let last = lasted.iter().map(|it| it.weeks).max().unwrap_or(-1);
    let (mut survival, mut variance) = (1.0, 0.0);
    let mut at_risk = i64::try_from(lasted.len()).unwrap_or(0);
    let mut curve = Vec::new();
    for weeks in 0..=last {
        let of_week = |fell_silent: bool| {
            let it = lasted.iter();
            let count = it
                .filter(|it| it.weeks == weeks && it.fell_silent == fell_silent)
                .count();
            i64::try_from(count).unwrap_or(0)
        };
        let (events, censored) = (of_week(true), of_week(false));
        if events > 0 {
            survival *= 1.0 - fraction(events) / fraction(at_risk);
            variance += fraction(events) / (fraction(at_risk) * fraction(at_risk - events));
        }
        let interval = (survival < 1.0 && survival > 0.0).then(|| {
            let spread = Z * f64::sqrt(variance) / f64::ln(survival).abs();
            Interval {
                low: survival.powf(spread.exp()),
                high: survival.powf((-spread).exp()),
            }
        });
        curve.push(Step {
            weeks,
            at_risk,
            events,
            censored,
            survival,
            interval,
        });
        at_risk -= events + censored;
    }
    curve
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 5e-6, "{found} is not {wanted}");
    }

    #[test]
    fn the_wilson_interval_is_that_of_the_books() {
        for (count, of, low, high) in [
            (0, 10, 0.0, 0.277_533),
            (3, 10, 0.107_791, 0.603_222),
            (81, 263, 0.255_289, 0.366_210),
        ] {
            let interval = wilson(count, of).expect("a share");
            close(interval.low, low);
            close(interval.high, high);
        }
        assert_eq!(wilson(1, 0), None);
        assert_eq!(wilson(3, 2), None);
    }

    #[test]
    fn the_survival_curve_is_that_of_the_books() {
        // The patients of Embury and others (1977) under maintenance, as R's survival package has them.
        let lasted: Vec<Lasted> = [
            (9, true),
            (13, true),
            (13, false),
            (18, true),
            (23, true),
            (28, false),
            (31, true),
            (34, true),
            (45, false),
            (48, true),
            (161, false),
        ]
        .map(|(weeks, fell_silent)| Lasted { weeks, fell_silent })
        .to_vec();
        let curve = kaplan_meier(&lasted);
        for (weeks, survival, low, high) in [
            (9, 0.909_091, 0.508_080, 0.986_674),
            (31, 0.490_909, 0.167_331, 0.753_400),
            (48, 0.184_091, 0.011_738, 0.525_015),
        ] {
            let step = curve[weeks];
            close(step.survival, survival);
            let interval = step.interval.expect("an interval");
            close(interval.low, low);
            close(interval.high, high);
        }
        assert_eq!(curve[8].interval, None);
        assert_eq!(kaplan_meier(&[]), []);
    }

    #[test]
    fn a_mean_has_the_interval_of_students_t() {
        // 1, 2, 3, 4: mean 2.5, standard error 0.645497, t(3) = 3.182446.
        let found = mean(&[1.0, 2.0, 3.0, 4.0]).expect("a mean");
        close(found.mean, 2.5);
        close(
            found.interval.expect("an interval").low,
            2.5 - 3.182_446 * 0.645_497,
        );
        assert_eq!(mean(&[5.0]).expect("a mean").interval, None);
        assert_eq!(mean(&[]), None);
    }

    #[test]
    fn a_median_stands_in_the_middle_and_its_interval_around_it() {
        let even: Vec<(f64, i64)> = (1..=9_u8).map(|value| (f64::from(value), 1)).collect();
        let found = median(&even).expect("a median");
        close(found.median, 5.0);
        // P(median of a sample <= 2) = 0.03 and P(<= 8) = 0.9997 by the binomial distribution.
        assert!((2.0..=3.0).contains(&found.interval.low));
        assert!((7.0..=8.0).contains(&found.interval.high));
        let one = median(&[(3.0, 1)]).expect("a median");
        assert_eq!(
            (one.median, one.interval.low, one.interval.high),
            (3.0, 3.0, 3.0)
        );
        assert_eq!(median(&[]), None);
    }
}
