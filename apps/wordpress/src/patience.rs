//! Trying again, as `engine::retry` decides and as the connection's budget allows.

use std::time::Duration;

use app_sdk::SourceNote;
use domain::run::Level;
use engine::retry::wait_before_next;

use crate::call::{Answer, Site};
use crate::fault::Fault;

/// One act's attempts.
#[derive(Default)]
pub struct Patience {
    attempts: u32,
    pub notes: Vec<SourceNote>,
}

impl Patience {
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Waits before the next try, or gives the fault back when it is enough.
    pub async fn after(&mut self, site: &Site, what: &str, fault: Fault) -> Result<(), Fault> {
        self.attempts += 1;
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
    let mut patience = Patience::default();
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
