use std::collections::BTreeMap;

use domain::ids::ConnectionId;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::samples::Wanted;
use super::save::problems;
use crate::definitions::compile;
use crate::endpoint::{Answer, Body, Json, Problem, Shared, State};

/// Most records in a preview, which shows every step of every field.
const PREVIEW_MAX: usize = 20;
/// Most records in a check, which only counts.
const CHECK_MAX: usize = 500;
const IDS_MAX: usize = 100;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    #[schema(value_type = Object)]
    definition: Value,
    connection: String,
    resource: String,
    /// Only these records.
    #[serde(default)]
    ids: Vec<String>,
    /// So many of the newest; 5 when nobody says.
    #[serde(default)]
    sample: Option<usize>,
    /// These texts instead of the site's records.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    records: Vec<Value>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    #[schema(value_type = Object)]
    definition: Value,
    connection: String,
    resource: String,
    /// How many of the newest records; 100 when nobody says.
    #[serde(default)]
    last: Option<usize>,
}

/// Shows what a mapping makes of real records, step by step, by the same engine that runs use. Writes nothing.
#[utoipa::path(post, path = "/api/v1/mappings/preview", tag = "mappings", request_body = Preview, responses((status = 200, body = Object)))]
pub async fn preview(State(api): State<Shared>, body: Body<Preview>) -> Answer<Value> {
    let asked = body.value;
    if asked.ids.len() > IDS_MAX || asked.records.len() > PREVIEW_MAX {
        return Err(Problem::invalid("TOO_MANY", "a preview is for a few records", "name fewer").at("ids"));
    }
    let mapping = compile(&asked.definition).map_err(problems)?;
    let records = if asked.records.is_empty() {
        let connection = ConnectionId::parse(&asked.connection)?;
        let count = asked.sample.unwrap_or(5).clamp(1, PREVIEW_MAX);
        let wanted = Wanted { connection: &connection, resource: &asked.resource, ids: &asked.ids, count };
        api.samples(&wanted).await?
    } else {
        asked.records.into_iter().enumerate().map(|(n, record)| ((n + 1).to_string(), record)).collect()
    };
    let mut failing = 0;
    let items: Vec<Value> = records
        .into_iter()
        .map(|(id, record)| {
            let outcome = mapping.apply(&record);
            failing += usize::from(!outcome.rejects.is_empty());
            json!({
                "id": id, "fields": outcome.fields, "references": outcome.references,
                "warnings": outcome.warnings, "rejects": outcome.rejects,
                "provenance": mapping.explain(&record), "source": record
            })
        })
        .collect();
    Ok(Json(json!({ "items": items, "failing": failing })))
}

/// Counts what a mapping would make of the newest records: how many would fail, in which field, and which ones.
#[utoipa::path(post, path = "/api/v1/mappings/check", tag = "mappings", request_body = Check, responses((status = 200, body = Object)))]
pub async fn check(State(api): State<Shared>, body: Body<Check>) -> Answer<Value> {
    let asked = body.value;
    let mapping = compile(&asked.definition).map_err(problems)?;
    let connection = ConnectionId::parse(&asked.connection)?;
    let count = asked.last.unwrap_or(100).clamp(1, CHECK_MAX);
    let wanted = Wanted { connection: &connection, resource: &asked.resource, ids: &[], count };
    let mut groups: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let (mut good, mut failing) = (0, 0);
    for (id, record) in api.samples(&wanted).await? {
        let outcome = mapping.apply(&record);
        if outcome.rejects.is_empty() {
            good += 1;
        } else {
            failing += 1;
        }
        for problem in outcome.rejects {
            groups.entry((problem.field, problem.code.as_str().to_owned())).or_default().push(id.clone());
        }
    }
    let groups = groups.into_iter().map(|((field, code), records)| {
        json!({ "field": field, "code": code, "count": records.len(), "records": records })
    });
    Ok(Json(json!({ "ok": good, "failing": failing, "problems": groups.collect::<Vec<_>>() })))
}
