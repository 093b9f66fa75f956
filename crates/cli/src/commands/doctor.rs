//! `detente doctor`: checks this machine, NATS and the server, and suggests fixes.

mod disk;
mod machine;
mod nats;
mod server;

pub(super) use server::failing;

use std::fmt::Write as _;
use std::time::Duration;

use detente_api::text::line;
use serde::Serialize;
use time::OffsetDateTime;

use crate::args::{Doctor, Global};
use crate::env;
use crate::exit_code::succeed_if;
use crate::output::Output;
use crate::source::builder;

/// The timeout of a request to the server, and of the connection to NATS.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The greatest difference between the clocks of this machine and of a server.
const CLOCK_DIFFERENCE_MAX: Duration = Duration::from_secs(5);

/// The stable code of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Code {
    /// Nothing is wrong.
    Good,
    /// There is no usable nats-server on this machine.
    NatsServerMissing,
    /// A file in the data directory cannot be written and synced.
    DataDirUnwritable,
    /// Other users can read the data directory or the password in it.
    DataDirExposed,
    /// The disk has less free space than is needed.
    DiskLow,
    /// A port is used by another program.
    PortTaken,
    /// The process may open too few files.
    DescriptorsFew,
    /// The clock of this machine is not set.
    ClockUnset,
    /// The clock of this machine differs from that of the server or of NATS.
    ClockDiffers,
    /// The address or the credentials of NATS are invalid.
    NatsConfig,
    /// The NATS server does not answer.
    NatsUnreachable,
    /// The NATS server refuses the connection.
    NatsRefused,
    /// The NATS server is too old.
    NatsTooOld,
    /// The NATS server accepts only smaller messages.
    NatsSmallPayload,
    /// The NATS server runs without JetStream, or does not answer about it.
    NatsJetstream,
    /// JetStream has nearly used up its storage.
    NatsStorageLow,
    /// A cluster keeps one copy of a stream, which is lost with its server.
    ReplicasFew,
    /// Copies of a stream are offline or behind.
    ReplicasBehind,
    /// A value that the services agree on cannot be read.
    ControlDamaged,
    /// Tokens cannot be read, and so admit nobody.
    TokensUnreadable,
    /// The server does not answer.
    ServerUnreachable,
    /// The server is not ready.
    ServerNotReady,
    /// The server refuses the token, or needs one.
    TokenRefused,
    /// Messages of the log are no commits.
    LogDamaged,
    /// The change feed lacks messages, or has marks in the place of changes.
    FeedDamaged,
    /// A stored projection fails.
    ProjectionFails,
    /// The next rulebook fails.
    RulebookFails,
}

/// The result of a check.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    code: Code,
    good: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

pub(super) async fn run(global: &Global, args: &Doctor, out: &mut Output) -> anyhow::Result<()> {
    let client = builder(global)?.answer_within(TIMEOUT).build();
    let (is_running, of_server) = server::check(&client).await;
    let mut findings = machine::check(args, is_running).await;
    findings.extend(nats::check(args).await);
    findings.extend(of_server);
    out.show(&findings, |_, findings| text(findings))?;
    succeed_if(findings.iter().all(|finding| finding.good))
}

fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = if finding.good { "good" } else { "BAD " };
        let _ = writeln!(text, "{mark}  {:<14}{}", finding.what, line(&finding.found));
        if let Some(advice) = &finding.advice {
            let _ = writeln!(text, "                    {advice}");
        }
    }
    text
}

/// Compares the clock of this machine with another one.
fn clock(what: &'static str, theirs: OffsetDateTime, of: &str) -> Finding {
    let difference = (env::now() - theirs).unsigned_abs();
    let found = format!("{} s from that of {of}", difference.as_secs());
    if difference <= CLOCK_DIFFERENCE_MAX {
        return good(what, found);
    }
    let advice = "set the clock of this machine or of the other one, by NTP";
    bad(Code::ClockDiffers, what, found, advice)
}

fn good(what: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        what,
        code: Code::Good,
        good: true,
        found: found.into(),
        advice: None,
    }
}

fn bad(
    code: Code,
    what: &'static str,
    found: impl Into<String>,
    advice: impl Into<String>,
) -> Finding {
    Finding {
        what,
        code,
        good: false,
        found: found.into(),
        advice: Some(advice.into()),
    }
}
