//! The table of refusals for people is what the code says.

use std::fmt::Write as _;
use std::path::Path;

use detente_api::refusal::Code;

const HEAD: &str = "\
# Refusals

Every code that a door may refuse with, made from `src/refusal/code.rs`. Over HTTP a refusal is \
`application/problem+json`, over NATS the same body with the status in `Nats-Service-Error-Code`; \
over gRPC it is a status. Codes are a contract; new ones may come. What is not a client's fault is \
a failure, and has none of these.

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
        writeln!(page, "{row}").expect("text takes text");
    }
    page
}

#[test]
fn the_table_for_people_is_what_the_code_says() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("REFUSALS.md");
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("REFUSALS.md");
    let page = table();
    std::fs::write(&fresh, &page).expect("a directory of the build");
    assert!(
        page == std::fs::read_to_string(&committed).unwrap_or_default(),
        "the table differs from the codes; take the new one:\n  cp {} {}",
        fresh.display(),
        committed.display()
    );
}
