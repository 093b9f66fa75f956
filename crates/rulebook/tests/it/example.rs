//! A small rulebook with every section, which the tests edit.

use detente_domain::details::PLOVER;
use detente_domain::kind::Kind;
use detente_rulebook::Problem;

const SECTIONS: &str = r#"version = "example"

[memory]
words = 270
acts = 730
force = 3652

[grades]
source = { A = 1.0, B = 0.9, C = 0.7, D = 0.4, E = 0.1, F = 0.4 }
information = { 1 = 1.0, 2 = 0.9, 3 = 0.7, 4 = 0.4, 5 = 0.1, 6 = 0.5 }
ladder = "C3"
disputed = 0.5
accused = 0.2

[corroboration]
counts = "C3"
steps = [2, 4]
ceiling = { A = 1, B = 1, C = 2, D = 6, E = 6, F = 6 }

[authority]
carry_over = 0.25

[machine]
share = 0.3

[dimensions.political]
damping = 6.0
stale_days = 730

[dimensions.security]
damping = 7.5
stale_days = 1825

[dimensions]
economic = { damping = 6, stale_days = 730 }
humanitarian = { damping = 6, stale_days = 730 }
societal = { damping = 6, stale_days = 730 }
threat = { damping = 6, stale_days = 365 }

[posture]
damping = 6.5
security_lead = 4.0
weights = { political = 1, security = 2, economic = 0.6, humanitarian = 0.4, societal = 0.3, threat = 0.4 }

[floors]
breaks_at = 3.0

[levels]
hostile = -6.0
strained = -2.0
cooperative = 2.0
close = 6.0
hysteresis = 0.5
mixed = 3.0

[threat]
low = 0.8
elevated = 3.0
high = 7.0
hysteresis = 0.3

[trajectory]
days = 90
step = 0.5

[severity]
minor = 0.4
serious = 1.0
major = 2.5

[organisations]
via = 0.3
[organisations.limits.NATO]
floor = { security = "cooperative", posture = "cooperative" }
[organisations.limits.CSTO]
ceiling = { security = "close" }

"#;

/// The kinds that do more than weigh a little.
const KINDS: &[(&str, &str)] = &[
    ("authority.changed", ""),
    ("relations.observed", ""),
    ("mission.observed", ""),
    ("envoy.observed", ""),
    ("agreement.observed", ""),
    ("coded", ""),
    (
        "visit.made",
        "political = 2.0\nmutual = 0.8\ncontact = true\n\
         when.level.head_of_state = { political = 3.0 }",
    ),
    (
        "war.began",
        "ceiling = { security = \"hostile\", posture = \"hostile\" }\nmemory = \"force\"",
    ),
    (
        "alliance.formed",
        "floor = { political = \"neutral\" }\n\
         [kinds.\"alliance.formed\".when.obligation.defence]\n\
         floor = { security = \"cooperative\" }",
    ),
    (
        "sanction.imposed",
        "economic = -2.0\nmemory = \"acts\"\n\
         ceiling = { economic = \"strained\" }\nceiling_back = { economic = \"neutral\" }",
    ),
    (
        "force.used",
        "security = -4.0\nmutual = 0.2\nmemory = \"force\"\n\
         severity = { minor = 0.3, major = 3.0 }\n\
         counts = { casualties = { serious = 1, major = 25 } }\n\
         ceiling = { security = \"strained\" }\ndays = 90\n\
         [kinds.\"force.used\".when.severity.major]\nsecurity = -5.0\n\
         ceiling = { security = \"hostile\", posture = \"hostile\" }\ndays = 180\n\
         [kinds.\"force.used\".when.severity.minor]\ndays = 0",
    ),
    (
        "policy.held",
        "political = 0.0\nwhen.stance.friendly = { political = 1.0 }\n\
         when.stance.hostile = { political = -1.0 }",
    ),
];

/// Returns the text of the rulebook.
pub(crate) fn example() -> String {
    let mut text = SECTIONS.to_owned();
    for kind in Kind::ALL.map(Kind::as_str) {
        let rule = KINDS.iter().find(|(named, _)| *named == kind);
        let rule = rule.map_or("political = 0.1", |(_, rule)| rule);
        text.push_str(&format!("[kinds.{kind:?}]\n{rule}\n"));
    }
    text.push_str("\n[coded]\n");
    for event in PLOVER {
        text.push_str(&format!("{event} = {{ political = -0.5 }}\n"));
    }
    text
}

/// Returns the text with replacements, each of a text that it contains.
#[track_caller]
pub(crate) fn edited(replacements: &[(&str, &str)]) -> String {
    let mut text = example();
    for (from, to) in replacements {
        assert!(text.contains(from), "no {from:?}");
        text = text.replacen(from, to, 1);
    }
    text
}

/// Adds lines to the section of a kind, after its heading.
#[track_caller]
pub(crate) fn with(kind: &str, lines: &str) -> String {
    let heading = format!("[kinds.{kind:?}]\n");
    edited(&[(&heading, &format!("{heading}{lines}\n"))])
}

/// Lists problems, one a line.
pub(crate) fn join(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| format!("{problem}\n"));
    lines.collect()
}
