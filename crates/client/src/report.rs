//! Reporting: rows with ids, sent until their fate is known.

use detente_api::json::{Answer, Refused};
use detente_api::refusal::{Code, Refusal};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

use crate::builder::Ids;
use crate::client::{Client, again_after, told, unreachable, whole};
use crate::error::{Error, Unfinished};
use crate::wait::Backoff;

/// The most rows of one request.
const ROWS_MAX: usize = 1_000;
/// The most bytes of one request; the service takes twice as many.
const BYTES_MAX: usize = 4 << 20;

/// Rows to be sent. Each has its id, so they may be sent as often as one likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    rows: Vec<Row>,
}

/// A row to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number by which the answer names it.
    pub number: usize,
    /// It as one line of JSON.
    pub line: String,
}

// === impl Rows ===

impl Rows {
    /// Adds a row: an event, or an amendment that names its target, such as `{"retract":
    /// "<id>", …}`. Without an id it is given one. What it says is for the server to judge.
    pub fn push(&mut self, number: usize, mut row: Value, ids: &Ids) {
        if let Some(object) = row.as_object_mut()
            && object.get("id").is_none_or(Value::is_null)
        {
            object.insert("id".to_owned(), Value::String(ids().to_string()));
        }
        let line = row.to_string();
        self.rows.push(Row { number, line });
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// In parcels that the service takes at once.
    fn parcels(&self) -> impl Iterator<Item = &[Row]> {
        let mut rest = self.rows.as_slice();
        std::iter::from_fn(move || {
            let mut bytes = 0;
            let fitting = rest.iter().take(ROWS_MAX).take_while(|row| {
                bytes += row.line.len() + 1;
                bytes <= BYTES_MAX
            });
            let count = fitting.count().max(1);
            let (parcel, after) = rest.split_at_checked(count)?;
            rest = after;
            Some(parcel)
        })
    }
}

// === impl Client ===

impl Client {
    /// Reports events, such as [`EventForm`](crate::EventForm)s; rows may also be amendments that
    /// name their target. What has no id is given one before it is first sent, and what is not
    /// answered is sent again, with growing waits. Many rows are sent in several requests.
    ///
    /// The answer has a position or a refusal for each row, numbered from 1: a bad row spoils no
    /// other.
    ///
    /// # Errors
    /// [`Error::Refused`] where the request is refused as a whole, such as for want of a token;
    /// [`Error::Unfinished`] where some rows have no answer: they can be sent again with
    /// [`Client::send`].
    pub async fn report<T: Serialize>(&self, events: &[T]) -> Result<Answer, Error> {
        let mut rows = Rows::default();
        let mut unread = Vec::new();
        for (number, event) in (1..).zip(events) {
            match serde_json::to_value(event) {
                Ok(row) => rows.push(number, row, &self.parts().ids),
                Err(error) => unread.push(Refused {
                    row: number,
                    refusals: vec![Refusal::new(Code::BadJson, error.to_string())],
                }),
            }
        }
        let mut answer = self.send(&rows).await?;
        answer.refused.extend(unread);
        answer.refused.sort_by_key(|refused| refused.row);
        Ok(answer)
    }

    /// Adds a row as it is given, with an id of this client where it has none.
    pub fn push(&self, rows: &mut Rows, number: usize, row: Value) {
        rows.push(number, row, &self.parts().ids);
    }

    /// Sends rows until the fate of each is known.
    ///
    /// # Errors
    /// As [`Client::report`].
    pub async fn send(&self, rows: &Rows) -> Result<Answer, Error> {
        let mut answer = Answer::default();
        let mut sent = 0;
        for parcel in rows.parcels() {
            let body: String = parcel.iter().map(|row| format!("{}\n", row.line)).collect();
            match self.post(&["v1", "events"], NDJSON, body).await {
                Ok(part) => renumber(&mut answer, part, parcel),
                // Nothing was judged, so nothing is in doubt.
                Err(cause @ Error::Refused(_)) if sent == 0 => return Err(cause),
                Err(cause) => {
                    let rest = rows.rows.get(sent..).unwrap_or_default();
                    let rows = Rows {
                        rows: rest.to_vec(),
                    };
                    return Err(Error::Unfinished(Box::new(Unfinished {
                        answered: answer,
                        rows,
                        cause,
                    })));
                }
            }
            sent += parcel.len();
        }
        answer.refused.sort_by_key(|refused| refused.row);
        Ok(answer)
    }

    /// Sends a body whose rows have ids until its fate is known.
    pub(crate) async fn post(
        &self,
        path: &[&str],
        media_type: &'static str,
        body: String,
    ) -> Result<Answer, Error> {
        let mut backoff = Backoff::new(self.parts().waits);
        let mut tries = 1;
        loop {
            let request = self.tell(path).header(CONTENT_TYPE, media_type);
            let sent = request.body(body.clone()).send().await;
            let (error, asked) = match sent {
                Ok(response) => {
                    let asked = again_after(response.headers());
                    match answered(response, self.ingest()).await {
                        Ok(answer) => return Ok(answer),
                        Err(error) => (error, asked),
                    }
                }
                Err(error) => (unreachable(error, self.ingest()), None),
            };
            if !error.may_heal() || tries >= self.parts().tries {
                return Err(error);
            }
            tries += 1;
            tokio::time::sleep(backoff.wait(asked, &self.parts().ids)).await;
        }
    }
}

pub(crate) const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";

/// An answer has the rows, also where none was accepted; a failure has not.
async fn answered(response: Response, server: &str) -> Result<Answer, Error> {
    let status = response.status();
    let body = whole(response, server).await?;
    match serde_json::from_slice(&body) {
        Ok(answer) => Ok(answer),
        Err(error) if status.is_success() => Err(Error::NotUnderstood {
            server: server.to_owned(),
            cause: error.into(),
        }),
        // Nothing is told of rows: it is a refusal of the whole, or a failure.
        Err(_) => Err(told(or_failed(status), &body)),
    }
}

/// What is neither good nor bad says nothing about the rows.
fn or_failed(status: StatusCode) -> StatusCode {
    if status.is_client_error() || status.is_server_error() {
        status
    } else {
        StatusCode::BAD_GATEWAY
    }
}

/// Row numbers of an answer are those of the lines that were sent; ours are those that the rows
/// were given.
fn renumber(answer: &mut Answer, part: Answer, sent: &[Row]) {
    let number = |line: usize| {
        let row = line.checked_sub(1).and_then(|place| sent.get(place));
        row.map_or(line, |row| row.number)
    };
    answer
        .accepted
        .extend(part.accepted.into_iter().map(|mut accepted| {
            accepted.row = number(accepted.row);
            accepted
        }));
    answer
        .refused
        .extend(part.refused.into_iter().map(|mut refused| {
            refused.row = number(refused.row);
            refused
        }));
}
