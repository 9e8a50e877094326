use domain::connection::Stage;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Json, Shared, State};
use crate::schema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Where {
    app: String,
    /// As a person types it.
    address: String,
}

#[derive(Serialize, ToSchema)]
pub struct Discovered {
    found: bool,
    #[schema(value_type = Vec<schema::Stage>)]
    stages: Vec<Stage>,
    /// Absent when nothing was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    identity: Option<Value>,
    /// True when a browser can be sent to the site to authorise.
    can_authorise: bool,
    /// Why nothing was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    problem: Option<Value>,
}

/// Looks for a site, stage by stage, without adding it.
#[utoipa::path(post, path = "/api/v1/connections/discover", tag = "connections", request_body = Where, responses((status = 200, body = Discovered)))]
pub async fn discover(State(api): State<Shared>, body: Body<Where>) -> Answer<Discovered> {
    let app = api.app(&body.value.app)?.clone();
    let found = api.discover(&app, &body.value.address).await?;
    Ok(Json(match found.discovery {
        Ok(discovery) => Discovered {
            found: true,
            stages: found.stages,
            can_authorise: app.authorise.is_some() && discovery.details["authorization_endpoint"].is_string(),
            address: Some(discovery.address),
            identity: Some(json!(discovery.identity)),
            problem: None,
        },
        Err(error) => Discovered {
            found: false,
            stages: found.stages,
            can_authorise: false,
            address: None,
            identity: None,
            problem: Some(
                json!({ "code": error.code(), "message": error.to_string(), "remedy": error.remedy() }),
            ),
        },
    }))
}
