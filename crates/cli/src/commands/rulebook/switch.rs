//! `detente rulebook adopt|list|back|drop` and `detente rebuild`: works on NATS directly, as an operator.

use std::time::Duration;

use anyhow::{Context as _, bail};
use detente_api::view::RulebooksView;
use detente_jetstream::topology::Projection;
use detente_jetstream::{Connection, stream_info};
use detente_read_model::queries;
use detente_rulebook_store::{ProjectionProgress, RulebookStore, StoreSnapshot};
use tokio::time::Instant;

use crate::args::{Adopt, NatsArgs, Rebuild};
use crate::exit_code::CliError;
use crate::nats::{Target, connect};
use crate::output::{Output, PROGRESS_INTERVAL};
use crate::{render, rules};

/// The interval at which the progress of the switch is checked.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// The time after which, if no projector has started on a candidate, perhaps none is running.
const START_GRACE: Duration = Duration::from_secs(5);

/// The rulebooks of a running system.
pub(super) struct RulebookAdmin {
    pub(super) connection: Connection,
    pub(super) store: RulebookStore,
}

impl RulebookAdmin {
    pub(super) async fn open(on: &NatsArgs) -> anyhow::Result<Self> {
        let target = Target::of(on);
        let connection = connect(&target, "rulebook").await?;
        let store = RulebookStore::open(&connection).await.with_context(|| {
            format!(
                "no services have run on {} yet; start them with `detente up`",
                target.redacted()
            )
        })?;
        Ok(Self { connection, store })
    }

    /// Returns the stored rulebooks, with the progress of the candidate.
    async fn view(&self, snapshot: &StoreSnapshot) -> anyhow::Result<RulebooksView> {
        let built = match &snapshot.candidate {
            Some(candidate) => ProjectionProgress::load(&self.connection, &candidate.value).await?,
            None => ProjectionProgress::default(),
        };
        Ok(queries::rulebooks(snapshot, built, None))
    }

    async fn show(&self, out: &mut Output) -> anyhow::Result<()> {
        let view = self.view(&self.store.load().await?).await?;
        Ok(out.show(&view, render::rulebooks)?)
    }

    /// Waits until a projection is in force, and prints progress.
    async fn follow(&self, to: &Projection, out: &mut Output) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut printed = None::<Instant>;
        let mut is_warned = false;
        loop {
            let snapshot = self.store.load().await?;
            let active = snapshot
                .active
                .as_ref()
                .map(|active| &active.value.projection);
            let candidate = snapshot
                .candidate
                .as_ref()
                .map(|candidate| &candidate.value);
            // The candidacy ends with the last step of the switch.
            if active == Some(to) && candidate != Some(to) {
                return Ok(());
            }
            if active != Some(to) && candidate != Some(to) {
                bail!("{to} was withdrawn: another candidate has replaced it");
            }
            if let Some(reason) = snapshot.failed.get(to) {
                bail!(
                    "building {to} failed and is retried; the rulebook in force stays in force: \
                     {reason}"
                );
            }
            let built = ProjectionProgress::load(&self.connection, to).await?;
            if built.published.is_none() && started.elapsed() > START_GRACE && !is_warned {
                is_warned = true;
                out.note("no projector has started to build it; is one running?");
            }
            if printed.is_none_or(|printed| printed.elapsed() >= PROGRESS_INTERVAL) {
                printed = Some(Instant::now());
                let done = built.published.unwrap_or(0);
                out.note(&format!("building {to}: {done} of {} commits", built.head));
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn nominate(&self, to: &Projection, wait: bool, out: &mut Output) -> anyhow::Result<()> {
        self.store.nominate(to).await?;
        if wait {
            self.follow(to, out).await?;
        }
        self.show(out).await
    }
}

pub(super) async fn adopt(args: &Adopt, out: &mut Output) -> anyhow::Result<()> {
    let rulebook = rules::compile(Some(&args.file))?;
    let admin = RulebookAdmin::open(&args.on).await?;
    let snapshot = admin.store.load().await?;
    if let Some(active) = snapshot.active_of(&rulebook) {
        return admin.nominate(active, !args.no_wait, out).await;
    }
    admin.store.put(&rulebook).await?;
    admin
        .nominate(&rulebook.projection, !args.no_wait, out)
        .await
}

pub(super) async fn list(on: &NatsArgs, out: &mut Output) -> anyhow::Result<()> {
    RulebookAdmin::open(on).await?.show(out).await
}

pub(super) async fn back(
    to: Option<&str>,
    no_wait: bool,
    on: &NatsArgs,
    out: &mut Output,
) -> anyhow::Result<()> {
    let admin = RulebookAdmin::open(on).await?;
    let snapshot = admin.store.load().await?;
    let previous = snapshot
        .active
        .as_ref()
        .and_then(|active| active.value.previous.clone());
    let to = match to {
        Some(to) => parse(to)?,
        None => previous.context("no rulebook was in force before this one")?,
    };
    if snapshot.rulebook(&to).is_none() {
        let stored: Vec<String> = snapshot.stored.keys().map(ToString::to_string).collect();
        let message = format!(
            "{to} is not stored, or not supported by this version; stored: {}",
            stored.join(", ")
        );
        return Err(CliError::Usage(message).into());
    }
    admin.nominate(&to, !no_wait, out).await
}

pub(super) async fn drop_rulebook(
    projection: &str,
    on: &NatsArgs,
    out: &mut Output,
) -> anyhow::Result<()> {
    let projection = parse(projection)?;
    let admin = RulebookAdmin::open(on).await?;
    let snapshot = admin.store.load().await?;
    let active = snapshot.active.as_ref();
    if active.is_some_and(|active| active.value.projection == projection) {
        let message = format!("{projection} is in force; adopt another one first");
        return Err(CliError::Usage(message).into());
    }
    let is_stored = snapshot.stored.contains_key(&projection)
        || snapshot.damaged.contains_key(&projection)
        || stream_info::head(&admin.connection, &projection.stream())
            .await
            .is_ok();
    if !is_stored {
        return Err(CliError::Usage(format!("{projection} is not stored")).into());
    }
    if let Some(candidate) = snapshot
        .candidate
        .filter(|candidate| candidate.value == projection)
    {
        admin.store.withdraw(candidate.revision).await?;
    }
    admin.store.drop_rulebook(&projection).await?;
    admin.show(out).await
}

fn parse(projection: &str) -> anyhow::Result<Projection> {
    let parsed = Projection::new(projection);
    Ok(parsed.map_err(|error| CliError::Usage(error.to_string()))?)
}

/// Builds the projection in force anew, from the log, and switches to it.
pub(in crate::commands) async fn rebuild(args: &Rebuild, out: &mut Output) -> anyhow::Result<()> {
    let admin = RulebookAdmin::open(&args.on).await?;
    let old = admin.store.load().await?.active;
    let rebuild = admin.store.rebuild().await?.context(
        "no rulebook is in force that this version can fold under; see `detente rulebook list`",
    )?;
    let new = rebuild.projection;
    if !rebuild.is_new {
        out.note(&format!(
            "{new} is being built already; to begin anew, run `detente rulebook drop {new}` first"
        ));
    }
    if !args.no_wait {
        admin.follow(&new, out).await?;
        if let Some(old) = old {
            let old = old.value.projection;
            out.note(&format!(
                "the changes of {old} stay, so that readers continue from there; when all have, \
                 run `detente rulebook drop {old}`"
            ));
        }
    }
    admin.show(out).await
}
