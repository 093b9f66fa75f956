//! The binary: passes its arguments to the library, and returns the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    detente_cli::run(std::env::args_os())
}
