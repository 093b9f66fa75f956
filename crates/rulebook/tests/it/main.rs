//! Parsing, examining and comparing rulebook files.

mod diff;
mod parse;
mod stored;
