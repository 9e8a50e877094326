//! A source that can be told how to behave, and Portal as far as the API looks at it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use app_sdk::catalogue::AppEntry;
use app_sdk::{
    Actions, App, AppError, Authorise, Check, CheckOutcome, ConsentAnswer, ConsentRequest, Credentials,
    Discover, Discovery, Fetched, PageRequest, Performed, Progress, Session, Source, SourceEnd, SourceItem,
    SourcePage, StageSink, WriteAnswer, WriteItem,
};
use async_trait::async_trait;
use domain::connection::{Health, Identity, Stage, StageResult};
use engine::ports::Secret;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::{Value, json};

pub const SECRET: &str = "abcd EFGH 1234 ijkl MNOP 5678";

/// What the site was asked.
#[derive(Default)]
pub struct Site {
    pub discoveries: AtomicU32,
    /// Origins that a credential was sent to.
    pub tested_at: Mutex<Vec<String>>,
    pub revoked: Mutex<Vec<String>>,
    /// The consent page's way back.
    pub back: Mutex<String>,
    pub records: Mutex<Vec<Value>>,
}

pub fn apps(site: &Arc<Site>) -> Vec<App> {
    let wordpress = App {
        discover: Some(site.clone()),
        check: Some(site.clone()),
        authorise: Some(site.clone()),
        source: Some(site.clone()),
        ..App::new(entry(include_str!("../../../schemas/apps/wordpress.json")))
    };
    let mut entry = entry(include_str!("../../../schemas/apps/portal.json"));
    let resource = |id: &str| json!({"id": id, "name": id, "kind": id, "fields": []});
    let entities = ["user", "post", "page", "term", "media", "comment", "item"];
    entry.resources = entities.map(|id| serde_json::from_value(resource(id)).unwrap()).to_vec();
    vec![wordpress, App { actions: Some(site.clone()), ..App::new(entry) }]
}

fn entry(json: &str) -> AppEntry {
    serde_json::from_str(json).unwrap()
}

fn identity(address: &str) -> Identity {
    Identity { url: address.to_owned(), home: address.to_owned(), name: "A site".to_owned() }
}

fn stage(result: StageResult, finding: &str) -> Stage {
    Stage {
        id: "root".to_owned(),
        title: "The site answers".to_owned(),
        result,
        finding: finding.to_owned(),
        remedy: Some("look at it".to_owned()),
        millis: 1,
    }
}

fn begun() -> Progress {
    Progress::Begun { id: "root".to_owned(), title: "The site answers".to_owned() }
}

#[async_trait]
impl Discover for Site {
    async fn discover(&self, typed: &str, stages: StageSink<'_>) -> Result<Discovery, AppError> {
        self.discoveries.fetch_add(1, Ordering::SeqCst);
        if typed.contains("nothing") {
            stages(begun());
            stages(Progress::Ended(stage(StageResult::Failed, "nobody answers")));
            return Err(AppError::Invalid {
                code: "NOT_FOUND_THERE".to_owned(),
                message: "there is no site".to_owned(),
                remedy: "correct the address".to_owned(),
            });
        }
        stages(begun());
        stages(Progress::Ended(stage(StageResult::Passed, "it answers")));
        let origin = format!("https://{typed}");
        let address = format!("{origin}/");
        Ok(Discovery { identity: identity(&address), address, origin, details: json!({"resources": []}) })
    }
}

#[async_trait]
impl Check for Site {
    async fn check(&self, session: &Session, stages: StageSink<'_>) -> CheckOutcome {
        self.tested_at.lock().unwrap().push(session.origin.clone());
        let secret = session.credentials.as_ref().and_then(|credentials| credentials.secret.as_ref());
        let good = secret.is_some_and(|secret| secret.expose() == SECRET);
        let (health, result) = if good {
            (Health::Healthy, StageResult::Passed)
        } else {
            (Health::Failing, StageResult::Failed)
        };
        stages(begun());
        stages(Progress::Ended(stage(result, "the password was tried")));
        CheckOutcome { health, identity: Some(identity(&session.address)), details: None }
    }
}

#[async_trait]
impl Authorise for Site {
    fn consent_url(&self, found: &Discovery, request: &ConsentRequest<'_>) -> Result<String, AppError> {
        request.success_url.clone_into(&mut self.back.lock().unwrap());
        Ok(format!("{}wp-admin/authorize-application.php", found.address))
    }

    async fn accept(
        &self,
        session: &Session,
        _: &str,
        query: &BTreeMap<String, String>,
    ) -> Result<ConsentAnswer, AppError> {
        let of = |name: &str| query.get(name).cloned().unwrap_or_default();
        if of("site_url") != session.address {
            return Err(AppError::Invalid {
                code: "OTHER_SITE".to_owned(),
                message: "another site answered".to_owned(),
                remedy: "begin again".to_owned(),
            });
        }
        let credentials = Credentials {
            method: "app-password".to_owned(),
            account: Some(of("user_login")),
            secret: Some(Secret::new(of("password"))),
        };
        Ok(ConsentAnswer { credentials, handle: Some("uuid-1".to_owned()) })
    }

    async fn revoke(&self, _: &Session, handle: &str) -> Result<(), AppError> {
        self.revoked.lock().unwrap().push(handle.to_owned());
        Ok(())
    }
}

impl Source for Site {
    fn pages(&self, _: &Session, _: PageRequest) -> BoxStream<'static, Result<Fetched, AppError>> {
        let item = |record: &Value| SourceItem {
            id: record["id"].to_string(),
            bytes: record.to_string().into(),
            version: None,
            subject: None,
        };
        let items = self.records.lock().unwrap().iter().map(item).collect();
        let total = Some(self.records.lock().unwrap().len() as u64);
        let page = SourcePage { items, total, ..SourcePage::default() };
        let end = SourceEnd { complete: true, total: None, hidden: 0, problem: None };
        stream::iter([Ok(Fetched::Page(page)), Ok(Fetched::End(end))]).boxed()
    }
}

#[async_trait]
impl Actions for Site {
    fn batch_max(&self) -> usize {
        10
    }

    async fn perform(&self, _: &Session, _: &[WriteItem]) -> Result<Performed, AppError> {
        Ok(Performed { answers: vec![], appends: vec![] })
    }

    async fn foresee(&self, _: &Session, _: &[WriteItem]) -> Result<Vec<WriteAnswer>, AppError> {
        Ok(vec![])
    }
}
