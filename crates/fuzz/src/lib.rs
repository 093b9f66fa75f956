//! What the decoders of outside input hold for any bytes: they do not panic, what they accept reads
//! back the same, and what they refuse has a reason.
//!
//! libFuzzer runs the [`TARGETS`] on inputs that it finds (`scripts/fuzz`), and a test runs them on
//! those in `corpus/`, as they are and damaged. A target panics if a decoder does not hold this.

mod backups;
mod changes;
mod messages;
mod records;
mod requests;
mod rows;
mod texts;

/// Checks one decoder on any bytes.
pub type Target = fn(&[u8]);

/// The targets by name, in order; `corpus/` has a directory for each.
pub const TARGETS: [(&str, Target); 11] = [
    ("backup", backups::file),
    ("backup_frames", backups::frames),
    ("cel", changes::expression),
    ("cloud_event", rows::cloud_event),
    ("cursor", texts::cursor),
    ("edtf", texts::date),
    ("grpc", messages::message),
    ("json_row", rows::json),
    ("params", requests::params),
    ("record", records::record),
    ("rulebook", texts::rulebook),
];

/// Returns bytes as text, for decoders of text.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
