//! The stored rulebooks, and the progress of the candidate.

use detente_api::view::{CandidateState, CandidateView, RulebooksView, StoredRulebookView};
use detente_jetstream::topology::Projection;
use detente_rulebook_store::{ProjectionProgress, StoreSnapshot};

/// Returns the stored rulebooks. `folded` is the last commit that a service has folded under the
/// candidate, if it is known.
#[must_use]
pub fn rulebooks(
    registry: &StoreSnapshot,
    progress: ProjectionProgress,
    folded: Option<u64>,
) -> RulebooksView {
    let active = registry.active.as_ref().map(|active| &active.value);
    let text = |projection: &Projection| projection.to_string();
    let candidate = registry
        .candidate
        .as_ref()
        .map(|candidate| &candidate.value);
    let candidate =
        candidate.filter(|name| active.is_none_or(|active| active.projection != **name));
    let kept = registry
        .stored
        .iter()
        .filter(|(projection, _)| !registry.damaged.contains_key(*projection))
        .map(|(projection, kept)| StoredRulebookView {
            projection: text(projection),
            version: kept.rules.as_ref().ok().map(|rules| rules.version.clone()),
            origin: Some(kept.origin),
            is_followed: registry.rulebook(projection).is_some(),
            reason: registry.failed.get(projection).cloned(),
        });
    let damaged = registry.damaged.iter();
    let damaged = damaged.map(|(projection, reason)| StoredRulebookView {
        projection: text(projection),
        version: None,
        origin: None,
        is_followed: false,
        reason: Some(reason.clone()),
    });
    let mut kept: Vec<StoredRulebookView> = kept.chain(damaged).collect();
    kept.sort_by(|one, other| one.projection.cmp(&other.projection));
    RulebooksView {
        active: active.map(|active| text(&active.projection)),
        previous: active.and_then(|active| active.previous.as_ref()).map(text),
        candidate: candidate.map(|projection| {
            let reason = registry.failed.get(projection).cloned();
            CandidateView {
                projection: text(projection),
                state: if reason.is_some() {
                    CandidateState::Failed
                } else {
                    CandidateState::Building
                },
                reason,
                published: progress.published,
                folded,
                head: progress.head,
            }
        }),
        kept,
    }
}
