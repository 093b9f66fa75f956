//! The room on the disk of the streams.
//!
//! A stream that has met a full disk stores nothing more until the server is started again, so the
//! disk must not become full: the server's limit leaves a reserve, and services stop to accept
//! reports before that.

use std::io;
use std::path::Path;

/// The largest reserve, in bytes.
const RESERVE_MAX: u64 = 512 << 20;
/// The reserve of a small disk: one of so many parts.
const RESERVE_PART: u64 = 20;

/// The free bytes below which a write may have failed: those of the largest message.
const FULL: u64 = 8 << 20;

/// The room on a disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What all files may take, with those that are there.
    pub total: u64,
    /// What is free.
    pub free: u64,
}

impl Room {
    /// Reads the room on the disk of a directory.
    ///
    /// # Errors
    /// If the directory does not exist.
    pub fn of(dir: &Path) -> io::Result<Self> {
        let disk = rustix::fs::statvfs(dir)?;
        // Some blocks may be free for the system alone.
        let withheld = disk.f_bfree.saturating_sub(disk.f_bavail);
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        Ok(Self {
            total: bytes(disk.f_blocks.saturating_sub(withheld)),
            free: bytes(disk.f_bavail),
        })
    }

    /// Returns the bytes that the streams leave free.
    #[must_use]
    pub fn reserve(self) -> u64 {
        RESERVE_MAX.min(self.total / RESERVE_PART)
    }

    /// Returns the free bytes below which no reports should be accepted: what is left is for the
    /// changes and views that follow from those that were.
    #[must_use]
    pub fn low(self) -> u64 {
        2 * self.reserve()
    }

    /// Returns true if a write may have failed.
    pub(crate) fn is_full(self) -> bool {
        self.free < FULL.min(self.reserve())
    }

    /// Returns the limit of the streams.
    pub(crate) fn store_max(self) -> u64 {
        self.total - self.reserve()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserve_is_a_part_of_a_small_disk_and_bounded_on_a_large_one() {
        let room = |total| Room { total, free: 0 };
        let small = room(40 << 20);
        assert_eq!((small.reserve(), small.low()), (2 << 20, 4 << 20));
        assert_eq!(small.store_max(), 38 << 20);
        assert_eq!(room(1 << 40).reserve(), 512 << 20);
        assert_eq!(room(0).store_max(), 0);
        assert!(small.is_full());
        let free = 2 << 20;
        assert!(!Room { free, ..small }.is_full());
        let here = Room::of(&std::env::temp_dir()).expect("a disk");
        assert!(here.free <= here.total && here.total > 0, "{here:?}");
        assert!(Room::of(Path::new("/no/such/directory")).is_err());
    }
}
