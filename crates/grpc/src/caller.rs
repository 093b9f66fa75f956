//! Who asks, and whether they may: the one place where it is asked for.

use detente_auth::{Caller, Role};
use detente_http::Identity;
use tonic::{Code, Extensions, Status};

use crate::status::{OrStatus as _, failed};

/// Whoever calls, if he may do what takes a role; and what tells when he may no more.
pub(crate) fn caller(extensions: &Extensions, needed: Role) -> Result<(Caller, Identity), Status> {
    // Every call goes by what finds out who calls.
    let identity = extensions.get::<Identity>().cloned().ok_or_else(|| {
        tracing::error!("a call is served without a guard");
        failed(
            Code::Internal,
            "internal",
            "this program failed; its log says how",
        )
    })?;
    let caller = identity.may(needed).or_status()?;
    Ok((caller, identity))
}
