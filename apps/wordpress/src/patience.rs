//! Trying again, as `engine::retry` decides and as the connection's budget allows.

use std::time::Duration;

use app_sdk::SourceNote;
use domain::run::Level;
use engine::retry::wait_before_next;

use crate::call::{Answer, Site};
use crate::fault::Fault;

/// Tries while a person waits for the answer.
const BRIEF_ATTEMPTS_MAX: u32 = 2;

/// One act's attempts.
#[derive(Default)]
pub struct Patience {
    attempts: u32,
    brief: bool,
    pub notes: Vec<SourceNote>,
}

impl Patience {
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Waits before the next try, or gives the fault back when it is enough.
    pub async fn after(&mut self, site: &Site, what: &str, fault: Fault) -> Result<(), Fault> {
        self.attempts += 1;
        if self.brief && (self.attempts >= BRIEF_ATTEMPTS_MAX || fault.asks_for_a_pause()) {
            return Err(fault);
        }
        let Some(wait) = wait_before_next(self.attempts, fault.failure(self.attempts), site.egress.chance())
        else {
            return Err(fault);
        };
        if !site.egress.pace(&site.session.connection).may_retry() {
            return Err(fault);
        }
        self.notes.push(SourceNote {
            level: Level::Warning,
            code: "RETRIED".to_owned(),
            message: format!("{what}: {}; tried again after {}", fault.clone().into_app_error(), words(wait)),
        });
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// A call that is tried again by itself.
pub async fn get(site: &Site, route: &str, parameters: &[(&str, &str)]) -> Result<Answer, Fault> {
    insist(site, route, parameters, Patience::default()).await
}

/// The same while a person waits: one more try, and no long pause.
pub async fn get_soon(site: &Site, route: &str, parameters: &[(&str, &str)]) -> Result<Answer, Fault> {
    insist(site, route, parameters, Patience { brief: true, ..Patience::default() }).await
}

async fn insist(
    site: &Site,
    route: &str,
    parameters: &[(&str, &str)],
    mut patience: Patience,
) -> Result<Answer, Fault> {
    loop {
        match site.get(route, parameters).await {
            Ok(answer) => return Ok(answer),
            Err(fault) => patience.after(site, route, fault).await?,
        }
    }
}

fn words(wait: Duration) -> String {
    if wait < Duration::from_secs(2) {
        format!("{} ms", wait.as_millis())
    } else {
        format!("{} s", wait.as_secs())
    }
}
