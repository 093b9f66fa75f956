//! `detente state | country | history | why | diff`: reads of a server or of files.

use detente_api::request::{Country as CountryParam, ParamValue as _, Topic};
use detente_domain::dimension::Dimension;

use crate::args::{Country, Diff, Global, History, OutputFormat, Read, State, Why};
use crate::exit_code::CliError;
use crate::output::Output;
use crate::render;
use crate::source::Source;

pub(super) async fn state(global: &Global, args: &State, out: &mut Output) -> anyhow::Result<()> {
    let ends = args.ends.parse().map_err(CliError::from)?;
    let source = Source::open(global, &args.read, out)?;
    let view = source.relation(ends).await?;
    match out.format() {
        OutputFormat::Json => out.json(&view)?,
        OutputFormat::Table => {
            let titles = source.titles(ends, render::cited(&view), out).await;
            let text = render::state(out, &view, &titles);
            out.text(&text)?;
        }
    }
    source.check_complete()
}

pub(super) async fn country(
    global: &Global,
    args: &Country,
    out: &mut Output,
) -> anyhow::Result<()> {
    let country = CountryParam::parse_param("country", &args.code).map_err(CliError::from)?;
    let source = Source::open(global, &args.read, out)?;
    out.show(&source.country(country).await?, render::country)?;
    source.check_complete()
}

pub(super) async fn history(
    global: &Global,
    args: &History,
    out: &mut Output,
) -> anyhow::Result<()> {
    let ends = args.ends.parse().map_err(CliError::from)?;
    let topic = args.dimension.as_deref().map(Topic::parse);
    let topic = topic.transpose().map_err(CliError::from)?;
    let source = Source::open(global, &args.read, out)?;
    let page = source.history(ends, topic).await?;
    match out.format() {
        OutputFormat::Json => out.json(&page)?,
        OutputFormat::Table => {
            let causes = page.items.iter().flat_map(|change| change.causes.clone());
            let titles = source.titles(ends, causes, out).await;
            let text = render::history(out, &page.items, &titles);
            out.text(&text)?;
        }
    }
    source.check_complete()
}

pub(super) async fn why(global: &Global, args: &Why, out: &mut Output) -> anyhow::Result<()> {
    let ends = args.ends.parse().map_err(CliError::from)?;
    let dimension = Dimension::parse_param("dimension", &args.dimension).map_err(CliError::from)?;
    let source = Source::open(global, &args.read, out)?;
    let view = source.why(ends, dimension, usize::from(args.limit)).await?;
    out.show(&view, |out, view| render::why(out, view, args.lang))?;
    source.check_complete()
}

pub(super) async fn diff(global: &Global, args: &Diff, out: &mut Output) -> anyhow::Result<()> {
    let ends = args.ends.parse().map_err(CliError::from)?;
    let read = Read {
        at: args.until,
        known_at: args.known_to,
        file: args.file.clone(),
        rulebook: args.rulebook.clone(),
    };
    let source = Source::open(global, &read, out)?;
    let view = source.diff(ends, args.since, args.known_from).await?;
    out.show(&view, |out, view| render::diff(out, view, args.lang))?;
    source.check_complete()
}
