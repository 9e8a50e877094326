//! Walks a record through the nodes between fetch and write. Pure: what comes out is what is to be written, or why
//! nothing is.

use std::collections::{BTreeMap, HashMap};

use app_sdk::WriteItem;
use domain::condition::Condition;
use domain::ids::ConnectionId;
use domain::mapping::{CompiledMapping, FieldProblem, MapOutcome, Otherwise};
use domain::portal::MappingStamp;
use domain::record::RecordKey;
use domain::run::{CAUGHT, ItemNote, Outcome};
use domain::scenario::graph::WriteMode;
use engine::{Position, hash};
use serde_json::{Map, Value, json};

use super::given::Given;
use super::observe::Observed;
use super::plan::{Fetch, Step};

/// What is to be done with one record at one target.
pub enum Route {
    Write { target: u8, mode: WriteMode, item: Box<WriteItem>, warnings: Vec<ItemNote> },
    Settled { target: u8, outcome: Outcome, portal: Option<String>, notes: Vec<ItemNote> },
}

/// An item that comes to its end before its target.
fn settled(target: u8, outcome: Outcome, notes: Vec<ItemNote>) -> Route {
    Route::Settled { target, outcome, portal: None, notes }
}

/// Values that must be unique within a run, with the record that has them: digests of both, so that a run over a
/// million records stays small.
#[derive(Default)]
pub struct Unique(HashMap<u64, u64>);

pub struct Router<'a> {
    pub fetch: &'a Fetch,
    pub run: &'a str,
    pub settled_to: Position,
    pub unique: &'a mut Unique,
}

