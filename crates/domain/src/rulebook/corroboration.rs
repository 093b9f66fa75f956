//! Corroboration: further publishers raise the grade of the best report.
//!
//! Independent publishers are counted, not reports: see [`crate::publisher`].

use crate::grade::Grade;

/// The rule by which independent publishers raise the information digit of the best report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corroboration {
    /// The number of independent publishers needed for one step, for two, and so on; ascending,
    /// from 2. If empty, no grade is raised.
    pub steps: Vec<u32>,
    /// The weakest source letter whose report counts (0 for A).
    pub source: u8,
    /// The weakest information digit whose report counts (0 for 1).
    pub information: u8,
    /// The best information digit that can be reached, by the source letter of the best report, A
    /// to F (0 for 1, 5 for no step).
    pub ceiling: [u8; 6],
}

/// The information digit 6: cannot be judged, and so cannot be raised.
const UNJUDGED: u8 = 5;

impl Corroboration {
    /// The maximum number of steps.
    pub const STEPS_MAX: usize = 5;

    /// Returns true if a report of a grade counts.
    #[must_use]
    pub const fn vouches(&self, grade: Grade) -> bool {
        grade.source() <= self.source && grade.information() <= self.information
    }

    /// Returns the grade of an event with this best report, for which `vouching` independent
    /// publishers count. It is never worse than that of the best report.
    #[must_use]
    pub fn raised(&self, best: Grade, vouching: usize) -> Grade {
        if !self.vouches(best) || best.information() >= UNJUDGED {
            return best;
        }
        let enough = |needed: &&u32| usize::try_from(**needed).is_ok_and(|n| n <= vouching);
        let steps = self.steps.iter().take_while(enough).count();
        let steps = u8::try_from(steps).unwrap_or(u8::MAX);
        let ceiling = self.ceiling[usize::from(best.source())];
        let reached = best.information().saturating_sub(steps).max(ceiling);
        Grade::new(best.source(), reached.min(best.information()))
    }

    /// Returns the first fault, as a key and a sentence.
    pub(super) fn fault(&self) -> Option<(&'static str, String)> {
        let ascending = self.steps.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || self.steps.first().is_some_and(|first| *first < 2) {
            let problem = "numbers of publishers must ascend, from 2 on".to_owned();
            return Some(("corroboration.steps", problem));
        }
        if self.steps.len() > Self::STEPS_MAX {
            let problem = format!("there are at most {} steps", Self::STEPS_MAX);
            return Some(("corroboration.steps", problem));
        }
        let digits = self.ceiling.iter().any(|digit| *digit > UNJUDGED);
        (digits || self.source > 5 || self.information > 5)
            .then(|| ("corroboration", "a grade is A-F and 1-6".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> Corroboration {
        Corroboration {
            steps: vec![2, 4],
            source: 2,
            information: 2,
            ceiling: [0, 0, 1, 5, 5, 5],
        }
    }

    #[track_caller]
    fn check(best: &str, vouching: usize, expected: &str) {
        let best = Grade::parse(best).unwrap_or_else(|_| panic!("no grade {best}"));
        let raised = rule().raised(best, vouching);
        assert_eq!(raised.to_string(), expected, "{best} by {vouching}");
    }

    #[test]
    fn more_publishers_raise_the_information_digit_in_steps() {
        check("B3", 1, "B3");
        check("B3", 2, "B2");
        check("B3", 3, "B2");
        check("B3", 4, "B1");
        check("B3", 400, "B1");
    }

    #[test]
    fn a_source_is_raised_up_to_its_ceiling() {
        check("C3", 4, "C2");
        check("C2", 4, "C2");
        check("C1", 4, "C1");
        check("A3", 4, "A1");
    }

    #[test]
    fn reports_that_do_not_count_are_not_raised() {
        check("D3", 4, "D3");
        check("B4", 4, "B4");
        check("B6", 4, "B6");
        check("F6", 400, "F6");
    }
}
