//! Filter expressions: the Common Expression Language over one change.
//!
//! An expression is compiled and checked once: the fields that it names must exist, the types must
//! fit, and its value must be true or false. It has no loops, so its cost is bounded by its length.
//! One that fails on a change does not match it, and the failure is counted.

mod check;
mod fields;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ParseError, Program, Value};
use detente_api::view::ChangeView;
use detente_api::{Code, Refusal, limits};

use crate::metrics;

pub use fields::Field;

/// The most bytes of an expression.
const LENGTH_MAX: usize = limits::EXPRESSION_BYTES;

/// The functions and operators of the language, shared by all expressions.
static LANGUAGE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A checked expression over a change. Clones share it.
#[derive(Clone)]
pub struct Expression {
    compiled: Arc<Compiled>,
}

struct Compiled {
    source: String,
    program: Program,
    /// The fields that it reads; only these are passed to it.
    fields: BTreeSet<Field>,
}

impl Expression {
    /// Compiles and checks an expression.
    ///
    /// # Errors
    /// `bad_filter` with the column and the values that are allowed there.
    pub fn parse(source: &str) -> Result<Self, Refusal> {
        if source.len() > LENGTH_MAX {
            let message = format!("an expression has at most {LENGTH_MAX} bytes");
            return Err(refused(source, message));
        }
        let program = Program::compile(source).map_err(|errors| {
            let first = errors.errors.first();
            let message =
                first.map_or_else(|| "it cannot be parsed".to_owned(), format_parse_error);
            refused(source, message)
        })?;
        let fields = check::check(source, &program)?;
        Ok(Self {
            compiled: Arc::new(Compiled {
                source: source.to_owned(),
                program,
                fields,
            }),
        })
    }

    /// Returns the expression as it was given.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.compiled.source
    }

    /// Returns true if a change matches. One on which the expression fails does not.
    #[must_use]
    pub fn matches(&self, change: &ChangeView) -> bool {
        let Compiled {
            program, fields, ..
        } = &*self.compiled;
        let mut context = Context::with_env(Arc::clone(&LANGUAGE));
        context.add_variable_from_value("change", fields::value(change, fields));
        match program.execute(&context) {
            Ok(Value::Bool(matches)) => matches,
            Ok(_) | Err(_) => {
                metrics::count_filter_failure();
                false
            }
        }
    }
}

/// Formats an error of the parser with its place, without the excerpt.
fn format_parse_error(error: &ParseError) -> String {
    let (line, column) = error.pos;
    let said = error.msg.lines().next().unwrap_or_default();
    format!("line {line}, column {}: {said}", column.max(1))
}

fn refused(source: &str, message: impl Into<String>) -> Refusal {
    Refusal::new(Code::BadFilter, message)
        .field("filter")
        .value(source)
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.source()).finish()
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}

impl Eq for Expression {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use serde_json::json;

    fn change() -> ChangeView {
        fixtures::change(json!({
            "key": {"mission": "consulate", "host": "TJK", "sender": "AFG", "city": "Khorog"},
            "from": "absent", "controlled_by_to": "TALIBAN",
            "causes": ["01870e3a-0000-7000-8000-000000000001"]
        }))
    }

    fn matches(source: &str) -> bool {
        Expression::parse(source).unwrap().matches(&change())
    }

    fn refusal(source: &str) -> Refusal {
        Expression::parse(source).unwrap_err()
    }

    #[test]
    fn expressions_are_evaluated_on_a_change() {
        for source in [
            "true",
            "change.dimension == 'missions' && change.to == \"open\"",
            "change.key.city == 'Khorog'",
            "change.key['host'] in ['TJK', 'UZB']",
            "has(change.key.city) && !has(change.key.name)",
            "change.direction == null",
            "change.a == 'AFG' && change.b == 'TJK'",
            "change.relation.contains('TJK')",
            "size(change.causes) == 1 && change.causes[0].startsWith('0187')",
            "change.day >= '2023-01-01' && change.day < '2024'",
            "change.controlled_by_to == 'TALIBAN' && change.controlled_by_from == null",
            "change.until == null && change.position > 6",
            "change.occasion == 'lapsed' ? false : !change.disputed",
        ] {
            assert!(matches(source), "{source}");
        }
        for source in ["change.to == 'closed'", "false", "change.uncertain"] {
            assert!(!matches(source), "{source}");
        }
    }

    #[test]
    fn a_failed_evaluation_does_not_match() {
        assert!(!matches("change.direction.from == 'TJK'"));
        assert!(!matches("change.lag_days > 3"));
        assert!(!matches("change.key.name == 'x'"));
        assert!(!matches("change.causes[7] == 'x'"));
    }

    #[test]
    fn unknown_fields_and_types_that_do_not_fit_are_refused_with_their_place() {
        for (source, says) in [
            ("", "line 1"),
            ("change.", "line 1"),
            ("change.dimnsion == 'x'", "column 7: a change has no field"),
            ("chnge.to == 'x'", "column 1: there is nothing called"),
            ("change", "comes to a change"),
            ("change.to", "comes to a text"),
            ("1 + 2", "comes to a number"),
            ("change.to == 3", "a text is never a number"),
            ("change.position == 'x'", "a number is never a text"),
            ("change.to && true", "takes true or false"),
            ("change.to < 3", "compares two numbers or two texts"),
            ("change.direction.whose == 'x'", "has from and to"),
            ("change.key.ctiy == 'x'", "no register's entry"),
            ("change.dimension == 'recogniton'", "is never"),
            ("change.occasion in ['hapened']", "is never"),
            ("change.to.matches('a+')", "no function"),
            ("change.causes.exists(c, c == 'x')", "may not repeat"),
            ("[1, 2].all(i, i > 0)", "may not repeat"),
            ("{'a': 1} == {'a': 1}", "not used here"),
            ("1.5 > 1.0", "whole numbers"),
            ("size(3) == 1", "size"),
        ] {
            let refusal = refusal(source);
            assert_eq!(refusal.code, Code::BadFilter, "{source}");
            assert!(refusal.message.contains(says), "{source}: {refusal}");
        }
        let dimnsion = refusal("change.dimnsion == 'x'");
        assert!(dimnsion.allowed.contains(&"dimension".to_owned()));
    }

    #[test]
    fn a_long_or_deep_expression_is_refused_soon() {
        let long = format!("change.to == '{}'", "x".repeat(LENGTH_MAX));
        assert!(refusal(&long).message.contains("at most"));
        for deep in ["(", "!", "-", "[", "{", "true?", "change.to.contains("] {
            let source: String = std::iter::repeat_n(deep, LENGTH_MAX / deep.len()).collect();
            assert_eq!(refusal(&source).code, Code::BadFilter);
        }
        for tail in ["+1", ".a", "[0]", ".size()", " && true"] {
            let tails: String = std::iter::repeat_n(tail, 900 / tail.len()).collect();
            let source = format!("change.causes{tails}");
            assert_eq!(refusal(&source).code, Code::BadFilter);
        }
        let wide = vec!["change.to == 'open'"; 40].join(" || ");
        assert!(matches(&wide));
    }

    #[test]
    fn every_field_can_be_read() {
        for field in Field::ALL {
            let word = field.as_str();
            let source = format!("change.{word} == change.{word}");
            assert!(matches(&source), "{source}");
        }
    }
}
