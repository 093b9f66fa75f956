//! Limits on streams that are open at once: those of one caller, and those whose items are computed
//! for one reader alone.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::limits;
use detente_api::refusal::{Code, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::Client;
use crate::tally::{Taken, Tally};

/// The limits on streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLimits {
    /// The most open streams of one caller: a token, or an address.
    pub each_caller: usize,
    /// The same, of an address of this machine, which programs and a proxy on it share.
    pub each_local_address: usize,
    /// The most streams, of all callers, whose items are computed for one reader alone.
    pub computed: usize,
}

/// The open streams of a process. Clones share them.
#[derive(Clone, Debug)]
pub struct Streams(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: StreamLimits,
    callers: Tally<Client>,
    computed: Arc<Semaphore>,
}

/// The streams that the caller of a request may open; an extension of each request.
#[derive(Clone, Debug)]
pub struct CallerStreams {
    streams: Streams,
    /// `None` for a request without an address, which has no limit of its own.
    client: Option<Client>,
}

/// Counts a stream, until it is dropped.
#[derive(Debug)]
pub struct StreamPermit {
    _caller: Option<Taken<Client>>,
    _computed: Option<OwnedSemaphorePermit>,
}

/// Adds the [`CallerStreams`]; the request is authenticated already.
pub(crate) async fn offer(
    State(streams): State<Streams>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = Client::of(&request);
    let streams = CallerStreams { streams, client };
    request.extensions_mut().insert(streams);
    next.run(request).await
}

// === impl StreamLimits ===

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            each_caller: limits::STREAMS,
            each_local_address: usize::MAX,
            computed: limits::REPLAYS,
        }
    }
}

// === impl Streams ===

impl Streams {
    /// Returns no streams, within these limits.
    #[must_use]
    pub fn new(limits: StreamLimits) -> Self {
        let computed = limits.computed.min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Inner {
            limits,
            callers: Tally::new(),
            computed: Arc::new(Semaphore::new(computed)),
        }))
    }
}

// === impl CallerStreams ===

impl CallerStreams {
    /// Counts a further stream of the caller.
    ///
    /// # Errors
    /// `too_many_streams`.
    pub fn open(&self) -> Result<StreamPermit, Refusal> {
        let Inner {
            limits, callers, ..
        } = &*self.streams.0;
        let take = |client: &Client| {
            let max = if client.is_local() {
                limits.each_local_address
            } else {
                limits.each_caller
            };
            let refused = || refused(format!("a caller may have {max} streams open at once"));
            callers.take(client, max).ok_or_else(refused)
        };
        Ok(StreamPermit {
            _caller: self.client.as_ref().map(take).transpose()?,
            _computed: None,
        })
    }

    /// Counts a further stream of the caller whose items are computed for it alone.
    ///
    /// # Errors
    /// `too_many_streams`.
    pub fn open_computed(&self) -> Result<StreamPermit, Refusal> {
        let permit = self.open()?;
        let Inner {
            limits, computed, ..
        } = &*self.streams.0;
        let computed = Arc::clone(computed).try_acquire_owned();
        let computed = computed.map_err(|_| {
            let max = limits.computed;
            refused(format!("all callers together may have {max} of these open"))
        })?;
        Ok(StreamPermit {
            _computed: Some(computed),
            ..permit
        })
    }
}

fn refused(message: String) -> Refusal {
    Refusal::new(Code::TooManyStreams, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callers() -> [CallerStreams; 2] {
        let streams = Streams::new(StreamLimits {
            each_caller: 3,
            each_local_address: 3,
            computed: 2,
        });
        ["192.0.2.1", "192.0.2.2"].map(|address| CallerStreams {
            streams: streams.clone(),
            client: address.parse().ok().map(Client::Address),
        })
    }

    #[test]
    fn a_caller_over_its_limit_is_refused_and_others_are_not() {
        let [one, other] = callers();
        let open: Vec<_> = (0..3).map(|_| one.open().unwrap()).collect();
        assert_eq!(
            one.open().map_err(|refusal| refusal.code).err(),
            Some(Code::TooManyStreams)
        );
        assert!(other.open().is_ok());
        drop(open);
        assert!(one.open().is_ok());
    }

    #[test]
    fn computed_streams_of_all_callers_have_a_limit_and_count_for_their_caller() {
        let [one, other] = callers();
        let first = one.open_computed().unwrap();
        let _second = other.open_computed().unwrap();
        for _ in 0..4 {
            // What is refused does not count.
            assert!(one.open_computed().is_err());
        }
        let _plain = [one.open().unwrap(), one.open().unwrap()];
        assert!(one.open().is_err());
        drop(first);
        assert!(one.open_computed().is_ok());
    }
}
