//! Backups: the whole log in one file that is checked, and back.
//!
//! A backup is the log up to its end as it was at the start, and nothing else: all that was
//! published is folded from it again. Each commit keeps its sequence, subject, headers and the
//! moment at which it was stored, so positions and times mean the same after a restore. There is
//! no reading of a record here, and no path of a file: bytes go to a writer and come from a reader.
//!
//! Reading order: [`format`](mod@format) (the file), [`write`](mod@write) and [`read`] (its two
//! directions), [`copy`] (from a server, and to one).

pub mod format;

pub mod read;
pub mod write;

pub mod copy;

pub use copy::{Error, Summary, check, restore, save};
pub use format::{Damage, Header};
