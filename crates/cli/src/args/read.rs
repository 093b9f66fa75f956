//! Arguments of the reads.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use detente_api::request::{Clocks, DirectedPair, KnownAt, PageLimit, ParamValue};
use detente_domain::day::Day;
use detente_domain::party::Lang;

use crate::exit_code::CliError;

/// Flags of every read.
#[derive(Clone, Debug, Default, Args)]
pub struct Read {
    /// Day of the state: YYYY-MM-DD, or an RFC 3339 time (default: today)
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub at: Option<Day>,
    /// What was known: a position of the log, or an RFC 3339 time (default: now)
    #[arg(long, value_name = "POSITION|TIME", value_parser = known_at)]
    pub known_at: Option<KnownAt>,
    /// Fold this file instead of asking a server: JSON or NDJSON, `-` for stdin; may be given
    /// several times. Row n has position n; the built-in data on who governs has position 0
    #[arg(long, value_name = "EVENTS.ndjson")]
    pub file: Vec<PathBuf>,
    /// Rulebook to fold the files under (default: the built-in one)
    #[arg(long, value_name = "FILE", requires = "file")]
    pub rulebook: Option<PathBuf>,
    /// Language of tables, sentences and titles
    #[arg(long, default_value = "en", value_parser = lang())]
    pub lang: Lang,
}

/// The two states of a conduct.
#[derive(Clone, Debug, Args)]
pub struct RelationArgs {
    /// State that acts: a code (TJK), an ISO alpha-2 code or a name
    pub from: String,
    /// State that is acted upon
    pub to: String,
}

/// `detente state`
#[derive(Clone, Debug, Args)]
pub struct State {
    /// The two states.
    #[command(flatten)]
    pub relation: RelationArgs,
    /// Clocks and files.
    #[command(flatten)]
    pub read: Read,
}

/// `detente country`
#[derive(Clone, Debug, Args)]
pub struct Country {
    /// A code (KAZ), an ISO alpha-2 code or a name
    pub code: String,
    /// Clocks and files.
    #[command(flatten)]
    pub read: Read,
}

/// `detente events`
#[derive(Clone, Debug, Args)]
pub struct Events {
    /// Show this event with the records about it, the newest of them in pages
    #[arg(conflicts_with_all = ["country", "pair", "kind", "oldest", "pending"])]
    pub id: Option<uuid::Uuid>,
    /// Only records about events that have not been reported yet
    #[arg(long, conflicts_with_all = ["country", "pair", "kind", "oldest"])]
    pub pending: bool,
    /// Only events in which this party has a part
    #[arg(long)]
    pub country: Option<String>,
    /// Only events of this relation
    #[arg(long, num_args = 2, value_names = ["ONE", "OTHER"])]
    pub pair: Option<Vec<String>>,
    /// Only events of this kind, such as mission.handed_over
    #[arg(long)]
    pub kind: Option<String>,
    /// Most items of the page, 1 to 1000
    #[arg(long, default_value = "100", value_parser = page_limit())]
    pub limit: PageLimit,
    /// Cursor at which the page starts, as printed with the page before
    #[arg(long, value_name = "CURSOR")]
    pub from: Option<String>,
    /// First arrivals first (default: last arrivals first)
    #[arg(long)]
    pub oldest: bool,
    /// Clocks and files.
    #[command(flatten)]
    pub read: Read,
}

/// `detente history`
#[derive(Clone, Debug, Args)]
pub struct History {
    /// The two states.
    #[command(flatten)]
    pub relation: RelationArgs,
    /// Only this dimension or register
    #[arg(long)]
    pub dimension: Option<String>,
    /// Clocks and files.
    #[command(flatten)]
    pub read: Read,
}

/// `detente register`
#[derive(Clone, Debug, Args)]
pub struct Register {
    /// The two states.
    #[command(flatten)]
    pub relation: RelationArgs,
    /// Register, such as missions or meetings
    pub name: String,
    /// Most entries of the page, 1 to 1000
    #[arg(long, default_value = "100", value_parser = page_limit())]
    pub limit: PageLimit,
    /// Cursor at which the page starts, as printed with the page before
    #[arg(long = "from", value_name = "CURSOR")]
    pub cursor: Option<String>,
    /// Clocks and files.
    #[command(flatten)]
    pub read: Read,
}

/// Parses the UTC day of a date or an RFC 3339 time.
pub(super) fn day(text: &str) -> Result<Day, String> {
    Day::parse_param("day", text).map_err(|refusal| refusal.message)
}

/// Parses a point of the known clock.
pub(super) fn known_at(text: &str) -> Result<KnownAt, String> {
    KnownAt::parse_param("known_at", text).map_err(|refusal| refusal.message)
}

/// Parses a value; a refusal lists the allowed ones.
pub(crate) fn param<T: ParamValue>(name: &str, text: &str) -> Result<T, CliError> {
    Ok(T::parse_param(name, text)?)
}

/// Parses a value, if it is given.
pub(crate) fn optional<T: ParamValue>(
    name: &str,
    text: Option<&str>,
) -> Result<Option<T>, CliError> {
    text.map(|text| param(name, text)).transpose()
}

/// Parses a language of tables, sentences and titles.
pub(super) fn lang() -> impl TypedValueParser<Value = Lang> {
    let parser = PossibleValuesParser::new(Lang::ALL.map(Lang::as_str));
    parser.map(|code| Lang::parse(&code).unwrap_or_default())
}

/// Parses the size of a page.
pub(super) fn page_limit() -> impl TypedValueParser<Value = PageLimit> {
    let range = clap::value_parser!(u16).range(1..=1000);
    range.try_map(|limit| PageLimit::parse_param("limit", &limit.to_string()))
}

// === impl Read ===

impl Read {
    pub(crate) fn clocks(&self) -> Clocks {
        Clocks {
            at: self.at,
            known_at: self.known_at,
            min_position: None,
        }
    }
}

// === impl RelationArgs ===

impl RelationArgs {
    pub(crate) fn parse(&self) -> Result<DirectedPair, CliError> {
        Ok(DirectedPair::between(&self.from, &self.to)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date_or_the_utc_day_of_a_time() {
        let at = |text: &str| day(text).map(|day| day.to_string());
        assert_eq!(at("2023-03-23").as_deref(), Ok("2023-03-23"));
        assert_eq!(at("2023-03-23T23:30:00-03:00").as_deref(), Ok("2023-03-24"));
        assert!(at("2023-02-29").is_err());
        assert!(at("yesterday").is_err());
        let refused = at("20230418").expect_err("the basic form");
        assert!(
            refused.contains("write the hyphens: 2023-04-18"),
            "{refused}"
        );
    }
}
