//! Checks of the NATS server: its answers, storage, copies and clock, and what is stored in it.

use detente_auth::TokensReport;
use detente_jetstream::Connection;
use detente_jetstream::connect::{ConnectError, Options};
use detente_jetstream::server_report::{ServerReport, StreamReport};
use detente_nats_server as nats_server;
use detente_rulebook_store::RulebookStore;

use super::{Code, Finding, TIMEOUT, bad, clock, good};
use crate::args::Doctor;
use crate::nats::{Target, local_dir};

const MIB: u64 = 1 << 20;
/// The storage is low from this part of its limit on, in hundredths.
const STORED_MAX: u64 = 90;

/// Checks the server that the flags name, or that of the data directory while that runs.
pub(super) async fn check(args: &Doctor) -> Vec<Finding> {
    let is_given = args.on.nats.is_some() || args.on.nats_creds.is_some();
    let target = if is_given {
        Target::of(&args.on)
    } else {
        let dir = local_dir(&args.local).ok();
        match dir.and_then(|dir| nats_server::running(&dir)) {
            Some(access) => Target::local(&access),
            None => {
                let found = "none runs on the data directory; `detente up` starts one";
                return vec![good("NATS", found)];
            }
        }
    };
    let options = Options {
        connect_timeout: Some(TIMEOUT),
        ..target.options("doctor")
    };
    let connection = match Connection::open(&options).await {
        Ok(connection) => connection,
        Err(error) => return vec![not_connected(&error)],
    };
    let findings = connected(&connection, &target.redacted()).await;
    connection.close().await;
    findings
}

fn not_connected(error: &ConnectError) -> Finding {
    let (code, advice) = match error {
        ConnectError::Url { .. } | ConnectError::Credentials { .. } => {
            (Code::NatsConfig, "correct --nats or --nats-creds")
        }
        ConnectError::Refused { .. } => (
            Code::NatsRefused,
            "give user and password in --nats, or --nats-creds; `detente nats env` prints those \
             of a running `detente up`",
        ),
        ConnectError::Unreachable { .. } => (
            Code::NatsUnreachable,
            "start the server, or correct --nats; services wait until it answers",
        ),
        ConnectError::TooOld { .. } => (Code::NatsTooOld, "upgrade the server"),
        ConnectError::SmallPayload { .. } => {
            (Code::NatsSmallPayload, "raise max_payload of the server")
        }
        ConnectError::NoJetStream { .. } => (
            Code::NatsJetstream,
            "enable JetStream, with `sync_interval: always`; if it was enabled, look for a full \
             disk in the server's log",
        ),
    };
    bad(code, "NATS", error.to_string(), advice)
}

async fn connected(connection: &Connection, address: &str) -> Vec<Finding> {
    let report = match ServerReport::of(connection).await {
        Ok(report) => report,
        Err(error) => {
            let advice = "look for a full disk, or a missing leader, in the server's log";
            let found = format!("{address}: {error}");
            return vec![bad(Code::NatsJetstream, "NATS", found, advice)];
        }
    };
    let mut findings = vec![
        good("NATS", format!("{} at {address}", report.version)),
        storage(&report),
        copies(report.is_clustered, &report.streams),
    ];
    findings.extend(
        report
            .clock
            .map(|theirs| clock("NATS clock", theirs, "NATS")),
    );
    findings.extend(control(connection, &report.streams).await);
    findings.push(tokens(connection).await);
    findings
}

fn storage(report: &ServerReport) -> Finding {
    let stored = report.stored / MIB;
    let Some(most) = report.stored_max else {
        return good("storage", format!("{stored} MiB, without a limit"));
    };
    let found = format!("{stored} of {} MiB", most / MIB);
    if report.stored / STORED_MAX < most / 100 {
        return good("storage", found);
    }
    let advice = "raise the limit of the account, or max_file_store of the server";
    bad(Code::NatsStorageLow, "storage", found, advice)
}

