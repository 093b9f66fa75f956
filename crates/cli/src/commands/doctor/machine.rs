//! Checks of this machine: nats-server, the data directory, ports, descriptors, the clock.

use std::net::SocketAddr;

use detente_nats_server as nats_server;
use rustix::process::{Resource, getrlimit};
use time::OffsetDateTime;
use tokio::net::TcpListener;

use super::{Code, Finding, bad, disk, good};
use crate::args::{Doctor, Local};
use crate::{env, nats};

/// An earlier year means that the clock of this machine is not set.
const YEAR_MIN: i32 = 2025;
/// The fewest files that a process of the services should be able to open: each connection is one.
const DESCRIPTORS_MIN: u64 = 4_096;

/// Checks this machine; `is_running` if a server answers, which then uses the ports.
pub(super) async fn check(args: &Doctor, is_running: bool) -> Vec<Finding> {
    let local = &args.local;
    let version = format!("version {}", env!("CARGO_PKG_VERSION"));
    let mut findings = vec![good("detente", version), nats_server(local).await];
    findings.extend(disk::check(local, args.disk_free));
    let nats = SocketAddr::from(([127, 0, 0, 1], local.nats_port));
    for (what, address, flag) in [
        ("HTTP port", args.http, "--http 127.0.0.1:0"),
        ("gRPC port", args.grpc, "--grpc 127.0.0.1:0"),
        ("NATS port", nats, "--nats-port 0"),
    ] {
        findings.push(port(what, address, flag, is_running).await);
    }
    findings.extend([descriptors(), clock(env::now())]);
    findings
}

async fn nats_server(local: &Local) -> Finding {
    let search = match nats::search(local, false) {
        Ok(search) => search,
        Err(error) => {
            let found = error.to_string();
            return bad(Code::NatsServerMissing, "nats-server", found, "set HOME");
        }
    };
    match nats_server::find_or_fetch(&search).await {
        Ok(binary) => {
            let found = format!("{} at {}", binary.version, binary.path.display());
            good("nats-server", found)
        }
        Err(error) => {
            let text = error.to_string();
            let (first, rest) = text.split_once('\n').unwrap_or((text.as_str(), ""));
            let rest = rest.replace('\n', " ");
            let advice = format!("`detente up` tries to download one. {rest}");
            bad(Code::NatsServerMissing, "nats-server", first, advice)
        }
    }
}

async fn port(what: &'static str, address: SocketAddr, flag: &str, is_running: bool) -> Finding {
    let port = address.port();
    match TcpListener::bind(address).await {
        Ok(_) => good(what, format!("{port} is free")),
        Err(_) if is_running => good(what, format!("{port} is in use, and a server is running")),
        Err(error) => {
            let advice = format!("stop the process using it, or run `detente up {flag}`");
            let found = format!("{port} is not available: {error}");
            bad(Code::PortTaken, what, found, advice)
        }
    }
}

fn descriptors() -> Finding {
    let limits = getrlimit(Resource::Nofile);
    // Without a limit, there is none.
    let most = limits.maximum.unwrap_or(u64::MAX);
    let shown = |limit: Option<u64>| limit.map_or("no limit".to_owned(), |limit| limit.to_string());
    let (now, at_most) = (shown(limits.current), shown(limits.maximum));
    let found = format!("a process may open {now} files, and {at_most} if it asks");
    if most >= DESCRIPTORS_MIN {
        return good("descriptors", found);
    }
    let advice = format!(
        "raise the hard limit to {DESCRIPTORS_MIN} or more: `ulimit -Hn`, or LimitNOFILE of systemd"
    );
    bad(Code::DescriptorsFew, "descriptors", found, advice)
}

fn clock(now: OffsetDateTime) -> Finding {
    let found = format!("{} UTC", now.date());
    if now.year() >= YEAR_MIN {
        return good("clock", found);
    }
    let advice = "set the clock: the default day of a read is today";
    bad(Code::ClockUnset, "clock", found, advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_is_found() {
        assert_eq!(clock(OffsetDateTime::UNIX_EPOCH).code, Code::ClockUnset);
        assert_eq!(clock(env::now()).code, Code::Good);
    }
}
