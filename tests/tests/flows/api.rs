//! The stage's own API, through its real router: what a person would click.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use command_api::{Context, Settings, Templates, local_router};
use domain::scenario::{ScenarioCommand, Scenarios};
use engine::rebuild::{Rebuild, ViewKeeper};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::stage::Stage;

pub struct Api(Router);

impl Api {
    pub fn of(stage: &Stage) -> Self {
        let parts = &stage.parts;
        let rebuild = Rebuild {
            log: parts.executor.store.clone(),
            reads: parts.reads.clone(),
            vault: parts.vault.clone(),
        };
        Self(local_router(Context {
            executor: parts.executor.clone(),
            reads: parts.reads.clone(),
            vault: parts.vault.clone(),
            views: ViewKeeper::new(rebuild, projector::projections::all, parts.clock.clone()),
            apps: parts.apps.clone(),
            clock: parts.clock.clone(),
            ids: parts.ids.clone(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            app_id: "6f2a0f4e-8d0f-4b39-9a36-0a4f6b1f7a10".to_owned(),
            templates: Templates::built_in(),
            settings: Settings { read_patience: std::time::Duration::from_secs(20), ..Settings::default() },
        }))
    }

    async fn send(&self, method: Method, path: &str, body: Body) -> (u16, Value) {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let response = self.0.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    #[track_caller]
    fn is(answer: (u16, Value), wanted: u16) -> Value {
        assert_eq!(answer.0, wanted, "{}", answer.1);
        answer.1
    }

    /// An answer of 200.
    pub async fn get(&self, path: &str) -> Value {
        Self::is(self.send(Method::GET, path, Body::empty()).await, 200)
    }

    /// A read that is refused.
    pub async fn missing(&self, path: &str) -> Value {
        let (status, answer) = self.send(Method::GET, path, Body::empty()).await;
        assert!(status >= 400, "{answer}");
        answer
    }

    /// An answer with this status.
    pub async fn post(&self, path: &str, body: Value, status: u16) -> Value {
        Self::is(self.send(Method::POST, path, Body::from(body.to_string())).await, status)
    }

    /// A refusal with this code.
    pub async fn refused(&self, path: &str, body: Value, code: &str) -> Value {
        let (status, answer) = self.send(Method::POST, path, Body::from(body.to_string())).await;
        assert!(status >= 400, "{answer}");
        assert_eq!(answer["code"], code, "{answer}");
        answer
    }

    /// Starts a run of a scenario and waits for its end; gives its id.
    pub async fn run(&self, stage: &Stage, scenario: &str) -> String {
        let started = self.post(&format!("/api/v1/scenarios/{scenario}/runs"), json!({}), 202).await;
        let run = started["run"].as_str().unwrap().to_owned();
        stage.over(&run).await;
        run
    }
}

impl Stage {
    /// Publishes a graph as the next version of a scenario, which is made if need be.
    pub async fn publish(&self, scenario: &str, graph: &Value) {
        let create = ScenarioCommand::Create { name: scenario.to_owned(), template: None };
        let _exists = self.executor.execute::<Scenarios>(scenario, create, engine::Meta::by("test")).await;
        let save = ScenarioCommand::SaveDraft { expected: None, graph: graph.clone() };
        self.command::<Scenarios>(scenario, save).await;
        let mut folded = engine::history::Folded::default();
        let stream = engine::StreamName::new("scenario", scenario);
        engine::history::catch_up::<Scenarios>(&*self.store, &stream, &mut folded).await.unwrap();
        let draft = folded.state.draft;
        let publish = ScenarioCommand::Publish { draft, graph: graph.clone(), note: String::new() };
        self.command::<Scenarios>(scenario, publish).await;
    }
}
