//! Where a Portal value came from: the revision that set it, the record and mapping it was made of, and every step
//! between. Nothing of this is stored for its own sake; it is computed from what the log holds anyway.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};
use domain::event::Event as _;
use domain::mapping::Provenance;
use domain::portal::{MappingStamp, PortalEvent, PortalWritten};
use domain::record::RecordKey;
use domain::views::{CONNECTIONS, ConnectionView, LINKS, LinkView, link_key};
use engine::ports::Query;
use engine::{Position, Recorded, StreamName, as_of};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::context::Api;
use crate::definitions::compile;
use crate::past::run_of;
use crate::problem::Problem;
use crate::routes::plural;

/// Newest changes of a Portal record that are looked at. A value that is older is told as of the oldest of them.
const CHANGES_MAX: u64 = 200;

/// Connections looked at for destinations.
const CONNECTIONS_MAX: usize = 1_000;

/// One Portal record and where its fields came from.
#[derive(Serialize, ToSchema)]
pub struct Lineage {
    pub portal: PortalPlace,
    /// The record it was made of.
    pub source: SourcePlace,
    pub fields: Vec<FieldLineage>,
}

#[derive(Serialize, ToSchema)]
pub struct PortalPlace {
    /// The destination's connection.
    pub connection: String,
    /// `users`, `posts`, …
    pub kind: String,
    pub id: String,
}

#[derive(Serialize, ToSchema)]
pub struct SourcePlace {
    pub connection: String,
    pub resource: String,
    pub id: String,
}

/// The way of one value.
#[derive(Serialize, ToSchema)]
pub struct FieldLineage {
    /// The Portal field.
    pub target: String,
    /// What it holds; for a reference, the other record.
    #[schema(value_type = Option<Object>)]
    pub value: Option<Value>,
    /// From the source's value, through every conversion, in their order.
    pub steps: Vec<LineageStep>,
    /// The mapping's default was used.
    pub defaulted: bool,
    pub mapping: String,
    pub mapping_revision: u64,
    /// Revision of the source record that it was made of.
    pub source_revision: Option<u64>,
    /// The run that set it.
    pub run: Option<String>,
    pub actor: String,
    pub at: DateTime<Utc>,
    /// Position of the event that set it.
    pub position: u64,
}

#[derive(Serialize, ToSchema)]
pub struct LineageStep {
    /// The source's field; only of the first step, absent for constants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub value: Option<Value>,
    /// Absent for the first step, which is the source itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<String>,
}

impl FieldLineage {
    /// True if the field of the source, or a part of it, went into this one.
    pub fn is_fed_by(&self, path: &str) -> bool {
        let inside = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
        let read = self.steps.iter().filter_map(|step| step.path.as_deref());
        read.into_iter().any(|read| inside(read, path) || inside(path, read))
    }
}

/// Something that was written, and of what it was made.
struct Made {
    mapping: MappingStamp,
    source_revision: Option<u64>,
    run: Option<String>,
    actor: String,
    at: DateTime<Utc>,
    position: Position,
}

impl Api {
    /// What was made of a record; `None` when there is no such record.
    pub async fn lineage_of_record(&self, record: &RecordKey) -> Result<Option<Vec<Lineage>>, Problem> {
        let stream = StreamName::new("record", record.path());
        if self.last_event(&stream, None).await?.is_none() {
            return Ok(None);
        }
        let destinations = self.destinations().await?;
        let keys: Vec<String> = destinations.iter().map(|id| link_key(id, &record.path())).collect();
        let links = self.find_all::<LinkView>(&LINKS, &keys).await?;
        let mut found = vec![];
        for (destination, link) in destinations.into_iter().zip(links) {
            let Some(link) = link else { continue };
            let own = StreamName::new("portal", &link.portal);
            let lineage = match self.last_event(&own, None).await? {
                Some(last) => self.lineage_of_portal(&own, &last).await?,
                None => self.lineage_of_link(&destination, record, &link).await?,
            };
            found.extend(lineage);
        }
        Ok(Some(found))
    }

