use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::outcome::{Tried, attempt};
use super::preview::place;
use super::samples::{SampledFrom, Wanted};
use crate::definitions::compile;
use crate::endpoint::{Answer, Body, Json, Problem, Shared, State};

/// Most records of one check.
const RECORDS_MAX: usize = 500;
const RECORDS: usize = 100;
/// Records named for one problem.
const EXAMPLES_MAX: usize = 10;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckMapping)]
pub struct Check {
    #[schema(value_type = Object)]
    pub definition: Value,
    pub connection: Option<String>,
    pub resource: Option<String>,
    /// How many records, 1 to 500; 100 when absent.
    pub last: Option<usize>,
}

/// What would become of many records.
#[derive(Serialize, ToSchema)]
pub struct CheckResult {
    pub from: SampledFrom,
    pub records: usize,
    pub accepted: usize,
    pub rejected: usize,
    /// The most frequent first.
    pub problems: Vec<ProblemCount>,
}

#[derive(Serialize, ToSchema)]
pub struct ProblemCount {
    pub code: String,
    pub field: String,
    pub message: String,
    pub remedy: String,
    /// False when it is only a warning.
    pub rejects: bool,
    pub count: usize,
    /// The first ten records that have it.
    pub examples: Vec<String>,
}

/// Tries a definition on many records and counts what goes wrong, by problem and field.
#[utoipa::path(
    post,
    path = "/api/v1/mappings/check",
    tag = "mappings",
    operation_id = "check_mapping",
    request_body = Check,
    responses((status = 200, body = CheckResult))
)]
pub async fn check(State(api): State<Shared>, body: Body<Check>) -> Answer<CheckResult> {
    let wanted = body.value;
    let mapping = compile(&wanted.definition)?;
    let count = wanted.last.unwrap_or(RECORDS);
    if !(1..=RECORDS_MAX).contains(&count) {
        let detail = format!("a check looks at 1 to {RECORDS_MAX} records");
        return Err(Problem::invalid("INVALID_SAMPLE", detail, "ask for fewer").at("last"));
    }
    let (connection, resource) = place(wanted.connection, wanted.resource)?;
    let place = Wanted { connection: &connection, resource: &resource, ids: &[], count };
    let (from, samples) = api.samples(&place).await?;
    let tried = attempt(mapping, samples, false).await?;
    let rejected = tried.iter().filter(|one| one.is_rejected()).count();
    let (records, accepted) = (tried.len(), tried.len() - rejected);
    Ok(Json(CheckResult { from, records, accepted, rejected, problems: counted(&tried) }))
}

fn counted(tried: &[Tried]) -> Vec<ProblemCount> {
    let mut counts: BTreeMap<(bool, &str, &str), ProblemCount> = BTreeMap::new();
    for one in tried {
        for (n, problem) in one.problems().enumerate() {
            let rejects = n < one.outcome.rejects.len();
            let key = (rejects, problem.code.as_str(), problem.field.as_str());
            let count = counts.entry(key).or_insert_with(|| ProblemCount {
                code: problem.code.to_string(),
                field: problem.field.clone(),
                message: problem.message.clone(),
                remedy: problem.remedy.clone(),
                rejects,
                count: 0,
                examples: vec![],
            });
            count.count += 1;
            if count.examples.len() < EXAMPLES_MAX {
                count.examples.push(one.id.clone());
            }
        }
    }
    let mut problems: Vec<ProblemCount> = counts.into_values().collect();
    problems.sort_by_key(|problem| std::cmp::Reverse((problem.rejects, problem.count)));
    problems
}
