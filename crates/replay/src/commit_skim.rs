//! The partial decoding of a commit.
//!
//! It costs as much as folding, so a prefetching task does it on another core.

use detente_chronicle::Reported;
use detente_codec::{Skim, skim};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::grade::Grade;
use detente_jetstream::commit;

/// The partly decoded records of a commit, in order. Bytes are referred to by their range in the
/// payload.
#[derive(Debug, Default)]
pub struct CommitSkim(pub(crate) Vec<RecordSkim>);

/// A partly decoded record.
#[derive(Debug)]
pub(crate) enum RecordSkim {
    /// A first report.
    Reported(ReportedSkim),
    /// Any other record: it must be decoded in full.
    Other(Span),
    /// The rest of the commit cannot be split into records.
    Broken(commit::FrameError),
}

/// A partly decoded first report.
#[derive(Debug)]
pub(crate) struct ReportedSkim {
    pub(crate) event: EventId,
    pub(crate) recorded_unix_ms: i64,
    pub(crate) act: Span,
    pub(crate) earliest: Day,
    pub(crate) latest: Day,
    pub(crate) grade: Grade,
    pub(crate) publisher: Span,
}

/// A range of the payload, which is far shorter than 4 GiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    from: u32,
    to: u32,
}

impl CommitSkim {
    /// Decodes the records of a commit in part.
    #[must_use]
    pub fn new(payload: &[u8]) -> Self {
        let decode = |bytes: Result<&[u8], commit::FrameError>| match bytes {
            Err(error) => RecordSkim::Broken(error),
            Ok(bytes) => match skim(bytes) {
                Ok(Skim::Event(event)) => RecordSkim::Reported(ReportedSkim {
                    event: EventId(event.id),
                    recorded_unix_ms: event.recorded_unix_ms,
                    act: Span::new(event.act, payload),
                    earliest: event.earliest,
                    latest: event.latest,
                    grade: event.grade,
                    publisher: Span::new(event.publisher, payload),
                }),
                // Decoding in full reports the error.
                Ok(Skim::Other) | Err(_) => RecordSkim::Other(Span::new(bytes, payload)),
            },
        };
        Self(commit::records(payload).map(decode).collect())
    }
}

impl ReportedSkim {
    /// Resolves the spans against the payload.
    pub(crate) fn resolve<'a>(&self, payload: &'a [u8]) -> Reported<'a> {
        Reported {
            event: self.event,
            act: self.act.bytes(payload),
            earliest: self.earliest,
            latest: self.latest,
            grade: self.grade,
            publisher: self.publisher.bytes(payload),
        }
    }
}

impl Span {
    /// The span of a subslice of the payload.
    fn new(part: &[u8], payload: &[u8]) -> Self {
        let from = part.as_ptr().addr().wrapping_sub(payload.as_ptr().addr());
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            from: offset(from),
            to: offset(from.saturating_add(part.len())),
        }
    }

    /// The bytes of the payload in this span.
    pub(crate) fn bytes(self, payload: &[u8]) -> &[u8] {
        payload
            .get(self.from as usize..self.to as usize)
            .unwrap_or_default()
    }
}
