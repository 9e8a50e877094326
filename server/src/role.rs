//! Which parts of the product a process runs. Embedded, one process runs all; in a cluster each part scales by itself.

use crate::exit;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Everything,
    /// Takes webhooks in.
    Ingest,
    /// The API and the console.
    CommandApi,
    /// Folds views and runs scenarios.
    Projector,
    /// Hands the log to the bus.
    Relay,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::Everything => "serve",
            Self::Ingest => "ingest",
            Self::CommandApi => "command-api",
            Self::Projector => "projector",
            Self::Relay => "relay",
        }
    }

    /// Takes webhooks in on its port.
    pub fn takes_deliveries(self) -> bool {
        matches!(self, Self::Everything | Self::Ingest)
    }

    /// Answers people, on its port.
    pub fn answers_people(self) -> bool {
        matches!(self, Self::Everything | Self::CommandApi)
    }

    /// Must know the endpoints of connections: who takes deliveries, and who sends a test through that door.
    pub fn knows_endpoints(self) -> bool {
        self.takes_deliveries() || self.answers_people()
    }

    pub fn follows(self) -> bool {
        matches!(self, Self::Everything | Self::Projector)
    }

    pub fn relays(self) -> bool {
        matches!(self, Self::Everything | Self::Relay)
    }

    /// Needs the bus. Whoever does not goes on while it is down.
    #[cfg(feature = "cluster")]
    pub fn uses_the_bus(self) -> bool {
        self.follows() || self.relays()
    }

    /// Works from views, so that it is ready only when they are near the log.
    pub fn needs_views(self) -> bool {
        self.follows() || self.answers_people()
    }

    /// For whoever asks for something else.
    pub fn what_is_here(self) -> &'static str {
        match self {
            Self::Everything | Self::CommandApi => "the console is at /ui/, the API at /api/v1/",
            Self::Ingest => "this process takes webhooks, at /hooks/; the API is where `command-api` runs",
            Self::Projector | Self::Relay => {
                "this process answers /healthz, /readyz and /metrics; the API is where `command-api` runs"
            }
        }
    }

    /// One data directory is one process.
    pub fn refuse_alone(self) -> anyhow::Result<()> {
        if self == Self::Everything {
            return Ok(());
        }
        let name = self.name();
        Err(exit::ending(
            exit::CONFIG,
            format!(
                "`{name}` is one role of a cluster, and the embedded profile is one process; run `serve`, or set \
                 profile = \"cluster\""
            ),
        ))
    }
}
