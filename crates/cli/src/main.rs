//! The binary: hands its arguments to the library, and its answer to the system.

use std::process::ExitCode;

fn main() -> ExitCode {
    detente_cli::run(std::env::args_os())
}
