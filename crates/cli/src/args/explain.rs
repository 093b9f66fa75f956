//! Arguments of `detente why` and `detente diff`.

use std::path::PathBuf;

use clap::Args;
use detente_api::request::{KnownAt, PageLimit};
use detente_domain::day::Day;
use detente_domain::party::Lang;

use super::read::{day, known_at, lang, page_limit};
use super::{Read, RelationArgs};

/// `detente why`
#[derive(Clone, Debug, Args)]
pub struct Why {
    /// The two states.
    #[command(flatten)]
    pub relation: RelationArgs,
    /// recognition, declared, representation, political, security, economic, humanitarian,
    /// societal, threat or posture
    pub dimension: String,
    /// Maximum number of counted and of excluded events to show (1 to 1000)
    #[arg(long, default_value = "100", value_parser = page_limit())]
    pub limit: PageLimit,
    /// Clocks and files.
    #[command(flatten)]
    pub read: Read,
}

/// `detente diff`
#[derive(Clone, Debug, Args)]
pub struct Diff {
    /// The two states.
    #[command(flatten)]
    pub relation: RelationArgs,
    /// First day of the comparison (default: that of --to)
    #[arg(long = "from", value_name = "DAY", value_parser = day)]
    #[arg(required_unless_present = "known_from")]
    pub since: Option<Day>,
    /// Last day: YYYY-MM-DD, or an RFC 3339 time (default: today)
    #[arg(long = "to", visible_alias = "at", value_name = "DAY", value_parser = day)]
    pub until: Option<Day>,
    /// First point of the known clock: a position, or an RFC 3339 time (default: --known-to)
    #[arg(long, value_name = "POSITION|TIME", value_parser = known_at)]
    pub known_from: Option<KnownAt>,
    /// Last point of the known clock (default: now)
    #[arg(long, visible_alias = "known-at", value_name = "POSITION|TIME", value_parser = known_at)]
    pub known_to: Option<KnownAt>,
    /// Language of tables, sentences and titles
    #[arg(long, default_value = "en", value_parser = lang())]
    pub lang: Lang,
    /// Fold this file instead of asking a server: JSON or NDJSON, `-` for stdin; may be given
    /// several times
    #[arg(long, value_name = "EVENTS.ndjson")]
    pub file: Vec<PathBuf>,
    /// Rulebook to fold the files under (default: the built-in one)
    #[arg(long, value_name = "FILE", requires = "file")]
    pub rulebook: Option<PathBuf>,
}
