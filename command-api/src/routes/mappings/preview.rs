use domain::mapping::{FieldProblem, Provenance, Reference};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::outcome::{Tried, attempt};
use super::samples::{Sample, SampledFrom, Wanted};
use crate::definitions::compile;
use crate::endpoint::{Answer, Body, Json, Problem, Shared, State};
use crate::names;
use crate::schema;

/// Most records of one preview.
const RECORDS_MAX: usize = 20;
const SAMPLE: usize = 3;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    #[schema(value_type = Object)]
    pub definition: Value,
    /// Where records are from; not needed with `records`.
    pub connection: Option<String>,
    pub resource: Option<String>,
    /// Only these records.
    #[serde(default)]
    pub ids: Vec<String>,
    /// How many records, 1 to 20; 3 when absent.
    pub sample: Option<usize>,
    /// Records to use instead of those of a connection.
    #[schema(value_type = Option<Vec<Object>>)]
    pub records: Option<Vec<Value>>,
}

/// What a run would make of a few records. Nothing is written.
#[derive(Serialize, ToSchema)]
pub struct Previewed {
    pub from: SampledFrom,
    pub records: Vec<RecordPreview>,
    pub summary: Summary,
}

#[derive(Serialize, ToSchema)]
pub struct RecordPreview {
    /// The record's id in its source.
    pub id: String,
    #[schema(value_type = Object)]
    pub record: Value,
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
    #[schema(value_type = Vec<schema::Reference>)]
    pub references: Vec<Reference>,
    #[schema(value_type = Vec<schema::Provenance>)]
    pub provenance: Vec<Provenance>,
    #[schema(value_type = Vec<schema::FieldProblem>)]
    pub warnings: Vec<FieldProblem>,
    /// With any of these the record would not be written.
    #[schema(value_type = Vec<schema::FieldProblem>)]
    pub rejects: Vec<FieldProblem>,
}

#[derive(Serialize, ToSchema)]
pub struct Summary {
    pub records: usize,
    pub accepted: usize,
    pub rejected: usize,
    pub warned: usize,
}

/// Tries a definition on a few records, with where each field comes from.
#[utoipa::path(
    post,
    path = "/api/v1/mappings/preview",
    tag = "mappings",
    operation_id = "preview_mapping",
    request_body = Preview,
    responses((status = 200, body = Previewed))
)]
pub async fn preview(State(api): State<Shared>, body: Body<Preview>) -> Answer<Previewed> {
    let wanted = body.value;
    let mapping = compile(&wanted.definition)?;
    let count = wanted.sample.unwrap_or(if wanted.ids.is_empty() { SAMPLE } else { wanted.ids.len() });
    let given = wanted.records.as_ref().map_or(0, Vec::len);
    if !(1..=RECORDS_MAX).contains(&count) || given > RECORDS_MAX {
        return Err(Problem::invalid(
            "INVALID_SAMPLE",
            format!("a preview looks at 1 to {RECORDS_MAX} records"),
            "ask for fewer; to look at many, use /api/v1/mappings/check",
        )
        .at("sample"));
    }
    let (from, samples) = if let Some(records) = wanted.records {
        (SampledFrom::Given, given_samples(records))
    } else {
        let (connection, resource) = place(wanted.connection, wanted.resource)?;
        let ids = &wanted.ids;
        api.samples(&Wanted { connection: &connection, resource: &resource, ids, count }).await?
    };
    let inputs: Vec<Value> = samples.iter().map(|sample| sample.record.clone()).collect();
    let tried = attempt(mapping, samples, true).await?;
    let summary = summary(&tried);
    let records = tried.into_iter().zip(inputs).map(|(tried, record)| shown(tried, record)).collect();
    Ok(Json(Previewed { from, records, summary }))
}

/// A connection and a resource, both named.
pub fn place(connection: Option<String>, resource: Option<String>) -> Result<(String, String), Problem> {
    let missing = |field: &'static str| {
        Problem::invalid("REQUIRED", format!("the {field} is missing"), "name it, or send records").at(field)
    };
    let connection = connection.ok_or_else(|| missing("connection"))?;
    let resource = names::checked_word(resource.ok_or_else(|| missing("resource"))?, "resource")?;
    Ok((connection, resource))
}

fn given_samples(records: Vec<Value>) -> Vec<Sample> {
    let id = |n: usize, record: &Value| match record.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => (n + 1).to_string(),
    };
    let sample = |(n, record)| Sample { id: id(n, &record), record };
    records.into_iter().enumerate().map(sample).collect()
}

fn summary(tried: &[Tried]) -> Summary {
    let rejected = tried.iter().filter(|one| one.is_rejected()).count();
    let warned = tried.iter().filter(|one| !one.outcome.warnings.is_empty()).count();
    Summary { records: tried.len(), accepted: tried.len() - rejected, rejected, warned }
}

fn shown(tried: Tried, record: Value) -> RecordPreview {
    let Tried { id, outcome, provenance } = tried;
    RecordPreview {
        id,
        record,
        fields: outcome.fields,
        references: outcome.references,
        provenance,
        warnings: outcome.warnings,
        rejects: outcome.rejects,
    }
}
