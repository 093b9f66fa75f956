//! Answers: the JSON of relations, countries, changes and events.
//!
//! HTTP, gRPC, NATS and the command line share these structs, so they always agree.
//! Clients parse answers with the same structs.
//!
//! An unknown value is the word `unknown`, or null for a number or a date; it is never 0 and
//! never left out. Numbers have one decimal. Days are `YYYY-MM-DD`; imprecise dates are EDTF.

mod change;
mod comparison;
mod country;
mod decimal;
mod diff;
mod entry;
mod event;
mod feed;
mod fit;
mod kinds;
pub mod labels;
mod latest;
pub mod localized;
mod page;
mod preview;
mod record;
mod relation;
mod rulebook;
mod sentences;
mod summary;
mod weighed;
mod why;
mod words;

use std::borrow::Cow;

use detente_domain::day::Day;
use detente_domain::edtf::canonical;
use detente_domain::party::Party;
use detente_domain::state::Since;

pub use change::{ChangeView, ChangesMessage, CommitStamp, DirectionView};
pub use comparison::{
    ComparedRulebook, ComparisonEvidenceView, ComparisonView, DifferingSpanView, DimensionCountView,
};
pub use country::{CountryItem, CountryRelation, CountryView, Levels, NamesView};
pub use decimal::{Decimal1, milli, units};
pub use diff::{CauseFacts, CauseView, DiffView, DifferenceView, PointView, ValueView};
pub use entry::EntryView;
pub use event::{EventLookup, EventView, PendingView, RECORDS_BYTES_MAX, StandingView};
pub use feed::{Frame, Heartbeat, Lost, ReplayFrame, Switched};
pub use fit::{Fit, VIEW_BYTES_MAX, json_len};
pub use kinds::{
    DetailView, EffectView, KindRuleView, KindView, MemoryView, SeverityView, SeverityWordView,
    VariantView,
};
pub use latest::{CutRegisters, LatestView};
pub use localized::LocalizedText;
pub use page::Page;
pub use preview::{
    AmendmentHint, PreviewRow, PreviewView, RowEvent, SimilarView, Warning, WarningCode,
    WarningView,
};
pub use record::{CommittedRecord, RecordKind, RecordView, RetractionView};
pub use relation::{
    BasisView, CutLists, DisputeView, RecognitionView, RelationView, RepresentationView,
};
pub use rulebook::{
    CandidateState, CandidateView, RulebookView, RulebooksView, StoredRulebookView,
};
pub use weighed::{BandView, LimitView, PostureView, ThreatView, WeighedView};
pub use why::{
    AnswerBasis, BlendRule, BoundView, CitedView, EventProvenance, EventProvenances, EvidenceView,
    IndexRule, LadderEvidenceView, LadderRule, PartView, PooledView, PublicationView,
    RemainderView, Rounding, RuleView, Side, SumsView, UncountedView, WeightView, WhyView,
    in_words,
};
pub use words::{Named, Vocabulary};

/// Text that is a constant when it is written, such as a code, and owned when it is parsed.
pub type Text = Cow<'static, str>;

/// The word for an unknown value.
pub const UNKNOWN: &str = "unknown";
/// The word for an entry of a register that does not exist.
pub const ABSENT: &str = "absent";

const fn borrowed(word: &'static str) -> Text {
    Cow::Borrowed(word)
}

fn code(party: Party) -> Text {
    Cow::Borrowed(party.code())
}

fn or_unknown(word: Option<&'static str>) -> Text {
    Cow::Borrowed(word.unwrap_or(UNKNOWN))
}

fn since(since: Since) -> String {
    canonical(since.earliest, since.latest)
}

fn civil(day: Option<Day>) -> Option<String> {
    day.filter(|day| !day.is_open()).map(|day| day.to_string())
}

/// Returns the number of days between two days; `None` if one of them is unknown or open.
fn days_between(from: Option<Day>, to: Option<Day>) -> Option<i32> {
    let (from, to) = (from?, to?);
    (!from.is_open() && !to.is_open()).then(|| to.since(from))
}
