//! How a command ends: 0 done, 1 failed, 2 usage, 64 bad configuration.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use detente_api::Refusal;

/// What went wrong, where it decides how the process ends. Anything else is a failure: 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What was asked cannot be understood.
    Usage(String),
    /// A configuration cannot be used.
    Config(String),
    /// Everything was said already.
    Told,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(message) | Self::Config(message) => f.write_str(message),
            Self::Told => f.write_str("failed"),
        }
    }
}

impl std::error::Error for Fault {}

/// A refusal of what was asked is a fault of usage; the rest could not be done.
impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let allowed = match refusal.allowed.as_slice() {
            [] => String::new(),
            allowed => format!("\n  allowed: {}", allowed.join(", ")),
        };
        Self::Usage(format!("{refusal}{allowed}"))
    }
}

/// The exit code of a command; a failure is told on stderr.
pub(crate) fn code(done: anyhow::Result<()>) -> ExitCode {
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    let broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(broken_pipe) {
        return ExitCode::SUCCESS;
    }
    let fault = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Fault>());
    if fault != Some(&Fault::Told) {
        let mut text = format!("error: {error}");
        for cause in error.chain().skip(1) {
            let _ = write!(text, "\n  because {cause}");
        }
        say(&text);
    }
    match fault {
        Some(Fault::Usage(_)) => ExitCode::from(2),
        Some(Fault::Config(_)) => ExitCode::from(64),
        Some(Fault::Told) | None => ExitCode::FAILURE,
    }
}

/// What clap has to say: help goes to stdout, faults to stderr.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // Help that nobody reads to its end is no failure.
    let _ = error.print();
    if error.use_stderr() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

fn say(text: &str) {
    // There is nobody left to tell that stderr is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(exit: ExitCode, number: u8) -> bool {
        format!("{exit:?}") == format!("{:?}", ExitCode::from(number))
    }

    #[test]
    fn each_fault_has_its_exit_code_under_any_context() {
        use anyhow::Context as _;
        let failed = |fault: Fault| code(Err(fault).context("while it was tried"));
        assert!(is(code(Ok(())), 0));
        assert!(is(code(Err(anyhow::anyhow!("failed"))), 1));
        assert!(is(failed(Fault::Told), 1));
        assert!(is(failed(Fault::Usage("?".to_owned())), 2));
        assert!(is(failed(Fault::Config("?".to_owned())), 64));
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure() {
        let gone = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is(code(Err(anyhow::Error::from(gone))), 0));
    }
}
