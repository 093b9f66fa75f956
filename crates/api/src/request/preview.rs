//! The request of a preview, beside its rows.

use detente_domain::party::Lang;

use super::request;

request! {
    /// Asks what events would change. The rows are in the body.
    #[derive(Copy, Default)]
    pub struct PreviewRequest {
        /// The language of warnings: `en`, `ar` or `ru`; English by default.
        pub lang: Option<Lang>,
        /// Waits, within a time limit, until the log is folded up to this position.
        pub min_position: Option<u64>,
    }
}
