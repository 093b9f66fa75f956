//! The rulebooks that are kept, and how far the one to follow is.

use detente_api::view::{CandidateState, CandidateView, KeptView, ShelfView};
use detente_jetstream::topology::Projection;
use detente_rulebook_store::Standing;
use detente_rulebook_store::shelf::Built;

/// What stands on the shelf. `folded` is how far a service has folded the candidate, where one says.
#[must_use]
pub fn shelf(standing: &Standing, built: Built, folded: Option<u64>) -> ShelfView {
    let active = standing.active.as_ref().map(|active| &active.value);
    let text = |projection: &Projection| projection.to_string();
    let candidate = standing
        .candidate
        .as_ref()
        .map(|candidate| &candidate.value);
    let candidate = candidate.filter(|one| active.is_none_or(|a| a.projection != **one));
    let kept = standing.kept.iter().map(|(projection, kept)| KeptView {
        projection: text(projection),
        version: kept.rules.as_ref().ok().map(|rules| rules.version.clone()),
        origin: Some(kept.origin),
        is_followed: standing.book(projection).is_some(),
        reason: standing.failed.get(projection).cloned(),
    });
    let damaged = standing.damaged.iter();
    let damaged = damaged.map(|(projection, reason)| KeptView {
        projection: text(projection),
        version: None,
        origin: None,
        is_followed: false,
        reason: Some(reason.clone()),
    });
    let mut kept: Vec<KeptView> = kept.chain(damaged).collect();
    kept.sort_by(|one, other| one.projection.cmp(&other.projection));
    ShelfView {
        active: active.map(|active| text(&active.projection)),
        previous: active.and_then(|active| active.previous.as_ref()).map(text),
        candidate: candidate.map(|projection| {
            let reason = standing.failed.get(projection).cloned();
            CandidateView {
                projection: text(projection),
                state: if reason.is_some() {
                    CandidateState::Failed
                } else {
                    CandidateState::Building
                },
                reason,
                told: built.told,
                folded,
                head: built.head,
            }
        }),
        kept,
    }
}
