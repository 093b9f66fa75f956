//! `detente kinds`: the kinds of events, under the rulebook in force or a given one.

use std::time::Duration;

use detente_api::request::{KindRequest, KindsRequest};
use detente_api::view::KindView;
use detente_client::{Client, Error};
use detente_domain::kind::Kind;
use detente_domain::party::Lang;

use crate::args::{Global, Kinds, optional};
use crate::exit_code::CliError;
use crate::output::Output;
use crate::source::builder;
use crate::{render, rules};

/// The time for which a server is waited for: without one, the built-in rulebook answers.
const SERVER_WITHIN: Duration = Duration::from_secs(3);

pub(super) async fn run(global: &Global, args: &Kinds, out: &mut Output) -> anyhow::Result<()> {
    let kind: Option<Kind> = optional("kind", args.kind.as_deref())?;
    let lang = Some(args.lang);
    if args.rulebook.is_none() {
        let client = builder(global)?.answer_within(SERVER_WITHIN).build();
        let client = client.map_err(|error| CliError::Usage(error.to_string()))?;
        match ask(&client, kind, lang, out).await? {
            Ok(()) => return Ok(()),
            Err(error) => out.note(&format!(
                "weights and limits are those of the built-in rulebook: {error}"
            )),
        }
    }
    let rules = rules::compile(args.rulebook.as_deref())?.rules;
    match kind {
        Some(kind) => show(&KindView::new(kind, &rules, args.lang), out),
        None => list(&KindView::all(&rules, args.lang), out),
    }
}

/// Shows the answer of a server. The inner error is that of the server.
async fn ask(
    client: &Client,
    kind: Option<Kind>,
    lang: Option<Lang>,
    out: &mut Output,
) -> anyhow::Result<Result<(), Error>> {
    let shown = match kind {
        Some(kind) => client
            .kind(&KindRequest { kind, lang })
            .await
            .map(|view| show(&view, out)),
        None => client
            .kinds(&KindsRequest { lang })
            .await
            .map(|page| list(&page, out)),
    };
    match shown {
        Ok(shown) => shown.map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

fn show(view: &KindView, out: &mut Output) -> anyhow::Result<()> {
    Ok(out.show(view, render::kind)?)
}

fn list(page: &detente_api::view::Page<KindView>, out: &mut Output) -> anyhow::Result<()> {
    Ok(out.show(page, |out, page| render::kinds(out, &page.items))?)
}