impl Router<'_> {
    /// Routes one record. A record that cannot be read as JSON fails here.
    pub fn route(&mut self, observed: &Observed, given: &Given) -> Vec<Route> {
        let record: Value = match serde_json::from_slice(&observed.bytes) {
            Ok(record) => record,
            Err(error) => {
                let note = ItemNote {
                    step: self.fetch.node.clone(),
                    code: "UNREADABLE".to_owned(),
                    message: format!("the record is not valid JSON: {error}"),
                    field: None,
                    remedy: Some("look at the record on the site; a plugin may break its output".to_owned()),
                    raw: None,
                };
                return vec![settled(0, Outcome::Failed, vec![note])];
            }
        };
        let mut routes = vec![];
        self.walk(&self.fetch.steps, &Found { observed, given, record: &record }, None, &mut routes);
        if routes.is_empty() {
            let note = note(&self.fetch.node, "NOTHING_TO_DO", "no node after the fetch writes this record");
            routes.push(settled(0, Outcome::Skipped, vec![note]));
        }
        routes
    }

    /// Routes a record that the destination of a target refused, along the failure branch of the step that wrote it.
    pub fn refused(&mut self, observed: &Observed, given: &Given, target: u8) -> Vec<Route> {
        let mut routes = vec![];
        let fetch = self.fetch;
        if let Some((node, failure)) = fetch.failure_of(target)
            && !observed.gone
            && let Ok(record) = serde_json::from_slice(&observed.bytes)
        {
            self.catch(node, failure, &Found { observed, given, record: &record }, &mut routes);
        }
        routes
    }

    /// A record that is gone from its source is taken out of every target, whichever way it went there.
    pub fn retire(&self, observed: &Observed, given: &Given) -> Vec<Route> {
        let mut routes = vec![];
        self.retire_from(&self.fetch.steps, observed, given, &mut routes);
        routes
    }

    fn retire_from(&self, steps: &[Step], observed: &Observed, given: &Given, routes: &mut Vec<Route>) {
        for step in steps {
            if let Step::Write { target, entity, .. } = step {
                self.retire_at(*target, entity, observed, given, routes);
            }
            for steps in step.ways() {
                self.retire_from(steps, observed, given, routes);
            }
        }
    }

    fn retire_at(
        &self,
        target: u8,
        entity: &str,
        observed: &Observed,
        given: &Given,
        routes: &mut Vec<Route>,
    ) {
        let to = &self.fetch.targets[usize::from(target)];
        // What is behind a failure writes most often where the step before it does.
        let is_asked = |route: &Route| match route {
            Route::Write { target, .. } => self.fetch.targets[usize::from(*target)].to == to.to,
            Route::Settled { .. } => false,
        };
        if self.fetch.is_behind_failure(target) && routes.iter().any(is_asked) {
            return;
        }
        if let Some(newer) = given.newer(observed, target) {
            routes.push(settled(target, Outcome::Skipped, vec![superseded(&to.node, observed, newer)]));
            return;
        }
        let digest = format!("gone at {}", observed.revision);
        let after = given.after(target);
        let item = WriteItem {
            effect: effect(&to.to, observed, entity, &digest, &to.mapping, after.as_deref()),
            run: self.run.to_owned(),
            settled_to: self.settled_to,
            record: observed.key.clone(),
            revision: observed.revision,
            entity: entity.to_owned(),
            fields: Map::new(),
            digest,
            references: BTreeMap::new(),
            source_version: None,
            mapping: to.mapping.clone(),
            subject: observed.subject.clone(),
            archive: true,
        };
        routes.push(Route::Write { target, mode: WriteMode::Upsert, item: Box::new(item), warnings: vec![] });
    }

    fn walk(
        &mut self,
        steps: &[Step],
        found: &Found<'_>,
        mapped: Option<&Mapped<'_>>,
        routes: &mut Vec<Route>,
    ) {
        let Found { observed, record, .. } = *found;
        for step in steps {
            match step {
                Step::Filter { node, condition, matches, otherwise, failure } => {
                    match decide(condition, record, mapped) {
                        Ok(true) => self.walk(matches, found, mapped, routes),
                        Ok(false) if otherwise.is_empty() => {
                            let note = note(node, "FILTERED", "the condition does not hold for this record");
                            routes.push(settled(first_target(matches), Outcome::Skipped, vec![note]));
                        }
                        Ok(false) => self.walk(otherwise, found, mapped, routes),
                        Err(problem) => {
                            let notes = vec![field_note(node, &problem)];
                            routes.push(settled(first_target(matches), Outcome::Failed, notes));
                            self.catch(node, failure, found, routes);
                        }
                    }
                }
                Step::Map { node, stamp, mapping, next, failure } => {
                    let mut outcome = mapping.apply(record);
                    self.check_unique(mapping, observed, &mut outcome);
                    if outcome.rejects.is_empty() {
                        let mapped = Mapped { node, stamp, outcome };
                        self.walk(next, found, Some(&mapped), routes);
                    } else {
                        let notes = outcome.rejects.iter().map(|problem| field_note(node, problem)).collect();
                        let target = first_target(next);
                        routes.push(settled(target, Outcome::Failed, notes));
                        self.catch(node, failure, found, routes);
                    }
                }
                Step::Write { node, target, entity, mode, .. } => {
                    if let Some(mapped) = mapped {
                        routes.push(self.write(found, mapped, *target, entity, *mode));
                    } else {
                        let note = note(node, "NOT_MAPPED", "the record reached the write without a mapping");
                        routes.push(settled(*target, Outcome::Failed, vec![note]));
                    }
                }
            }
        }
    }

    /// A record that failed at a step goes on along its failure branch, as the source sent it. That it failed is settled
    /// beside whatever comes of it there.
    fn catch(&mut self, node: &str, failure: &[Step], found: &Found<'_>, routes: &mut Vec<Route>) {
        let before = routes.len();
        self.walk(failure, found, None, routes);
        for route in routes.iter_mut().skip(before) {
            let (Route::Write { warnings: notes, .. } | Route::Settled { notes, .. }) = route;
            notes.push(note(
                node,
                CAUGHT,
                "it failed at this step and came here along the step's failure branch",
            ));
        }
    }

    fn write(
        &self,
        found: &Found<'_>,
        mapped: &Mapped<'_>,
        target: u8,
        entity: &str,
        mode: WriteMode,
    ) -> Route {
        let Found { observed, given, .. } = *found;
        let outcome = &mapped.outcome;
        let place = &self.fetch.targets[usize::from(target)];
        let warnings = outcome.warnings.iter().map(|problem| field_note(mapped.node, problem)).collect();
        if let Some(link) = given.has(observed, target, place) {
            // Another target of the record lacks it; this one would be sent what it has.
            let portal = Some(link.portal.clone());
            return Route::Settled { target, outcome: Outcome::Unchanged, portal, notes: warnings };
        }
        if let Some(newer) = given.newer(observed, target) {
            return settled(target, Outcome::Skipped, vec![superseded(&place.node, observed, newer)]);
        }
        let references: BTreeMap<String, RecordKey> = outcome
            .references
            .iter()
            .map(|reference| {
                let key = RecordKey {
                    connection: observed.key.connection.clone(),
                    resource: reference.resource.clone(),
                    id: reference.external_id.clone(),
                };
                (reference.field.clone(), key)
            })
            .collect();
        let fields = outcome.fields.clone();
        let digest = digest(&fields, &references);
        let item = WriteItem {
            effect: effect(
                &place.to,
                observed,
                entity,
                &digest,
                mapped.stamp,
                given.after(target).as_deref(),
            ),
            run: self.run.to_owned(),
            settled_to: self.settled_to,
            record: observed.key.clone(),
            revision: observed.revision,
            entity: entity.to_owned(),
            fields,
            digest,
            references,
            // Compared with what the destination had of a version that is no more, it would seem old.
            source_version: observed.version.clone().filter(|_| !observed.set_back),
            mapping: mapped.stamp.clone(),
            subject: observed.subject.clone(),
            archive: false,
        };
        Route::Write { target, mode, item: Box::new(item), warnings }
    }

    /// A value that another record of this run has already is a fault of this one.
    fn check_unique(&mut self, mapping: &CompiledMapping, observed: &Observed, outcome: &mut MapOutcome) {
        // Sources count their records, so the number is the id itself; any other id is told apart by its digest.
        let id = &observed.key.id;
        let record = id.parse().unwrap_or_else(|_| hash::number(&[id]));
        let mut taken = vec![];
        for (field, value) in mapping.unique_values(outcome) {
            let key = hash::number(&[field, &value]);
            let holder = *self.unique.0.entry(key).or_insert(record);
            if holder != record {
                let problem = mapping.not_unique(field, &holder.to_string(), &value);
                taken.push((problem, mapping.unique_otherwise(field)));
            }
        }
        for (problem, otherwise) in taken {
            match otherwise {
                Otherwise::Warn => outcome.warnings.push(problem),
                Otherwise::Reject | Otherwise::UseDefault => outcome.rejects.push(problem),
            }
        }
    }
}

