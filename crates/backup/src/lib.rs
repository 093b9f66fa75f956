//! Backups of the whole log in one file with checksums.
//!
//! A backup has the log up to its end at the start and nothing else: everything published is folded
//! from it again. Each commit keeps its sequence, subject, headers and time of storage, so
//! positions and times stay valid after a restore. A commit that is lost leaves a mark at its
//! position. Records are not decoded.
//!
//! Reading order: [`format`](mod@format) (the file), [`write`](mod@write), [`read`], and [`copy`]
//! (from a server and to one).

pub mod copy;
pub mod format;
pub mod read;
pub mod write;

pub use copy::{Error, Places, Summary, check, restore, save};
pub use format::{Damage, Header};
