//! The targets hold for the inputs in `corpus/`, and for those with damage.

#![expect(clippy::expect_used, reason = "tests")]

use std::path::Path;
use std::sync::LazyLock;

use detente_fuzz::{TARGETS, Target};
use proptest::prelude::*;

/// The inputs of a target.
struct Inputs {
    name: &'static str,
    target: Target,
    inputs: Vec<Vec<u8>>,
}

static CORPUS: LazyLock<Vec<Inputs>> = LazyLock::new(|| {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let read = |(name, target): (&'static str, Target)| {
        let files = corpus.join(name).read_dir();
        let files = files.unwrap_or_else(|error| panic!("corpus/{name}: {error}"));
        let mut inputs: Vec<Vec<u8>> = files
            .map(|file| std::fs::read(file.expect("a file").path()).expect("an input"))
            .collect();
        inputs.sort();
        Inputs {
            name,
            target,
            inputs,
        }
    };
    TARGETS.into_iter().map(read).collect()
});

#[test]
fn every_target_has_inputs_and_holds_for_them() {
    for of in CORPUS.iter() {
        assert!(of.inputs.len() > 1, "{}", of.name);
        of.inputs.iter().for_each(|input| (of.target)(input));
    }
}

proptest! {
    #[test]
    fn every_target_holds_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for of in CORPUS.iter() {
            (of.target)(&bytes);
        }
    }

    #[test]
    fn every_target_holds_for_damaged_inputs(
        choice in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        for of in CORPUS.iter() {
            let mut input = choice.get(&of.inputs).clone();
            for (at, byte) in &flips {
                if !input.is_empty() {
                    *at.get_mut(&mut input) = *byte;
                }
            }
            (of.target)(&input);
            (of.target)(&input[..cut.index(input.len() + 1)]);
        }
    }
}
