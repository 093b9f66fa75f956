//! Exit codes: 0 done, 1 failed, 2 usage, 64 bad configuration.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use detente_api::Refusal;

use crate::output::to_stderr;

/// An error with an exit code of its own. Any other error exits with 1.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CliError {
    /// The arguments are invalid: 2.
    #[error("{0}")]
    Usage(String),
    /// The configuration is invalid: 64.
    #[error("{0}")]
    Config(String),
    /// The failure was reported already: 1, without a further message.
    #[error("failed")]
    Reported,
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let allowed = match refusal.allowed.as_slice() {
            [] => String::new(),
            allowed => format!("\n  allowed: {}", allowed.join(", ")),
        };
        Self::Usage(format!("{refusal}{allowed}"))
    }
}

/// Returns the exit code of a command, and prints its error on stderr.
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
    let known = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<CliError>());
    if known != Some(&CliError::Reported) {
        let mut text = format!("error: {error}");
        for cause in error.chain().skip(1) {
            let _ = write!(text, "\n  because {cause}");
        }
        to_stderr(&text);
    }
    match known {
        Some(CliError::Usage(_)) => ExitCode::from(2),
        Some(CliError::Config(_)) => ExitCode::from(64),
        Some(CliError::Reported) | None => ExitCode::FAILURE,
    }
}

/// Fails without a further message unless a command has succeeded.
pub(crate) fn succeed_if(succeeded: bool) -> anyhow::Result<()> {
    if succeeded {
        Ok(())
    } else {
        Err(CliError::Reported.into())
    }
}

/// Prints help on stdout, or a usage error on stderr, and returns the exit code.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        // Without colours, since the arguments in it may have any characters.
        to_stderr(error.to_string().trim_end());
        return ExitCode::from(2);
    }
    // A closed pipe is not a failure.
    let _ = error.print();
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(exit: ExitCode, number: u8) -> bool {
        format!("{exit:?}") == format!("{:?}", ExitCode::from(number))
    }

    #[test]
    fn each_error_has_its_exit_code_under_any_context() {
        use anyhow::Context as _;
        let failed = |error: CliError| code(Err(error).context("while it was tried"));
        assert!(is(code(Ok(())), 0));
        assert!(is(code(Err(anyhow::anyhow!("failed"))), 1));
        assert!(is(failed(CliError::Reported), 1));
        assert!(is(failed(CliError::Usage("?".to_owned())), 2));
        assert!(is(failed(CliError::Config("?".to_owned())), 64));
    }

    #[test]
    fn a_closed_pipe_is_not_a_failure() {
        let closed = io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is(code(Err(anyhow::Error::from(closed))), 0));
    }
}
