//! What the server denies for want of permission. It says so beside the request, which then has no
//! answer.

use tokio::sync::watch;
use tokio::time::Instant;

/// The last denial. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Denied(watch::Sender<Option<(Instant, String)>>);

impl Denied {
    /// Records an error of the server, if it is a denial.
    pub(crate) fn record(&self, error: &str) {
        if error.to_lowercase().starts_with("permissions violation") {
            self.0
                .send_replace(Some((Instant::now(), error.to_owned())));
        }
    }

    /// Returns the last denial since a moment.
    pub(crate) fn any(&self, since: Instant) -> Option<String> {
        let last = self.0.borrow();
        let (at, error) = last.as_ref()?;
        (*at >= since).then(|| error.clone())
    }

    /// Returns the denial of messages to a subject since a moment.
    pub(crate) fn to(&self, subject: &str, since: Instant) -> Option<String> {
        let last = self.0.borrow();
        let (at, error) = last.as_ref()?;
        let is_of_it = *at >= since && error.contains(&format!("\"{subject}\""));
        is_of_it.then(|| error.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_counts_for_its_subject_and_since_it_was_made() {
        let (denied, before) = (Denied::default(), Instant::now());
        denied.record("Stale Connection");
        assert_eq!(denied.to("a.b", before), None);
        let error = "Permissions Violation for Publish to \"a.b\"";
        denied.record(error);
        assert_eq!(denied.to("a.b", before).as_deref(), Some(error));
        assert_eq!(denied.to("a", before), None);
        assert_eq!(denied.any(before).as_deref(), Some(error));
        let later = Instant::now() + std::time::Duration::from_secs(1);
        assert_eq!(denied.to("a.b", later), None);
        assert_eq!(denied.any(later), None);
    }
}
