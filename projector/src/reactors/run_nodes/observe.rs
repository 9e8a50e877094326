//! The first half of a page: compare what came with what is known, and write down what is new. An unchanged record
//! costs a look-up and no event.

mod second_look;

use std::collections::HashMap;

use app_sdk::{AppError, Fetched, PageRequest, Reader, Session, Source, SourceEnd, SourceItem, Unreadable};
use bytes::Bytes;
use domain::ids::ConnectionId;
use domain::record::{RecordChanged, RecordEvent, RecordKey};
use domain::run::Problem;
use domain::views::{RECORDS, RecordView};
use engine::history::decode;
use engine::ports::{AppendError, Cause, Expected, StreamAppend, SubjectKey};
use engine::{Meta, NewEvent, StreamName, hash, seal};
use futures::StreamExt;
use serde_json::Value;

use crate::parts::Parts;

/// Times a page is compared again because others wrote the same records meanwhile.
const CONFLICTS_MAX: u32 = 8;

/// A record that goes on through the run.
pub struct Observed {
    pub key: RecordKey,
    pub bytes: Bytes,
    pub version: Option<String>,
    /// Whom it speaks of, with the connection: `cn_….users.7`.
    pub subject: Option<String>,
    /// Revision in the record's stream.
    pub revision: u64,
    /// The person was erased: the record is neither recorded nor written.
    pub erased: bool,
    /// It exists no more in its source.
    pub gone: bool,
    /// The source went back to this version from a newer one.
    pub set_back: bool,
}

/// Where records come from, and how they are read.
pub struct Origin<'a> {
    pub connection: &'a ConnectionId,
    pub resource: &'a str,
    pub reader: Option<&'a dyn Reader>,
    pub source: &'a dyn Source,
    pub session: &'a Session,
    /// What the records answer to; of a second look, all but the ids.
    pub request: &'a PageRequest,
    pub meta: Meta,
}

impl Origin<'_> {
    /// Everything that answers to a request, for requests that name few ids. What a source cannot vouch for is no
    /// answer.
    pub async fn read(&self, request: PageRequest) -> Result<Read, AppError> {
        let mut pages = self.source.pages(self.session, request);
        let mut read = Read::default();
        while let Some(fetched) = pages.next().await {
            match fetched? {
                Fetched::Page(page) => {
                    read.items.extend(page.items);
                    read.unreadable.extend(page.unreadable);
                }
                Fetched::End(SourceEnd { problem: Some(Problem { code, message, remedy }), .. }) => {
                    return Err(AppError::Transient { code, message, remedy });
                }
                Fetched::End(_) => {}
            }
        }
        Ok(read)
    }
}

/// What a source answered.
#[derive(Default)]
pub struct Read {
    pub items: Vec<SourceItem>,
    pub unreadable: Vec<Unreadable>,
}

/// What became of records that were looked at.
pub struct TakenIn {
    pub observed: Vec<Observed>,
    /// Records that were written down, because they were new or other than before.
    pub changed: u64,
    /// Records that the source showed older than we know them, but not at a second look; what we know was kept.
    pub stale: u64,
}

impl TakenIn {
    /// Puts what a second look found in the place of the first.
    fn replace(&mut self, again: Self) {
        self.changed += again.changed;
        let mut again: HashMap<String, Observed> =
            again.observed.into_iter().map(|record| (record.key.id.clone(), record)).collect();
        for record in &mut self.observed {
            if let Some(newer) = again.remove(&record.key.id) {
                *record = newer;
            }
        }
    }
}

/// Records what is new of a page and says how each record stands.
pub async fn observe(
    parts: &Parts,
    origin: &Origin<'_>,
    items: Vec<SourceItem>,
) -> Result<Vec<Observed>, Cause> {
    Ok(take_in(parts, origin, items, vec![]).await?.observed)
}

/// The same, with appends that must happen together with the recording, and with counts. What seems older than we know
/// it is looked at once more.
pub async fn take_in(
    parts: &Parts,
    origin: &Origin<'_>,
    items: Vec<SourceItem>,
    others: Vec<StreamAppend>,
) -> Result<TakenIn, Cause> {
    let (mut taken_in, older) = record(parts, origin, items, others, &Older::new()).await?;
    if !older.is_empty() {
        let (again, stale) = second_look::take(parts, origin, older).await?;
        taken_in.replace(again);
        taken_in.stale = stale;
    }
    Ok(taken_in)
}

/// Records that a source showed older than we know them, with the revision in which we know them.
type Older = HashMap<String, u64>;