/// A condition before the mapping sees the record; after it, the mapped fields as well.
fn decide(
    condition: &Condition,
    record: &Value,
    mapped: Option<&Mapped<'_>>,
) -> Result<bool, Box<FieldProblem>> {
    match mapped {
        Some(mapped) if condition.uses_item() => {
            condition.matches_both(record, &Value::Object(mapped.outcome.fields.clone())).map_err(Box::new)
        }
        _ => condition.matches(record).map_err(Box::new),
    }
}

/// A record on its way.
struct Found<'a> {
    observed: &'a Observed,
    given: &'a Given,
    record: &'a Value,
}

struct Mapped<'a> {
    node: &'a str,
    stamp: &'a MappingStamp,
    outcome: MapOutcome,
}

/// The target that a settled record would have gone to.
fn first_target(steps: &[Step]) -> u8 {
    match steps.first() {
        Some(Step::Write { target, .. }) => *target,
        Some(Step::Map { next, .. }) => first_target(next),
        Some(Step::Filter { matches, .. }) => first_target(matches),
        None => 0,
    }
}

fn digest(fields: &serde_json::Map<String, Value>, references: &BTreeMap<String, RecordKey>) -> String {
    if references.is_empty() {
        return hash::short(&domain::event::encode(fields));
    }
    let paths: BTreeMap<&str, String> =
        references.iter().map(|(field, key)| (&**field, key.path())).collect();
    hash::short(&domain::event::encode(&json!({ "fields": fields, "references": paths })))
}

/// The idempotency key of a write: the same change after the same act is the same act, whoever repeats it and when. A
/// changed mapping is another, and so is what takes back a change made since: a mapping that becomes again what it was,
/// or a newer revision that a slow run overwrote.
fn effect(
    to: &ConnectionId,
    record: &Observed,
    entity: &str,
    digest: &str,
    stamp: &MappingStamp,
    after: Option<&str>,
) -> String {
    let (path, revision, mapping) =
        (record.key.path(), record.revision.to_string(), stamp.revision.to_string());
    let change = [to.as_str(), &path, &revision, entity, digest, stamp.id.as_str(), &mapping];
    let parts: Vec<&str> = change.into_iter().chain(after).collect();
    hash::id(&parts)
}

/// An old revision must not replace a newer one.
pub fn superseded(step: &str, record: &Observed, newer: u64) -> ItemNote {
    let old = record.revision;
    let message = format!(
        "revision {old} is not written, because revision {newer} of the record has been written since"
    );
    note(step, "SUPERSEDED", &message)
}

fn note(step: &str, code: &str, message: &str) -> ItemNote {
    ItemNote {
        step: step.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        field: None,
        remedy: None,
        raw: None,
    }
}

fn field_note(step: &str, problem: &FieldProblem) -> ItemNote {
    ItemNote {
        step: step.to_owned(),
        code: problem.code.as_str().to_owned(),
        message: problem.message.clone(),
        field: Some(problem.field.clone()),
        remedy: Some(problem.remedy.clone()),
        raw: problem.raw.as_ref().map(Value::to_string),
    }
}
