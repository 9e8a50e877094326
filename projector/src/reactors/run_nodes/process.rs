//! The second half of a page: route what was observed, write it, and make the chunk that says what became of it.

use std::collections::HashMap;

use app_sdk::AppError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::run::{
    Attempts, Counts, ItemNote, ItemsSettled, NOT_SENT, OUTCOME_UNKNOWN, Outcome, PageFacts, SettledItem,
    WRITE_UNDER_WAY,
};
use domain::views::{LINKS, link_key};
use engine::ports::{Cause, StreamAppend};
use engine::{Position, seal};

use super::given::Given;
use super::observe::Observed;
use super::plan::Fetch;
use super::recall::aside;
use super::route::{Route, Router, Unique, superseded};
use super::waits::Waits;
use super::write::{At, Destinations, Outgoing, WriteError, write};
use crate::parts::Parts;

/// A page that is ready to be settled.
pub struct Processed {
    pub chunk: ItemsSettled,
    pub appends: Vec<StreamAppend>,
    /// Records to try again at the end of the run, with the target at which they wait.
    pub deferred: Vec<(String, u8)>,
    /// A destination stopped answering, and nothing more was sent to it.
    pub broken: Option<AppError>,
}

pub struct Page<'a> {
    pub parts: &'a Parts,
    pub run: &'a str,
    /// How far in the log the run has settled what it wrote.
    pub settled_to: Position,
    pub dry: bool,
    /// A look beforehand does with the usual tries, whatever a step is told.
    pub beforehand: bool,
    pub fetch: &'a Fetch,
    pub destinations: &'a Destinations,
    pub waits: &'a Waits,
}

impl Page<'_> {
    /// Takes the page's records to their ends. `failed` are items that could not even be read.
    pub async fn process(
        &self,
        observed: &[Observed],
        failed: Vec<SettledItem>,
        facts: Option<PageFacts>,
        unique: &mut Unique,
    ) -> Result<Processed, WriteError> {
        let given = self.given(observed).await.map_err(WriteError::Store)?;
        let mut items = failed;
        let mut unchanged = vec![];
        let mut outgoing: HashMap<u8, Vec<Outgoing>> = HashMap::new();
        let mut subjects: HashMap<&str, &str> = HashMap::new();
        let (fetch, run, settled_to) = (self.fetch, self.run, self.settled_to);
        let mut router = Router { fetch, run, settled_to, unique };
        for (record, given) in observed.iter().zip(&given) {
            if let Some(subject) = &record.subject {
                subjects.insert(&record.key.id, subject);
            }
            if record.erased {
                items.push(erased(&self.fetch.node, record));
            } else if given.all_have(record, &self.fetch.targets, &self.fetch.behind_failure) {
                unchanged.push(record.key.id.clone());
            } else if let Some(newer) = given.all_newer(record, &self.fetch.behind_failure) {
                let note = superseded(&self.fetch.node, record, newer);
                items.push(aside(record.key.id.clone(), Outcome::Skipped, Some(record.revision), note));
            } else if record.gone {
                sort(record, router.retire(record, given), &mut outgoing, &mut items);
            } else {
                sort(record, router.route(record, given), &mut outgoing, &mut items);
            }
        }
        let known = (observed, given.as_slice());
        let Sent { appends, deferred, broken } = self.send(outgoing, &mut router, known, &mut items).await?;
        self.move_unchanged(&mut items, &mut unchanged);
        self.seal_raw(&mut items, &subjects).await.map_err(WriteError::Store)?;
        let counts = count(observed.len(), &items, unchanged.len());
        let chunk = ItemsSettled {
            node: self.fetch.node.clone(),
            page: facts,
            dry: self.dry,
            source: self.fetch.connection.clone(),
            resource: self.fetch.resource.clone(),
            targets: self.fetch.targets.clone(),
            again: 0,
            counts,
            items,
            unchanged,
        };
        Ok(Processed { chunk, appends, deferred, broken })
    }

    /// Writes what goes out, target by target. Whom a destination refuses goes on along the failure branch of the step
    /// that wrote it, in another round: that way is shorter each time.
    async fn send(
        &self,
        mut outgoing: HashMap<u8, Vec<Outgoing>>,
        router: &mut Router<'_>,
        (observed, given): (&[Observed], &[Given]),
        items: &mut Vec<SettledItem>,
    ) -> Result<Sent, WriteError> {
        let mut sent = Sent::default();
        while !outgoing.is_empty() {
            let mut caught: HashMap<u8, Vec<Outgoing>> = HashMap::new();
            let mut targets: Vec<u8> = outgoing.keys().copied().collect();
            targets.sort_unstable();
            for target in targets {
                let Some(batch) = outgoing.remove(&target) else { continue };
                let place = &self.fetch.targets[usize::from(target)];
                let destination = &self.destinations[place.to.as_str()];
                let set = self.fetch.patience.get(usize::from(target)).filter(|_| !self.beforehand);
                let patience = set.copied().unwrap_or_default();
                let at = At { target, node: &place.node, patience, waits: self.waits };
                let written = write(self.parts, destination, at, self.run, batch).await?;
                let failed = written.items.iter().filter(|item| surely_failed(item));
                let refused: Vec<String> = match self.fetch.failure_of(target) {
                    Some(_) => failed.map(|item| item.record.clone()).collect(),
                    None => vec![],
                };
                items.extend(written.items);
                for id in refused {
                    let found = observed.iter().zip(given).find(|(record, _)| record.key.id == id);
                    let Some((record, given)) = found else { continue };
                    sort(record, router.refused(record, given, target), &mut caught, items);
                }
                sent.appends.extend(written.appends);
                sent.deferred.extend(written.deferred.into_iter().map(|id| (id, target)));
                sent.broken = sent.broken.or(written.broken);
            }
            outgoing = caught;
        }
        Ok(sent)
    }

    /// What every target was last given of each record.
    async fn given(&self, observed: &[Observed]) -> Result<Vec<Given>, Cause> {
        let mut given = vec![Given::default(); observed.len()];
        let paths: Vec<String> = observed.iter().map(|record| record.key.path()).collect();
        for target in &self.fetch.targets {
            let keys: Vec<String> = paths.iter().map(|path| link_key(target.to.as_str(), path)).collect();
            for (given, doc) in given.iter_mut().zip(self.parts.reads.get(&LINKS, &keys).await?) {
                given.0.push(doc.map(|doc| serde_json::from_slice(&doc)).transpose()?);
            }
        }
        Ok(given)
    }

    /// In a dry run an item that would be left as it is joins the short list. In a real one it keeps its entry, because
    /// the entry is what renews its link to the record's new revision.
    fn move_unchanged(&self, items: &mut Vec<SettledItem>, unchanged: &mut Vec<String>) {
        if self.dry {
            items.retain(|item| {
                let plain = item.outcome == Outcome::Unchanged && item.notes.is_empty() && item.target == 0;
                if plain {
                    unchanged.push(item.record.clone());
                }
                !plain
            });
        }
    }

    /// Values at fault may be personal: what speaks of a person is sealed with the person's key.
    async fn seal_raw(&self, items: &mut [SettledItem], subjects: &HashMap<&str, &str>) -> Result<(), Cause> {
        let stream = format!("run-{}", self.run);
        for item in items.iter_mut().filter(|item| item.notes.iter().any(|note| note.raw.is_some())) {
            let subject = subjects.get(item.record.as_str());
            let key = match subject {
                None => None,
                Some(subject) => {
                    self.parts.vault.subject_keys(&[(*subject).to_owned()], true).await?.pop().flatten()
                }
            };
            for note in &mut item.notes {
                let Some(raw) = note.raw.take() else { continue };
                note.raw = match (subject, &key) {
                    (None, _) => Some(STANDARD.encode(seal::pack(raw.as_bytes()))),
                    (Some(subject), Some(key)) => {
                        let mut nonce = [0; 24];
                        nonce.copy_from_slice(&self.parts.ids.random(24));
                        Some(STANDARD.encode(seal::seal(raw.as_bytes(), &stream, subject, key, &nonce)))
                    }
                    (Some(_), None) => None,
                };
            }
        }
        Ok(())
    }
}

