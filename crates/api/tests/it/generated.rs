//! The committed messages equal those that the compiler generates from `proto/`.

use std::path::{Path, PathBuf};

const FILE: &str = "detente.v1.rs";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compiles the proto files into the target directory; returns the path of the result.
fn regenerated() -> PathBuf {
    let proto = root().join("proto");
    let files = std::fs::read_dir(proto.join("detente/v1")).expect("is there");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("is there").path()).collect();
    // The messages of the log are generated in `codec`.
    files.retain(|file| !file.ends_with("record.proto"));
    files.sort();
    let descriptors = protox::compile(files, [proto]).expect("compiles");
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated");
    std::fs::create_dir_all(&out).expect("a directory of the build");
    prost_build::Config::new()
        .out_dir(&out)
        // Equal answers have equal bytes.
        .btree_map(["."])
        // The other variant is twenty times smaller.
        .boxed(".detente.v1.GetEventResponse.shown.event")
        .compile_fds(descriptors)
        .expect("generates");
    out.join(FILE)
}

#[test]
fn the_committed_code_is_up_to_date() {
    let fresh = regenerated();
    let committed = root().join("crates/api/src/generated").join(FILE);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        read(&fresh) == read(&committed),
        "the generated code is out of date; copy the new one:\n  cp {} {}",
        fresh.display(),
        committed.display()
    );
}
