//! Arguments of `detente kinds`.

use std::path::PathBuf;

use clap::Args;
use detente_domain::party::Lang;

use super::read::lang;

/// `detente kinds`
#[derive(Clone, Debug, Args)]
pub struct Kinds {
    /// Code of a kind, such as force.used: what it is, what it takes, what it counts for, and an
    /// example to report (default: list all kinds)
    pub kind: Option<String>,
    /// Rulebook by which they count (default: the one in force on the server, or the built-in one
    /// without a server)
    #[arg(long, value_name = "FILE")]
    pub rulebook: Option<PathBuf>,
    /// Language of labels and descriptions
    #[arg(long, default_value = "en", value_parser = lang())]
    pub lang: Lang,
}
