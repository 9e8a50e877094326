//! A server, and as many installations on it as a test wants.

use std::sync::atomic::{AtomicUsize, Ordering};

use acceptance::postgres_server::PostgresServer;
use adapter_postgres::{OpenError, Postgres, PostgresSettings};
use engine::ports::Secret;

pub struct Stage {
    pub server: PostgresServer,
    schemas: AtomicUsize,
}

impl Stage {
    pub fn new() -> Self {
        Self { server: PostgresServer::start(), schemas: AtomicUsize::new(0) }
    }

    /// Settings for a schema that nobody has used yet.
    pub fn fresh(&self) -> PostgresSettings {
        let schema = format!("s{}", self.schemas.fetch_add(1, Ordering::Relaxed));
        PostgresSettings { schema, ..settings(&self.server.url()) }
    }

    pub async fn connect_fresh(&self) -> Postgres {
        Postgres::connect(self.fresh()).await.unwrap()
    }
}

pub fn settings(url: &str) -> PostgresSettings {
    PostgresSettings::new(Secret::new(url.to_owned()))
}

/// Why a connection is refused.
pub async fn refusal(settings: PostgresSettings) -> OpenError {
    match Postgres::connect(settings).await {
        Ok(_) => panic!("it was not refused"),
        Err(refused) => refused,
    }
}
