//! The committed code of the services and their description equal those that the compiler generates
//! from `proto/`. The messages are in `api`.

use std::path::{Path, PathBuf};

use prost::Message as _;

const SERVICES: &str = "detente.v1.rs";
const DESCRIPTION: &str = "detente.v1.binpb";
const FILES: [&str; 3] = [
    "detente/v1/report_service.proto",
    "detente/v1/relation_service.proto",
    "detente/v1/change_service.proto",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compiles `proto/` into the target directory, and returns that.
fn regenerated() -> PathBuf {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("grpc");
    std::fs::create_dir_all(&out).expect("a directory of the build");
    let descriptors = protox::compile(FILES, [root().join("proto")]).expect("compiles");
    tonic_prost_build::configure()
        .build_transport(false)
        .client_mod_attribute(".", "#[cfg(feature = \"client\")]")
        .extern_path(".detente.v1", "::detente_api::proto")
        .out_dir(&out)
        .compile_fds(descriptors.clone())
        .expect("generates");
    let description = descriptors.encode_to_vec();
    std::fs::write(out.join(DESCRIPTION), description).expect("a file of the build");
    out
}

#[test]
fn the_committed_code_is_what_the_proto_files_say() {
    let fresh = regenerated();
    let committed = root().join("crates/grpc/src/generated");
    let read = |path: &Path| std::fs::read(path).unwrap_or_default();
    for file in [SERVICES, DESCRIPTION] {
        assert!(
            read(&fresh.join(file)) == read(&committed.join(file)),
            "the code differs from proto/; take the new one:\n  cp {}/* {}",
            fresh.display(),
            committed.display()
        );
    }
}
