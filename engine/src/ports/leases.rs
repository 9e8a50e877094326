//! Who does what, when several processes share one log.

use std::time::Duration;

use async_trait::async_trait;

use super::Cause;

/// Time-limited, exclusive, and taken over when its holder is gone. A lease says who *should* act. That nobody acts
/// twice is held by the log: whoever was paused beyond its lease meets a revision it did not expect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    pub holder: String,
    /// Grows by one with each change of the holder.
    pub token: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// It is unknown whether the lease is held; whoever held it goes on only until the time it knows of.
    #[error("the leases cannot be reached")]
    Unavailable(#[source] Cause),
}

#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes a lease, or keeps it, for `time` from now by the clock of the store. `None` while somebody else holds it.
    async fn hold(&self, name: &str, holder: &str, time: Duration) -> Result<Option<Lease>, LeaseError>;

    /// Lets go at once, if `holder` holds it.
    async fn release(&self, name: &str, holder: &str) -> Result<(), LeaseError>;

    /// The leases that are held now and whose names begin with `prefix`, by name.
    async fn held(&self, prefix: &str) -> Result<Vec<Lease>, LeaseError>;
}