    /// Connections that something can be written to.
    pub async fn destinations(&self) -> Result<Vec<String>, Problem> {
        let writes = |app: &str| self.context.apps.get(app).is_some_and(|app| app.actions.is_some());
        let query = Query { limit: CONNECTIONS_MAX, ..Query::default() };
        let page = self.context.reads.list(&CONNECTIONS, &query).await?;
        let mut found = vec![];
        for row in page.rows {
            let view: ConnectionView =
                serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error))?;
            if writes(&view.app) {
                found.push(view.id);
            }
        }
        Ok(found)
    }

    /// Of a record of the Portal inside this installation: every value with the change that set it.
    pub async fn lineage_of_portal(
        &self,
        stream: &StreamName,
        last: &Recorded,
    ) -> Result<Option<Lineage>, Problem> {
        let from = (last.revision + 1).saturating_sub(CHANGES_MAX);
        let limit = usize::try_from(CHANGES_MAX).unwrap_or(1);
        let mut events = self.context.executor.store.read_stream(stream, from, limit).await?;
        events.retain(|event| event.revision <= last.revision);
        let mut states = self.portal_states(&events).await?;
        let Some(now) = states.pop() else { return Ok(None) };
        let Some(record) = RecordKey::parse(&now.written.external) else { return Ok(None) };
        let mut ways: BTreeMap<u64, Vec<Provenance>> = BTreeMap::new();
        let mut fields = vec![];
        for (target, value) in now.values() {
            let origin = origin(&states, &now, &target, &value);
            let made = origin.made();
            let way = match ways.entry(made.position) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(self.way(&record, &made).await?),
            };
            let way = way.iter().find(|way| way.field == base(&target));
            fields.push(field(target, Some(value), way, made));
        }
        Ok(Some(Lineage {
            portal: PortalPlace {
                connection: self.embedded_of(&record, stream).await?,
                kind: plural(&now.written.entity).to_owned(),
                id: stream.id().to_owned(),
            },
            source: place(&record),
            fields,
        }))
    }

    /// Which connection means the Portal of this stream: the one whose link names it.
    async fn embedded_of(&self, record: &RecordKey, stream: &StreamName) -> Result<String, Problem> {
        let destinations = self.destinations().await?;
        let keys: Vec<String> = destinations.iter().map(|id| link_key(id, &record.path())).collect();
        let links = self.find_all::<LinkView>(&LINKS, &keys).await?;
        let mut named = destinations.into_iter().zip(links);
        let found = named.find(|(_, link)| link.as_ref().is_some_and(|link| link.portal == stream.id()));
        Ok(found.map_or_else(String::new, |(id, _)| id))
    }

    /// Of a Portal elsewhere: what was last sent, made anew of the record and the mapping that were used.
    async fn lineage_of_link(
        &self,
        destination: &str,
        record: &RecordKey,
        link: &LinkView,
    ) -> Result<Option<Lineage>, Problem> {
        let Ok(mapping) = domain::ids::MappingId::parse(&link.mapping) else { return Ok(None) };
        let run = StreamName::new("run", &link.run);
        let event = self.context.executor.store.read_stream(&run, link.chunk, 1).await?.pop();
        let Some(event) = event else { return Ok(None) };
        let made = || Made {
            mapping: MappingStamp { id: mapping.clone(), revision: link.mapping_revision },
            source_revision: Some(link.revision),
            run: Some(link.run.clone()),
            actor: event.meta.actor.0.clone(),
            at: event.recorded_at,
            position: event.position,
        };
        let way = self.way(record, &made()).await?;
        let definition = self.definition(&mapping, link.mapping_revision).await?;
        let entity =
            definition.as_ref().and_then(|definition| definition["entity"].as_str()).unwrap_or("item");
        let portal = PortalPlace {
            connection: destination.to_owned(),
            kind: plural(entity).to_owned(),
            id: link.portal.clone(),
        };
        let fields = way.iter().map(|way| field(way.field.clone(), way.result.clone(), Some(way), made()));
        Ok(Some(Lineage { portal, source: place(record), fields: fields.collect() }))
    }

    /// The mapping's way through the record, computed anew; empty when the person was erased.
    async fn way(&self, record: &RecordKey, made: &Made) -> Result<Vec<Provenance>, Problem> {
        let stream = StreamName::new("record", record.path());
        let store = &self.context.executor.store;
        let revision = match made.source_revision {
            Some(revision) => Some(revision),
            // Written before revisions were noted: the newest that was known then.
            None => as_of::event(&**store, &stream, made.position).await?.map(|event| event.revision),
        };
        let Some(revision) = revision else { return Ok(vec![]) };
        let Some((_, Some(input))) = self.record_at(&record.path(), revision).await? else {
            return Ok(vec![]);
        };
        let stamp = &made.mapping;
        let Some(definition) = self.definition(&stamp.id, stamp.revision).await? else { return Ok(vec![]) };
        let Ok(mapping) = compile(&definition) else { return Ok(vec![]) };
        let work = tokio::task::spawn_blocking(move || mapping.explain(&input));
        work.await.map_err(|error| Problem::fault(&error))
    }

    /// A Portal record after each of these changes.
    async fn portal_states(&self, events: &[Recorded]) -> Result<Vec<PortalState>, Problem> {
        let bodies = self.open_bodies(&events.iter().collect::<Vec<_>>()).await?;
        let mut states: Vec<PortalState> = vec![];
        for (event, body) in events.iter().zip(bodies) {
            let decoded = PortalEvent::from_json(&event.event_type, &event.data)
                .map_err(|error| Problem::fault(&error))?;
            match (decoded, states.last()) {
                (PortalEvent::Written(written), _) => {
                    let fields = crate::bodies::json(body)?.and_then(|fields| match fields {
                        Value::Object(fields) => Some(fields),
                        _ => None,
                    });
                    states.push(PortalState {
                        written,
                        fields: fields.unwrap_or_default(),
                        event: event.clone(),
                    });
                }
                (PortalEvent::Linked(linked), Some(before)) => {
                    let mut next = before.clone();
                    next.written.references.extend(linked.references);
                    next.event = event.clone();
                    states.push(next);
                }
                (PortalEvent::Archived(_), Some(before)) => {
                    let mut next = before.clone();
                    next.fields.insert("archived".to_owned(), true.into());
                    next.event = event.clone();
                    states.push(next);
                }
                (PortalEvent::Removed(_), _) | (PortalEvent::Linked(_) | PortalEvent::Archived(_), None) => {}
            }
        }
        Ok(states)
    }
}

