//! Parameters of requests over HTTP.

use std::fmt::Debug;

use detente_api::request::{
    ChangesRequest, CountriesRequest, CountryAtomRequest, CountryRequest, DiffRequest,
    EventRequest, EventsRequest, FilterRequest, HistoryRequest, KindRequest, KindsRequest,
    LanguageRequest, Params, PendingRequest, PreviewRequest, RegisterRequest, RelationAtomRequest,
    RelationEventsRequest, RelationRequest, ReplayRequest, Request, WhyRequest,
};
use detente_feed::Filter;
use url::form_urlencoded;

/// Checks the query of a URL as the parameters of each request. Names that begin with a slash are
/// those of segments of the path.
pub(crate) fn params(query: &[u8]) {
    let all = form_urlencoded::parse(query).into_owned();
    let mut given = Given::default();
    for (name, value) in all {
        match name.strip_prefix('/') {
            Some(segment) => given.path.push((segment.to_owned(), value)),
            None => given.pairs.push((name, value)),
        }
    }
    given.as_::<RelationRequest>();
    given.as_::<HistoryRequest>();
    given.as_::<RegisterRequest>();
    given.as_::<WhyRequest>();
    given.as_::<DiffRequest>();
    given.as_::<RelationEventsRequest>();
    given.as_::<CountryRequest>();
    given.as_::<CountriesRequest>();
    given.as_::<EventsRequest>();
    given.as_::<PendingRequest>();
    given.as_::<EventRequest>();
    given.as_::<PreviewRequest>();
    given.as_::<KindsRequest>();
    given.as_::<KindRequest>();
    given.as_::<LanguageRequest>();
    given.as_::<ChangesRequest>();
    given.as_::<ReplayRequest>();
    given.as_::<RelationAtomRequest>();
    given.as_::<CountryAtomRequest>();
    if let Some(filter) = given.as_::<FilterRequest>() {
        let _ = Filter::parse(&filter);
    }
}

/// Decoded parameters.
#[derive(Default)]
struct Given {
    path: Vec<(String, String)>,
    pairs: Vec<(String, String)>,
}

impl Given {
    /// Checks that a request is the same if its own pairs are sent.
    fn as_<R: Request + Debug + PartialEq>(&self) -> Option<R> {
        let params = Params::new(self.path.clone(), self.pairs.clone());
        let request = R::parse(&params).ok()?;
        let pairs = request.pairs().into_iter();
        let pairs = pairs
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let again = R::parse(&Params::new(self.path.clone(), pairs));
        assert_eq!(again.as_ref(), Ok(&request));
        Some(request)
    }
}
