//! The ports. Each is narrow; each adapter passes the same contract suite (`tests/src/contracts`).

pub mod append_rules;
pub mod bus;
pub mod clock;
pub mod event_store;
pub mod leases;
pub mod read_store;
pub mod vault;
mod view_digest;

pub use bus::{Bus, Subscription};
pub use clock::{Clock, Ids};
pub use event_store::{AppendError, Appended, EventStore, Expected, Filter, Slice, StoreError, StreamAppend};
pub use leases::{Lease, LeaseError, Leases};
pub use read_store::{
    Change, Column, Doc, Folding, IndexValue, Kind, Order, Page, PageCursor, Query, ReadError, ReadStore,
    Row, ViewBatch, ViewSpec,
};
pub use vault::{Secret, SecretSlot, SubjectKey, Vault, VaultError};
pub use view_digest::{ViewDigest, ViewHasher};

/// The cause beneath a port's error.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;
