//! Findings that are not faults: clashes, pending amendments and cycles.

use detente_chronicle::{Chronicle, Position};
use detente_domain::record::RecordId;

use crate::report::{Code, Finding, Report};

/// Adds the notes of the chronicle.
pub(crate) fn chronicle(chronicle: &Chronicle, report: &mut Report) {
    for (position, id) in chronicle.clashes() {
        let first = chronicle.record(*id).unwrap_or_default();
        let text = format!(
            "the record has the id of the record at position {} and other content",
            first.0
        );
        report.add(at(Code::Clash, text, *position, *id));
    }
    for pending in chronicle.pending() {
        let text = format!(
            "the record is about {}, which is not in the log",
            pending.missing.0
        );
        report.add(at(Code::Pending, text, pending.position, pending.record));
    }
    for (position, record) in chronicle.retraction_cycles() {
        let text = "the retraction is part of a cycle and has no effect";
        report.add(at(Code::Circle, text, position, record));
    }
}

fn at(code: Code, text: impl Into<String>, position: Position, record: RecordId) -> Finding {
    Finding::new(code, text)
        .position(position.0)
        .record(&record.0)
}
