//! Checks of the server over HTTP.

use detente_client::{Client, Error, Readiness};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::{Code, Finding, bad, clock, good};

/// Checks the server, and returns true if it answers and is ready.
pub(super) async fn check(client: &Result<Client, Error>) -> (bool, Vec<Finding>) {
    let unreachable = |found: String, advice| {
        let finding = bad(Code::ServerUnreachable, "server", found, advice);
        (false, vec![finding])
    };
    let client = match client {
        Ok(client) => client,
        Err(error) => return unreachable(error.to_string(), "give --server URL"),
    };
    let base = client.server();
    let Ok(readiness) = client.readiness().await else {
        let found = format!("no answer from {base}");
        let advice = "start one with `detente up`, or give --server URL";
        return unreachable(found, advice);
    };
    let mut findings = vec![ready(base, &readiness)];
    let date = readiness.date.as_deref();
    let theirs = date.and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok());
    findings.extend(theirs.map(|theirs| clock("server clock", theirs, "the server")));
    findings.extend(damage(&readiness.health));
    if readiness.is_ready {
        findings.extend(rulebook(client).await);
    }
    (readiness.is_ready, findings)
}

fn ready(base: &str, readiness: &Readiness) -> Finding {
    let health = &readiness.health;
    if readiness.is_ready {
        let position = &health["position"];
        return good("server", format!("{base} is ready, at position {position}"));
    }
    let found = format!("{base} is not ready: {}", failing(health).join("; "));
    let advice = "wait a moment, or read its log";
    bad(Code::ServerNotReady, "server", found, advice)
}

/// Returns the parts that fail, with the reasons.
pub(in crate::commands) fn failing(health: &Value) -> Vec<String> {
    let failing = health["failing"].as_array().into_iter().flatten();
    let word = |part: &Value, key: &str| part[key].as_str().unwrap_or_default().to_owned();
    let line = |part| format!("{}: {}", word(part, "part"), word(part, "reason"));
    failing.map(line).collect()
}

/// Returns what the server says of damage that does not stop it.
fn damage(health: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let messages = &health["damaged_messages"];
    if let Some(count) = messages["count"].as_u64() {
        let found = format!(
            "{count} messages of the log are no commits, the last at {}; they have no effect",
            messages["last"]
        );
        let advice = "`detente verify` names each; find out who publishes to detente.events.>";
        findings.push(bad(Code::LogDamaged, "log", found, advice));
    }
    if let Some(fault) = health["damaged_feed"].as_str() {
        let advice = "`detente rebuild` makes another feed, with what this one lacks";
        findings.push(bad(Code::FeedDamaged, "feed", fault, advice));
    }
    for (key, fault) in by_name(&health["damaged_values"]) {
        let found = format!("{key}: {fault}");
        let advice = "`detente rulebook adopt FILE` puts it right; `detente verify` reads all";
        findings.push(bad(Code::ControlDamaged, "control", found, advice));
    }
    for (projection, reason) in by_name(&health["damaged"]) {
        let found = format!("{projection} fails: {reason}");
        let advice = "`detente rebuild` makes its feed anew; `detente rulebook drop` gives it up";
        findings.push(bad(Code::ProjectionFails, "projection", found, advice));
    }
    findings
}

/// Returns the faults of a part by the names of what has them.
fn by_name(part: &Value) -> impl Iterator<Item = (&str, &str)> {
    let faults = part.as_object().into_iter().flatten();
    faults.map(|(name, fault)| (name.as_str(), fault.as_str().unwrap_or_default()))
}

/// Checks the rulebook in force, and the progress of the next one.
async fn rulebook(client: &Client) -> Option<Finding> {
    let view = match client.rulebook().await {
        Ok(view) => view,
        Err(Error::Refused(problem)) => {
            let advice = "give a token with --token-file FILE, or in DETENTE_TOKEN";
            let found = problem.detail.clone();
            return Some(bad(Code::TokenRefused, "token", found, advice));
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
    let found = format!("{found}: {reason}");
    Some(bad(Code::RulebookFails, "rulebook", found, advice))
}
