//! Distribution of events by NATS JetStream: a relay follows the log and publishes, followers hear from the streams.
//! The log stays the truth; whoever meets a gap reads the log itself. See `docs/adr/0012-events-are-distributed-by-jetstream.md`.

mod bus;
mod connect;
mod connect_error;
mod encoding;
mod message;
mod relay;
mod settings;
mod stream;
mod subject;

pub use bus::NatsBus;
pub use connect::Nats;
pub use connect_error::ConnectError;
pub use message::{CONTENT, POSITION, PREVIOUS, REVISION, STREAM, TYPE};
pub use relay::Relay;
pub use settings::{Credentials, NatsSettings, Refill, Tls};
pub use subject::{partition, subject};