/// Writes down what is new. Records in `believed` may be older than known, if they are still known in that revision.
async fn record(
    parts: &Parts,
    origin: &Origin<'_>,
    items: Vec<SourceItem>,
    others: Vec<StreamAppend>,
    believed: &Older,
) -> Result<(TakenIn, Older), Cause> {
    let keys: Vec<RecordKey> = items
        .iter()
        .map(|item| RecordKey {
            connection: origin.connection.clone(),
            resource: origin.resource.to_owned(),
            id: item.id.clone(),
        })
        .collect();
    let paths: Vec<String> = keys.iter().map(RecordKey::path).collect();
    let mut known: Vec<Option<Known>> = Vec::with_capacity(items.len());
    for doc in parts.reads.get(&RECORDS, &paths).await? {
        known.push(match doc {
            Some(doc) => Some(Known::from(serde_json::from_slice::<RecordView>(&doc)?)),
            None => None,
        });
    }
    let subjects = subject_keys(parts, origin, &items).await?;
    let now = parts.clock.now().format("%Y-%m-%dT%H:%M:%S").to_string();
    for _ in 0..CONFLICTS_MAX {
        let page = Page {
            origin,
            items: &items,
            keys: &keys,
            paths: &paths,
            subjects: &subjects,
            now: &now,
            believed,
        };
        let (taken_in, older, mut appends) = page.compare(parts, &known)?;
        appends.extend(others.iter().cloned());
        if appends.is_empty() {
            return Ok((taken_in, older));
        }
        match parts.executor.append(appends).await {
            Ok(_) => return Ok((taken_in, older)),
            Err(AppendError::Conflict { .. }) => known = latest(parts, &paths).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err("others keep writing the same records; trying again later".into())
}

/// A record's last revision, as far as comparing needs it.
#[derive(Clone)]
struct Known {
    revision: u64,
    raw: String,
    digest: String,
    version: Option<String>,
    gone: bool,
    set_back: bool,
}

impl From<RecordView> for Known {
    fn from(view: RecordView) -> Self {
        Self {
            revision: view.revision,
            raw: view.raw,
            digest: view.digest,
            version: view.version,
            gone: view.gone,
            set_back: view.set_back,
        }
    }
}

impl Known {
    /// True where the source shows the record older than it was: a cache's answer, or one that was overtaken. A
    /// version that lies in the future is no measure: WordPress gives a post that was written with a future date
    /// that date as its time of change, and the next edit an earlier one.
    fn is_newer_than(&self, seen: Option<&str>, now: &str) -> bool {
        match (self.version.as_deref(), seen) {
            (Some(known), Some(seen)) => !self.gone && seen < known && known <= now,
            _ => false,
        }
    }
}

/// Asks the log itself, when the view was behind.
async fn latest(parts: &Parts, paths: &[String]) -> Result<Vec<Option<Known>>, Cause> {
    let streams: Vec<StreamName> = paths.iter().map(|path| StreamName::new("record", path)).collect();
    let mut known = Vec::with_capacity(paths.len());
    for last in parts.executor.store.read_last(&streams).await? {
        known.push(match last {
            None => None,
            Some(recorded) => Some(match decode(&recorded)? {
                RecordEvent::Changed(changed) => Known {
                    revision: recorded.revision,
                    raw: changed.raw,
                    digest: changed.digest,
                    version: changed.version,
                    gone: false,
                    set_back: changed.set_back,
                },
                RecordEvent::Gone(_) => Known {
                    revision: recorded.revision,
                    raw: String::new(),
                    digest: String::new(),
                    version: None,
                    gone: true,
                    set_back: false,
                },
            }),
        });
    }
    Ok(known)
}

async fn subject_keys(
    parts: &Parts,
    origin: &Origin<'_>,
    items: &[SourceItem],
) -> Result<HashMap<String, Option<SubjectKey>>, Cause> {
    let mut subjects: Vec<String> = items.iter().filter_map(|item| subject(origin, item)).collect();
    if subjects.is_empty() {
        return Ok(HashMap::new());
    }
    subjects.sort_unstable();
    subjects.dedup();
    let keys = parts.vault.subject_keys(&subjects, true).await?;
    let mut keys: HashMap<String, Option<SubjectKey>> = subjects.into_iter().zip(keys).collect();
    // An erased person who comes back under another id has no key either.
    let records: Vec<&[u8]> = items.iter().map(|item| &*item.bytes).collect();
    for (item, returns) in items.iter().zip(engine::identity::returning(&*parts.vault, &records).await?) {
        if let Some(subject) = subject(origin, item).filter(|_| returns) {
            keys.insert(subject, None);
        }
    }
    Ok(keys)
}

fn subject(origin: &Origin<'_>, item: &SourceItem) -> Option<String> {
    item.subject.as_ref().map(|subject| format!("{}.{subject}", origin.connection))
}

struct Page<'a> {
    origin: &'a Origin<'a>,
    items: &'a [SourceItem],
    keys: &'a [RecordKey],
    paths: &'a [String],
    subjects: &'a HashMap<String, Option<SubjectKey>>,
    /// Written as sources write versions.
    now: &'a str,
    believed: &'a Older,
}

impl Page<'_> {
    fn compare(
        &self,
        parts: &Parts,
        known: &[Option<Known>],
    ) -> Result<(TakenIn, Older, Vec<StreamAppend>), Cause> {
        let observed = Vec::with_capacity(self.items.len());
        let mut taken_in = TakenIn { observed, changed: 0, stale: 0 };
        let mut older = Older::new();
        let mut appends: Vec<StreamAppend> = vec![];
        let mut on_page: HashMap<&str, usize> = HashMap::with_capacity(self.items.len());
        for (index, item) in self.items.iter().enumerate() {
            // The same record twice on a page: the first sighting counts, the second is the same one.
            if on_page.insert(&self.paths[index], index).is_some() {
                continue;
            }
            let subject = subject(self.origin, item);
            let key =
                subject.as_ref().and_then(|subject| self.subjects.get(subject)).and_then(Option::as_ref);
            let erased = subject.is_some() && key.is_none();
            let known = known[index].as_ref();
            let before = known.map(|known| known.revision);
            let is_older = known.is_some_and(|known| known.is_newer_than(item.version.as_deref(), self.now));
            let set_back = is_older && before == self.believed.get(&item.id).copied();
            let stale = is_older && !set_back;
            if let Some(revision) = before.filter(|_| stale && !erased) {
                older.insert(item.id.clone(), revision);
            }
            let change = if erased || stale { None } else { self.change(item, known, set_back)? };
            let revision = match &change {
                Some(_) => before.map_or(0, |revision| revision + 1),
                None => before.unwrap_or(0),
            };
            if let Some(change) = change {
                let expected = before.map_or(Expected::NoStream, Expected::Exact);
                let sealing = subject.as_deref().zip(key);
                appends.push(self.append(parts, index, change, expected, sealing));
                taken_in.changed += 1;
            }
            taken_in.observed.push(Observed {
                key: self.keys[index].clone(),
                bytes: item.bytes.clone(),
                version: item.version.clone(),
                subject,
                revision,
                erased,
                gone: false,
                set_back: set_back || known.is_some_and(|known| known.set_back && before == Some(revision)),
            });
        }
        Ok((taken_in, older, appends))
    }

    /// What is new of a record, if anything. Equal bytes settle it without parsing.
    fn change(
        &self,
        item: &SourceItem,
        known: Option<&Known>,
        set_back: bool,
    ) -> Result<Option<RecordChanged>, Cause> {
        let raw = hash::short(&item.bytes);
        if known.is_some_and(|known| known.raw == raw && !known.gone) {
            return Ok(None);
        }
        let mut record: Value = serde_json::from_slice(&item.bytes)?;
        if let Some(reader) = self.origin.reader {
            reader.strip_volatile(self.origin.resource, &mut record);
        }
        let digest = hash::short(&domain::event::encode(&record));
        if known.is_some_and(|known| known.digest == digest && !known.gone) {
            return Ok(None);
        }
        Ok(Some(RecordChanged { version: item.version.clone(), raw, digest, fields: None, set_back }))
    }

    fn append(
        &self,
        parts: &Parts,
        index: usize,
        change: RecordChanged,
        expected: Expected,
        sealing: Option<(&str, &SubjectKey)>,
    ) -> StreamAppend {
        let stream = StreamName::new("record", &self.paths[index]);
        let plain = &self.items[index].bytes;
        let body = match sealing {
            None => seal::pack(plain),
            Some((subject, key)) => {
                let mut nonce = [0; 24];
                nonce.copy_from_slice(&parts.ids.random(24));
                seal::seal(plain, stream.as_str(), subject, key, &nonce)
            }
        };
        let event = RecordEvent::Changed(change);
        let event = NewEvent::of(&event, parts.ids.event_id(), self.origin.meta.clone()).with_body(body);
        StreamAppend { stream, expected, events: vec![event] }
    }
}
