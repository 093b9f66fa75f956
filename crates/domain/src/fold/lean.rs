//! Values that are mostly empty, and take one word while they are.

use super::DimensionSums;
use super::band::BandSteps;
use std::ops::{Deref, DerefMut};
use std::sync::LazyLock;

/// A value that is allocated only once it is changed: of the many dimensions and levels of a
/// relation, most have no evidence and no limit.
#[derive(Clone, Debug)]
pub struct Lean<T>(Option<Box<T>>);

/// A type with an empty value.
pub trait Empty: Default + 'static {
    /// Returns the empty value, which is the default.
    fn empty() -> &'static Self;
}

impl Empty for DimensionSums {
    fn empty() -> &'static Self {
        static EMPTY: LazyLock<DimensionSums> = LazyLock::new(DimensionSums::default);
        &EMPTY
    }
}

impl Empty for BandSteps {
    fn empty() -> &'static Self {
        static EMPTY: LazyLock<BandSteps> = LazyLock::new(BandSteps::default);
        &EMPTY
    }
}

impl<T> Default for Lean<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Lean<T> {
    /// Allocates a value.
    pub(super) fn new(value: T) -> Self {
        Self(Some(Box::new(value)))
    }

    /// Returns the value, if it is allocated.
    pub(super) fn allocated(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }
}

impl<T: Empty> Deref for Lean<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or_else(|| T::empty())
    }
}

impl<T: Empty> DerefMut for Lean<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}
