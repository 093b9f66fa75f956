//! Parameters of a question, by name, whichever door it came through: they are read here, so that
//! every door refuses the same in the same words.

use detente_api::parse;
use std::time::Duration;

use detente_api::{Code, Refusal};
use detente_domain::day::Day;
use detente_jetstream::inspect;
use detente_jetstream::topology::EVENTS;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::follow;
use crate::queries::{self, LIMIT_DEFAULT, LIMIT_MAX, Moment};
use crate::read_model::Query;
use detente_feed::error::{Failure, No};

/// How long a question waits for a position.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// The parameters of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(pub Vec<(String, String)>);

/// What a comparison of two points takes.
pub const WAY: [&str; 5] = ["from", "to", "known_from", "known_to", "min_position"];
impl Params {
    /// Parameters from wherever they stand; one whose value is empty is not given.
    pub fn of<'v>(given: impl IntoIterator<Item = (&'v str, String)>) -> Self {
        let given = given.into_iter().filter(|(_, value)| !value.is_empty());
        Self(
            given
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// The value of a parameter that may be given once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(held, _)| held == name);
        let first = values.next().map(|(_, value)| value.as_str());
        match values.next() {
            None => Ok(first),
            Some((_, second)) => {
                let refusal = Refusal::new(Code::BadQuery, format!("{name} is given twice"));
                Err(refusal.field(name).given(second))
            }
        }
    }

    /// The values of a parameter that may be given often, or with commas.
    pub fn many<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        let values = self.0.iter().filter(move |(held, _)| held == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|v| !v.is_empty())
    }

    /// The size of a page.
    ///
    /// # Errors
    /// `bad_query` for one that is out of bounds.
    pub fn limit(&self) -> Result<usize, Refusal> {
        let Some(given) = self.one("limit")? else {
            return Ok(LIMIT_DEFAULT);
        };
        let limit = number(given).and_then(|limit| usize::try_from(limit).ok());
        limit
            .filter(|limit| (1..=LIMIT_MAX).contains(limit))
            .ok_or_else(|| {
                bad(
                    "limit",
                    given,
                    &format!("a page has 1 to {LIMIT_MAX} items"),
                )
            })
    }

    /// The place in a list at which a page begins, and the position at which the list was known.
    pub fn from(&self) -> Result<(Option<u64>, usize), Refusal> {
        self.one("from")?.map_or(Ok((None, 0)), queries::page_from)
    }

    /// Both clocks, resolved. Waits for a position that is asked for, within a limit.
    pub async fn moment(&self, query: &Query) -> Result<Moment, No> {
        let (pinned, _) = if self.0.iter().any(|(name, _)| name == "from") {
            self.from()?
        } else {
            (None, 0)
        };
        let at = self.day("at")?.unwrap_or_else(|| Day::of_utc(query.now()));
        let head = self.head(query).await?;
        let known = self.known(query, "known_at", head).await?;
        let known = known.or(pinned).unwrap_or(head);
        within(query, "known_at", known, head).await?;
        Ok(Moment { at, known })
    }

    /// The two points of a comparison, resolved. What is not given of the first is as in the
    /// second; of the second, today and the head.
    pub async fn way(&self, query: &Query) -> Result<(Moment, Moment), No> {
        let (from, to) = (self.day("from")?, self.day("to")?);
        if from.is_none() && self.one("known_from")?.is_none() {
            let message = "a comparison needs two points: give from, or known_from, or both";
            let refusal = Refusal::new(Code::BadQuery, message).field("from");
            return Err(refusal.allowed(WAY).into());
        }
        let head = self.head(query).await?;
        let known_to = self.known(query, "known_to", head).await?.unwrap_or(head);
        let known_from = self.known(query, "known_from", head).await?;
        let at = to.unwrap_or_else(|| Day::of_utc(query.now()));
        let to = Moment {
            at,
            known: known_to,
        };
        let from = Moment {
            at: from.unwrap_or(at),
            known: known_from.unwrap_or(known_to),
        };
        Ok((from, to))
    }

    /// A day, if it is given.
    pub fn day(&self, name: &str) -> Result<Option<Day>, Refusal> {
        let read = |given| {
            parse::day(given)
                .ok_or_else(|| bad(name, given, "a day is YYYY-MM-DD, or an RFC 3339 time"))
        };
        self.one(name)?.map(read).transpose()
    }

    /// The head of the log as it was folded, once a position that is asked for was reached.
    pub async fn head(&self, query: &Query) -> Result<u64, No> {
        let least = self.one("min_position")?.map(|given| {
            number(given).ok_or_else(|| bad("min_position", given, "a position is a number"))
        });
        caught_up(query, "min_position", least.transpose()?.unwrap_or(0)).await
    }

    /// A point of the known clock, not beyond the head.
    pub async fn known(&self, query: &Query, name: &str, head: u64) -> Result<Option<u64>, No> {
        let Some(given) = self.one(name)? else {
            return Ok(None);
        };
        let known = known_at(query, name, given).await?;
        within(query, name, known, head).await?;
        Ok(Some(known))
    }
}

/// Waits until the log was folded up to its end, and up to a position, and gives the head.
pub async fn caught_up(query: &Query, field: &str, least: u64) -> Result<u64, No> {
    let progress = follow::reach(query, least, WAIT_MAX).await;
    if progress.is_live() && progress.position >= least {
        return Ok(progress.position);
    }
    let message = match progress.replay_to {
        Some(_) if progress.is_live() => {
            format!(
                "the log was folded up to {}, and not to {least}",
                progress.position
            )
        }
        Some(head) => format!("the log is being folded: {} of {head}", progress.position),
        None => "the log cannot be read yet".to_owned(),
    };
    let refusal = Refusal::new(Code::NotCaughtUp, message);
    Err(if least > 0 {
        refusal.field(field).given(&least.to_string())
    } else {
        refusal
    }
    .into())
}

/// A position, or the position that the log had at a time.
async fn known_at(query: &Query, name: &str, given: &str) -> Result<u64, No> {
    if let Some(position) = number(given) {
        return Ok(position);
    }
    let time = OffsetDateTime::parse(given, &Rfc3339).map_err(|_| {
        let message = format!("{name} is a position of the log, or an RFC 3339 time");
        bad(name, given, &message)
    })?;
    if time > query.now() {
        return Err(bad(name, given, "what will be known is not known yet").into());
    }
    let connection = &query.parts().deps.connection;
    let position = inspect::sequence_at_time(connection, EVENTS, time).await;
    let position = position.map_err(Failure::from)?;
    caught_up(query, name, position).await?;
    Ok(position)
}

/// Refuses a position beyond the log. Another reading, or another service, may have folded more of
/// it than this one: then waits for it.
async fn within(query: &Query, name: &str, known: u64, head: u64) -> Result<(), No> {
    if known <= head {
        return Ok(());
    }
    if known <= log_head(query).await? {
        caught_up(query, name, known).await?;
        return Ok(());
    }
    let message = format!("the log ends at {head}, as far as it was folded");
    let refusal = Refusal::new(Code::UnknownPosition, message).field(name);
    Err(refusal.given(&known.to_string()).into())
}

/// The end of the log, asked of the server.
async fn log_head(query: &Query) -> Result<u64, Failure> {
    Ok(inspect::head(&query.parts().deps.connection, EVENTS).await?)
}

pub fn bad(field: &str, given: &str, message: &str) -> Refusal {
    Refusal::new(Code::BadQuery, message)
        .field(field)
        .given(given)
}

/// A plain number: no sign, no blank.
fn number(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}
