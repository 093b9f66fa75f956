//! `REFUSALS.md` equals the table in the code.

use std::fmt::Write as _;
use std::path::Path;

use detente_api::refusal::Code;

const HEAD: &str = "\
# Refusals

The codes of all refusals, generated from `src/refusal/code.rs`. Over HTTP a refusal is \
`application/problem+json`; over NATS it has the same body, with the status in \
`Nats-Service-Error-Code`; over gRPC it is a status. Codes are a contract; new ones may be added. \
Failures of the service are not refusals and have none of these codes.

| code | HTTP | gRPC | meaning | what to do |
|---|---|---|---|---|
";

fn table() -> String {
    let mut page = HEAD.to_owned();
    for code in Code::ALL {
        let (word, status, grpc) = (code.as_str(), code.status(), code.grpc());
        let (title, advice) = (code.title(), code.advice().replace('|', "\\|"));
        let row = format!(
            "| `{word}` | {status} | `{}` | {title} | {advice} |",
            grpc.as_str()
        );
        writeln!(page, "{row}").expect("a string");
    }
    page
}

#[test]
fn the_committed_table_is_up_to_date() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("REFUSALS.md");
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("REFUSALS.md");
    let page = table();
    std::fs::write(&fresh, &page).expect("a directory of the build");
    assert!(
        page == std::fs::read_to_string(&committed).unwrap_or_default(),
        "REFUSALS.md is out of date; copy the new one:\n  cp {} {}",
        fresh.display(),
        committed.display()
    );
}
