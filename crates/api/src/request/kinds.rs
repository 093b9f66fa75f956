//! Requests of the kinds of events.

use detente_domain::kind::Kind;
use detente_domain::party::Lang;

use super::request;

request! {
    /// Asks for all kinds of events.
    #[derive(Copy, Default)]
    pub struct KindsRequest {
        /// The language of labels and descriptions: `en`, `ar` or `ru`; English by default.
        pub lang: Option<Lang>,
    }
}

request! {
    /// Asks for a kind of event.
    #[derive(Copy)]
    pub struct KindRequest {
        /// The code of the kind, such as `force.used`.
        pub kind: Kind,
        /// The language of labels and descriptions: `en`, `ar` or `ru`; English by default.
        pub lang: Option<Lang>,
    }
}
