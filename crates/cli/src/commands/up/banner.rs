//! The message of `detente up` when all services are ready.

use std::fmt::Write as _;

use detente_auth::Guard;
use detente_read_model::ReadModel;
use serde::Serialize;

use super::nats::{LocalNats, Nats};
use crate::access;
use crate::args::{OutputFormat, Up};
use crate::commands::services::Loaded;
use crate::output::Output;

/// Addresses that include the default one of clients.
const DEFAULTS: [&str; 3] = [
    "http://127.0.0.1:1648",
    "http://0.0.0.0:1648",
    "http://[::]:1648",
];

/// The message when all services are ready.
pub(super) struct Banner<'a> {
    pub(super) args: &'a Up,
    pub(super) nats: &'a Nats,
    pub(super) http: String,
    pub(super) grpc: String,
    pub(super) guard: &'a Guard,
}

/// The banner as JSON.
#[derive(Serialize)]
struct Ready<'a> {
    version: &'a str,
    http: &'a str,
    grpc: &'a str,
    nats: String,
    /// The file with the password of the NATS server; null if it is open, or not a child.
    nats_password_file: Option<String>,
    data_dir: Option<String>,
    ephemeral: bool,
    /// The number of usable tokens; null if none is required.
    tokens: Option<usize>,
    demo_events: usize,
    projection: String,
    position: u64,
}

impl Banner<'_> {
    pub(super) fn print(
        &self,
        read_model: &ReadModel,
        loaded: Loaded,
        position: u64,
        out: &mut Output,
    ) -> anyhow::Result<()> {
        let local = self.nats.local.as_ref();
        let ready = Ready {
            version: env!("CARGO_PKG_VERSION"),
            http: &self.http,
            grpc: &self.grpc,
            nats: self.nats.target.redacted(),
            nats_password_file: local
                .and_then(LocalNats::password_file)
                .map(|file| file.display().to_string()),
            data_dir: local.map(|local| local.dir.display().to_string()),
            ephemeral: local.is_some_and(|local| local.ephemeral),
            tokens: self.guard.is_enforced().then(|| self.guard.usable_tokens()),
            demo_events: loaded.events,
            projection: read_model.projection().to_string(),
            position,
        };
        match out.format() {
            OutputFormat::Json => out.json_line(&ready)?,
            OutputFormat::Table => out.text(&self.text(&ready))?,
        }
        Ok(())
    }

    fn text(&self, ready: &Ready<'_>) -> String {
        let (server, data) = match &self.nats.local {
            Some(local) => {
                let pid = local.server.pid();
                let pid = pid.map_or_else(String::new, |pid| format!(", process {pid}"));
                let kept = if local.ephemeral {
                    "deleted on exit"
                } else {
                    "kept on exit"
                };
                (
                    format!(
                        "{}  (a child of this process{pid}; {})",
                        ready.nats,
                        local.admission()
                    ),
                    format!("{}  ({kept})", local.dir.display()),
                )
            }
            None => (
                format!("{}  (external)", ready.nats),
                "on that server".to_owned(),
            ),
        };
        let demo = match self.args.demo {
            None => "not loaded; --demo loads it".to_owned(),
            Some(demo) => format!("{} events: {}", ready.demo_events, demo.title()),
        };
        let (http, grpc) = (ready.http, ready.grpc);
        let (projection, position) = (&ready.projection, ready.position);
        let mut text = format!("detente {}\n", ready.version);
        for (name, value) in [
            ("Console", format!("{http}/")),
            ("HTTP API", format!("{http}/v1")),
            (
                "Changes",
                format!("{http}/v1/changes  (server-sent events, resumable)"),
            ),
            ("Access", access::describe(self.guard)),
            ("gRPC API", format!("{grpc}  (with reflection and health)")),
            ("Health", format!("{http}/readyz  and /metrics")),
            ("NATS", server),
            ("Data", data),
            ("Demo", demo),
            (
                "Projection",
                format!("{projection}, folded up to position {position}"),
            ),
        ] {
            let _ = writeln!(text, "  {name:<11}{value}");
        }
        let flag = if DEFAULTS.contains(&http) {
            String::new()
        } else {
            format!(" --server {http}")
        };
        let examples: &[&str] = match self.args.demo {
            Some(demo) => demo.examples(),
            None => &["detente report --help", "detente events", "detente watch"],
        };
        let _ = writeln!(text, "Try:");
        for example in examples {
            let _ = writeln!(text, "  {example}{flag}");
        }
        text
    }
}
