//! The plugin's feed of changes: one question in place of the many that WordPress itself answers, and it also knows of
//! changed fields and terms, of what was published on schedule, and of users, terms and comments.

use std::collections::BTreeMap;

use app_sdk::egress::Method;
use app_sdk::{AppError, Hint};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{LIMIT, signed};
use crate::call::Site;
use crate::fault::Fault;

/// Answers of the feed in one answer of ours.
const PAGES_MAX: usize = 20;
/// Begins with what changes from now on.
const PRESENT: &str = "now";

/// Where somebody stands who follows the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    pub epoch: String,
    pub cursor: String,
}

/// What came of following.
pub struct Followed {
    pub hints: Vec<Hint>,
    pub feed: Feed,
    pub more: bool,
}

#[derive(Deserialize)]
struct Page {
    epoch: String,
    changes: Vec<Change>,
    cursor: String,
    more: bool,
}

#[derive(Deserialize)]
struct Change {
    resource: String,
    id: u64,
    #[serde(default)]
    modified_gmt: Option<String>,
    /// A hook noted it: the post's own time of change may not tell.
    #[serde(default)]
    outbox_id: Option<u64>,
}

impl Feed {
    /// The present place; `None` where the plugin does not answer us.
    pub async fn present(site: &Site, resource: &str, now: DateTime<Utc>) -> Result<Option<Self>, AppError> {
        let page = page(site, resource, PRESENT, now).await?;
        Ok(page.map(|page| Self { epoch: page.epoch, cursor: page.cursor }))
    }

    /// What changed since. `None` where the plugin does not answer us, or its numbers began anew.
    pub async fn follow(
        &self,
        site: &Site,
        resource: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Followed>, AppError> {
        let mut feed = self.clone();
        let mut hints: BTreeMap<u64, Hint> = BTreeMap::new();
        let mut more = true;
        for _ in 0..PAGES_MAX {
            let Some(page) = page(site, resource, &feed.cursor, now).await? else { return Ok(None) };
            if page.epoch != feed.epoch {
                return Ok(None);
            }
            for change in page.changes.into_iter().filter(|change| change.resource == resource) {
                // A post's own row tells its version; a noted change says to look whatever is known.
                let surely = change.outbox_id.is_some();
                let version = change.modified_gmt.map(|time| time.trim_end_matches('Z').to_owned());
                let hint = hints.entry(change.id).or_insert_with(|| Hint {
                    id: change.id.to_string(),
                    version: version.clone(),
                    surely: false,
                });
                hint.surely |= surely || hint.version.is_none();
                if !surely {
                    hint.version = version;
                }
            }
            // The same place again would never end.
            more = page.more && page.cursor != feed.cursor;
            feed.cursor = page.cursor;
            if !more {
                break;
            }
        }
        Ok(Some(Followed { hints: hints.into_values().collect(), feed, more }))
    }
}

async fn page(
    site: &Site,
    resource: &str,
    cursor: &str,
    now: DateTime<Utc>,
) -> Result<Option<Page>, AppError> {
    let parameters = [("cursor", cursor), ("limit", LIMIT), ("resource", resource)];
    let answer =
        signed::call(site, Method::GET, "/portal/v1/changes", &parameters, Bytes::new(), now).await?;
    answer.map(|answer| answer.parse().map_err(Fault::into_app_error)).transpose()
}
