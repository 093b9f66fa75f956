//! Access control of the services: on loopback addresses, tokens are required once one exists; on
//! any other address, always.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use detente_auth::{AuthPolicy, Guard, TokensError};
use detente_jetstream::Connection;
use detente_jetstream::topology::Replicas;
use tokio_util::sync::CancellationToken;

use crate::args::{Copies, Local};
use crate::exit_code::CliError;
use crate::nats::Target;

/// The command that creates a first token.
pub(crate) const CREATE_TOKEN: &str = "detente token create --name admin --role admin";

/// Starts the guard of services at these addresses. If one is reachable from other machines, a
/// token must exist already; otherwise the error names the `command` that creates one.
pub(crate) async fn guard(
    connection: &Connection,
    addresses: impl IntoIterator<Item = SocketAddr>,
    stop: CancellationToken,
    command: impl FnOnce() -> String,
) -> anyhow::Result<Guard> {
    let exposed = addresses.into_iter().find(|address| !is_loopback(*address));
    let policy = match exposed {
        Some(_) => AuthPolicy::Always,
        None => AuthPolicy::OnceTokensExist,
    };
    let step = || Guard::start(connection, policy, stop.clone());
    let guard = connection.until_settled(step, TokensError::is_transient);
    let guard = guard.await;
    let guard = guard.context("cannot read the tokens")?;
    match exposed {
        Some(address) if guard.usable_tokens() == 0 => {
            let message = format!(
                "{address} is reachable from other machines, and there is no token; create one \
                 with\n  {}",
                command()
            );
            Err(CliError::Config(message).into())
        }
        Some(_) | None => Ok(guard),
    }
}

/// Describes the access to the services.
pub(crate) fn describe(guard: &Guard) -> String {
    match (guard.is_enforced(), guard.usable_tokens()) {
        (false, _) => "open to this machine, without tokens".to_owned(),
        (true, 1) => "requires a token (1 exists)".to_owned(),
        (true, usable) => format!("requires a token ({usable} exist)"),
    }
}

/// Returns true if an address is reachable from this machine only.
fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// Returns the command that creates a token on a running server.
pub(crate) fn create_token_on(target: &Target, copies: &Copies) -> String {
    let redacted = target.redacted();
    // Never prints a password.
    let hides = target.is_given && target.has_password();
    let mut command = CREATE_TOKEN.to_owned();
    if hides {
        command.push_str(" --nats \"$DETENTE_NATS\"");
    } else if target.is_given {
        command.push_str(&format!(" --nats {}", quoted(&redacted)));
    }
    if let Some(file) = &target.credentials {
        command.push_str(&format!(" --nats-creds {}", quoted_path(file)));
    }
    if copies.replicas == Replicas::Three {
        command.push_str(" --replicas 3");
    }
    if copies.single_copy {
        command.push_str(" --single-copy");
    }
    if hides {
        command.push_str(&format!(
            "\nwhere DETENTE_NATS is the address {redacted} with its password, as given here"
        ));
    }
    command
}

/// Returns the command that creates a token in a data directory.
pub(crate) fn create_token_in(dir: &Path, local: &Local) -> String {
    let mut command = format!("{CREATE_TOKEN} --data-dir {}", quoted_path(dir));
    if let Some(program) = &local.nats_server {
        command.push_str(&format!(" --nats-server {}", quoted_path(program)));
    }
    command
}

pub(crate) fn quoted_path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// Quotes a word for a shell, if necessary.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:,@=+%".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_are_local() {
        for local in [
            "127.0.0.1:1",
            "127.9.9.9:1",
            "[::1]:1",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(is_loopback(local.parse().unwrap()), "{local}");
        }
        for other in [
            "0.0.0.0:1",
            "[::]:1",
            "10.0.0.1:1",
            "192.168.1.1:1",
            "[fe80::1]:1",
        ] {
            assert!(!is_loopback(other.parse().unwrap()), "{other}");
        }
    }

    fn copies(replicas: Replicas, single_copy: bool) -> Copies {
        Copies {
            replicas,
            single_copy,
        }
    }

    #[test]
    fn a_command_is_quoted_for_the_shell_and_has_no_password() {
        let local = Local::default();
        let command = create_token_in(Path::new("it's here"), &local);
        assert_eq!(
            command,
            format!("{CREATE_TOKEN} --data-dir 'it'\\''s here'")
        );
        let plain = create_token_on(
            &Target::given("nats://a:4222,nats://b:4222".to_owned(), None),
            &copies(Replicas::Three, false),
        );
        assert_eq!(
            plain,
            format!("{CREATE_TOKEN} --nats nats://a:4222,nats://b:4222 --replicas 3")
        );
        let secret = Target::given("nats://u:hush@a:4222".to_owned(), None);
        let secret = create_token_on(&secret, &copies(Replicas::One, true));
        let command = format!("{CREATE_TOKEN} --nats \"$DETENTE_NATS\" --single-copy\n");
        assert!(secret.starts_with(&command), "{secret}");
        assert!(!secret.contains("hush"), "{secret}");
    }
}
