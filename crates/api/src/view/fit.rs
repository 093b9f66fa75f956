//! Views that are shortened to a number of bytes.

use std::io;

use serde::Serialize;

use crate::limits;

/// The most bytes of one view as JSON. A page, which ends with the item by which it has
/// [`PAGE_BYTES_MAX`](crate::request::PAGE_BYTES_MAX), is below 3 MiB, and so below the 4 MiB that
/// gRPC clients accept.
pub const VIEW_BYTES_MAX: usize = limits::VIEW_BYTES;

/// A view with lists that can be shortened.
pub trait Fit: Serialize {
    /// Returns the length of its longest list.
    fn longest(&self) -> usize;

    /// Shortens each list to at most `limit` items, and notes how many there are in all.
    fn shorten(&mut self, limit: usize);

    /// Shortens its lists until it has at most `bytes_max` bytes as JSON. Returns false if it has
    /// more even with empty lists.
    fn fit(&mut self, bytes_max: usize) -> bool {
        let mut limit = self.longest();
        while json_len(self) > bytes_max {
            if limit == 0 {
                return false;
            }
            limit /= 2;
            self.shorten(limit);
        }
        true
    }
}

/// Returns the length of a view as JSON, in bytes.
#[must_use]
pub fn json_len<T: Serialize + ?Sized>(view: &T) -> usize {
    let mut written = Written(0);
    // Serialising a view cannot fail.
    drop(serde_json::to_writer(&mut written, view));
    written.0
}

/// Shortens a list to its first `limit` items. `total` gets the number of all, unless it has it from
/// an earlier time.
pub(super) fn keep_first<T>(items: &mut Vec<T>, limit: usize, total: &mut Option<usize>) {
    if items.len() > limit {
        total.get_or_insert(items.len());
        items.truncate(limit);
    }
}

/// Counts what is written.
struct Written(usize);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
