//! The caller of a request, and the role that it requires.

use detente_auth::{Caller, Role};
use detente_http::Identity;
use tonic::{Extensions, Status};

use crate::status::{OrStatus as _, internal_status};

/// Returns the caller if it has the role, and its identity, which reports a revocation.
///
/// # Errors
/// `unauthenticated` or `forbidden`.
pub(crate) fn caller(extensions: &Extensions, role: Role) -> Result<(Caller, Identity), Status> {
    // The layers add the identity to every call.
    let identity = extensions.get::<Identity>().cloned().ok_or_else(|| {
        tracing::error!("a call is served without authentication");
        internal_status()
    })?;
    let caller = identity.require(role).or_status()?;
    Ok((caller, identity))
}
