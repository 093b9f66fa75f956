//! `detente rulebook adopt|list|back|drop`: an operator's acts, so they go to NATS, where only the
//! services are, and not to the door that answers readers.

use std::time::Duration;

use anyhow::{Context as _, bail};
use detente_api::view::ShelfView;
use detente_jetstream::topology::Projection;
use detente_jetstream::{Connection, inspect};
use detente_read_model::queries;
use detente_rulebook_store::shelf::Built;
use detente_rulebook_store::{Shelf, Standing};
use tokio::time::Instant;

use crate::args::{Adopt, On, Output};
use crate::exit::Fault;
use crate::store::connect;
use crate::{Out, rules, show};

/// How often it is looked whether the switch is done.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// A candidate that nobody has begun after so long will perhaps never be.
const BEGUN_WITHIN: Duration = Duration::from_secs(5);

/// The shelf of a running system.
pub(super) struct At {
    pub(super) connection: Connection,
    pub(super) shelf: Shelf,
}

impl At {
    pub(super) async fn open(on: &On) -> anyhow::Result<Self> {
        let connection = connect(&on.options("rulebook")).await?;
        let shelf = Shelf::open(&connection).await.with_context(|| {
            format!(
                "nothing has run on {} yet; start it with `detente up`",
                on.shown()
            )
        })?;
        Ok(Self { connection, shelf })
    }

    /// What stands there, with how far the candidate is.
    async fn view(&self, standing: &Standing) -> anyhow::Result<ShelfView> {
        let built = match &standing.candidate {
            Some(candidate) => Built::look(&self.connection, &candidate.value).await?,
            None => Built::default(),
        };
        Ok(queries::shelf(standing, built, None))
    }

    async fn show(&self, out: &mut Out) -> anyhow::Result<()> {
        let view = self.view(&self.shelf.look().await?).await?;
        match out.form() {
            Output::Json => out.json(&view)?,
            Output::Table => {
                let text = show::shelf(out, &view);
                out.text(&text)?;
            }
        }
        Ok(())
    }

    /// Waits until a projection is in force.
    async fn follow(&self, to: &Projection, out: &mut Out) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut told = None::<Instant>;
        let mut is_warned = false;
        loop {
            let standing = self.shelf.look().await?;
            let active = standing
                .active
                .as_ref()
                .map(|active| &active.value.projection);
            let candidate = standing
                .candidate
                .as_ref()
                .map(|candidate| &candidate.value);
            // The candidacy ends with the last step of the switch.
            if active == Some(to) && candidate != Some(to) {
                return Ok(());
            }
            if active != Some(to) && candidate != Some(to) {
                bail!("{to} was withdrawn: somebody else has taken its place");
            }
            if let Some(reason) = standing.failed.get(to) {
                bail!(
                    "{to} is not getting on, and is tried again; what was in force stays in \
                     force: {reason}"
                );
            }
            let built = Built::look(&self.connection, to).await?;
            if built.told.is_none() && started.elapsed() > BEGUN_WITHIN && !is_warned {
                is_warned = true;
                out.note("nobody has begun to build it; is a projector running?");
            }
            if told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
                told = Some(Instant::now());
                let done = built.told.unwrap_or(0);
                out.note(&format!("building {to}: {done} of {} commits", built.head));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn nominate(&self, to: &Projection, wait: bool, out: &mut Out) -> anyhow::Result<()> {
        self.shelf.nominate(to).await?;
        if wait {
            self.follow(to, out).await?;
        }
        self.show(out).await
    }
}

pub(super) async fn adopt(args: &Adopt, out: &mut Out) -> anyhow::Result<()> {
    let book = rules::own(Some(&args.file))?;
    let at = At::open(&args.on).await?;
    at.shelf.keep(&book).await?;
    at.nominate(&book.projection, !args.no_wait, out).await
}

pub(super) async fn list(on: &On, out: &mut Out) -> anyhow::Result<()> {
    At::open(on).await?.show(out).await
}

pub(super) async fn back(
    to: Option<&str>,
    no_wait: bool,
    on: &On,
    out: &mut Out,
) -> anyhow::Result<()> {
    let at = At::open(on).await?;
    let standing = at.shelf.look().await?;
    let previous = standing
        .active
        .as_ref()
        .and_then(|active| active.value.previous.clone());
    let to = match to {
        Some(to) => named(to)?,
        None => previous.context("no rulebook was in force before this one")?,
    };
    if standing.book(&to).is_none() {
        let kept: Vec<String> = standing.kept.keys().map(ToString::to_string).collect();
        let message = format!(
            "{to} is not kept, or not of this version; kept: {}",
            kept.join(", ")
        );
        return Err(Fault::Usage(message).into());
    }
    at.nominate(&to, !no_wait, out).await
}

pub(super) async fn discard(projection: &str, on: &On, out: &mut Out) -> anyhow::Result<()> {
    let projection = named(projection)?;
    let at = At::open(on).await?;
    let standing = at.shelf.look().await?;
    let is_in = |one: Option<&Projection>| one == Some(&projection);
    if is_in(
        standing
            .active
            .as_ref()
            .map(|active| &active.value.projection),
    ) {
        let message = format!("{projection} is in force; adopt another one before");
        return Err(Fault::Usage(message).into());
    }
    let is_kept = standing.kept.contains_key(&projection)
        || standing.damaged.contains_key(&projection)
        || inspect::head(&at.connection, &projection.stream())
            .await
            .is_ok();
    if !is_kept {
        return Err(Fault::Usage(format!("{projection} is not kept")).into());
    }
    if let Some(candidate) = standing.candidate.filter(|one| one.value == projection) {
        at.shelf.withdraw(candidate.revision).await?;
    }
    at.shelf.discard(&projection).await?;
    at.show(out).await
}

fn named(projection: &str) -> anyhow::Result<Projection> {
    let named = Projection::new(projection);
    Ok(named.map_err(|bad| Fault::Usage(bad.to_string()))?)
}
