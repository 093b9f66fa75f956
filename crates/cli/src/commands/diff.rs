//! `detente diff FROM TO`: what differs between two points of the two clocks.

use detente_api::parse;
use detente_read_model::queries;

use crate::args::{Diff, Global, Output, Read};
use crate::exit::Fault;
use crate::source::Source;
use crate::{Out, show};

pub(super) async fn run(global: &Global, args: &Diff, out: &mut Out) -> anyhow::Result<()> {
    let ends = parse::ends(&args.from, &args.to).map_err(Fault::from)?;
    let read = Read {
        at: args.until,
        known_at: args.known_to,
        file: args.file.clone(),
        rulebook: args.rulebook.clone(),
    };
    let mut source = Source::open(global, &read, out)?;
    let view = source.diff(ends, args.since, args.known_from).await?;
    match out.form() {
        Output::Json => out.json(&view)?,
        Output::Table => {
            let text = show::diff(out, &view, args.lang);
            out.text(&text)?;
        }
    }
    super::whole(&source)
}
