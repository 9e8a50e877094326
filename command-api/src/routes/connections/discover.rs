use app_sdk::AppError;
use domain::connection::{Identity, Stage};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Json, Shared, State};
use crate::schema;

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
#[utoipa::path(
    post,
    path = "/api/v1/connections/discover",
    tag = "connections",
    operation_id = "discover_connection",
    request_body = Discover,
    responses((status = 200, body = Discovered))
)]
pub async fn discover(State(api): State<Shared>, body: Body<Discover>) -> Answer<Discovered> {
    let app = api.app(&body.value.app)?;
    let looked = api.discover(app, &body.value.address).await?;
    let (found, problem) = match looked.discovery {
        Ok(found) => {
            let site = Site {
                address: found.address,
                origin: found.origin,
                identity: found.identity,
                details: found.details,
            };
            (Some(site), None)
        }
        Err(error) => (None, Some(words(&error))),
    };
    Ok(Json(Discovered { stages: looked.stages, found, problem }))
}

fn words(error: &AppError) -> Value {
    serde_json::json!({ "code": error.code(), "message": error.to_string(), "remedy": error.remedy() })
}
