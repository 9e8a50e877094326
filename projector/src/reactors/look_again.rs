//! Fetches some records again by their ids, now, and records what changed: the same observing as in an import, so a
//! record that did not change costs no event. Whoever learns that records may have changed comes here: deliveries,
//! and every other signal.

use std::collections::{BTreeMap, BTreeSet};

use app_sdk::catalogue::AppEntry;
use app_sdk::{App, AppError, Fetched, PageRequest, Session, Source, SourcePage};
use domain::ids::ConnectionId;
use domain::inbox::{Finding, ReadRecord};
use domain::record::{RecordEvent, RecordGone, RecordKey};
use domain::run::{Problem, RunMode, RunStarted, Trigger};
use domain::views::{RECORDS, RecordView, SCENARIOS, ScenarioView};
use engine::ports::{AppendError, Cause, Expected, Query, StreamAppend};
use engine::{Meta, NewEvent, StreamName};
use futures::StreamExt;

use super::run_nodes::fetch::not_usable;
use super::run_nodes::observe::{Origin, observe};
use super::run_nodes::prepare::prepare;
use crate::parts::Parts;

/// Ids in one question to a source.
const IDS_MAX: usize = 100;
/// Records that one look may call gone; beyond that a person or a sweep has to confirm it.
pub const GONE_MAX: usize = 50;
/// Published scenarios whose fields are considered.
const SCENARIOS_MAX: usize = 500;
const NOTE_CHARS_MAX: usize = 300;

/// What to look at.
pub struct Look<'a> {
    pub connection: &'a ConnectionId,
    pub resource: &'a str,
    pub ids: Vec<String>,
    /// Of these the source itself said, provably, that they are gone.
    pub said_gone: BTreeSet<String>,
    pub meta: Meta,
}

/// Why it could not be looked.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The connection may not be used; somebody has to act first.
    #[error("{}", .0.message)]
    NotUsable(Problem),
    /// The source is in trouble; later it may not be.
    #[error(transparent)]
    Later(AppError),
    #[error("a store did not answer")]
    Store(#[source] Cause),
}

impl From<Cause> for LookError {
    fn from(cause: Cause) -> Self {
        Self::Store(cause)
    }
}

/// Looks, and says of each id what was found, in the order of the ids.
pub async fn look_again(parts: &Parts, look: &Look<'_>) -> Result<Vec<ReadRecord>, LookError> {
    let (view, session) = match parts.open(look.connection).await {
        Ok(opened) => opened,
        Err(refused) => return Err(LookError::NotUsable(not_usable(refused)?)),
    };
    let app = parts.apps.get(&view.app).cloned();
    let Some((app, source)) = app.and_then(|app| app.source.clone().map(|source| (app, source))) else {
        return Ok(all_failed(look, "the connection's app has no records to read"));
    };
    let fields = fields(parts, &app.entry, look.connection, look.resource).await?;
    let mut found: BTreeMap<String, ReadRecord> = BTreeMap::new();
    for ids in look.ids.chunks(IDS_MAX) {
        let asking = Asking { parts, app: &app, source: &*source, session: &session, look, fields: &fields };
        match asking.ask(ids, &mut found).await {
            Ok(()) => {}
            Err(LookError::Later(AppError::Invalid { message, .. })) => {
                found.extend(ids.iter().map(|id| (id.clone(), failed(look, id, &message))));
            }
            Err(error) => return Err(error),
        }
    }
    settle_absent(parts, look, &mut found).await?;
    Ok(look.ids.iter().filter_map(|id| found.remove(id)).collect())
}

struct Asking<'a> {
    parts: &'a Parts,
    app: &'a App,
    source: &'a dyn Source,
    session: &'a Session,
    look: &'a Look<'a>,
    fields: &'a [String],
}

impl Asking<'_> {
    async fn ask(&self, ids: &[String], found: &mut BTreeMap<String, ReadRecord>) -> Result<(), LookError> {
        let request = PageRequest {
            resource: self.look.resource.to_owned(),
            fields: self.fields.to_vec(),
            ids: ids.to_vec(),
            ..PageRequest::default()
        };
        let mut pages = self.source.pages(self.session, request.clone());
        while let Some(fetched) = pages.next().await {
            match fetched.map_err(LookError::Later)? {
                Fetched::Page(page) => self.page(&request, page, found).await?,
                Fetched::End(end) => {
                    if let Some(problem) = end.problem {
                        let missing = ids.iter().filter(|id| !found.contains_key(*id));
                        let failed: Vec<_> =
                            missing.map(|id| (id.clone(), failed(self.look, id, &problem.message))).collect();
                        found.extend(failed);
                    }
                }
            }
        }
        Ok(())
    }

    async fn page(
        &self,
        request: &PageRequest,
        mut page: SourcePage,
        found: &mut BTreeMap<String, ReadRecord>,
    ) -> Result<(), LookError> {
        // A source that does not know how to read by id sends what it has; only what was asked for counts.
        page.items.retain(|item| request.ids.contains(&item.id));
        for unreadable in &page.unreadable {
            found.insert(unreadable.id.clone(), failed(self.look, &unreadable.id, &unreadable.message));
        }
        let before = self.revisions(page.items.iter().map(|item| item.id.as_str())).await?;
        let origin = Origin {
            connection: self.look.connection,
            resource: self.look.resource,
            reader: self.app.reader.as_deref(),
            source: self.source,
            session: self.session,
            request,
            meta: self.look.meta.clone(),
        };
        for observed in observe(self.parts, &origin, page.items).await? {
            let is_known = before.get(&observed.key.id) == Some(&observed.revision);
            let finding = if observed.erased || is_known { Finding::Unchanged } else { Finding::Changed };
            let record = ReadRecord {
                resource: observed.key.resource,
                id: observed.key.id.clone(),
                finding,
                revision: (!observed.erased).then_some(observed.revision),
                note: observed.erased.then(|| "the person it speaks of was erased".to_owned()),
            };
            found.insert(observed.key.id, record);
        }
        Ok(())
    }

    async fn revisions(&self, ids: impl Iterator<Item = &str>) -> Result<BTreeMap<String, u64>, LookError> {
        let keys: Vec<RecordKey> = ids.map(|id| key(self.look, id)).collect();
        let paths: Vec<String> = keys.iter().map(RecordKey::path).collect();
        let docs =
            self.parts.reads.get(&RECORDS, &paths).await.map_err(|error| LookError::Store(error.into()))?;
        let mut revisions = BTreeMap::new();
        for (key, doc) in keys.into_iter().zip(docs) {
            let Some(doc) = doc else { continue };
            let view: RecordView =
                serde_json::from_slice(&doc).map_err(|error| LookError::Store(error.into()))?;
            revisions.insert(key.id, view.revision);
        }
        Ok(revisions)
    }
}