#[derive(Clone)]
struct PortalState {
    written: PortalWritten,
    fields: Map<String, Value>,
    event: Recorded,
}

impl PortalState {
    fn values(&self) -> Vec<(String, Value)> {
        let references = self.written.references.iter();
        let fields = self.fields.iter().map(|(name, value)| (name.clone(), value.clone()));
        fields.chain(references.map(|(name, id)| (name.clone(), id.to_string().into()))).collect()
    }

    fn value(&self, target: &str) -> Option<Value> {
        let reference = || self.written.references.get(target).map(|id| id.to_string().into());
        self.fields.get(target).cloned().or_else(reference)
    }

    fn made(&self) -> Made {
        Made {
            mapping: self.written.mapping.clone(),
            source_revision: self.written.source_revision,
            run: run_of(&self.event),
            actor: self.event.meta.actor.0.clone(),
            at: self.event.recorded_at,
            position: self.event.position,
        }
    }
}

/// The change that gave a field its value: the first of the unbroken row after which the value was what it is now.
/// Where an undo put it back, the search goes on from the revision that was put back.
fn origin<'a>(
    states: &'a [PortalState],
    now: &'a PortalState,
    target: &str,
    value: &Value,
) -> &'a PortalState {
    let has = |state: &PortalState| state.value(target).as_ref() == Some(value);
    let (mut found, mut before) = (now, states.len());
    loop {
        let row = states[..before].iter().rev().take_while(|state| has(state)).count();
        if row > 0 {
            before -= row;
            found = &states[before];
        }
        let back = found.written.restores.and_then(|revision| {
            states[..before].iter().rposition(|state| state.event.revision <= revision && has(state))
        });
        let Some(back) = back else { return found };
        (found, before) = (&states[back], back);
    }
}

/// `categories[0]` is an entry of the mapping's field `categories`.
fn base(target: &str) -> &str {
    target.split_once('[').map_or(target, |(base, _)| base)
}

fn place(record: &RecordKey) -> SourcePlace {
    SourcePlace {
        connection: record.connection.to_string(),
        resource: record.resource.clone(),
        id: record.id.clone(),
    }
}

fn field(target: String, value: Option<Value>, way: Option<&Provenance>, made: Made) -> FieldLineage {
    let mut steps = vec![];
    if let Some(way) = way {
        steps.push(LineageStep {
            path: way.source_path.clone(),
            value: way.source_value.clone(),
            conversion: None,
        });
        steps.extend(way.steps.iter().map(|step| LineageStep {
            path: None,
            value: Some(step.value.clone()),
            conversion: Some(step.conversion.clone()),
        }));
    }
    FieldLineage {
        target,
        value,
        steps,
        defaulted: way.is_some_and(|way| way.defaulted),
        mapping: made.mapping.id.to_string(),
        mapping_revision: made.mapping.revision,
        source_revision: made.source_revision,
        run: made.run,
        actor: made.actor,
        at: made.at,
        position: made.position,
    }
}
