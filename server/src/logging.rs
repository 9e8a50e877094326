//! The process's own log: JSON or text on standard error, by a thread of its own behind a bounded queue. A reader that
//! stops reading costs lines (counted), never the service (bad input 169).

pub mod escape;
mod fields;
mod layer;
mod writer;

pub use writer::Flush;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Registry, filter};

use crate::config::LogFormat;

/// Starts logging for the whole process. Keep the guard: dropping it writes what is still queued.
pub fn start(format: LogFormat, level: filter::LevelFilter) -> Flush {
    let (queue, flush) = writer::start();
    let quiet = filter::Targets::new()
        .with_default(level.min(filter::LevelFilter::WARN))
        .with_targets(OURS.map(|name| (name, level)))
        // Tells of each attempt what its caller is told anyway, and decides about.
        .with_target("kurrentdb", filter::LevelFilter::OFF);
    let subscriber = Registry::default().with(quiet).with(layer::Lines { format, queue });
    // Fails only when a logger is already there, as in tests; that one then stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let why = panic.payload_as_str().unwrap_or("no words");
        tracing::error!(
            error = why,
            place,
            "a part of the program panicked; this is a defect, please report it"
        );
    }));
    flush
}

/// Our own crates log at the level asked; the rest only what is wrong.
const OURS: [&str; 14] = [
    "portal_integrations",
    "domain",
    "engine",
    "adapter_memory",
    "adapter_sqlite",
    "adapter_kurrent",
    "adapter_nats",
    "adapter_postgres",
    "app_sdk",
    "app_wordpress",
    "app_portal",
    "ingest",
    "projector",
    "command_api",
];
