//! Parsing, examining and comparing rulebook files.

mod diff;
mod example;
mod kinds;
mod lints;
mod parse;
mod sections;
mod stored;
mod syntax;
