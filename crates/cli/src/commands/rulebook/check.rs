//! `detente rulebook check FILE`: all errors and warnings, each with its line and reason.

use std::fmt::Write as _;
use std::path::Path;

use detente_api::text::line;
use detente_rulebook as rulebook;
use detente_rulebook::{Problem, projection_id};

use crate::args::OutputFormat;
use crate::exit_code::succeed_if;
use crate::output::Output;
use crate::rules;

pub(super) fn run(file: &Path, out: &mut Output) -> anyhow::Result<()> {
    let bytes = rules::read(file)?;
    let examined = rulebook::examine(&bytes);
    let version = examined.rules.as_ref().map(|rules| &rules.version);
    let projection = version.map(|_| projection_id(&bytes));
    match out.format() {
        OutputFormat::Json => out.json(&serde_json::json!({
            "good": projection.is_some(),
            "version": version,
            "projection": projection,
            "errors": examined.problems,
            "warnings": examined.warnings,
        }))?,
        OutputFormat::Table => {
            let mut text = String::new();
            let sides = [
                ("error", &examined.problems),
                ("warning", &examined.warnings),
            ];
            for (word, problems) in sides {
                for problem in problems {
                    write_problem(&mut text, file, word, problem);
                }
            }
            let counts = format!(
                "{} errors, {} warnings",
                examined.problems.len(),
                examined.warnings.len()
            );
            let _ = match (version, &projection) {
                (Some(version), Some(projection)) => {
                    let version = line(version);
                    writeln!(
                        text,
                        "good: version {version}, projection {projection}; {counts}"
                    )
                }
                _ => writeln!(text, "not good: {counts}"),
            };
            out.text(&text)?;
        }
    }
    succeed_if(projection.is_some())
}

/// Writes a problem in the style of a compiler.
fn write_problem(text: &mut String, file: &Path, word: &str, problem: &Problem) {
    let mut place = file.display().to_string();
    for number in [problem.line, problem.column].into_iter().flatten() {
        let _ = write!(place, ":{number}");
    }
    let at = if problem.at.is_empty() {
        String::new()
    } else {
        format!("{}: ", line(&problem.at))
    };
    let _ = writeln!(text, "{place}: {word}: {at}{}", line(&problem.problem));
    let more = [
        ("given", problem.given.as_deref()),
        ("allowed", problem.allowed),
        ("why", problem.why),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            let _ = writeln!(text, "    {name:<8}{}", line(value));
        }
    }
}
