//! A test delivery goes through the same door as every other: signed, verified, written down.

use app_sdk::signature::{BodyKey, SigningKey, decode_entities, webhook_slot};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use domain::endpoint::{Encoding, EndpointState, Mode};
use domain::ids::ConnectionId;
use engine::ports::Secret;
use serde::Serialize;
use serde_json::Value;
use tower::ServiceExt as _;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::{Answer, Id, Json, Problem, Shared, State};

const BODY: &str = r#"{"type":"portal.test","data":{}}"#;
const ANSWER_BYTES_MAX: usize = 64 << 10;

#[derive(Serialize, ToSchema)]
pub struct TestDelivered {
    /// What a sender would have been answered.
    pub status: u16,
    /// Ask for it at `/api/v1/receipts/{id}`; absent when it was refused.
    pub receipt: Option<String>,
    /// The code of a refusal.
    pub code: Option<String>,
}

/// Sends a delivery that names no record through the endpoint, signed with its newest secret.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/webhooks/test",
    tag = "webhooks",
    operation_id = "test_webhooks",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = TestDelivered))
)]
pub async fn test(State(api): State<Shared>, Id(id): Id<ConnectionId>) -> Answer<TestDelivered> {
    let state = api.endpoint(&id).await?;
    let Some(mode) = state.mode.clone().filter(|_| state.is_open()) else {
        return Err(Problem::not_found("endpoint"));
    };
    let secret = api.newest_secret(&id, &state).await?;
    let request = api.test_request(&id, &mode, &secret)?;
    let response = match api.context.hooks.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_default();
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    Ok(Json(TestDelivered { status, receipt: text("receipt"), code: text("code") }))
}

impl Api {
    async fn newest_secret(&self, id: &ConnectionId, state: &EndpointState) -> Result<Secret, Problem> {
        let line = state.secrets.last().ok_or_else(|| Problem::not_found("secret"))?;
        let found = self.context.vault.open(&webhook_slot(id, &line.slot)).await?;
        found.ok_or_else(|| Problem::not_found("secret"))
    }

    fn test_request(
        &self,
        id: &ConnectionId,
        mode: &Mode,
        secret: &Secret,
    ) -> Result<Request<Body>, Problem> {
        let mut path = format!("/hooks/{id}");
        let mut headers: Vec<(String, String)> = vec![];
        match mode {
            Mode::StandardWebhooks {} => {
                let key = SigningKey::parse(secret).map_err(|_| cannot_sign())?;
                let (message, at) = (format!("test_{}", self.context.ids.short()), self.context.clock.now());
                let signature = key.sign(&message, at.timestamp(), BODY.as_bytes());
                headers.push(("webhook-id".to_owned(), message));
                headers.push(("webhook-timestamp".to_owned(), at.timestamp().to_string()));
                headers.push(("webhook-signature".to_owned(), signature));
            }
            Mode::WooCommerce { algorithm } => {
                let decoded = Secret::new(decode_entities(secret.expose()).into_owned());
                let form = (*algorithm, Encoding::Base64, "");
                let signature = BodyKey::new(&decoded).sign(form, BODY.as_bytes());
                headers.push(("x-wc-webhook-signature".to_owned(), signature));
                headers.push(("x-wc-webhook-resource".to_owned(), "action".to_owned()));
            }
            Mode::HmacBody { header, algorithm, encoding, prefix } => {
                let form = (*algorithm, *encoding, prefix.as_str());
                headers.push((header.clone(), BodyKey::new(secret).sign(form, BODY.as_bytes())));
            }
            Mode::CapabilityUrl {} => {
                path.push('/');
                path.push_str(secret.expose());
            }
        }
        let mut request = Request::post(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.body(Body::from(BODY)).map_err(|error| Problem::fault(&error))
    }
}

fn cannot_sign() -> Problem {
    Problem::invalid(
        "CANNOT_SIGN",
        "the endpoint has the sender's public key only, so nobody here can sign for it",
        "let the sender send something",
    )
}
