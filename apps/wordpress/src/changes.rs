//! Hearing what changed on a site. WordPress has no list of changes, and every question that it answers misses some;
//! so several are asked, and what all of them miss is found by reading everything now and then.
//!
//! 1. Changed after a time (`modified_after`), with an overlap: the comparison is made in the site's own wall time,
//!    which runs twice through an hour each autumn, and jumps when somebody changes the site's zone.
//! 2. The highest ids: a record inserted with a date of the past is not changed after anything.
//! 3. Posts whose time has come: publishing on schedule does not touch the time of change.
//!
//! Where the plugin answers us, its feed is asked in place of all of these (`companion/feed.rs`).
//!
//! Users, terms and comments know no time of change; of them only new ones are heard.

mod ask;
mod place;
mod presence;

use std::sync::Arc;
use std::time::Duration;

use app_sdk::egress::Egress;
use app_sdk::{AppError, Changes, Hints, HintsRequest, Presence, Rhythm, Session};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use self::place::Place;
use crate::details::Details;

const ASK: Duration = Duration::from_mins(1);
/// For what has a time of change.
const SWEEP: Duration = Duration::from_hours(24);
/// For what has none.
const SWEEP_WITHOUT_TIMES: Duration = Duration::from_hours(1);

pub struct WordPressChanges {
    egress: Arc<Egress>,
}

impl WordPressChanges {
    pub fn new(egress: Arc<Egress>) -> Self {
        Self { egress }
    }
}

#[async_trait]
impl Changes for WordPressChanges {
    fn rhythm(&self, session: &Session, resource: &str) -> Rhythm {
        let has_times = Details::of(session)
            .is_ok_and(|details| details.resource(resource).is_ok_and(crate::ResourceInfo::has_status));
        Rhythm { ask: ASK, sweep: if has_times { SWEEP } else { SWEEP_WITHOUT_TIMES } }
    }

    fn cursor(&self, _: &Session, _: &str, now: DateTime<Utc>) -> Value {
        Place::start(now).to_value()
    }

    async fn hints(&self, session: &Session, request: &HintsRequest) -> Result<Hints, AppError> {
        ask::ask(Arc::clone(&self.egress), session, request).await
    }

    async fn presence(
        &self,
        session: &Session,
        resource: &str,
        ids: &[String],
    ) -> Result<Vec<Presence>, AppError> {
        presence::look(Arc::clone(&self.egress), session, resource, ids).await
    }
}
