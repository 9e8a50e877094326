//! A site, the app, and short ways to ask.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use app_sdk::egress::{Egress, EgressConfig};
use app_sdk::{
    App, AppError, Credentials, Discovery, Fetched, PageRequest, Session, SourceEnd, SourceItem, SourceNote,
    SourcePage, Unreadable,
};
use chrono::{DateTime, Utc};
use domain::connection::{Stage, StageResult};
use domain::ids::ConnectionId;
use engine::envelope::EventId;
use engine::ports::{Clock, Ids, Secret};
use futures::StreamExt;
use serde_json::Value;
use wordpress_model::{Running, SAMPLE_LOGIN, SAMPLE_PASSWORD, Shape, Site};

/// Never waits longer than needed: all jitter is zero.
struct NoChance;

impl Ids for NoChance {
    fn event_id(&self) -> EventId {
        unreachable!("an app makes no events")
    }

    fn random(&self, bytes: usize) -> Vec<u8> {
        vec![0; bytes]
    }
}

/// The time that the answers' `Date` tells, because the model answers with the real one.
struct RealTime;

impl Clock for RealTime {
    fn now(&self) -> DateTime<Utc> {
        std::time::UNIX_EPOCH.elapsed().map(|since| DateTime::UNIX_EPOCH + since).unwrap_or_default()
    }
}

pub struct World {
    pub running: Running,
    pub app: App,
    pub egress: Arc<Egress>,
}

/// Everything a fetch brought.
#[derive(Default)]
pub struct Read {
    pub pages: Vec<SourcePage>,
    pub end: Option<SourceEnd>,
    pub error: Option<AppError>,
}

impl Read {
    pub fn items(&self) -> impl Iterator<Item = &SourceItem> {
        self.pages.iter().flat_map(|page| &page.items)
    }

    pub fn ids(&self) -> BTreeSet<u64> {
        self.items().map(|item| item.id.parse().unwrap()).collect()
    }

    pub fn notes(&self) -> impl Iterator<Item = &SourceNote> {
        self.pages.iter().flat_map(|page| &page.notes)
    }

    pub fn noted(&self, code: &str) -> bool {
        self.notes().any(|note| note.code == code)
    }

    pub fn unreadable(&self) -> Vec<&Unreadable> {
        self.pages.iter().flat_map(|page| &page.unreadable).collect()
    }

    #[track_caller]
    pub fn end(&self) -> &SourceEnd {
        assert_eq!(self.error, None);
        self.end.as_ref().expect("the fetch ended")
    }

    #[track_caller]
    pub fn complete(&self) -> &Self {
        assert!(self.end().complete, "{:?}", self.end);
        self
    }

    #[track_caller]
    pub fn problem(&self) -> &str {
        &self.end().problem.as_ref().expect("a problem").code
    }

    #[track_caller]
    pub fn error(&self) -> &AppError {
        self.error.as_ref().expect("an error")
    }
}

impl World {
    pub async fn sample() -> Self {
        Self::of(Site::sample()).await
    }

    /// Posts and users by the thousand, with the administrator of the sample site.
    pub async fn generated(users: u64, posts: u64) -> Self {
        let site = Site::generated(Shape { users, posts, content_bytes: 200, seed: 1 });
        site.add_account(SAMPLE_LOGIN, SAMPLE_PASSWORD, "administrator");
        Self::of(site).await
    }

    pub async fn of(site: Site) -> Self {
        let running = site.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let config = EgressConfig {
            allow: EgressConfig::parse_allow("127.0.0.0/8").unwrap(),
            idle_timeout: Duration::from_millis(400),
            total_timeout: Duration::from_secs(3),
            body_max: 8 << 20,
            ..EgressConfig::default()
        };
        let egress = Arc::new(Egress::new(config, Arc::new(NoChance)));
        let app = app_wordpress::app(Arc::clone(&egress), Arc::new(RealTime));
        Self { running, app, egress }
    }

    pub fn site(&self) -> &Site {
        self.running.site()
    }

    pub async fn discover(&self) -> Discovery {
        self.try_discover(&self.running.url).await.0.unwrap()
    }

    pub async fn try_discover(&self, typed: &str) -> (Result<Discovery, AppError>, Vec<Stage>) {
        let mut stages = Vec::new();
        let found = self
            .app
            .discover
            .as_ref()
            .unwrap()
            .discover(typed, &mut |told| stages.extend(told.ended()))
            .await;
        (found, stages)
    }

    pub fn session(found: &Discovery, login: &str, password: &str) -> Session {
        Session {
            connection: ConnectionId::new("0a"),
            address: found.address.clone(),
            origin: found.origin.clone(),
            details: found.details.clone(),
            pairing: None,
            credentials: Some(Credentials {
                method: "app-password".to_owned(),
                account: Some(login.to_owned()),
                secret: Some(Secret::new(password.to_owned())),
            }),
        }
    }

    /// Discovered, as the administrator, not tested yet.
    pub async fn admin(&self) -> Session {
        Self::session(&self.discover().await, SAMPLE_LOGIN, SAMPLE_PASSWORD)
    }

    /// Discovered and tested.
    pub async fn tested(&self, login: &str, password: &str) -> Session {
        let mut session = Self::session(&self.discover().await, login, password);
        let outcome = self.app.check.as_ref().unwrap().check(&session, &mut |_| {}).await;
        session.details = outcome.details.unwrap_or(Value::Null);
        session
    }

    pub async fn check(&self, session: &Session) -> (app_sdk::CheckOutcome, Vec<Stage>) {
        let mut stages = Vec::new();
        let outcome =
            self.app.check.as_ref().unwrap().check(session, &mut |told| stages.extend(told.ended())).await;
        (outcome, stages)
    }

    pub async fn read(&self, session: &Session, request: PageRequest) -> Read {
        let mut stream = self.app.source.as_ref().unwrap().pages(session, request);
        let mut read = Read::default();
        while let Some(next) = stream.next().await {
            match next {
                Ok(Fetched::Page(page)) => read.pages.push(page),
                Ok(Fetched::End(end)) => read.end = Some(end),
                Err(error) => read.error = Some(error),
            }
        }
        read
    }

    pub async fn read_all(&self, session: &Session, resource: &str) -> Read {
        self.read(session, request(resource)).await
    }
}

pub fn request(resource: &str) -> PageRequest {
    PageRequest { resource: resource.to_owned(), ..PageRequest::default() }
}

#[track_caller]
pub fn stage<'a>(stages: &'a [Stage], id: &str) -> &'a Stage {
    stages.iter().find(|stage| stage.id == id).unwrap_or_else(|| panic!("no stage {id} in {stages:?}"))
}

#[track_caller]
pub fn is(stages: &[Stage], id: &str, result: StageResult) {
    let stage = stage(stages, id);
    assert_eq!(stage.result, result, "{stage:?}");
}
