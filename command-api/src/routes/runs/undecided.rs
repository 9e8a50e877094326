use app_sdk::effects;
use chrono::{DateTime, Utc};
use domain::effect::EffectEvent;
use domain::ids::RunId;
use domain::run::OUTCOME_UNKNOWN;
use engine::{StreamName, history};
use serde::Serialize;
use utoipa::ToSchema;

use super::decide::ITEMS_MAX;
use super::retry::RetryFilter;
use crate::doubts::record;
use crate::endpoint::{Answer, Id, Json, Listed, Problem, Shared, State};

/// An item of which nobody can tell whether it arrived, and about which nobody has decided yet.
#[derive(Serialize, ToSchema)]
pub struct Undecided {
    /// The item within the run.
    pub item: String,
    pub connection: String,
    pub resource: String,
    /// The record's id in its source.
    pub record: String,
    /// The connection that it was sent to.
    pub to: String,
    /// The run that sent it: this one, or one before.
    pub sent_by: String,
    /// Why there is no answer.
    pub why: String,
    /// Since when it waits.
    pub since: DateTime<Utc>,
}

/// The items of a run that wait for a decision, as the log has it now: at most 1,000, and how many there are in all.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}/undecided",
    tag = "runs",
    operation_id = "list_undecided_items",
    params(("id" = String, Path, description = "Begins with rn_")),
    responses((status = 200, body = Listed<Undecided>))
)]
pub async fn undecided(State(api): State<Shared>, Id(of): Id<RunId>) -> Answer<Listed<Undecided>> {
    let started = api.run_started(&of).await?;
    let filter = RetryFilter { code: Some(OUTCOME_UNKNOWN.to_owned()), ..RetryFilter::default() };
    let selection = api.failed_items(&of, started.scenario.as_str(), &filter).await?;
    let places: Vec<_> = selection
        .ids
        .into_iter()
        .zip(selection.items)
        .filter_map(|(id, failed)| {
            let stream = effects::stream(failed.to.as_deref()?, &record(&failed)?.path());
            Some((id, failed, stream))
        })
        .collect();
    let streams: Vec<StreamName> = places.iter().map(|(.., stream)| stream.clone()).collect();
    let last = api.context.executor.store.read_last(&streams).await?;
    let mut items = vec![];
    for ((item, failed, _), last) in places.into_iter().zip(last) {
        let Some(last) = last else { continue };
        let EffectEvent::InDoubt(doubt) = history::decode::<EffectEvent>(&last)? else { continue };
        items.push(Undecided {
            item,
            connection: failed.connection,
            resource: failed.resource,
            record: failed.record,
            to: failed.to.unwrap_or_default(),
            sent_by: doubt.run.to_string(),
            why: doubt.why,
            since: last.recorded_at,
        });
    }
    let total = items.len() as u64;
    items.truncate(ITEMS_MAX);
    Ok::<_, Problem>(Json(Listed { items, next_cursor: None, total: Some(total) }))
}
