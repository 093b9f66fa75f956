//! Answers: the JSON of relations, countries, changes and events.
//!
//! The API, the console, the command line and NATS share these structs, so they cannot say
//! different things. Clients read them back with the same structs.
//!
//! What is not known is the word `unknown`, or null where a number or a date would stand; it is
//! never 0 and never left out. Numbers have one decimal. Days are `YYYY-MM-DD`, imprecise ones
//! EDTF.

mod change;
mod comparison;
mod country;
mod diff;
mod entry;
mod event;
mod feed;
mod labels;
mod line;
mod page;
mod record;
mod relation;
mod rulebook;
mod tenths;
mod told;
mod weighed;
mod why;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use detente_domain::day::Day;
use detente_domain::edtf::canonical;
use detente_domain::party::Party;
use detente_domain::state::Since;

pub use change::{ChangeView, DirectionView, Occurrence, RelationMessage};
pub use comparison::{ComparisonView, DimensionCountView, ReadingView, SideView, WordView};
pub use country::{CountryItem, CountryRelation, CountryView, Levels, NamesView};
pub use diff::{CauseView, Caused, Causes, DiffView, DifferenceView, PointView, StandsView};
pub use entry::EntryView;
pub use event::{EventView, PendingView, Shown, StandingView};
pub use feed::{Frame, Heartbeat, Replayed, Switched};
pub use line::LineView;
pub use page::Page;
pub use record::{Known, RecordView, TakenBackView};
pub use relation::{BasisView, DisputeView, RecognitionView, RelationView, RepresentationView};
pub use rulebook::{CandidateState, CandidateView, KeptView, RulebookView, ShelfView};
pub use tenths::Tenths;
pub use weighed::{PostureView, ThreatView, WeighedView};
pub use why::{
    BlendRule, BoundView, CitedView, EvidenceView, IndexRule, LadderRule, PartView,
    PublicationView, RestView, RuleView, Source, StoneView, SumsView, Tellings, Told,
    UncountedView, WeightView, WhyView,
};

/// A word of ours, which need not be copied; or one that a client read.
pub type Word = Cow<'static, str>;

/// Nothing is known.
pub const UNKNOWN: &str = "unknown";
/// An entry of a register that is not there.
pub const ABSENT: &str = "absent";

const fn borrowed(word: &'static str) -> Word {
    Cow::Borrowed(word)
}

fn code(party: Party) -> Word {
    Cow::Borrowed(party.code())
}

fn or_unknown(word: Option<&'static str>) -> Word {
    Cow::Borrowed(word.unwrap_or(UNKNOWN))
}

fn since(since: Since) -> String {
    canonical(since.earliest, since.latest)
}

fn civil(day: Option<Day>) -> Option<String> {
    day.filter(|day| !day.is_open()).map(|day| day.to_string())
}
