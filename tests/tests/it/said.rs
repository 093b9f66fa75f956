//! What a refusal has to say, and whether it does.

use crate::ask::{Answer, text};
use serde_json::{Value, json};

const PROBLEM: &str = "application/problem+json";

/// What a refusal has to say.
#[derive(Clone, Copy)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) field: &'static str,
    pub(crate) given: &'static str,
    /// One of what is allowed.
    pub(crate) allowed: &'static str,
}

pub(crate) const fn said(status: u16, code: &'static str) -> Said {
    let (field, given, allowed) = ("", "", "");
    Said {
        status,
        code,
        field,
        given,
        allowed,
    }
}

pub(crate) const fn at(code: &'static str, field: &'static str, given: &'static str) -> Said {
    Said {
        field,
        given,
        ..said(422, code)
    }
}

pub(crate) const fn near(said: Said, allowed: &'static str) -> Said {
    Said { allowed, ..said }
}

impl Said {
    pub(crate) fn assert_in(&self, case: &str, refusal: &Value) {
        assert_eq!(refusal["code"], self.code, "{case}: {refusal}");
        for (key, expected) in [("field", self.field), ("given", self.given)] {
            if !expected.is_empty() {
                assert_eq!(refusal[key], expected, "{case}: {refusal}");
            }
        }
        let allowed = refusal["allowed"].as_array().cloned().unwrap_or_default();
        let fits = self.allowed.is_empty() || allowed.contains(&json!(self.allowed));
        assert!(fits, "{case}: {refusal}");
        assert!(!text(&refusal["message"]).is_empty(), "{case}: {refusal}");
    }

    pub(crate) fn assert_answers(&self, case: &str, answer: &Answer) {
        let Answer {
            status,
            media_type,
            body,
        } = answer;
        assert_eq!(
            (*status, &**media_type),
            (self.status, PROBLEM),
            "{case}: {body}"
        );
        assert_eq!(body["status"], self.status, "{case}");
        assert_eq!(body["code"], self.code, "{case}: {body}");
        let kind = format!("urn:detente:refusal:{}", self.code);
        assert_eq!(body["type"], kind.as_str(), "{case}");
        for key in ["title", "detail", "advice"] {
            assert!(!text(&body[key]).is_empty(), "{case}: {key}: {body}");
        }
        self.assert_in(case, &body["refusals"][0]);
    }
}
