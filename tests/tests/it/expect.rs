//! Expected refusals.

use crate::helpers::{Answer, answer_to, text};
use detente_tests::product::Product;
use serde_json::{Value, json};

const PROBLEM: &str = "application/problem+json";

/// The expected parts of a refusal; an empty text is not checked.
#[derive(Clone, Copy)]
pub(crate) struct ExpectedRefusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) field: &'static str,
    pub(crate) given: &'static str,
    /// One of the allowed values.
    pub(crate) allowed: &'static str,
}

/// Expects a status and a code.
pub(crate) const fn refuses(status: u16, code: &'static str) -> ExpectedRefusal {
    ExpectedRefusal {
        status,
        code,
        field: "",
        given: "",
        allowed: "",
    }
}

/// Expects a 422 with a code, a field and its value.
pub(crate) const fn refuses_field(
    code: &'static str,
    field: &'static str,
    given: &'static str,
) -> ExpectedRefusal {
    refuses(422, code).of(field, given)
}

/// Checks that paths below another one are refused with a status, a code, and a field for each.
pub(crate) async fn assert_refused_reads(
    product: &Product,
    base: &str,
    status: u16,
    code: &'static str,
    paths: &[(&str, &'static str)],
) {
    for &(path, field) in paths {
        let path = format!("{base}{path}");
        let answer = answer_to(product, &path).await;
        refuses(status, code)
            .of(field, "")
            .assert_answers(&path, &answer);
    }
}

impl ExpectedRefusal {
    /// Expects a field and its value.
    pub(crate) const fn of(self, field: &'static str, given: &'static str) -> Self {
        Self {
            field,
            given,
            ..self
        }
    }

    /// Expects one of the allowed values.
    pub(crate) const fn allowing(self, allowed: &'static str) -> Self {
        Self { allowed, ..self }
    }

    pub(crate) fn assert_in(&self, case: &str, refusal: &Value) {
        assert_eq!(refusal["code"], self.code, "{case}: {refusal}");
        for (key, expected) in [("field", self.field), ("given", self.given)] {
            if !expected.is_empty() {
                assert_eq!(refusal[key], expected, "{case}: {refusal}");
            }
        }
        let allowed = refusal["allowed"].as_array().cloned().unwrap_or_default();
        let is_allowed = self.allowed.is_empty() || allowed.contains(&json!(self.allowed));
        assert!(is_allowed, "{case}: {refusal}");
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
