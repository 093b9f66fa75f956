//! Bodies: their content and format by their headers, and the rows in them.

use uuid::Uuid;

use super::cloud_event::{header_attributes, header_text};
use super::{Amend, BodyFormat, Submission, amendment, binary, single, submissions};
use crate::limits;
use crate::refusal::{Code, Refusal};

const CONTENT_TYPE: &str = "content-type";

/// The most relations that the rows of a body affect together, by the parties that they name: the
/// work of folding a body is bounded as the body is.
pub const BODY_RELATIONS_MAX: usize = limits::BODY_RELATIONS;

/// The number of a row, and the row or all its refusals.
pub type Row = (usize, Result<Submission, Vec<Refusal>>);

/// The kind of content of a body.
#[derive(Clone, Debug)]
pub enum BodyKind {
    /// Rows of events and amendments; without a format, it is guessed.
    Rows,
    /// The data of a CloudEvent in binary mode, with its attributes in order of their names.
    CloudEvent(Vec<(String, String)>),
    /// An amendment of this event, or for a retraction of any record.
    Amendment(Amend, Uuid),
}

impl BodyKind {
    /// Returns the kind of a body that is not an amendment, by its headers, whose names are in lower
    /// case. The attributes of a CloudEvent in binary mode are without their prefix.
    ///
    /// # Errors
    /// `bad_text` for an attribute that is not plain ASCII.
    pub fn of(headers: &[(&str, &[u8])]) -> Result<Self, Refusal> {
        Ok(header_attributes(headers)?.map_or(Self::Rows, Self::CloudEvent))
    }

    /// Parses the rows of a body.
    ///
    /// # Errors
    /// `empty_body` for none, `too_many_records` for more than `rows_max`. Rows have their own
    /// refusals.
    pub fn rows(
        &self,
        body: &[u8],
        format: Option<BodyFormat>,
        rows_max: usize,
    ) -> Result<Vec<Row>, Refusal> {
        self.rows_while(&|| true, body, format, rows_max)
    }

    /// Parses the rows of a body, and stops when they are no longer wanted.
    ///
    /// # Errors
    /// As [`BodyKind::rows`].
    pub fn rows_while(
        &self,
        is_wanted: &dyn Fn() -> bool,
        body: &[u8],
        format: Option<BodyFormat>,
        rows_max: usize,
    ) -> Result<Vec<Row>, Refusal> {
        let row = match self {
            Self::Rows => {
                let format = format.unwrap_or_else(|| BodyFormat::guess(body));
                let rows = submissions(body, format).take(rows_max.saturating_add(1));
                let rows = within_relations(rows.take_while(|_| is_wanted()));
                let rows: Vec<Row> = rows.collect();
                return if rows.len() > rows_max {
                    Err(too_many_rows(rows_max))
                } else {
                    without_empty(rows)
                };
            }
            Self::CloudEvent(attributes) => binary(attributes, body),
            Self::Amendment(amend, target) => {
                let parsed = single(body, format.unwrap_or(BodyFormat::Json));
                let parsed = parsed.and_then(|value| amendment(*amend, *target, &value));
                parsed.map(Submission::Amendment)
            }
        };
        without_empty(vec![(1, row)])
    }
}

/// Refuses the rows that exceed [`BODY_RELATIONS_MAX`] with those before them.
pub(super) fn within_relations(rows: impl Iterator<Item = Row>) -> impl Iterator<Item = Row> {
    let mut left = BODY_RELATIONS_MAX;
    rows.map(move |(number, row)| {
        let row = row.and_then(|row| match left.checked_sub(row.relations()) {
            Some(rest) => {
                left = rest;
                Ok(row)
            }
            None => Err(vec![too_many_relations(row.relations())]),
        });
        (number, row)
    })
}

fn too_many_relations(relations: usize) -> Refusal {
    let message = format!(
        "it affects up to {relations} relations, and the rows of a body affect at most \
         {BODY_RELATIONS_MAX} together"
    );
    Refusal::new(Code::TooManyRelations, message)
        .value(&relations.to_string())
        .allowed([format!("at most {BODY_RELATIONS_MAX} relations in a body")])
}

/// Refuses a body whose only row is refused as `empty_body`.
fn without_empty(mut rows: Vec<Row>) -> Result<Vec<Row>, Refusal> {
    let is_empty = |refusal: &Refusal| refusal.code == Code::EmptyBody;
    if let [(_, Err(refusals))] = rows.as_mut_slice()
        && let Some(at) = refusals.iter().position(is_empty)
    {
        return Err(refusals.swap_remove(at));
    }
    Ok(rows)
}

impl BodyFormat {
    /// Returns the format that the content type names, if there is one. The names of the headers are
    /// in lower case.
    ///
    /// # Errors
    /// `unsupported_media_type`.
    pub fn of(headers: &[(&str, &[u8])]) -> Result<Option<Self>, Refusal> {
        let content_type = headers.iter().find(|(name, _)| *name == CONTENT_TYPE);
        let content_type = content_type.map(|(_, value)| header_text(value).unwrap_or_default());
        content_type.map(Self::parse).transpose()
    }
}

/// Checks the number of rows of a request.
///
/// # Errors
/// `empty_body` for none, `too_many_records` for more than `rows_max`.
pub fn check_count(rows: usize, rows_max: usize) -> Result<(), Refusal> {
    if rows == 0 {
        return Err(empty_body());
    }
    if rows > rows_max {
        return Err(too_many_rows(rows_max));
    }
    Ok(())
}

/// Returns the refusal of a request without rows.
pub(super) fn empty_body() -> Refusal {
    Refusal::new(Code::EmptyBody, "there is no row in it")
}

/// Returns the refusal of a request with more rows than allowed.
#[must_use]
pub fn too_many_rows(rows_max: usize) -> Refusal {
    let message = format!("there are more than {rows_max} rows in it");
    Refusal::new(Code::TooManyRecords, message)
        .value(&format!("more than {rows_max} rows"))
        .allowed([format!("at most {rows_max} rows")])
}
