//! `detente history FROM TO`: every step of a conduct and of the registers, in order of days.

use detente_api::parse;
use detente_api::parse::Topic;
use detente_read_model::queries::{self};

use crate::args::{Global, History, Output};
use crate::exit::Fault;
use crate::source::{Source, Titles};
use crate::{Out, show};

pub(super) async fn run(global: &Global, args: &History, out: &mut Out) -> anyhow::Result<()> {
    let ends = parse::ends(&args.from, &args.to).map_err(Fault::from)?;
    let topic = args
        .dimension
        .as_deref()
        .map(Topic::parse)
        .transpose()
        .map_err(Fault::from)?;
    let mut source = Source::open(global, &args.read, out)?;
    let steps = source.history(ends, topic).await?;
    match out.form() {
        Output::Json => out.json(&steps)?,
        Output::Table => {
            let steps = steps.items;
            let causes = steps.iter().flat_map(|step| step.causes.iter().copied());
            let titles = source.titles(ends, causes).await.unwrap_or_else(|error| {
                out.note(&format!("no titles: {error}"));
                Titles::new()
            });
            let text = show::history(out, &steps, &titles);
            out.text(&text)?;
        }
    }
    super::whole(&source)
}
