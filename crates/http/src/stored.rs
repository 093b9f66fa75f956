//! What a write has stored when its time is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells the time limit whether a write may have stored something; an extension of each request.
/// Unless its route says otherwise, it may have.
#[derive(Clone, Debug, Default)]
pub struct Stored(Arc<AtomicBool>);

impl Stored {
    /// Says that nothing is stored until [`Stored::begins`].
    pub fn nothing_yet(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Says that something may be stored from now on.
    pub fn begins(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
