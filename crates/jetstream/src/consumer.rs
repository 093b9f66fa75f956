//! Settings of the short-lived consumers of this crate.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};

/// Returns the settings of a pull consumer in the server's memory, without acknowledgements. The
/// server deletes it when nothing was pulled for `inactive`.
pub(crate) fn ephemeral(deliver_policy: DeliverPolicy, inactive: Duration) -> pull::Config {
    pull::Config {
        deliver_policy,
        ack_policy: AckPolicy::None,
        inactive_threshold: inactive,
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    }
}
