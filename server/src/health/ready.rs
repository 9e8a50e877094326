//! Readiness: the log's end is known and can grow, and the views are near it.

use std::sync::Arc;
use std::time::Duration;

use domain::views;
use engine::ports::{EventStore, Filter, ReadStore};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::profile::Home;

/// An answer is given again for so long, so that asking often costs nothing.
const FRESH: Duration = Duration::from_millis(500);
/// A store that takes longer than this to answer is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Events read to count how far views are behind.
const EVENTS_COUNTED_MAX: usize = 10_000;

type Problem = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub ready: bool,
    /// Why not: each with what to do.
    pub causes: Vec<Cause>,
    pub log_position: u64,
    /// How many events the slowest view is behind.
    pub views_behind: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Cause {
    pub code: &'static str,
    pub detail: String,
    pub remedy: &'static str,
}

pub struct Ready {
    pub home: Arc<dyn Home>,
    pub log: Arc<dyn EventStore>,
    pub reads: Arc<dyn ReadStore>,
    /// Whether this process needs views that are near the log.
    pub views: bool,
    pub config: Config,
    pub draining: CancellationToken,
    pub last: Mutex<Option<(Instant, Report)>>,
}

impl Ready {
    pub async fn look(&self) -> Report {
        let mut last = self.last.lock().await;
        if let Some((at, report)) = &*last
            && at.elapsed() < FRESH
        {
            return report.clone();
        }
        let report = self.look_anew().await;
        *last = Some((Instant::now(), report.clone()));
        report
    }

    async fn look_anew(&self) -> Report {
        let mut causes = vec![];
        let log_position = *self.log.end().borrow();
        if self.draining.is_cancelled() {
            causes.push(Cause {
                code: "DRAINING",
                detail: "the server is ending".to_owned(),
                remedy: "send requests elsewhere, or wait until it is back",
            });
        }
        match tokio::time::timeout(PATIENCE, self.home.causes(&self.config)).await {
            Ok(found) => causes.extend(found),
            Err(_) => causes.push(slow("what this process stands on")),
        }
        let all = Filter::all();
        let from =
            if self.home.directory().is_some() { log_position.saturating_sub(1) } else { log_position };
        let read = self.log.read_all(from, &all, 1);
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => causes.push(store(&error)),
            Err(_) => causes.push(slow("the log")),
        }
        let views_behind = match tokio::time::timeout(PATIENCE, self.behind(log_position)).await {
            Ok(Ok((behind, view))) => {
                if behind > self.config.ready_lag {
                    causes.push(Cause {
                        code: "VIEWS_BEHIND",
                        detail: format!("the view `{view}` is {behind} events behind the log"),
                        remedy: "wait; if the number does not fall, look for `follower stopped` in the server's log",
                    });
                }
                behind
            }
            Ok(Err(error)) => {
                causes.push(store(&*error));
                0
            }
            Err(_) => {
                causes.push(slow("the views"));
                0
            }
        };
        Report { ready: causes.is_empty(), causes, log_position, views_behind }
    }

    async fn behind(&self, end: u64) -> Result<(u64, &'static str), Problem> {
        let mut most = (0, "");
        if !self.views {
            return Ok(most);
        }
        let mut from = end;
        for view in views::ALL {
            let at = self.reads.checkpoint(view).await?;
            if at < from {
                (from, most.1) = (at, view.name);
            }
        }
        most.0 = if self.home.directory().is_some() {
            end - from
        } else if from < end {
            // Positions of a server's log have gaps: the events themselves are counted, as far as it matters.
            let limit = usize::try_from(self.config.ready_lag).unwrap_or(usize::MAX).min(EVENTS_COUNTED_MAX);
            self.log.read_all(from, &Filter::all(), limit.saturating_add(1)).await?.events.len() as u64
        } else {
            0
        };
        Ok(most)
    }
}

/// What an unprivileged process may still write.
pub fn free_bytes(directory: &std::path::Path) -> std::io::Result<u64> {
    let space = rustix::fs::statvfs(directory)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

fn store(error: &(dyn std::error::Error + 'static)) -> Cause {
    Cause {
        code: "STORE_FAILED",
        detail: engine::follow::chain(error),
        remedy: "run `portal-integrations doctor` on the data directory",
    }
}

fn slow(what: &str) -> Cause {
    Cause {
        code: "STORE_SLOW",
        detail: format!("{what} did not answer within two seconds"),
        remedy: "look for a busy or failing disk",
    }
}
