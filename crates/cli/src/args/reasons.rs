//! Questions about answers: why, and what differs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use detente_domain::day::Day;

use super::clocks::known_at;
use super::{KnownAt, Read, day};

/// A language of sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    /// English
    #[default]
    En,
    /// Arabic
    Ar,
}

/// `detente why`
#[derive(Clone, Debug, Args)]
pub struct Why {
    /// Whose conduct
    pub from: String,
    /// Towards whom
    pub to: String,
    /// recognition, declared, representation, political, security, economic, humanitarian,
    /// societal, threat or posture
    pub dimension: String,
    /// Language of the sentences and titles
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    pub lang: Tongue,
    /// At most so many events that counted, and as many that did not, 1 to 1000
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
    /// Both clocks, and where to read.
    #[command(flatten)]
    pub read: Read,
}

/// `detente diff`
#[derive(Clone, Debug, Args)]
pub struct Diff {
    /// Whose conduct
    pub from: String,
    /// Towards whom
    pub to: String,
    /// The day that the comparison begins at (default: that of --to)
    #[arg(long = "from", value_name = "DAY", value_parser = day)]
    #[arg(required_unless_present = "known_from")]
    pub since: Option<Day>,
    /// The day that it ends at: YYYY-MM-DD, or an RFC 3339 time (default: today)
    #[arg(long = "to", visible_alias = "at", value_name = "DAY", value_parser = day)]
    pub until: Option<Day>,
    /// The belief that it begins at: a position, or an RFC 3339 time (default: that of --known-to)
    #[arg(long, value_name = "POSITION|TIME", value_parser = known_at)]
    pub known_from: Option<KnownAt>,
    /// The belief that it ends at (default: now)
    #[arg(long, visible_alias = "known-at", value_name = "POSITION|TIME", value_parser = known_at)]
    pub known_to: Option<KnownAt>,
    /// Language of the sentences and titles
    #[arg(long, value_enum, default_value_t = Tongue::En)]
    pub lang: Tongue,
    /// Fold a file with no server at all: JSON or NDJSON, `-` for stdin; may be given several times
    #[arg(long, value_name = "EVENTS.ndjson")]
    pub file: Vec<PathBuf>,
    /// The rulebook to fold a file under (default: the one that ships)
    #[arg(long, value_name = "FILE", requires = "file")]
    pub rulebook: Option<PathBuf>,
}

// === impl Tongue ===

impl From<Tongue> for detente_domain::party::Lang {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::En => Self::En,
            Tongue::Ar => Self::Ar,
        }
    }
}
