//! The storage of the account: what its streams take, and what they may take.

use async_nats::jetstream::account::Account;

use crate::Connection;

/// The storage of an account, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storage {
    /// What the files of all streams take.
    pub used: u64,
    /// What they may take, if the account has a limit. The limit of the server as a whole is not
    /// known to its clients.
    pub max: Option<u64>,
}

/// An account whose storage cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the account cannot be read: {0}")]
pub struct AccountError(#[from] async_nats::jetstream::context::AccountError);

/// Returns the storage of the account.
///
/// # Errors
/// [`AccountError`] if the server does not answer, or the user may not ask.
pub async fn storage(conn: &Connection) -> Result<Storage, AccountError> {
    Ok(tightest(&conn.jetstream().query_account().await?))
}

/// Returns the storage of the account or, if it has tiers, of the one with the least room.
fn tightest(account: &Account) -> Storage {
    let storage = |used, max: Option<i64>| Storage {
        used,
        max: max.and_then(|max| u64::try_from(max).ok()),
    };
    let whole = storage(account.storage, account.limits.max_storage);
    let tiers = account.tiers.values();
    let tiers = tiers.map(|tier| storage(tier.storage, tier.limits.max_storage));
    let limited = tiers.chain([whole]).filter(|storage| storage.max.is_some());
    limited.min_by_key(Storage::room).unwrap_or(whole)
}

impl Storage {
    /// Returns what is left of the limit; without one there is no end.
    #[must_use]
    pub fn room(&self) -> u64 {
        self.max
            .map_or(u64::MAX, |max| max.saturating_sub(self.used))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn account(max: i64, tiers: &[(&str, u64, i64)]) -> Account {
        let limits = |max: i64| {
            json!({
                "max_memory": -1, "max_storage": max, "max_streams": -1, "max_consumers": -1,
                "max_bytes_required": false, "max_ack_pending": -1,
                "memory_max_stream_bytes": -1, "storage_max_stream_bytes": -1,
            })
        };
        let usage = |used: u64, max: i64| {
            json!({
                "memory": 0, "storage": used, "reserved_memory": 0, "reserved_storage": 0,
                "streams": 1, "consumers": 0, "limits": limits(max),
                "api": {"total": 2, "errors": 0},
            })
        };
        let mut account = usage(7, max);
        for (name, used, max) in tiers {
            account["tiers"][name] = usage(*used, *max);
        }
        serde_json::from_value(account).expect("an account")
    }

    #[test]
    fn the_tier_with_the_least_room_counts() {
        let storage = |used, max| Storage { used, max };
        assert_eq!(tightest(&account(-1, &[])), storage(7, None));
        assert_eq!(tightest(&account(9, &[])), storage(7, Some(9)));
        let tiers = [("R1", 10, 100), ("R3", 30, 50), ("R5", 90, -1)];
        let found = tightest(&account(-1, &tiers));
        assert_eq!((found, found.room()), (storage(30, Some(50)), 20));
        assert_eq!(storage(9, Some(7)).room(), 0);
        assert_eq!(storage(9, None).room(), u64::MAX);
    }
}
