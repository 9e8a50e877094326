//! Fields as the newest records have them, and what is different from the revision before: found in what was read, not
//! in what a site promises. Values are never shown here.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::ConnectionId;
use domain::record::RecordEvent;
use domain::views::{MAPPINGS, MappingView, RECORDS, RecordView};
use engine::ports::Query;
use engine::{Recorded, history};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::context::Api;
use crate::definitions::compile;
use crate::endpoint::{Answer, Id, Json, Params, Problem, Shared, State};
use crate::names::checked_word;

/// Records looked at.
const RECORDS_MAX: usize = 50;
/// Fields shown, and how deep they are looked for.
const FIELDS_MAX: usize = 500;
const DEPTH_MAX: usize = 6;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The kind of records: users, posts, …
    pub resource: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Fields)]
pub struct FieldsSeen {
    /// Records that were looked at: the first 50 that we know.
    pub records: u64,
    /// By path; at most 500.
    pub fields: Vec<FieldSeen>,
    /// What is different between the two newest revisions of these records, and mapped fields that none of them has.
    pub changes: Vec<SchemaChange>,
}

#[derive(Serialize, ToSchema)]
pub struct FieldSeen {
    /// `title.rendered`.
    pub path: String,
    /// string, number, boolean, list, object, null.
    pub types: BTreeSet<&'static str>,
    /// How many of the records have it.
    pub seen: u64,
    /// Mappings that read it.
    pub mappings: Vec<MappingTouched>,
}

#[derive(Clone, Serialize, ToSchema)]
pub struct MappingTouched {
    pub id: String,
    pub name: String,
}

#[derive(Serialize, ToSchema)]
pub struct SchemaChange {
    pub kind: ChangeKind,
    pub path: String,
    pub before: BTreeSet<&'static str>,
    pub now: BTreeSet<&'static str>,
    pub mappings: Vec<MappingTouched>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    New,
    Removed,
    TypeChanged,
    /// A mapping reads it, and no record has it.
    NotSeen,
}

