//! `detente doctor`: checks this machine and the server, and suggests fixes.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use detente_api::text::line;
use detente_client::{Client, Error};
use detente_nats_server as nats_server;
use serde::Serialize;
use tokio::net::TcpListener;

use crate::args::{Global, Local};
use crate::exit_code::succeed_if;
use crate::output::Output;
use crate::source::builder;
use crate::{env, nats};

/// The timeout of a request to the server.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The greatest difference between the clocks of this machine and of the server.
const CLOCK_DIFFERENCE_MAX: Duration = Duration::from_secs(5);
/// An earlier year means that the clock of this machine is not set.
const YEAR_MIN: i32 = 2025;

/// The result of a check.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    good: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

pub(super) async fn run(global: &Global, local: &Local, out: &mut Output) -> anyhow::Result<()> {
    let client = builder(global)?.answer_within(TIMEOUT).build();
    let (server, clock) = server(&client).await;
    let running = server.good;
    let rulebook = match &client {
        Ok(client) if running => rulebook(client).await,
        Ok(_) | Err(_) => None,
    };
    let findings = [
        good("detente", format!("version {}", env!("CARGO_PKG_VERSION"))),
        nats_server(local).await,
        data_dir(local),
        port("HTTP port", 1648, "--http 127.0.0.1:0", running).await,
        port("NATS port", local.nats_port, "--nats-port 0", running).await,
        server,
        clock,
    ];
    let findings: Vec<Finding> = findings.into_iter().chain(rulebook).collect();
    out.show(&findings, |_, findings| text(findings))?;
    succeed_if(findings.iter().all(|finding| finding.good))
}

fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = if finding.good { "good" } else { "BAD " };
        let _ = writeln!(text, "{mark}  {:<12}{}", finding.what, line(&finding.found));
        if let Some(advice) = &finding.advice {
            let _ = writeln!(text, "                  {advice}");
        }
    }
    text
}

async fn nats_server(local: &Local) -> Finding {
    let search = match nats::search(local, false) {
        Ok(search) => search,
        Err(error) => return bad("nats-server", error.to_string(), "set HOME"),
    };
    match nats_server::find_or_fetch(&search).await {
        Ok(binary) => {
            let found = format!("{} at {}", binary.version, binary.path.display());
            good("nats-server", found)
        }
        Err(error) => {
            let text = error.to_string();
            let (first, rest) = text.split_once('\n').unwrap_or((text.as_str(), ""));
            let advice = format!(
                "`detente up` tries to download one. {}",
                rest.replace('\n', " ")
            );
            bad("nats-server", first.to_owned(), &advice)
        }
    }
}

fn data_dir(local: &Local) -> Finding {
    let dir = match nats::local_dir(local) {
        Ok(dir) => dir,
        Err(error) => return bad("data", error.to_string(), "give --data-dir DIR"),
    };
    let shown = dir.display();
    // A missing directory is created in its nearest existing ancestor.
    let existing = dir
        .ancestors()
        .find(|dir| dir.exists())
        .unwrap_or(Path::new("/"));
    let probe = existing.join(format!(".detente-{}", env::id().simple()));
    match std::fs::write(&probe, b"") {
        Ok(()) => {
            let _ = std::fs::remove_file(&probe);
            let state = if dir.exists() {
                "exists"
            } else {
                "will be created"
            };
            good("data", format!("{shown} {state} and is writable"))
        }
        Err(error) => {
            let found = format!("{shown} is not writable: {error}");
            bad("data", found, "give --data-dir DIR")
        }
    }
}

async fn port(what: &'static str, port: u16, flag: &str, running: bool) -> Finding {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    match TcpListener::bind(address).await {
        Ok(_) => good(what, format!("{port} is free")),
        Err(_) if running => good(what, format!("{port} is in use, and a server is running")),
        Err(error) => {
            let advice = format!("stop the process using it, or run `detente up {flag}`");
            bad(what, format!("{port} is not available: {error}"), &advice)
        }
    }
}

/// Checks the server, and compares its clock with the local one.
async fn server(client: &Result<Client, Error>) -> (Finding, Finding) {
    let own = local_clock();
    let client = match client {
        Ok(client) => client,
        Err(error) => return (bad("server", error.to_string(), "give --server URL"), own),
    };
    let base = client.server();
    let Ok(readiness) = client.readiness().await else {
        let found = format!("no answer from {base}");
        let advice = "start one with `detente up`, or give --server URL";
        return (bad("server", found, advice), own);
    };
    let clock = readiness.date.as_deref().and_then(server_clock);
    let clock = clock.unwrap_or(own);
    let health = readiness.health;
    let failing = health["failing"].as_array().into_iter().flatten();
    let reasons: Vec<String> = failing
        .map(|part| {
            let word = |key: &str| part[key].as_str().unwrap_or_default().to_owned();
            format!("{}: {}", word("part"), word("reason"))
        })
        .collect();
    let server = if readiness.is_ready {
        let position = &health["position"];
        good("server", format!("{base} is ready, at position {position}"))
    } else {
        let found = format!("{base} is not ready: {}", reasons.join("; "));
        bad("server", found, "wait a moment, or read its log")
    };
    (server, clock)
}

/// Checks the rulebook in force, and the progress of the next one.
async fn rulebook(client: &Client) -> Option<Finding> {
    let view = match client.rulebook().await {
        Ok(view) => view,
        Err(Error::Refused(problem)) => {
            let advice = "give a token with --token-file FILE, or in DETENTE_TOKEN";
            return Some(bad("token", problem.detail.clone(), advice));
        }
        Err(_) => return None,
    };
    let active = format!("{}, version {}, is in force", view.projection, view.version);
    let Some(candidate) = view.rulebooks.candidate else {
        return Some(good("rulebook", active));
    };
    let published = candidate.published.unwrap_or(0);
    let found = format!(
        "{active}; {} is next: {published} of {} commits",
        candidate.projection, candidate.head
    );
    let Some(reason) = candidate.reason else {
        return Some(good("rulebook", found));
    };
    let advice = "fix the cause, or adopt another one with `detente rulebook adopt FILE`";
    Some(bad("rulebook", format!("{found}: {reason}"), advice))
}

fn local_clock() -> Finding {
    let now = env::now();
    let found = format!("{} UTC", now.date());
    let advice = "set the clock: the default day of a read is today";
    finding("clock", now.year() >= YEAR_MIN, found, advice)
}

fn server_clock(date: &str) -> Option<Finding> {
    let theirs = time::OffsetDateTime::parse(date, &time::format_description::well_known::Rfc2822);
    let difference = (env::now() - theirs.ok()?).unsigned_abs();
    let found = format!("{} s from that of the server", difference.as_secs());
    let advice = "set the clock of this machine or of the server";
    let good = difference <= CLOCK_DIFFERENCE_MAX;
    Some(finding("clock", good, found, advice))
}

fn good(what: &'static str, found: String) -> Finding {
    finding(what, true, found, "")
}

fn bad(what: &'static str, found: String, advice: &str) -> Finding {
    finding(what, false, found, advice)
}

/// Describes the result of a check; the advice is for a bad one.
fn finding(what: &'static str, good: bool, found: String, advice: &str) -> Finding {
    Finding {
        what,
        good,
        found,
        advice: (!good).then(|| advice.to_owned()),
    }
}
