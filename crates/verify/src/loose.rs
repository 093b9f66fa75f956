//! What is no fault and worth knowing: clashes, amendments that wait, rows put aside.

use detente_chronicle::Chronicle;
use detente_jetstream::{Connection, inspect};

use crate::report::{Code, Finding, Report};
use crate::run::Error;

/// The stream of rows that are not in the log.
const QUARANTINE: &str = "QUARANTINE";

/// Adds what the chronicle has met.
pub(crate) fn note(chronicle: &Chronicle, report: &mut Report) {
    for (position, id) in chronicle.clashes() {
        let first = chronicle.record(*id).unwrap_or_default();
        let words = format!(
            "the record has the id of one at position {}, and says something else",
            first.0
        );
        let finding = Finding::new(Code::Clash, words).position(position.0);
        report.add(finding.record(&id.0));
    }
    for pending in chronicle.pending() {
        let words = format!(
            "the record waits for {}, which is not in the log",
            pending.missing.0
        );
        let finding = Finding::new(Code::Pending, words).position(pending.position.0);
        report.add(finding.record(&pending.record.0));
    }
    for (position, record) in chronicle.circles() {
        let words = "the retraction runs in a circle, and takes nothing back";
        let finding = Finding::new(Code::Circle, words).position(position.0);
        report.add(finding.record(&record.0));
    }
}

/// Adds the rows that were put aside, if there are any.
pub(crate) async fn quarantined(connection: &Connection, report: &mut Report) -> Result<(), Error> {
    let rows = inspect::count(connection, QUARANTINE).await?.unwrap_or(0);
    if rows > 0 {
        let words = format!("{rows} rows are in quarantine, and not in the log");
        report.add(Finding::new(Code::Quarantined, words));
    }
    Ok(())
}
