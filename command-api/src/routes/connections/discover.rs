use app_sdk::{AppError, Discovery};
use axum::Extension;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::connection::{Identity, Stage};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::edge::RequestId;
use crate::endpoint::{Body, Problem, Shared, State};
use crate::probe::{Check, Watcher};
use crate::schema;
use crate::watched::{self, wants_to_watch};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Discover {
    pub app: String,
    /// As a person would type it: `example.org`, or any page of the site.
    pub address: String,
}

/// What a look at an address found.
#[derive(Serialize, ToSchema)]
pub struct Discovered {
    /// What was looked at, in order, with what to do about it.
    #[schema(value_type = Vec<schema::Stage>)]
    pub stages: Vec<Stage>,
    /// Absent when no such system was found.
    pub found: Option<Site>,
    #[schema(value_type = Option<schema::Trouble>)]
    pub problem: Option<Value>,
}

#[derive(Serialize, ToSchema)]
pub struct Site {
    pub address: String,
    pub origin: String,
    #[schema(value_type = schema::Identity)]
    pub identity: Identity,
    #[schema(value_type = Object)]
    pub details: Value,
}

/// Looks for a site at an address. Sends no credentials and stores nothing; not finding one is an answer, too.
///
/// With `Accept: text/event-stream` it can be watched: `check` messages as stages begin and end, at last `found` with
/// this answer, or `problem`.
#[utoipa::path(
    post,
    path = "/api/v1/connections/discover",
    tag = "connections",
    operation_id = "discover_connection",
    request_body = Discover,
    responses(
        (status = 200, content((Discovered = "application/json"), (Check = "text/event-stream")))
    )
)]
pub async fn discover(
    State(api): State<Shared>,
    id: Option<Extension<RequestId>>,
    headers: HeaderMap,
    body: Body<Discover>,
) -> Result<Response, Problem> {
    let Discover { app, address } = body.value;
    api.app(&app)?;
    let watched = wants_to_watch(&headers);
    let worker = api.clone();
    let look = async move |watcher: Watcher| {
        let looked = worker.discover(worker.app(&app)?, &address, &watcher).await?;
        match looked.discovery {
            Ok(found) => Ok(Discovered { stages: looked.stages, found: Some(found.into()), problem: None }),
            Err(error) if watched => Err(Problem::from(error).at("address")),
            Err(error) => Ok(Discovered { stages: looked.stages, found: None, problem: Some(words(&error)) }),
        }
    };
    Ok(watched::answer(&api, &headers, id, look).await)
}

impl From<Discovery> for Site {
    fn from(found: Discovery) -> Self {
        Self {
            address: found.address,
            origin: found.origin,
            identity: found.identity,
            details: found.details,
        }
    }
}

fn words(error: &AppError) -> Value {
    serde_json::json!({ "code": error.code(), "message": error.to_string(), "remedy": error.remedy() })
}
