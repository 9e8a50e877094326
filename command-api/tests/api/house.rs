//! An installation in memory, with the views folded behind it.

use std::sync::Arc;

use adapter_memory::{LogBus, ManualClock, MemoryEventStore, MemoryReadStore, MemoryVault, SeededIds};
use app_sdk::Apps;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use command_api::{Context, Settings, Templates, issue_token, router};
use domain::access::Role;
use domain::connection::{ConnectionCommand, Connections};
use domain::views::TOKENS;
use engine::Meta;
use engine::execute::Executor;
use engine::follow;
use engine::ports::{Bus, Clock, EventStore, Ids, ReadStore, Vault};
use engine::project::Projector;
use engine::rebuild::{Rebuild, ViewKeeper};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::fake_app::{self, Site};

pub struct House {
    pub app: Router,
    pub context: Context,
    pub clock: Arc<ManualClock>,
    pub site: Arc<Site>,
    pub viewer: String,
    pub operator: String,
    pub administrator: String,
    views: JoinHandle<()>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.views.abort();
    }
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.is(status);
        assert_eq!(answer.json["code"], code, "{}", answer.text);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        for field in ["type", "title", "detail", "remedy", "request_id"] {
            assert!(
                answer.json[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field}: {}",
                answer.text
            );
        }
        answer
    }

    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap().to_owned()
    }

    pub fn position(&self) -> u64 {
        self.json["position"].as_u64().unwrap()
    }
}

impl House {
    pub async fn open() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let clock = Arc::new(ManualClock::default());
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(7));
        let store: Arc<dyn EventStore> = Arc::new(MemoryEventStore::new(clock.clone()));
        let reads: Arc<dyn ReadStore> = Arc::new(MemoryReadStore::new());
        let vault: Arc<dyn Vault> = Arc::new(MemoryVault::new(ids.clone()));
        let bus: Arc<dyn Bus> = Arc::new(LogBus::new(store.clone()));
        let mut projector =
            Projector::new("views", projector::projections::all(), reads.clone(), vault.clone());
        let views = tokio::spawn(async move { follow::run(&*bus, &mut projector).await });
        let site = Arc::new(Site::default());
        let rebuild = Rebuild { log: store.clone(), reads: reads.clone(), vault: vault.clone() };
        let keeper = ViewKeeper::new(rebuild, projector::projections::all, clock.clone());
        let context = Context {
            views: keeper,
            executor: Executor::new(store, ids.clone()),
            reads,
            vault,
            apps: Apps::new(fake_app::apps(&site)),
            clock: clock.clone() as Arc<dyn Clock>,
            ids,
            public_url: "http://127.0.0.1:8080/".to_owned(),
            app_id: "6f2a0f4e-8d0f-4b39-9a36-0a4f6b1f7a10".to_owned(),
            templates: Templates::built_in(),
            settings,
        };
        let add = ConnectionCommand::Add {
            app: "portal".to_owned(),
            name: "Portal".to_owned(),
            address: "embedded:".to_owned(),
            origin: "embedded:".to_owned(),
        };
        context.executor.execute::<Connections>("cn_portal", add, Meta::by("test")).await.unwrap();
        let mut tokens = vec![];
        let mut last = 0;
        for role in [Role::Viewer, Role::Operator, Role::Administrator] {
            let issued = issue_token(&context, "test", role, Meta::by("test")).await.unwrap();
            tokens.push(issued.text.expose().to_owned());
            last = issued.position;
        }
        let patience = std::time::Duration::from_secs(5);
        assert!(engine::wait::until(&*context.reads, &TOKENS, last, patience).await.unwrap());
        let [viewer, operator, administrator] = <[String; 3]>::try_from(tokens).unwrap();
        let app = router(context.clone());
        Self { app, context, clock, site, viewer, operator, administrator, views }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, text, json }
    }

    pub fn request(method: Method, path: &str, token: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"))
    }

    /// As an administrator.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Self::request(Method::GET, path, &self.administrator).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Self::request(Method::DELETE, path, &self.administrator).body(Body::empty()).unwrap()).await
    }

    /// A POST with an idempotency key.
    pub async fn once(&self, path: &str, key: &str, body: Value) -> Answer {
        let request = Self::request(Method::POST, path, &self.administrator)
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    async fn json(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = Self::request(method, path, &self.administrator)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    /// A healthy connection to the fake site.
    pub async fn connection(&self) -> String {
        let body = json!({
            "app": "wordpress", "address": "site.example",
            "auth": {"method": "app-password", "account": "ada", "secret": fake_app::SECRET}
        });
        self.post("/api/v1/connections", body).await.is(201).id()
    }

    /// A published scenario that imports users.
    pub async fn scenario(&self, connection: &str) -> String {
        let body = json!({"name": "Users", "template": "import-users", "connection": connection});
        let id = self.post("/api/v1/scenarios", body).await.is(201).id();
        self.post(&format!("/api/v1/scenarios/{id}/publish"), json!({"draft": 1})).await.is(200);
        id
    }
}
