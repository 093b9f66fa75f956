//! Places at which lists and feeds begin.

use super::Value;
use super::value::number;
use crate::refusal::{Code, Refusal};

/// Where a page of a list begins, as the page before gave it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageFrom {
    /// The position at which the list was known; none at its start.
    pub known: Option<u64>,
    /// How many items come before.
    pub place: usize,
}

/// Where a reader of changes begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the first change that there ever was.
    Start,
    /// With what comes next.
    Now,
    /// After a cursor, which the change feed checks.
    After(String),
}

impl Value for PageFrom {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        if text == "start" {
            return Ok(Self::default());
        }
        let parse = || {
            let (known, place) = text.split_once('-')?;
            Some(Self {
                known: Some(number(known)?),
                place: usize::try_from(number(place)?).ok()?,
            })
        };
        parse().ok_or_else(|| {
            let refusal = Refusal::new(Code::BadCursor, "this list gave no such cursor");
            refusal.field(field).given(text).allowed(["start"])
        })
    }

    fn write(&self) -> String {
        match self.known {
            Some(known) => format!("{known}-{}", self.place),
            None => "start".to_owned(),
        }
    }
}

impl Value for Place {
    fn read(_: &str, text: &str) -> Result<Self, Refusal> {
        Ok(match text {
            "start" => Self::Start,
            "now" => Self::Now,
            cursor => Self::After(cursor.to_owned()),
        })
    }

    fn write(&self) -> String {
        match self {
            Self::Start => "start".to_owned(),
            Self::Now => "now".to_owned(),
            Self::After(cursor) => cursor.clone(),
        }
    }
}
