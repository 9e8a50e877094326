//! Waiting for a run: progress for people, a summary at the end, an exit code for scripts.

mod progress;
mod summary;

pub use summary::{code, report};

use std::time::Duration;

use serde_json::Value;

use crate::client::Api;
use crate::exit;
use crate::listen::Stop;
use progress::Progress;

/// How often a run is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Looks until the run is over and gives it as it then is. A signal ends the waiting, not the run: it goes on from
/// where it is when the installation next starts.
pub async fn until_over(api: &Api, run: &str, stop: &Stop, quiet: bool) -> anyhow::Result<Value> {
    let mut progress = Progress::start(quiet);
    loop {
        let seen = api.show("runs", run).await?;
        progress.show(&seen);
        if is_over(&seen) {
            progress.end();
            return Ok(seen);
        }
        if seen["phase"] == "paused" {
            progress.end();
            return Err(exit::ending(
                exit::FAILED,
                format!("the run {run} is paused; let it go on with: runs resume {run}"),
            ));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.draining.cancelled() => {
                progress.end();
                return Err(exit::ending(
                    exit::FAILED,
                    format!("stopped waiting; the run {run} goes on where it is: runs watch {run}"),
                ));
            }
        }
    }
}

fn is_over(run: &Value) -> bool {
    !matches!(run["phase"].as_str(), Some("running" | "paused" | "cancelling") | None)
}
