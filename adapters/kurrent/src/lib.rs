//! The log in KurrentDB (once `EventStoreDB`), for installations of several machines. The crate `eventstore` is declared
//! as its successor; see ADR 0002. What differs from a log in one file is in ADR 0011:
//!
//! - Positions are places in the server's log file: they grow and have gaps. Only positions that a log has given out
//!   may be handed back to it.
//! - An append to several streams is no transaction. The last stream is written last, the others before it and side by
//!   side; an append that stopped on the way is completed by repeating it.
//! - Bodies stay in the server's files. Marks in the stream `~removed-bodies` say which ones are no longer given out;
//!   what makes them unreadable is that their subject's key is destroyed.

mod append;
mod connect_error;
mod encoding;
mod marks;
mod names;
mod read;
mod server;
mod settings;
mod store;
mod tail;

pub use connect_error::ConnectError;
pub use settings::KurrentSettings;
pub use store::KurrentEventStore;
