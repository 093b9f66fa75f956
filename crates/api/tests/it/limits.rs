//! `LIMITS.md` equals the table in the code.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use detente_api::limits::{ALL, Limit};

const HEAD: &str = "\
# Limits

The limits that callers meet, generated from `src/limits.rs`. What is over a limit is answered with \
the code, here or in REFUSALS.md; without a code it is cut short or waits, or as the row says. A client may try again \
after the seconds of `Retry-After`; where there are none, the same request is refused again. There \
is no limit on requests a second unless `--rate-limit` sets one; then `too_many_requests` says in \
`Retry-After` how long to wait.

| limit | value | code | Retry-After | flag | what |
|---|---|---|---|---|---|
";

/// Formats a value with commas, or as a power of two of bytes.
fn value(limit: &Limit) -> String {
    let Limit { value, unit, .. } = limit;
    match (*unit, value % (1 << 20), value % (1 << 10)) {
        ("bytes", 0, _) => format!("{} MiB", value >> 20),
        ("bytes", _, 0) => format!("{} KiB", value >> 10),
        _ if *value < 1_000 => format!("{value} {unit}"),
        _ => format!("{},{:03} {unit}", value / 1_000, value % 1_000),
    }
}

fn table() -> String {
    let mut page = HEAD.to_owned();
    let quoted = |text: &str| match text {
        "" => String::new(),
        text => format!("`{text}`"),
    };
    for limit in ALL {
        let retry = limit.retry_after.map(|seconds| format!("{seconds} s"));
        let (name, what) = (limit.name.to_lowercase(), limit.what.trim());
        let row = [
            quoted(&name),
            value(limit),
            quoted(limit.code),
            retry.unwrap_or_default(),
            quoted(limit.flag),
            what.replace('|', "\\|"),
        ];
        writeln!(page, "| {} |", row.join(" | ")).expect("a string");
    }
    page
}

#[test]
fn the_committed_table_is_up_to_date() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("LIMITS.md");
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("LIMITS.md");
    let page = table();
    std::fs::write(&fresh, &page).expect("a directory of the build");
    assert!(
        page == std::fs::read_to_string(&committed).unwrap_or_default(),
        "LIMITS.md is out of date; copy the new one:\n  cp {} {}",
        fresh.display(),
        committed.display()
    );
}

#[test]
fn each_limit_has_a_name_of_its_own_a_value_and_a_unit() {
    let names: BTreeSet<&str> = ALL.iter().map(|limit| limit.name).collect();
    assert_eq!(names.len(), ALL.len());
    for limit in ALL {
        assert!(limit.value > 0 && !limit.unit.is_empty(), "{limit:?}");
        assert!(
            limit.retry_after.is_none() || !limit.code.is_empty(),
            "{limit:?}"
        );
    }
}
