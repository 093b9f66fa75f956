//! `detente state | country | history | register | why | diff`: reads of a server or of files.

use detente_api::request::{
    CountryRequest, DiffPoints, DiffRequest, HistoryRequest, PageRequest, RegisterRequest,
    RelationRequest, WhyRequest,
};

use crate::args::{
    Country, Diff, Global, History, OutputFormat, Read, Register, State, Why, optional, param,
};
use crate::output::Output;
use crate::render;
use crate::source::Source;

pub(super) async fn state(global: &Global, args: &State, out: &mut Output) -> anyhow::Result<()> {
    let relation = args.relation.parse()?;
    let source = Source::open(global, &args.read, out)?;
    let clocks = args.read.clocks();
    let request = RelationRequest { relation, clocks };
    let view = source.relation(&request).await?;
    match out.format() {
        OutputFormat::Json => out.json(&view)?,
        OutputFormat::Table => {
            let lang = args.read.lang;
            let cited = render::cited(&view);
            let titles = source.titles(relation, clocks, cited, lang, out).await;
            let text = render::state(out, &view, &titles, lang);
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
    let country = param("country", &args.code)?;
    let source = Source::open(global, &args.read, out)?;
    let clocks = args.read.clocks();
    let view = source.country(&CountryRequest { country, clocks }).await?;
    out.show(&view, |out, view| {
        render::country(out, view, args.read.lang)
    })?;
    source.check_complete()
}

pub(super) async fn history(
    global: &Global,
    args: &History,
    out: &mut Output,
) -> anyhow::Result<()> {
    let relation = args.relation.parse()?;
    let dimension = optional("dimension", args.dimension.as_deref())?;
    let source = Source::open(global, &args.read, out)?;
    let clocks = args.read.clocks();
    let request = HistoryRequest {
        relation,
        clocks,
        page: PageRequest::default(),
        dimension,
    };
    let page = source.history(&request).await?;
    match out.format() {
        OutputFormat::Json => out.json(&page)?,
        OutputFormat::Table => {
            let lang = args.read.lang;
            let causes = page.items.iter().flat_map(|change| change.causes.clone());
            let titles = source.titles(relation, clocks, causes, lang, out).await;
            let text = render::history(out, &page.items, &titles, lang);
            out.text(&text)?;
        }
    }
    source.check_complete()
}

pub(super) async fn register(
    global: &Global,
    args: &Register,
    out: &mut Output,
) -> anyhow::Result<()> {
    let request = RegisterRequest {
        relation: args.relation.parse()?,
        name: param("name", &args.name)?,
        clocks: args.read.clocks(),
        page: PageRequest {
            limit: Some(args.limit),
            from: optional("from", args.cursor.as_deref())?,
        },
    };
    let source = Source::open(global, &args.read, out)?;
    let page = source.register(&request).await?;
    out.show(&page, |out, page| {
        render::register(out, request.name, page, args.read.lang)
    })?;
    source.check_complete()
}

pub(super) async fn why(global: &Global, args: &Why, out: &mut Output) -> anyhow::Result<()> {
    let relation = args.relation.parse()?;
    let dimension = param("dimension", &args.dimension)?;
    let source = Source::open(global, &args.read, out)?;
    let request = WhyRequest {
        relation,
        dimension,
        clocks: args.read.clocks(),
        limit: Some(args.limit),
    };
    let view = source.why(&request).await?;
    out.show(&view, |out, view| render::why(out, view, args.read.lang))?;
    source.check_complete()
}

pub(super) async fn diff(global: &Global, args: &Diff, out: &mut Output) -> anyhow::Result<()> {
    let relation = args.relation.parse()?;
    let read = Read {
        at: args.until,
        known_at: args.known_to,
        file: args.file.clone(),
        rulebook: args.rulebook.clone(),
        lang: args.lang,
    };
    let source = Source::open(global, &read, out)?;
    let points = DiffPoints {
        from: args.since,
        to: args.until,
        known_from: args.known_from,
        known_to: args.known_to,
        min_position: None,
    };
    let view = source.diff(&DiffRequest { relation, points }).await?;
    out.show(&view, |out, view| render::diff(out, view, args.lang))?;
    source.check_complete()
}