/// What the source did not show: gone where it said so itself and we knew the record; else only not shown.
async fn settle_absent(
    parts: &Parts,
    look: &Look<'_>,
    found: &mut BTreeMap<String, ReadRecord>,
) -> Result<(), Cause> {
    let absent: Vec<&String> = look.ids.iter().filter(|id| !found.contains_key(*id)).collect();
    let mut gone = 0;
    for id in absent {
        let mut record = read(look, id, Finding::NotShown);
        if look.said_gone.contains(id) {
            if gone < GONE_MAX {
                if let Some(revision) = end(parts, look, id).await? {
                    record = ReadRecord { revision: Some(revision), ..read(look, id, Finding::Gone) };
                    gone += 1;
                }
            } else {
                let note =
                    format!("more than {GONE_MAX} records are gone at once; a sweep has to confirm it");
                record.note = Some(note);
            }
        }
        found.insert(id.clone(), record);
    }
    Ok(())
}

/// Records that a record is gone. `None` when it was never known.
async fn end(parts: &Parts, look: &Look<'_>, id: &str) -> Result<Option<u64>, Cause> {
    let stream = StreamName::new("record", key(look, id).path());
    let store = &parts.executor.store;
    let Some(last) = store.read_last(std::slice::from_ref(&stream)).await?.pop().flatten() else {
        return Ok(None);
    };
    if &*last.event_type == "record.gone" {
        return Ok(Some(last.revision));
    }
    let evidence = "its source signed that it was deleted, and does not show it".to_owned();
    let event = RecordEvent::Gone(RecordGone { evidence });
    let events = vec![NewEvent::of(&event, parts.ids.event_id(), look.meta.clone())];
    let append = StreamAppend { stream, expected: Expected::Exact(last.revision), events };
    match parts.executor.append(vec![append]).await {
        Ok(_) => Ok(Some(last.revision + 1)),
        // Somebody saw it meanwhile, so it is not gone; the next look tells.
        Err(AppendError::Conflict { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The fields that imports ask for, empty for all: what the catalogue declares, and what published scenarios read beside it. Another
/// choice would make the same record look changed.
pub async fn fields(
    parts: &Parts,
    app: &AppEntry,
    connection: &ConnectionId,
    wanted: &str,
) -> Result<Vec<String>, Cause> {
    let Some(declared) = app.resources.iter().find(|resource| resource.id == wanted) else {
        return Ok(vec![]);
    };
    let mut fields: BTreeSet<String> = declared.fields.iter().map(|field| field.name.clone()).collect();
    let query = Query { limit: SCENARIOS_MAX, ..Query::default() };
    for row in parts.reads.list(&SCENARIOS, &query).await?.rows {
        let scenario: ScenarioView = serde_json::from_slice(&row.doc)?;
        let reads_it = scenario.version_graph.to_string().contains(connection.as_str());
        if scenario.off || scenario.version == 0 || !reads_it {
            continue;
        }
        let started = RunStarted {
            scenario: domain::ids::ScenarioId::new("look"),
            version: scenario.version,
            graph: scenario.version_graph,
            mode: RunMode::DryRun,
            trigger: Trigger::Manual,
            limit: None,
            recall: None,
        };
        let Ok(prepared) = prepare(parts, &started).await? else { continue };
        for (fetch, _) in prepared.fetches {
            if fetch.connection == *connection && fetch.resource == wanted {
                if fetch.fields.is_empty() {
                    return Ok(vec![]);
                }
                fields.extend(fetch.fields);
            }
        }
    }
    Ok(fields.into_iter().collect())
}

fn key(look: &Look<'_>, id: &str) -> RecordKey {
    RecordKey { connection: look.connection.clone(), resource: look.resource.to_owned(), id: id.to_owned() }
}

fn read(look: &Look<'_>, id: &str, finding: Finding) -> ReadRecord {
    ReadRecord { resource: look.resource.to_owned(), id: id.to_owned(), finding, revision: None, note: None }
}

fn failed(look: &Look<'_>, id: &str, why: &str) -> ReadRecord {
    let note = why.chars().filter(|c| !c.is_control()).take(NOTE_CHARS_MAX).collect();
    ReadRecord { note: Some(note), ..read(look, id, Finding::Failed) }
}

fn all_failed(look: &Look<'_>, why: &str) -> Vec<ReadRecord> {
    look.ids.iter().map(|id| failed(look, id, why)).collect()
}
