//! Arguments of `detente watch` and `detente replay`, and flags that select changes.

use clap::Args;
use detente_api::request::FilterRequest;
use detente_domain::day::Day;
use detente_domain::party::Lang;

use super::Read;
use super::read::{day, lang};

/// Flags that select changes by topic.
#[derive(Clone, Debug, Args)]
pub struct TopicArgs {
    /// Only changes of these dimensions or registers
    #[arg(long)]
    pub dimension: Vec<String>,
    /// Only changes of these occasions: happened, learned or lapsed
    #[arg(long)]
    pub occasion: Vec<String>,
}

/// Flags that select changes.
#[derive(Clone, Debug, Args)]
pub struct FilterArgs {
    /// Dimensions and occasions.
    #[command(flatten)]
    pub topics: TopicArgs,
    /// Only conduct of one state towards another, such as TJK-AFG
    #[arg(long, value_name = "FROM-TO")]
    pub direction: Vec<String>,
    /// Only changes for which an expression is true (CEL), such as 'change.to == "de_jure"'
    #[arg(long, value_name = "EXPRESSION")]
    pub filter: Option<String>,
}

/// `detente watch`
#[derive(Clone, Debug, Args)]
pub struct Watch {
    /// Only relations of these countries
    pub countries: Vec<String>,
    /// Which changes.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Where to start: a cursor, `start` or `now`
    #[arg(long, value_name = "CURSOR", default_value = "now")]
    pub from: String,
    /// Stop after the frame with the Nth change; a frame is one relation's changes of a commit
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,
    /// Language of the changes
    #[arg(long, default_value = "en", value_parser = lang())]
    pub lang: Lang,
}

/// `detente replay`
#[derive(Clone, Debug, Args)]
pub struct Replay {
    /// Two countries: the relation between them. Otherwise the relations of each; all without any
    #[arg(value_name = "COUNTRY")]
    pub countries: Vec<String>,
    /// First day: YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub from: Option<Day>,
    /// Last day
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub to: Option<Day>,
    /// Speed: 12h/s, 30d/s, 2w/s, 1y/s (default: no pauses)
    #[arg(long)]
    pub speed: Option<String>,
    /// Order: valid, as it happened; known, as it became known
    #[arg(long, default_value = "valid")]
    pub clock: String,
    /// Dimensions and occasions.
    #[command(flatten)]
    pub topics: TopicArgs,
    /// Clocks and files.
    #[command(flatten)]
    pub read: Read,
}

// === impl TopicArgs ===

impl TopicArgs {
    pub(crate) fn request(&self) -> FilterRequest {
        FilterRequest {
            dimension: self.dimension.clone(),
            occasion: self.occasion.clone(),
            ..FilterRequest::default()
        }
    }
}

// === impl FilterArgs ===

impl FilterArgs {
    pub(crate) fn request(&self) -> FilterRequest {
        FilterRequest {
            direction: self.direction.clone(),
            filter: self.filter.clone(),
            ..self.topics.request()
        }
    }
}
