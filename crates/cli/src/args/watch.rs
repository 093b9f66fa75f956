//! Printing changes as they come.

use clap::Args;

/// `detente watch`
#[derive(Clone, Debug, Args)]
pub struct Watch {
    /// Only relations of these countries
    pub countries: Vec<String>,
    /// Only changes of these dimensions or registers
    #[arg(long)]
    pub dimension: Vec<String>,
    /// Only changes that happened, were learned, or lapsed
    #[arg(long)]
    pub occasion: Vec<String>,
    /// Only changes of one state's conduct towards another, such as TJK-AFG
    #[arg(long, value_name = "FROM-TO")]
    pub direction: Vec<String>,
    /// Only changes of which an expression is true (CEL), such as 'change.to == "de_jure"'
    #[arg(long, value_name = "EXPRESSION")]
    pub filter: Option<String>,
    /// Where to begin: a cursor, `start` or `now`
    #[arg(long, value_name = "CURSOR", default_value = "now")]
    pub from: String,
    /// End after the frame that has the Nth change; a frame is one relation's changes of a commit
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,
}
