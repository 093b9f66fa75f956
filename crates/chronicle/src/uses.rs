//! The order in which cached values were last used, and what they take together.

use std::collections::BTreeMap;

/// The time of a use: a count of uses, so that no clock decides what is dropped.
pub(crate) type Use = u64;

/// Keys of cached values with their sizes, the least recently used first.
#[derive(Debug)]
pub(crate) struct Uses<K> {
    keys: BTreeMap<Use, (K, usize)>,
    last: Use,
    total: usize,
}

impl<K> Default for Uses<K> {
    fn default() -> Self {
        Self {
            keys: BTreeMap::new(),
            last: 0,
            total: 0,
        }
    }
}

impl<K> Uses<K> {
    /// Notes the use of a value that is noted no more. Returns its time.
    pub(crate) fn note(&mut self, key: K, size: usize) -> Use {
        self.last += 1;
        self.total += size;
        self.keys.insert(self.last, (key, size));
        self.last
    }

    /// Removes the value that was last used at a time.
    pub(crate) fn remove(&mut self, used: Use) -> Option<(K, usize)> {
        let (key, size) = self.keys.remove(&used)?;
        self.total -= size;
        Some((key, size))
    }

    /// Removes the least recently used value, if all together are larger than a size and it is not
    /// the only one.
    pub(crate) fn pop_above(&mut self, most: usize) -> Option<K> {
        if self.total <= most || self.keys.len() < 2 {
            return None;
        }
        let (_, (key, size)) = self.keys.pop_first()?;
        self.total -= size;
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_go_first_and_the_last_stays() {
        let mut uses = Uses::default();
        let times = ["a", "b", "c"].map(|key| uses.note(key, 10));
        assert_eq!(uses.remove(times[0]), Some(("a", 10)));
        uses.note("a", 30);
        assert_eq!(uses.pop_above(50), None);
        assert_eq!(uses.pop_above(40), Some("b"));
        assert_eq!(uses.pop_above(0), Some("c"));
        assert_eq!(uses.pop_above(0), None);
    }
}
