//! The program of libFuzzer: runs the target that `DETENTE_FUZZ` names.
#![no_main]

use std::sync::LazyLock;

use detente_fuzz::{TARGETS, Target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var_os("DETENTE_FUZZ").unwrap_or_default();
    let named = TARGETS.iter().find(|(target, _)| name == **target);
    let Some((_, target)) = named else {
        panic!(
            "DETENTE_FUZZ is {name:?}, and must be one of {:?}",
            TARGETS.map(|(name, _)| name)
        );
    };
    *target
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
