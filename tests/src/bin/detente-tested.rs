//! The product, as the tests and benches run it: the same call as in the shipped binary.
//!
//! Cargo builds a package's own binaries before its tests, in the same go and with the same
//! features; one of another package would have to be built by the tests themselves, a second time.

use std::process::ExitCode;

fn main() -> ExitCode {
    detente_cli::run(std::env::args_os())
}
