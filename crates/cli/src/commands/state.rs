//! `detente state FROM TO`: how one state stands towards another.

use detente_api::parse;
use detente_read_model::queries;

use crate::args::{Global, Output, State};
use crate::exit::Fault;
use crate::source::{Source, Titles};
use crate::{Out, show};

pub(super) async fn run(global: &Global, args: &State, out: &mut Out) -> anyhow::Result<()> {
    let ends = parse::ends(&args.from, &args.to).map_err(Fault::from)?;
    let mut source = Source::open(global, &args.read, out)?;
    let view = source.relation(ends).await?;
    match out.form() {
        Output::Json => out.json(&view)?,
        Output::Table => {
            let asked = show::asked(&view);
            let titles = source.titles(ends, asked).await.unwrap_or_else(|error| {
                out.note(&format!("no titles: {error}"));
                Titles::new()
            });
            let text = show::state(out, &view, &titles);
            out.text(&text)?;
        }
    }
    super::whole(&source)
}
