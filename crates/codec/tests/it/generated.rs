//! The committed messages of the log equal those that the compiler generates from `proto/`.

use std::path::{Path, PathBuf};

const FILE: &str = "detente.v1.rs";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compiles the proto file into the target directory; returns the path of the result.
fn regenerated() -> PathBuf {
    let proto = root().join("proto");
    let files = [proto.join("detente/v1/record.proto")];
    let descriptors = protox::compile(files, [proto]).expect("compiles");
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated-codec");
    std::fs::create_dir_all(&out).expect("a directory of the build");
    prost_build::Config::new()
        .out_dir(&out)
        // Equal records have equal bytes.
        .btree_map(["."])
        .compile_fds(descriptors)
        .expect("generates");
    out.join(FILE)
}

#[test]
fn the_committed_code_is_up_to_date() {
    let fresh = regenerated();
    let committed = root().join("crates/codec/src/generated").join(FILE);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        read(&fresh) == read(&committed),
        "the generated code is out of date; copy the new one:\n  cp {} {}",
        fresh.display(),
        committed.display()
    );
}
