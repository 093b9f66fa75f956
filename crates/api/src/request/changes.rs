//! Questions about changes.

use detente_domain::day::Day;
use detente_domain::dimension::Register;
use detente_domain::party::Party;
use detente_domain::routes::Pair;
use detente_domain::state::Occasion;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::value::bad;
use super::{
    AtomLang, AtomLimit, Ends, Envelope, Given, KnownAt, PageLimit, Place, ReplayClock, Request,
    Speed, State, Topic, request,
};
use crate::refusal::Refusal;

request! {
    /// Asks for some changes; an empty list asks for all. In JSON each list is an array of texts,
    /// or one text; a field that is not known is refused.
    #[derive(Default, Serialize, Deserialize)]
    #[serde(try_from = "Map<String, Json>", into = "Map<String, Json>")]
    pub struct FilterRequest {
        /// Only relations of these states, by code or name.
        pub country: Vec<State>,
        /// Only changes that these states, authorities, groups or organisations have a part in.
        pub party: Vec<Party>,
        /// Only these relations, such as `AFG-TJK`; beside countries, one of either is enough.
        pub pair: Vec<Pair>,
        /// Only these dimensions or registers.
        pub dimension: Vec<Topic>,
        /// Only these registers; beside dimensions, one of either is enough.
        pub register: Vec<Register>,
        /// Only conduct of one towards another, such as `TJK-AFG`.
        pub direction: Vec<Ends>,
        /// Only changes of these occasions.
        pub occasion: Vec<Occasion>,
        /// An expression of the Common Expression Language over the change, such as
        /// `change.dimension == "recognition" && change.to == "de_jure"`. The feed compiles it.
        pub filter: Option<String>,
    }
}

request! {
    /// Asks for a page of changes.
    #[derive(Default)]
    pub struct ChangesRequest {
        /// Which changes.
        pub filter: FilterRequest,
        /// What the frames of an event stream are: as in a page, or CloudEvents 1.0.
        pub form: Option<Envelope>,
        /// Where to begin: a cursor, `start` or `now`.
        pub from: Option<Place>,
        /// The most items of a page.
        pub limit: Option<PageLimit>,
    }
}

request! {
    /// Asks for changes as they come.
    #[derive(Default)]
    pub struct WatchRequest {
        /// Which changes.
        pub filter: FilterRequest,
        /// What the frames are: as in a page, or CloudEvents 1.0.
        pub form: Option<Envelope>,
        /// Where to begin: a cursor, `start` or `now`; now without it.
        pub from: Option<Place>,
    }
}

request! {
    /// Asks for changes once more, at a pace.
    #[derive(Default)]
    pub struct ReplayRequest {
        /// Which changes.
        pub filter: FilterRequest,
        /// The first day.
        pub from: Option<Day>,
        /// The last day.
        pub to: Option<Day>,
        /// Days a second, such as `30d/s`; without it, as fast as they are read.
        pub speed: Option<Speed>,
        /// By the days on which it was so, or as it came to be known.
        pub clock: Option<ReplayClock>,
        /// What the log held: a position, or an RFC 3339 time; the head without it.
        pub known_at: Option<KnownAt>,
        /// Waits, within a limit, until the log was folded up to this position.
        pub min_position: Option<u64>,
    }
    check ReplayRequest::check;
}

request! {
    /// Asks for a page of an Atom feed, of which the path says whose relations it is about.
    #[derive(Default)]
    pub struct AtomRequest {
        /// The language.
        pub lang: Option<AtomLang>,
        /// Which changes; neither countries nor pairs.
        pub filter: FilterRequest,
        /// The most entries of a page.
        pub limit: Option<AtomLimit>,
        /// Only what came before this cursor, which the feed checks.
        pub before: Option<String>,
    }
    check AtomRequest::check;
}

impl ReplayRequest {
    fn check(&self, _: &Given) -> Result<(), Refusal> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if to < from => {
                let message = format!("a replay from {from} cannot end before it");
                Err(bad("to", &to.to_string(), &message))
            }
            _ => Ok(()),
        }
    }
}

impl AtomRequest {
    fn check(&self, given: &Given) -> Result<(), Refusal> {
        for name in ["country", "pair"] {
            if let Some(text) = given.one(name)? {
                let message = "the address says already of whom the feed is";
                return Err(bad(name, text, message));
            }
        }
        Ok(())
    }
}

impl From<ChangesRequest> for WatchRequest {
    fn from(request: ChangesRequest) -> Self {
        let ChangesRequest {
            filter, form, from, ..
        } = request;
        Self { filter, form, from }
    }
}

impl TryFrom<Map<String, Json>> for FilterRequest {
    type Error = Refusal;

    fn try_from(fields: Map<String, Json>) -> Result<Self, Refusal> {
        let known: Vec<_> = Self::parameters().iter().map(|one| one.name).collect();
        match fields.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(Refusal::unknown_field(key, key, &known)),
            None => Self::from_json(&fields),
        }
    }
}

impl From<FilterRequest> for Map<String, Json> {
    fn from(filter: FilterRequest) -> Self {
        let pairs = filter.pairs();
        let given = FilterRequest::parameters().into_iter().filter_map(|one| {
            let mut values = pairs.iter().filter(|(name, _)| *name == one.name);
            let json = if one.is_list {
                let list: Vec<_> = values.map(|(_, value)| value.as_str()).collect();
                (!list.is_empty()).then(|| list.into())
            } else {
                values.next().map(|(_, value)| value.as_str().into())
            };
            Some((one.name.to_owned(), json?))
        });
        given.collect()
    }
}
