//! Corroboration: further publishers raise the grade of the best report.
//!
//! Independent publishers are counted, not reports: see [`crate::publisher`].

use crate::grade::Grade;

/// The rule by which independent publishers raise the information digit of the best report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corroboration {
    /// The number of independent publishers needed for one step, for two, and so on; at most five,
    /// ascending, from 2. If empty, no grade is raised.
    pub steps: Vec<u32>,
    /// The weakest grade of a report that counts.
    pub counts: Grade,
    /// The best information digit that can be reached, by the source letter of the best report, A
    /// to F (0 for 1, 5 for no step).
    pub ceiling: [u8; 6],
}

/// The information digit 6: cannot be judged, and so cannot be raised.
const UNJUDGED: u8 = 5;

impl Corroboration {
    /// Returns the grade of an event with this best report, for which `vouching` independent
    /// publishers count. It is never worse than that of the best report.
    #[must_use]
    pub fn raised(&self, best: Grade, vouching: usize) -> Grade {
        if !best.reaches(self.counts) || best.information() >= UNJUDGED {
            return best;
        }
        let enough = |needed: &&u32| usize::try_from(**needed).is_ok_and(|n| n <= vouching);
        let steps = self.steps.iter().take_while(enough).count();
        let steps = u8::try_from(steps).unwrap_or(u8::MAX);
        let ceiling = self.ceiling[usize::from(best.source())];
        let reached = best.information().saturating_sub(steps).max(ceiling);
        Grade::new(best.source(), reached.min(best.information()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> Corroboration {
        Corroboration {
            steps: vec![2, 4],
            counts: Grade::new(2, 2),
            ceiling: [0, 0, 1, 5, 5, 5],
        }
    }

    #[track_caller]
    fn raises(cases: &[(&str, usize, &str)]) {
        for (best, vouching, expected) in cases {
            let best = Grade::parse(best).unwrap_or_else(|_| panic!("no grade {best}"));
            let raised = rule().raised(best, *vouching).to_string();
            assert_eq!(raised, *expected, "{best} by {vouching}");
        }
    }

    #[test]
    fn more_publishers_raise_the_information_digit_in_steps() {
        raises(&[
            ("B3", 1, "B3"),
            ("B3", 2, "B2"),
            ("B3", 3, "B2"),
            ("B3", 4, "B1"),
            ("B3", 400, "B1"),
        ]);
    }

    #[test]
    fn a_source_is_raised_up_to_its_ceiling() {
        raises(&[
            ("C3", 4, "C2"),
            ("C2", 4, "C2"),
            ("C1", 4, "C1"),
            ("A3", 4, "A1"),
        ]);
    }

    #[test]
    fn reports_that_do_not_count_are_not_raised() {
        raises(&[
            ("D3", 4, "D3"),
            ("B4", 4, "B4"),
            ("B6", 4, "B6"),
            ("F6", 400, "F6"),
        ]);
    }
}
