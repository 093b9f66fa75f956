//! The partial decoding of a commit.
//!
//! It costs as much as folding, so a prefetching task does it on another core.

use detente_codec::{Skim, skim};
use detente_domain::event::EventSkim;
use detente_jetstream::commit;

/// The partly decoded records of a commit, in order. Bytes are referred to by their range in the
/// payload.
#[derive(Debug, Default)]
pub struct CommitSkim(pub(crate) Vec<RecordSkim>);

/// A partly decoded record.
#[derive(Debug)]
pub(crate) enum RecordSkim {
    /// A first report.
    Reported(EventSkim<ByteRange>),
    /// Any other record: it must be decoded in full.
    Other(ByteRange),
    /// The rest of the commit cannot be split into records.
    Broken(commit::FrameError),
}

/// A range of the payload, which is far shorter than 4 GiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteRange {
    from: u32,
    to: u32,
}

impl CommitSkim {
    /// Decodes the records of a commit in part.
    #[must_use]
    pub fn new(payload: &[u8]) -> Self {
        let range = |part: &[u8]| ByteRange::new(part, payload);
        let decode = |bytes: Result<&[u8], commit::FrameError>| match bytes {
            Err(error) => RecordSkim::Broken(error),
            Ok(bytes) => match skim(bytes) {
                Ok(Skim::Event(event)) => RecordSkim::Reported(event.map(range)),
                // Decoding in full reports the error.
                Ok(Skim::Other) | Err(_) => RecordSkim::Other(range(bytes)),
            },
        };
        Self(commit::records(payload).map(decode).collect())
    }
}

impl ByteRange {
    /// Returns the range of a subslice of the payload.
    fn new(part: &[u8], payload: &[u8]) -> Self {
        let from = part.as_ptr().addr().wrapping_sub(payload.as_ptr().addr());
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            from: offset(from),
            to: offset(from.saturating_add(part.len())),
        }
    }

    /// Returns the bytes of the payload in this range.
    pub(crate) fn bytes(self, payload: &[u8]) -> &[u8] {
        payload
            .get(self.from as usize..self.to as usize)
            .unwrap_or_default()
    }
}
