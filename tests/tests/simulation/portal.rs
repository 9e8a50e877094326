//! Destinations of the three kinds that go on when we die: slow, refusing, and losing answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app_portal::embedded::Embedded;
use app_sdk::{Actions, AppError, Fate, Performed, Repeats, Session, WriteAnswer, WriteItem, WriteResult};
use async_trait::async_trait;
use domain::run::Outcome;

use super::chance::Chance;

/// How long we wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Portal {
    pub kind: Repeats,
    /// It says that it keeps keys.
    pub claims: Repeats,
    pub chance: Arc<Chance>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// By id in the source: version and name.
    records: BTreeMap<String, (String, String)>,
    /// By effect: how often it was applied.
    applied: BTreeMap<String, u32>,
    requests: u64,
    /// Effects that older requests must not apply any more, because somebody was told that they were not applied.
    fences: BTreeMap<String, u64>,
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    Answered,
    Lost,
    LostHalfWay,
    /// Applied long after nobody waits for it any more.
    Late,
}

impl Portal {
    pub fn new(kind: Repeats, claims: Repeats, chance: Arc<Chance>) -> Arc<Self> {
        Arc::new(Self { kind, claims, chance, kept: Mutex::default() })
    }

    pub fn has_applied(&self, effect: &str) -> bool {
        self.kept.lock().unwrap().applied.contains_key(effect)
    }

    pub fn doubles(&self) -> usize {
        self.kept.lock().unwrap().applied.values().filter(|times| **times > 1).count()
    }

    /// The name of each record, by its id in the source.
    pub fn names(&self) -> BTreeMap<u64, String> {
        let kept = self.kept.lock().unwrap();
        kept.records.iter().map(|(id, (_, name))| (id.parse().unwrap(), name.clone())).collect()
    }

    fn course(&self) -> Course {
        match () {
            () if self.chance.strikes(12) => Course::Lost,
            () if self.chance.strikes(12) => Course::LostHalfWay,
            () if self.chance.strikes(20) => Course::Late,
            () => Course::Answered,
        }
    }

    fn apply(&self, number: u64, item: &WriteItem) -> Outcome {
        let mut kept = self.kept.lock().unwrap();
        let fenced = kept.fences.get(&item.effect).is_some_and(|fence| number <= *fence);
        let repeated = self.kind == Repeats::Harmless && kept.applied.contains_key(&item.effect);
        let known = kept.records.get(&item.record.id).map(|(version, _)| version.clone());
        let version = item.source_version.clone().unwrap_or_default();
        let older = known.as_ref().is_some_and(|known| *known > version);
        if fenced || repeated || older {
            return Outcome::Unchanged;
        }
        *kept.applied.entry(item.effect.clone()).or_default() += 1;
        let name = item.fields["name"].as_str().unwrap_or_default().to_owned();
        kept.records.insert(item.record.id.clone(), (version, name));
        if known.is_some() { Outcome::Updated } else { Outcome::Created }
    }

    async fn perform(self: Arc<Self>, batch: &[WriteItem]) -> Result<Performed, AppError> {
        if self.chance.strikes(15) {
            return Err(AppError::RateLimited { message: "too much at once".to_owned(), retry_after: None });
        }
        let course = self.course();
        let number = {
            let mut kept = self.kept.lock().unwrap();
            kept.requests += 1;
            kept.requests
        };
        let applied = if course == Course::LostHalfWay { batch.len() / 2 } else { batch.len() };
        let (portal, batch) = (self.clone(), batch[..applied].to_vec());
        // It goes on whether or not somebody still waits for the answer.
        let working = tokio::spawn(async move {
            portal.chance.dawdle(300).await;
            if course == Course::Late {
                tokio::time::sleep(PATIENCE * 2).await;
            }
            let outcomes: Vec<Outcome> = batch.iter().map(|item| portal.apply(number, item)).collect();
            portal.chance.dawdle(300).await;
            let answer = |(item, outcome): (&WriteItem, Outcome)| WriteAnswer {
                result: WriteResult::Settled(outcome),
                portal: Some(format!("remote-{}", item.record.id)),
                notes: vec![],
                changed: vec![],
            };
            batch.iter().zip(outcomes).map(answer).collect::<Vec<_>>()
        });
        match tokio::time::timeout(PATIENCE, working).await {
            Ok(Ok(answers)) if course == Course::Answered => Ok(Performed { answers, appends: vec![] }),
            _ => Err(AppError::Unanswered {
                code: "LOST".to_owned(),
                message: "the answer was lost".to_owned(),
                remedy: "look there".to_owned(),
            }),
        }
    }

    fn fate(&self, effect: &str) -> Fate {
        let mut kept = self.kept.lock().unwrap();
        if kept.applied.contains_key(effect) {
            return Fate::Applied { outcome: Outcome::Updated, portal: None };
        }
        let now = kept.requests;
        kept.fences.insert(effect.to_owned(), now);
        Fate::NotApplied
    }
}

/// The built-in Portal, and the others by their connections.
pub struct Doors {
    pub embedded: Embedded,
    pub others: BTreeMap<String, Arc<Portal>>,
}

#[async_trait]
impl Actions for Doors {
    fn batch_max(&self) -> usize {
        8
    }

    fn repeats(&self, session: &Session) -> Repeats {
        self.others.get(session.connection.as_str()).map_or(Repeats::Harmless, |portal| portal.claims)
    }

    async fn became_of(&self, session: &Session, effects: &[String]) -> Result<Vec<Fate>, AppError> {
        let portal = &self.others[session.connection.as_str()];
        portal.chance.dawdle(100).await;
        if portal.chance.strikes(10) {
            let (code, message) = ("DOWN".to_owned(), "it is down".to_owned());
            return Err(AppError::Transient { code, message, remedy: "wait".to_owned() });
        }
        Ok(effects.iter().map(|effect| portal.fate(effect)).collect())
    }

    async fn perform(&self, session: &Session, batch: &[WriteItem]) -> Result<Performed, AppError> {
        match self.others.get(session.connection.as_str()) {
            Some(portal) => portal.clone().perform(batch).await,
            None => self.embedded.perform(session, batch).await,
        }
    }

    async fn foresee(&self, session: &Session, batch: &[WriteItem]) -> Result<Vec<WriteAnswer>, AppError> {
        self.embedded.foresee(session, batch).await
    }
}
