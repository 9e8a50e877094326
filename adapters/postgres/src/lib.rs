//! Views, secrets and leases in PostgreSQL, for installations of several machines. A view's rows and its checkpoint
//! move in one transaction.
//!
//! Everything lies in one schema, which is made and brought up to date at the first connection. Sessions are used as
//! such (advisory locks, prepared statements), so a pooler in front of the server must pool sessions.

mod checks;
mod fault;
mod leases;
mod open_error;
mod postgres;
mod read_store;
mod schema;
mod settings;
mod text;
mod tls;
mod vacuum;
mod vault;

pub use leases::PostgresLeases;
pub use open_error::OpenError;
pub use postgres::Postgres;
pub use read_store::PostgresReadStore;
pub use settings::{PostgresSettings, Tls, TlsMode};
pub use vault::PostgresVault;
