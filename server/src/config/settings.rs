//! The one table of settings. Flags, environment, file, defaults and `--help` are all made from it.

mod cluster;

/// A setting as people see it. Its file key is `name`, its flag is `name` with dashes.
pub struct Setting {
    pub name: &'static str,
    pub env: &'static str,
    /// As text, in the form a person would write it; empty means "not set".
    pub default: &'static str,
    pub value: &'static str,
    pub help: &'static str,
    pub heading: &'static str,
    /// May hold a password: then it is never shown, and refused as a flag.
    pub secret: bool,
}

impl Setting {
    /// `max_connections` → `max-connections`.
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }
}

const fn setting(
    name: &'static str,
    env: &'static str,
    default: &'static str,
    value: &'static str,
    help: &'static str,
) -> Setting {
    Setting { name, env, default, value, help, heading: "Settings", secret: false }
}

/// Every setting there is, in the order of `--help`.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    OF_ALL.iter().chain(cluster::OF_CLUSTER)
}

/// The vault's key itself may only come from the environment: arguments are visible to every process.
pub const KEY_ENV: &str = "PORTAL_KEY";
pub const CONFIG_ENV: &str = "PORTAL_CONFIG";

const OF_ALL: &[Setting] = &[
    setting(
        "profile",
        "PORTAL_PROFILE",
        "embedded",
        "embedded|cluster",
        "What an installation stands on: a data directory and one process, or servers shared by any number of processes",
    ),
    setting(
        "data",
        "PORTAL_DATA",
        "./portal-data",
        "DIR",
        "Data directory; created with mode 0700 if absent",
    ),
    setting(
        "listen",
        "PORTAL_LISTEN",
        "127.0.0.1:8080",
        "ADDR:PORT",
        "Address to listen on; port 0 takes a free one",
    ),
    setting(
        "public_url",
        "PORTAL_PUBLIC_URL",
        "",
        "URL",
        "Where browsers reach this server (for consent pages); default: the listening address",
    ),
    setting(
        "egress_allow",
        "PORTAL_EGRESS_ALLOW",
        "",
        "CIDR[:PORT],…",
        "Private networks that sites may be in; nothing private is reachable without it",
    ),
    setting(
        "key_file",
        "PORTAL_KEY_FILE",
        "",
        "FILE",
        "Key file (mode 0600) that opens the vault; default: vault.key in the data directory, made at first start. \
         PORTAL_KEY in the environment holds the key itself instead",
    ),
    setting(
        "trusted_proxies",
        "PORTAL_TRUSTED_PROXIES",
        "",
        "CIDR,…",
        "Reverse proxies whose X-Forwarded-For is believed",
    ),
    setting("log_format", "PORTAL_LOG_FORMAT", "text", "text|json", "Form of the log on standard error"),
    setting(
        "log",
        "PORTAL_LOG",
        "",
        "LEVEL",
        "Least level logged: error, warn, info, debug, trace [default: info for serve, warn for the others]",
    ),
    setting("max_connections", "PORTAL_MAX_CONNECTIONS", "1024", "N", "Connections at once"),
    setting(
        "max_connections_per_ip",
        "PORTAL_MAX_CONNECTIONS_PER_IP",
        "64",
        "N",
        "Connections at once from one address; trusted proxies are exempt",
    ),
    setting("body_limit", "PORTAL_BODY_LIMIT", "2MiB", "SIZE", "Largest request body"),
    setting(
        "header_limit",
        "PORTAL_HEADER_LIMIT",
        "32KiB",
        "SIZE",
        "Largest request head, all headers together",
    ),
    setting(
        "header_timeout",
        "PORTAL_HEADER_TIMEOUT",
        "10s",
        "TIME",
        "For a whole request head, and for an idle connection between requests",
    ),
    setting("body_timeout", "PORTAL_BODY_TIMEOUT", "15s", "TIME", "For a whole request body"),
    setting(
        "write_timeout",
        "PORTAL_WRITE_TIMEOUT",
        "30s",
        "TIME",
        "How long a client may take nothing of an answer before it is cut off",
    ),
    setting(
        "drain_timeout",
        "PORTAL_DRAIN_TIMEOUT",
        "25s",
        "TIME",
        "For requests and runs in flight after SIGTERM; a second signal ends at once",
    ),
    setting(
        "watch_every",
        "PORTAL_WATCH_EVERY",
        "",
        "TIME",
        "How often a watched site is asked what changed [default: 1m, less often while nothing does]",
    ),
    setting(
        "sweep_every",
        "PORTAL_SWEEP_EVERY",
        "",
        "TIME",
        "How often everything that is watched is read, to find what nobody told of [default: 24h; 1h for what has no \
         time of change]",
    ),
    setting(
        "keep_deliveries",
        "PORTAL_KEEP_DELIVERIES",
        "30d",
        "DAYS",
        "How long the bytes of webhooks are kept; then their keys are destroyed. What they led to stays",
    ),
    setting(
        "trace_url",
        "PORTAL_TRACE_URL",
        "",
        "URL",
        "OpenTelemetry collector that traces are sent to (OTLP over HTTP, JSON), such as \
         http://127.0.0.1:4318/v1/traces; none are sent without it",
    ),
    setting("metrics_public", "PORTAL_METRICS_PUBLIC", "false", "BOOL", "Serve /metrics without a token"),
    setting(
        "ready_lag",
        "PORTAL_READY_LAG",
        "1000",
        "EVENTS",
        "How far views may be behind the log while /readyz still says ready",
    ),
    setting(
        "disk_reserve",
        "PORTAL_DISK_RESERVE",
        "256MiB",
        "SIZE",
        "Free disk space below which /readyz says not ready",
    ),
];
