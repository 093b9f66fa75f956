//! `detente country CODE`: how a country stands with every other.

use detente_api::parse;
use detente_read_model::queries;

use crate::args::{Country, Global, Output};
use crate::exit::Fault;
use crate::source::Source;
use crate::{Out, show};

pub(super) async fn run(global: &Global, args: &Country, out: &mut Out) -> anyhow::Result<()> {
    let country = parse::state("country", &args.code).map_err(Fault::from)?;
    let mut source = Source::open(global, &args.read, out)?;
    let view = source.country(country).await?;
    match out.form() {
        Output::Json => out.json(&view)?,
        Output::Table => {
            let text = show::country(out, &view);
            out.text(&text)?;
        }
    }
    super::whole(&source)
}
