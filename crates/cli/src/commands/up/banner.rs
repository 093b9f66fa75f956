//! What `detente up` says when everything is ready.

use std::fmt::Write as _;

use detente_auth::Guard;
use detente_read_model::Query;
use serde::Serialize;

use super::data::Loaded;
use super::{Bases, Nats};
use crate::args::{Output, Up};
use crate::{Out, access};

/// Where clients find it when nobody says.
const USUAL: [&str; 3] = [
    "http://127.0.0.1:1648",
    "http://0.0.0.0:1648",
    "http://[::]:1648",
];

/// Where everything is, for programs.
#[derive(Serialize)]
struct Ready<'a> {
    version: &'a str,
    http: String,
    grpc: String,
    nats: String,
    data_dir: Option<String>,
    ephemeral: bool,
    /// How many tokens open it; null where none is needed.
    tokens: Option<usize>,
    demo_events: usize,
    projection: String,
    position: u64,
}

pub(super) fn show(
    args: &Up,
    nats: &Nats,
    (bases, guard): (&Bases, &Guard),
    query: &Query,
    loaded: Loaded,
    position: u64,
    out: &mut Out,
) -> anyhow::Result<()> {
    let projection = query.projection().to_string();
    let version = env!("CARGO_PKG_VERSION");
    let (base, grpc) = (&bases.http, &bases.grpc);
    if out.form() == Output::Json {
        let (data_dir, ephemeral) = match nats {
            Nats::Ours { dir, ephemeral, .. } => (Some(dir.display().to_string()), *ephemeral),
            Nats::Theirs(_) => (None, false),
        };
        let nats = nats.shown();
        let tokens = guard.is_in_force().then(|| guard.usable());
        let demo_events = loaded.demo;
        let (http, grpc) = (base.clone(), grpc.clone());
        return Ok(out.json_line(&Ready {
            version,
            http,
            grpc,
            nats,
            data_dir,
            ephemeral,
            tokens,
            demo_events,
            projection,
            position,
        })?);
    }
    let (server, data) = match nats {
        Nats::Ours {
            server,
            dir,
            ephemeral,
        } => {
            let pid = server
                .pid()
                .map(|pid| format!(", process {pid}"))
                .unwrap_or_default();
            let kept = if *ephemeral {
                "thrown away on exit"
            } else {
                "kept on exit"
            };
            (
                format!("{}  (a child of this process{pid})", nats.shown()),
                format!("{}  ({kept})", dir.display()),
            )
        }
        Nats::Theirs(on) => (
            format!("{}  (not ours)", on.shown()),
            "on that server".to_owned(),
        ),
    };
    let demo = match loaded.demo {
        0 => "not loaded; --demo loads it".to_owned(),
        events => format!("{events} events: Central Asia and the Taliban, 2021 to 2023"),
    };
    let mut text = format!("detente {version}\n");
    for (name, value) in [
        ("HTTP API", format!("{base}/v1")),
        (
            "Changes",
            format!("{base}/v1/changes  (server-sent events, resumable)"),
        ),
        ("Access", access::told(guard)),
        ("gRPC API", format!("{grpc}  (with reflection and health)")),
        ("Health", format!("{base}/readyz  and /metrics")),
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
    // Whoever listens everywhere is met at the usual address too.
    let other = if USUAL.contains(&base.as_str()) {
        String::new()
    } else {
        format!(" --server {base}")
    };
    let _ = writeln!(text, "Try:");
    let tries: &[&str] = if args.demo {
        &[
            "detente country AFG --at 2023-04-18",
            "detente state TJK AFG --at 2022-12-31",
            "detente history TJK AFG",
            "detente watch --from start",
        ]
    } else {
        &["detente report --help", "detente events", "detente watch"]
    };
    for line in tries {
        let _ = writeln!(text, "  {line}{other}");
    }
    Ok(out.text(&text)?)
}
