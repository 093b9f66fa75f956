//! The binary under test: the same entry point as the shipped binary.
//!
//! Cargo builds the binaries of a package before its tests, with the same features; the binary of
//! another package would have to be built by the tests themselves.

use std::process::ExitCode;

fn main() -> ExitCode {
    detente_cli::run(std::env::args_os())
}
