//! `detente rulebook show|check`: the rules that every level rests on.

use detente_wire::rulebook;

use crate::Out;
use crate::args::{Output, Rulebook, RulebookCommand};
use crate::source::load_rulebook;

pub(super) fn run(args: &Rulebook, out: &mut Out) -> anyhow::Result<()> {
    match &args.command {
        RulebookCommand::Show => Ok(out.text(rulebook::DEFAULT)?),
        RulebookCommand::Check { file } => {
            let (rules, _, projection) = load_rulebook(Some(file))?;
            let (version, projection) = (&rules.version, projection.as_str());
            let told = match out.form() {
                Output::Json => out.json(&serde_json::json!({
                    "version": version,
                    "projection": projection,
                })),
                Output::Table => {
                    out.line(&format!("good: version {version}, projection {projection}"))
                }
            };
            Ok(told?)
        }
    }
}
