//! `detente why FROM TO DIMENSION`: the rule and the evidence behind a level.

use detente_api::parse;
use detente_read_model::queries;

use crate::args::{Global, Output, Why};
use crate::exit::Fault;
use crate::source::Source;
use crate::{Out, show};

pub(super) async fn run(global: &Global, args: &Why, out: &mut Out) -> anyhow::Result<()> {
    let ends = parse::ends(&args.from, &args.to).map_err(Fault::from)?;
    let dimension = queries::dimension(&args.dimension).map_err(Fault::from)?;
    let mut source = Source::open(global, &args.read, out)?;
    let view = source.why(ends, dimension, usize::from(args.limit)).await?;
    match out.form() {
        Output::Json => out.json(&view)?,
        Output::Table => {
            let text = show::why(out, &view, args.lang);
            out.text(&text)?;
        }
    }
    super::whole(&source)
}
