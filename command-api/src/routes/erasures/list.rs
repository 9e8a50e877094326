use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::erasure::ErasureEvent;
use engine::history::decode;
use engine::ports::Filter;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Json, Listed, Problem, Shared, State};

/// Events read in one step.
const STEP_EVENTS: usize = 1_000;
/// Most erasures shown; the newest.
const SHOWN_MAX: usize = 1_000;

/// An erasure. Whom it was about is not kept.
#[derive(Serialize, ToSchema)]
pub struct ErasureShown {
    pub id: String,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub reason: String,
    /// `open`, `completed` or `lifted`.
    pub state: &'static str,
    /// Keys that were destroyed.
    pub subjects: usize,
    /// Events that lost their content.
    pub events: usize,
}

/// Every erasure, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/erasures",
    tag = "erasures",
    operation_id = "list_erasures",
    responses((status = 200, body = Listed<ErasureShown>))
)]
pub async fn list(State(api): State<Shared>) -> Answer<Listed<ErasureShown>> {
    let store = &api.context.executor.store;
    let filter = Filter::categories(["erasure"]);
    let (mut at, end) = (0, *store.end().borrow());
    let mut found: BTreeMap<String, (u64, ErasureShown)> = BTreeMap::new();
    while at < end {
        let slice = store.read_all(at, &filter, STEP_EVENTS).await?;
        at = slice.read_to;
        for event in &slice.events {
            let id = event.stream.id().to_owned();
            let fact = decode::<ErasureEvent>(event).map_err(|error| Problem::fault(&error))?;
            match (fact, found.get_mut(&id)) {
                (ErasureEvent::Requested(requested), _) => {
                    let shown = ErasureShown {
                        id: id.clone(),
                        at: event.recorded_at,
                        actor: event.meta.actor.0.clone(),
                        reason: requested.reason.clone(),
                        state: "open",
                        subjects: requested.subjects.len(),
                        events: requested.known().len(),
                    };
                    found.insert(id, (event.position, shown));
                }
                (ErasureEvent::Completed(completed), Some((_, shown))) => {
                    shown.state = "completed";
                    shown.events = completed.positions.len();
                }
                (ErasureEvent::Lifted(_), Some((_, shown))) => shown.state = "lifted",
                _ => {}
            }
        }
    }
    let mut items: Vec<(u64, ErasureShown)> = found.into_values().collect();
    items.sort_by_key(|(position, _)| std::cmp::Reverse(*position));
    let items = items.into_iter().take(SHOWN_MAX).map(|(_, shown)| shown).collect();
    Ok(Json(Listed { items, next_cursor: None, total: None }))
}
