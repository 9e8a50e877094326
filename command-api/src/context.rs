//! What the API is given, and what it keeps for itself while it runs.

use std::sync::Arc;
use std::time::Duration;

use app_sdk::Apps;
use engine::execute::Executor;
use engine::ports::{Clock, Ids, ReadStore, Vault};
use engine::rebuild::ViewKeeper;
use tokio::sync::Semaphore;

use crate::access::Known;
use crate::consents::Consents;
use crate::templates::Templates;

/// The ports, apps and facts of this installation.
#[derive(Clone)]
pub struct Context {
    pub executor: Executor,
    pub reads: Arc<dyn ReadStore>,
    pub vault: Arc<dyn Vault>,
    pub views: Arc<ViewKeeper>,
    pub apps: Apps,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// Where browsers reach this installation: `https://portal.example.org`, without a slash at the end.
    pub public_url: String,
    /// This installation's constant UUID, which remote systems show beside the credentials they gave us.
    pub app_id: String,
    pub templates: Templates,
    /// The door that deliveries come through, for sending a test through it.
    pub hooks: axum::Router,
    pub settings: Settings,
}

/// Bounds that an operator may change.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a read waits for a view to reach `min_position`.
    pub read_patience: Duration,
    /// How long one question to a remote system may take.
    pub probe_patience: Duration,
    /// Questions to remote systems at the same time.
    pub probes_max: usize,
    /// Live streams at the same time.
    pub streams_max: usize,
    /// How often a live stream says that it is still there.
    pub heartbeat: Duration,
    /// How long a browser stays signed in.
    pub session_life: Duration,
    /// Days until the bytes of webhooks are erased.
    pub keep_deliveries_days: u64,
    /// What this build is.
    pub build: Build,
}

/// What a build says of itself.
#[derive(Clone, Debug)]
pub struct Build {
    /// As every answer's `X-App-Version` says.
    pub version: &'static str,
    /// What tells one build of the console from another; empty when there is none.
    pub ui: &'static str,
}

impl Default for Build {
    fn default() -> Self {
        Self { version: env!("CARGO_PKG_VERSION"), ui: "" }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            read_patience: Duration::from_secs(2),
            probe_patience: Duration::from_mins(1),
            probes_max: 16,
            streams_max: 64,
            heartbeat: Duration::from_secs(15),
            session_life: Duration::from_hours(12),
            keep_deliveries_days: 30,
            build: Build::default(),
        }
    }
}

/// The context with the little state that the API has: nothing here outlives the process, and nothing needs to.
pub struct Api {
    pub context: Context,
    pub known: Known,
    pub consents: Consents,
    pub signing_out: tokio::sync::Mutex<()>,
    pub probes: Arc<Semaphore>,
    pub streams: Arc<Semaphore>,
    pub revoking: tokio::sync::Mutex<()>,
}

pub type Shared = Arc<Api>;

impl Api {
    pub fn new(mut context: Context) -> Shared {
        let trimmed = context.public_url.trim_end_matches('/').len();
        context.public_url.truncate(trimmed);
        let (probes, streams) = (context.settings.probes_max, context.settings.streams_max);
        Arc::new(Self {
            context,
            known: Known::default(),
            consents: Consents::default(),
            signing_out: tokio::sync::Mutex::default(),
            probes: Arc::new(Semaphore::new(probes)),
            streams: Arc::new(Semaphore::new(streams)),
            revoking: tokio::sync::Mutex::default(),
        })
    }

    /// True when browsers reach us through TLS.
    pub fn is_https(&self) -> bool {
        self.context.public_url.starts_with("https://")
    }
}
