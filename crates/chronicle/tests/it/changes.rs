//! All changes that given commits cause, and the explanations and differences that follow.

mod amended;
mod corroborated;
mod differences;
mod harness;
mod lapses;
mod reasons;
mod reports;
