//! The only place in this crate that calls an app: finding a site, testing a connection, the consent page, a sample of
//! records. All of these are questions; none of them writes into a destination. See ADR 0007.

mod check;
mod consent;
mod count;
mod discover;
mod revoke;
mod sample;
mod session;
mod watch;

pub use check::Checked;
pub use session::{session_with, slot};
pub use watch::{Check, Watcher};

use std::time::Duration;

use app_sdk::{App, AppError};

use crate::context::Api;
use crate::problem::Problem;

impl Api {
    /// An app by its id.
    pub fn app(&self, id: &str) -> Result<&App, Problem> {
        self.context.apps.get(id).ok_or_else(|| {
            let known: Vec<&str> = self.context.apps.all().map(|app| &*app.entry.id).collect();
            Problem::invalid(
                "UNKNOWN_APP",
                format!("this server does not know the app {}", id.chars().take(50).collect::<String>()),
                format!("use one of: {}", known.join(", ")),
            )
            .at("app")
        })
    }

    /// A place among the questions that may be asked at the same time.
    async fn turn(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        let waiting = self.probes.clone().acquire_owned();
        match tokio::time::timeout(self.context.settings.read_patience, waiting).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Problem::busy(
                "TOO_MANY_PROBES",
                "many connections are being tested at the moment",
                "try again in a moment",
            )),
        }
    }

    fn patience(&self) -> Duration {
        self.context.settings.probe_patience
    }
}

/// A remote system that did not come to an end.
fn too_slow(patience: Duration) -> AppError {
    AppError::Transient {
        code: "TOO_SLOW".to_owned(),
        message: format!("the site did not come to an end within {} seconds", patience.as_secs()),
        remedy: "look whether the site is overloaded, then try again".to_owned(),
    }
}
