//! Who may come in: on the machine's own address everybody, until there is a token; on any other
//! nobody without one.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context as _;
use detente_auth::Guard;
use detente_auth::guard::Demand;
use detente_jetstream::Connection;
use tokio_util::sync::CancellationToken;

use crate::args::{Local, On, Replicas};
use crate::exit::Fault;

/// The command that makes a first token.
const CREATE: &str = "detente token create --name admin --role admin";

/// The guard of services at these addresses. Where one is reached from other machines, there must
/// be a token already: otherwise the fault says what makes one.
pub(crate) async fn guard(
    connection: &Connection,
    addresses: impl IntoIterator<Item = SocketAddr>,
    stop: CancellationToken,
    fix: impl FnOnce() -> String,
) -> anyhow::Result<Guard> {
    let exposed = addresses.into_iter().find(|address| !is_own(*address));
    let demand = match exposed {
        Some(_) => Demand::Always,
        None => Demand::OnceThereAreAny,
    };
    let guard = Guard::start(connection, demand, stop).await;
    let guard = guard.context("tokens cannot be read")?;
    match exposed {
        Some(address) if guard.usable() == 0 => {
            let message = format!(
                "{address} is reached from other machines, and no token opens it; make one with\n  \
                 {}",
                fix()
            );
            Err(Fault::Config(message).into())
        }
        Some(_) | None => Ok(guard),
    }
}

/// Who may come in, in a few words.
pub(crate) fn told(guard: &Guard) -> String {
    match (guard.is_in_force(), guard.usable()) {
        (false, _) => "open to this machine, without tokens".to_owned(),
        (true, 1) => "with a token, of which there is 1".to_owned(),
        (true, usable) => format!("with a token, of which there are {usable}"),
    }
}

/// Whether an address is reached from this machine alone.
fn is_own(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// What makes a token on a server that runs.
pub(crate) fn fix_on(on: &On, replicas: Replicas) -> String {
    let shown = on.shown();
    let mut command = CREATE.to_owned();
    if shown == on.nats {
        command.push_str(&format!(" --nats {}", quoted(&shown)));
    } else {
        // A password is not repeated.
        command.push_str(" --nats \"$DETENTE_NATS\"");
    }
    if let Some(file) = &on.nats_creds {
        command.push_str(&format!(" --nats-creds {}", quoted_path(file)));
    }
    if replicas == Replicas::Three {
        command.push_str(" --replicas 3");
    }
    if shown != on.nats {
        command.push_str(&format!(
            "\nwhere DETENTE_NATS is the address of {shown} with its password, as it was given here"
        ));
    }
    command
}

/// What makes a token in a data directory.
pub(crate) fn fix_in(dir: &Path, local: &Local) -> String {
    let mut command = format!("{CREATE} --data-dir {}", quoted_path(dir));
    if let Some(program) = &local.nats_server {
        command.push_str(&format!(" --nats-server {}", quoted_path(program)));
    }
    command
}

fn quoted_path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// A word as a shell reads it.
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
    fn only_loopback_is_the_machines_own() {
        for own in [
            "127.0.0.1:1",
            "127.9.9.9:1",
            "[::1]:1",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(is_own(own.parse().unwrap()), "{own}");
        }
        for other in [
            "0.0.0.0:1",
            "[::]:1",
            "10.0.0.1:1",
            "192.168.1.1:1",
            "[fe80::1]:1",
        ] {
            assert!(!is_own(other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn a_command_is_quoted_where_a_shell_would_read_it_otherwise_and_has_no_password() {
        let local = Local::default();
        let fix = fix_in(Path::new("it's here"), &local);
        assert_eq!(fix, format!("{CREATE} --data-dir 'it'\\''s here'"));
        let on = |nats: &str| On {
            nats: nats.to_owned(),
            nats_creds: None,
        };
        let plain = fix_on(&on("nats://a:4222,nats://b:4222"), Replicas::Three);
        assert_eq!(
            plain,
            format!("{CREATE} --nats nats://a:4222,nats://b:4222 --replicas 3")
        );
        let secret = fix_on(&on("nats://u:hush@a:4222"), Replicas::One);
        assert!(secret.starts_with(&format!("{CREATE} --nats \"$DETENTE_NATS\"\n")));
        assert!(!secret.contains("hush"), "{secret}");
    }
}
