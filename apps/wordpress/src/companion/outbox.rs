//! The plugin's outbox, pulled.

use app_sdk::egress::Method;
use app_sdk::{AppError, NumberedChange, OutboxPage, OutboxQuestion, Said};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{LIMIT, signed};
use crate::call::Site;
use crate::fault::Fault;
use crate::hear::{named, said};

#[derive(Deserialize)]
struct Batch {
    epoch: Value,
    site: String,
    changes: Vec<Value>,
    last_id: u64,
    acknowledged: u64,
    #[serde(default)]
    lost_up_to: u64,
}

pub async fn ask(
    site: &Site,
    question: OutboxQuestion,
    now: DateTime<Utc>,
) -> Result<Option<OutboxPage>, AppError> {
    let drain = |after: Option<u64>| {
        let mut body = json!({ "limit": 500 });
        if let Some(after) = after {
            body["after"] = after.into();
        }
        Bytes::from(body.to_string())
    };
    let answer = match question {
        OutboxQuestion::After(after) => {
            let parameters = [("after", &*after.to_string()), ("limit", LIMIT)];
            signed::call(site, Method::GET, "/portal/v1/outbox", &parameters, Bytes::new(), now).await?
        }
        OutboxQuestion::Waiting => {
            signed::call(site, Method::POST, "/portal/v1/drain", &[], drain(None), now).await?
        }
        OutboxQuestion::Taken(number) => {
            signed::call(site, Method::POST, "/portal/v1/drain", &[], drain(Some(number)), now).await?
        }
    };
    let Some(answer) = answer else { return Ok(None) };
    let batch: Batch = answer.parse().map_err(Fault::into_app_error)?;
    let changes = batch.changes.iter().filter_map(|change| {
        let number = change["outbox_id"].as_u64()?;
        Some(NumberedChange { number, said: said(change) })
    });
    let mut changes: Vec<NumberedChange> = changes.collect();
    changes.sort_by_key(|change| change.number);
    if changes.iter().any(|change| change.said == Said::Unreadable) {
        tracing::warn!(connection = %site.session.connection, "changes of the plugin's outbox could not be read; a sweep finds them");
    }
    Ok(Some(OutboxPage {
        outbox: named(&batch.site, &batch.epoch),
        changes,
        last_given: batch.last_id,
        taken: batch.acknowledged,
        lost_up_to: batch.lost_up_to,
    }))
}
