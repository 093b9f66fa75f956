//! All changes that given commits cause, and the explanations and differences that follow.

mod amended;
mod corroborated;
mod differences;
mod graded;
mod harness;
pub(crate) use harness::given;
mod lapses;
mod memberships;
mod reasons;
mod reports;
