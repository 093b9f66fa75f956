//! Corroboration: what further publishers make of the best report's grade.
//!
//! Voices are counted, not reports: a publisher, and whoever syndicates or owns it, is one voice
//! however often it is heard (see [`crate::publisher`]).

use crate::grade::Grade;

/// How far independent publishers raise the information digit of the best report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corroboration {
    /// How many independent publishers it takes for one step, for two, and so on; ascending, and
    /// none below 2. Empty: nothing is ever raised.
    pub steps: Vec<u32>,
    /// The weakest source letter whose report counts (0 for A).
    pub source: u8,
    /// The weakest information digit whose report counts (0 for 1).
    pub information: u8,
    /// By the letter of the best report's source, A to F: the best information digit that may be
    /// reached by counting (0 for 1, 5 for no step at all).
    pub ceiling: [u8; 6],
}

/// The information digit 6: it cannot be judged, so it is no end of the scale to step from.
const UNJUDGED: u8 = 5;

impl Corroboration {
    /// The most steps that a rulebook may give.
    pub const STEPS_MAX: usize = 5;

    /// Whether a report of that grade counts among the publishers.
    #[must_use]
    pub const fn vouches(&self, grade: Grade) -> bool {
        grade.source() <= self.source && grade.information() <= self.information
    }

    /// The grade of an event whose best report has that grade, and which so many independent
    /// publishers vouch for. It is never worse than the best report's.
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

    /// What is wrong with it, where anything is: a key, and a sentence.
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
    fn more_publishers_raise_information_by_the_steps_of_the_rule() {
        check("B3", 1, "B3");
        check("B3", 2, "B2");
        check("B3", 3, "B2");
        check("B3", 4, "B1");
        check("B3", 400, "B1");
    }

    #[test]
    fn a_source_reaches_no_further_than_its_ceiling() {
        check("C3", 4, "C2");
        check("C2", 4, "C2");
        check("C1", 4, "C1");
        check("A3", 4, "A1");
    }

    #[test]
    fn what_does_not_vouch_is_not_raised() {
        check("D3", 4, "D3");
        check("B4", 4, "B4");
        check("B6", 4, "B6");
        check("F6", 400, "F6");
    }
}