/// Checks the copies of our streams.
fn copies(is_clustered: bool, streams: &[StreamReport]) -> Finding {
    let named = |is_bad: &dyn Fn(&StreamReport) -> bool| {
        let bad = streams.iter().filter(|stream| is_bad(stream));
        let names: Vec<&str> = bad.map(|stream| stream.name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    if let Some(names) = named(&|stream| stream.behind > 0) {
        let found = format!("copies of {names} are offline or behind");
        let advice = "start the servers that are away, and wait until they have caught up";
        return bad(Code::ReplicasBehind, "copies", found, advice);
    }
    if is_clustered && let Some(names) = named(&|stream| stream.copies == 1) {
        let found = format!("the cluster keeps one copy of {names}");
        let advice = "`detente backup` it, `restore --replicas 3` on an empty one, and give \
                      --replicas 3 to the services";
        return bad(Code::ReplicasFew, "copies", found, advice);
    }
    let fewest = streams.iter().map(|stream| stream.copies).min();
    good(
        "copies",
        match fewest {
            None => "there is no log yet".to_owned(),
            Some(fewest) => format!("{fewest} of each stream"),
        },
    )
}

/// Checks the values that the services agree on.
async fn control(connection: &Connection, streams: &[StreamReport]) -> Option<Finding> {
    let bucket = "KV_detente_control";
    streams.iter().find(|stream| stream.name == bucket)?;
    let advice =
        "`detente rulebook adopt FILE` stores a rulebook again; `detente verify` reads all";
    let damaged = |found: String| Some(bad(Code::ControlDamaged, "control", found, advice));
    let loaded = async { RulebookStore::open(connection).await?.load().await };
    let snapshot = match loaded.await {
        Ok(snapshot) => snapshot,
        Err(error) => return damaged(error.to_string()),
    };
    let values = snapshot.damaged_values.iter();
    let values = values.map(|(key, fault)| format!("{key}: {fault}"));
    let rulebooks = snapshot.damaged.iter();
    let rulebooks = rulebooks.map(|(name, reason)| format!("rulebook.{name}: {reason}"));
    let reasons: Vec<String> = values.chain(rulebooks).collect();
    if !reasons.is_empty() {
        return damaged(reasons.join("; "));
    }
    let rulebooks = snapshot.stored.len();
    Some(good("control", format!("{rulebooks} rulebooks are stored")))
}

async fn tokens(connection: &Connection) -> Finding {
    let report = match TokensReport::of(connection).await {
        Ok(report) => report,
        Err(error) => {
            let advice = "allow this user of NATS to read the bucket detente_tokens";
            return bad(Code::TokensUnreadable, "tokens", error.to_string(), advice);
        }
    };
    if !report.unreadable.is_empty() {
        let names = report.unreadable.join(", ");
        let advice = "create new ones with `detente token create`; these admit nobody";
        let found = format!("{names} cannot be read");
        return bad(Code::TokensUnreadable, "tokens", found, advice);
    }
    good(
        "tokens",
        if report.is_enforced {
            format!("one is needed; {} can be used", report.usable)
        } else {
            "none exists: whoever reaches the server on loopback may do everything".to_owned()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(name: &str, copies: usize, behind: usize) -> StreamReport {
        StreamReport {
            name: name.to_owned(),
            copies,
            behind,
        }
    }

    #[test]
    fn one_copy_is_enough_for_one_server_and_not_for_a_cluster() {
        let code = |is_clustered, streams: &[StreamReport]| copies(is_clustered, streams).code;
        let single = [stream("EVENTS", 1, 0), stream("CHANGES_a", 3, 0)];
        assert_eq!(code(false, &single), Code::Good);
        assert_eq!(code(true, &single), Code::ReplicasFew);
        assert_eq!(code(true, &[stream("EVENTS", 3, 0)]), Code::Good);
        assert_eq!(code(true, &[stream("EVENTS", 3, 1)]), Code::ReplicasBehind);
        assert_eq!(code(true, &[]), Code::Good);
    }

    #[test]
    fn storage_is_low_near_its_limit() {
        let code = |stored, stored_max| {
            let report = ServerReport {
                version: String::new(),
                is_clustered: false,
                stored,
                stored_max,
                streams: Vec::new(),
                clock: None,
            };
            storage(&report).code
        };
        assert_eq!(code(1 << 40, None), Code::Good);
        assert_eq!(code(80 * MIB, Some(100 * MIB)), Code::Good);
        assert_eq!(code(95 * MIB, Some(100 * MIB)), Code::NatsStorageLow);
    }

    #[test]
    fn clocks_may_differ_by_seconds() {
        let code = |seconds| {
            let theirs = crate::env::now() + time::Duration::seconds(seconds);
            clock("NATS clock", theirs, "NATS").code
        };
        assert_eq!([code(0), code(-2), code(2)], [Code::Good; 3]);
        assert_eq!([code(-60), code(60)], [Code::ClockDiffers; 2]);
    }
}
