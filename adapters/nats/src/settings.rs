//! What an operator says about the NATS server and the stream of events.

use std::path::PathBuf;
use std::time::Duration;

use engine::ports::Secret;

/// What becomes of events that are in the log and not in the stream, when the stream is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refill {
    /// The relay publishes the whole log again; the stream's own limit lets the oldest fall away.
    #[default]
    Everything,
    /// It begins at the log's end. Followers read older events from the log in any case, so this loses nothing; right
    /// for logs that are much larger than the stream.
    OnlyNew,
}

/// How the server knows us.
#[derive(Default)]
pub enum Credentials {
    /// Nothing, or what the URL itself says.
    #[default]
    Anonymous,
    UserAndPassword(String, Secret),
    Token(Secret),
    /// The seed of an `NKey`.
    NKey(Secret),
    /// A `.creds` file: a user's JWT and its seed.
    File(PathBuf),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Refuses a server that does not offer it. A `tls://` URL says the same.
    pub required: bool,
    /// The authorities to trust, PEM; without it those of the system.
    pub authorities: Option<PathBuf>,
    /// Our certificate and its key, PEM, where the server wants to see one.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

pub struct NatsSettings {
    /// `nats://host:4222` or `tls://host:4222`; several, with commas between them.
    pub url: Secret,
    pub credentials: Credentials,
    pub tls: Tls,
    pub stream: String,
    /// What every subject begins with: `{prefix}.{partition}.{category}`.
    pub prefix: String,
    pub partitions: u16,
    pub replicas: usize,
    /// Bytes of the stream; beyond them the oldest messages go. Nobody misses them: the log has them.
    pub bytes_max: i64,
    pub refill: Refill,
    /// Longest wait for any one answer of the server.
    pub patience: Duration,
    /// How long the bus may lag behind the log's bell before a follower reads the log itself.
    pub silence: Duration,
}

impl NatsSettings {
    pub fn new(url: Secret) -> Self {
        Self {
            url,
            credentials: Credentials::Anonymous,
            tls: Tls::default(),
            stream: "PORTAL_EVENTS".to_owned(),
            prefix: "portal.events".to_owned(),
            partitions: 16,
            replicas: 1,
            bytes_max: 8 << 30,
            refill: Refill::default(),
            patience: Duration::from_secs(5),
            silence: Duration::from_millis(500),
        }
    }
}