/// Types by path, and in how many records.
type Shape = BTreeMap<String, (BTreeSet<&'static str>, u64)>;

/// The fields that records of a kind have, and how they changed.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/fields",
    tag = "connections",
    operation_id = "list_connection_fields",
    params(("id" = String, Path, description = "Begins with cn_"), Asked),
    responses((status = 200, body = FieldsSeen))
)]
pub async fn fields(
    State(api): State<Shared>,
    Id(id): Id<ConnectionId>,
    Params(asked): Params<Asked>,
) -> Answer<FieldsSeen> {
    let view = api.connection(&id).await?;
    let resource = checked_word(asked.resource, "resource")?;
    let (now, before, records) = shapes(&api, &id, &resource).await?;
    let Readers { readers, alternatives } = readers(&api, &view.app, &resource).await?;
    let of = |path: &str| -> Vec<MappingTouched> {
        let reads = |(wanted, _): &&(String, MappingTouched)| within(path, wanted) || within(wanted, path);
        let mut found: Vec<MappingTouched> = readers.iter().filter(reads).map(|(_, by)| by.clone()).collect();
        found.dedup_by(|a, b| a.id == b.id);
        found
    };
    let mut changes = differences(&before, &now);
    if records > 0 {
        let has = |path: &str| {
            let in_list = |key: &String| path.strip_prefix(key.as_str()).is_some_and(|r| r.starts_with('['));
            now.keys().any(|key| within(key, path) || in_list(key))
        };
        let stands_in = |path: &String| {
            alternatives.iter().any(|ways| ways.contains(path) && ways.iter().any(|way| has(way)))
        };
        let paths = readers.iter().map(|(path, _)| path);
        let unseen: BTreeSet<&String> =
            paths.filter(|path| !has(path) && !before.contains_key(*path) && !stands_in(path)).collect();
        changes.extend(unseen.into_iter().map(|path| change(ChangeKind::NotSeen, path, None, None)));
    }
    for change in &mut changes {
        change.mappings = of(&change.path);
    }
    let seen = |(path, (types, seen)): (String, (BTreeSet<&'static str>, u64))| FieldSeen {
        mappings: of(&path),
        path,
        types,
        seen,
    };
    let fields = now.into_iter().take(FIELDS_MAX).map(seen).collect();
    Ok(Json(FieldsSeen { records, fields, changes }))
}

/// The newest shape; and, of records whose last two revisions were read with the same fields, both shapes before.
async fn shapes(api: &Api, id: &ConnectionId, resource: &str) -> Result<(Shape, Shape, u64), Problem> {
    let query = Query { key_prefix: format!("{id}.{resource}."), limit: RECORDS_MAX, ..Query::default() };
    let rows = api.page::<RecordView>(&RECORDS, query, &[], None).await?.rows;
    let (mut now, mut before, mut records) = (Shape::new(), Shape::new(), 0);
    for (path, view) in rows.into_iter().filter(|(_, view)| !view.gone) {
        let Some((newest, Some(record))) = api.record_at(&path, view.revision).await? else { continue };
        records += 1;
        let mut shape = Shape::new();
        look(&record, "", 0, &mut shape);
        let previous = match view.revision.checked_sub(1) {
            Some(revision) => api.record_at(&path, revision).await?,
            None => None,
        };
        match previous {
            Some((event, Some(record))) if asked_for(&event)? == asked_for(&newest)? => {
                look(&record, "", 0, &mut before);
            }
            // Without an earlier revision nothing can have changed.
            _ => join(&mut before, &shape),
        }
        join(&mut now, &shape);
    }
    Ok((now, before, records))
}

/// The source fields that a revision was read with.
fn asked_for(event: &Recorded) -> Result<Option<String>, Problem> {
    Ok(match history::decode(event)? {
        RecordEvent::Changed(changed) => changed.fields,
        RecordEvent::Gone(_) => None,
    })
}

fn join(all: &mut Shape, one: &Shape) {
    for (path, (types, seen)) in one {
        let entry = all.entry(path.clone()).or_default();
        entry.0.extend(types);
        entry.1 += seen;
    }
}

fn look(value: &Value, path: &str, depth: usize, shape: &mut Shape) {
    if !path.is_empty() {
        let entry = shape.entry(path.to_owned()).or_default();
        entry.0.insert(word(value));
        entry.1 += 1;
    }
    let Some(object) = value.as_object().filter(|_| depth < DEPTH_MAX) else { return };
    for (name, value) in object {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        look(value, &inner, depth + 1, shape);
    }
}

fn word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// True if one path is the other or lies in it.
fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn differences(before: &Shape, now: &Shape) -> Vec<SchemaChange> {
    let added = now.iter().filter(|(path, _)| !before.contains_key(*path));
    let added = added.map(|(path, (types, _))| change(ChangeKind::New, path, None, Some(types)));
    let others = before.iter().filter_map(|(path, (types, _))| match now.get(path) {
        None => Some(change(ChangeKind::Removed, path, Some(types), None)),
        // A field that is empty now and then is no other field.
        Some((present, _)) if is_other(types, present) => {
            Some(change(ChangeKind::TypeChanged, path, Some(types), Some(present)))
        }
        Some(_) => None,
    });
    added.chain(others).take(FIELDS_MAX).collect()
}

fn is_other(before: &BTreeSet<&'static str>, now: &BTreeSet<&'static str>) -> bool {
    let solid = |types: &BTreeSet<&'static str>| -> BTreeSet<&'static str> {
        types.iter().copied().filter(|word| *word != "null").collect()
    };
    let (before, now) = (solid(before), solid(now));
    !before.is_empty() && !now.is_empty() && before != now
}

fn change(
    kind: ChangeKind,
    path: &str,
    before: Option<&BTreeSet<&'static str>>,
    now: Option<&BTreeSet<&'static str>>,
) -> SchemaChange {
    let of = |types: Option<&BTreeSet<&'static str>>| types.cloned().unwrap_or_default();
    SchemaChange { kind, path: path.to_owned(), before: of(before), now: of(now), mappings: vec![] }
}

struct Readers {
    /// By the path that is read.
    readers: Vec<(String, MappingTouched)>,
    /// Paths that stand in for one another: none of them is missed while another is there.
    alternatives: Vec<Vec<String>>,
}

/// What mappings for these records read.
async fn readers(api: &Api, app: &str, resource: &str) -> Result<Readers, Problem> {
    let all: Vec<MappingView> = api.many(&MAPPINGS, Query::default()).await?;
    let mut found = Readers { readers: vec![], alternatives: vec![] };
    for view in all.into_iter().filter(|view| view.app == app && view.resource == resource) {
        let Ok(mapping) = compile(&view.definition) else { continue };
        let by = MappingTouched { id: view.id, name: view.name };
        found.readers.extend(mapping.source_paths().into_iter().map(|path| (path, by.clone())));
        found.alternatives.extend(mapping.alternatives());
    }
    Ok(found)
}
