//! The memory that all bodies share.

use std::sync::Arc;

use detente_api::{Code, FailureCode, Refusal, limits};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Failure, ReportError};
use crate::gateway::Gateway;
use crate::metrics;
use crate::report::BODY_MAX;

/// The memory of all bodies together, in bytes; beyond it, clients are asked to retry.
const BODIES_BYTES: usize = limits::BODIES_BYTES;
/// The unit in which bodies reserve memory, in bytes.
const UNIT: usize = 64 << 10;

/// The memory of all bodies. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct BodyMemory(Arc<Semaphore>);

/// The memory that is reserved for one body, until it is dropped. The work that the body leads to
/// holds it, so what a request has left behind still counts.
#[derive(Debug)]
pub struct Reservation {
    memory: Arc<Semaphore>,
    units: Vec<OwnedSemaphorePermit>,
}

impl BodyMemory {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(BODIES_BYTES / UNIT)))
    }

    /// Returns an empty reservation.
    pub(crate) fn reserve(&self) -> Reservation {
        Reservation {
            memory: Arc::clone(&self.0),
            units: Vec::new(),
        }
    }

    #[cfg(test)]
    pub(crate) fn free_bytes(&self) -> usize {
        self.0.available_permits() * UNIT
    }
}

impl Gateway {
    /// Returns an empty reservation of the memory that all bodies share.
    #[must_use]
    pub fn reserve(&self) -> Reservation {
        self.parts.bodies.reserve()
    }
}

impl Reservation {
    /// Extends the reservation to a body of this many bytes.
    ///
    /// # Errors
    /// `body_too_large`, or a failure if the bodies of other requests take the memory.
    pub fn grow(&mut self, bytes: usize) -> Result<(), ReportError> {
        if bytes > BODY_MAX {
            return Err(too_large().into());
        }
        while self.units.len() < bytes.div_ceil(UNIT) {
            let unit = Arc::clone(&self.memory).try_acquire_owned();
            let unit = unit.map_err(|_| {
                let failure = busy();
                metrics::failed(&failure);
                failure
            })?;
            self.units.push(unit);
        }
        Ok(())
    }
}

/// Returns the refusal of a body of more than [`BODY_MAX`] bytes.
pub(crate) fn too_large() -> Refusal {
    let mib = BODY_MAX >> 20;
    Refusal::new(Code::BodyTooLarge, format!("a body has at most {mib} MiB"))
}

/// Returns the failure while other requests take all memory or all capacity.
pub(crate) fn busy() -> Failure {
    let reason = "too many reports are being read at once".to_owned();
    Failure::new(FailureCode::LogUnavailable, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_reserve_no_more_than_there_is_and_give_it_back() {
        let bodies = BodyMemory::new();
        let mut taken = Vec::new();
        for _ in 0..BODIES_BYTES / BODY_MAX {
            let mut body = bodies.reserve();
            body.grow(BODY_MAX / 2).unwrap();
            body.grow(BODY_MAX).unwrap();
            taken.push(body);
        }
        assert_eq!(bodies.free_bytes(), 0);
        let mut further = bodies.reserve();
        let refused = further.grow(1);
        assert_eq!(refused, Err(ReportError::Failed(busy())));
        taken.pop();
        further.grow(1).unwrap();
        let refused = further.grow(BODY_MAX + 1);
        assert_eq!(refused, Err(ReportError::Refused(too_large())));
    }
}