/// What was sent of a page.
#[derive(Default)]
struct Sent {
    appends: Vec<StreamAppend>,
    deferred: Vec<(String, u8)>,
    broken: Option<AppError>,
}

/// Whether it is known that the record did not arrive. One that is in doubt, on its way or not sent yet may still arrive,
/// and must not go another way as well.
fn surely_failed(item: &SettledItem) -> bool {
    let is_open = |note: &ItemNote| matches!(&*note.code, OUTCOME_UNKNOWN | WRITE_UNDER_WAY | NOT_SENT);
    item.outcome == Outcome::Failed && !item.notes.iter().any(is_open)
}

fn sort(
    record: &Observed,
    routes: Vec<Route>,
    outgoing: &mut HashMap<u8, Vec<Outgoing>>,
    items: &mut Vec<SettledItem>,
) {
    for route in routes {
        match route {
            Route::Write { target, mode, item, warnings } => {
                let out = Outgoing { mode, revision: record.revision, warnings, item: *item };
                outgoing.entry(target).or_default().push(out);
            }
            Route::Settled { target, outcome, portal, notes } => items.push(SettledItem {
                record: record.key.id.clone(),
                outcome,
                portal,
                target,
                revision: Some(record.revision),
                notes,
                attempts: Attempts::default(),
                changed: vec![],
            }),
        }
    }
}

fn erased(node: &str, record: &Observed) -> SettledItem {
    let note = ItemNote {
        step: node.to_owned(),
        code: "PERSON_ERASED".to_owned(),
        message: "the person was erased here and is not imported again".to_owned(),
        field: None,
        remedy: Some("remove the person from the source, or lift the erasure first".to_owned()),
        raw: None,
    };
    aside(record.key.id.clone(), Outcome::Skipped, None, note)
}

fn count(read: usize, items: &[SettledItem], unchanged: usize) -> Counts {
    let unreadable = items.iter().filter(|item| item.revision.is_none() && item.outcome == Outcome::Failed);
    let read = read as u64 + unreadable.count() as u64;
    let mut counts = Counts { read, unchanged: unchanged as u64, ..Counts::default() };
    for item in items {
        counts.count(item.outcome);
    }
    counts
}
