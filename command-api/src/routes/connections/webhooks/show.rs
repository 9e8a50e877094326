use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::endpoint::{Algorithm, EndpointPhase, Mode};
use domain::ids::ConnectionId;
use domain::inbox::OutboxRange;
use domain::views::{ENDPOINTS, EndpointView, INBOXES, InboxView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};
use crate::schema;

#[derive(Serialize, ToSchema)]
pub struct Webhooks {
    pub connection: String,
    /// Where deliveries are sent; with `capability-url` the secret follows it.
    pub url: String,
    #[schema(value_type = schema::WebhookMode)]
    pub mode: Option<Mode>,
    #[schema(value_type = schema::EndpointPhase)]
    pub phase: EndpointPhase,
    pub opened_at: Option<DateTime<Utc>>,
    pub secrets: Vec<WebhookSecret>,
    /// Deliveries that were let in.
    pub received: u64,
    pub last_received_at: Option<DateTime<Utc>>,
    /// Deliveries that were refused, by reason.
    pub refused: BTreeMap<String, u64>,
    pub last_refused_at: Option<DateTime<Utc>>,
    /// Deliveries up to this position were read.
    pub read_to: u64,
    pub last_read_at: Option<DateTime<Utc>>,
    /// Numbers of the sender's outbox that never came.
    #[schema(value_type = Vec<schema::OutboxRange>)]
    pub gaps: Vec<OutboxRange>,
    /// What should be better.
    pub warnings: Vec<String>,
}

/// A secret, without itself.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecret {
    pub number: u64,
    pub fingerprint: String,
    /// Until when it is accepted; absent for the newest one.
    pub until: Option<DateTime<Utc>>,
    pub is_accepted: bool,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A connection's endpoint, with how it is doing.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/webhooks",
    tag = "webhooks",
    operation_id = "show_webhooks",
    params(("id" = String, Path, description = "Begins with cn_"), ReadParams),
    responses((status = 200, body = Webhooks))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<ConnectionId>,
    Params(params): Params<ReadParams>,
) -> Answer<Webhooks> {
    api.shown(&ENDPOINTS, params.min_position).await?;
    let found: Option<EndpointView> = api.find(&ENDPOINTS, id.as_str()).await?;
    let view = found.ok_or_else(|| Problem::not_found("endpoint"))?;
    let inbox: InboxView = api.find(&INBOXES, id.as_str()).await?.unwrap_or_default();
    let now = api.context.clock.now();
    let warnings = warnings(&view, &inbox);
    let secrets = view.state.secrets.into_iter().map(|line| WebhookSecret {
        number: line.number,
        fingerprint: line.fingerprint,
        until: line.until,
        is_accepted: line.until.is_none_or(|until| now < until),
        last_used_at: view.secrets_used_at.get(&line.number).copied(),
    });
    Ok(Json(Webhooks {
        connection: id.to_string(),
        url: api.hook_url(&id),
        mode: view.state.mode,
        phase: view.state.phase,
        opened_at: view.opened_at,
        secrets: secrets.collect(),
        received: view.received,
        last_received_at: view.last_received_at,
        refused: view.refused,
        last_refused_at: view.last_refused_at,
        read_to: inbox.state.read_to,
        last_read_at: inbox.last_read_at,
        gaps: inbox.state.gaps,
        warnings,
    }))
}

fn warnings(view: &EndpointView, inbox: &InboxView) -> Vec<String> {
    let mut warnings = vec![];
    let sha1 = |mode: &Mode| {
        matches!(
            mode,
            Mode::WooCommerce { algorithm: Algorithm::Sha1 }
                | Mode::HmacBody { algorithm: Algorithm::Sha1, .. }
        )
    };
    if view.state.mode.as_ref().is_some_and(sha1) {
        warnings.push("SHA-1 is weak; let the sender use SHA-256 if it can".to_owned());
    }
    if !inbox.state.gaps.is_empty() {
        warnings.push("some of the sender's changes never came; a sweep makes up for them".to_owned());
    }
    warnings
}
