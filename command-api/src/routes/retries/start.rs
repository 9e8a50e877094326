use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::decider::Decider as _;
use domain::ids::{FailureId, RunId, ScenarioId};
use domain::record::RecordKey;
use domain::run::Runs;
use domain::views::{FAILING_PREFIX, FAILURES, FailingItem, failing_prefix};
use engine::ports::Query;
use engine::{Position, StreamName, hash};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::context::Api;
use crate::doubts::Reasons;
use crate::endpoint::{Body, Caller, Created, Json, Problem, Shared, State, StatusCode};
use crate::extract::Once;
use crate::retrying::{Failed, Rules, Selection};
use crate::routes::runs::{RetryVersion, nothing_to_retry};

/// Rows read in one step.
const STEP_ROWS: usize = 1_000;
/// Most runs that one request starts: one for each scenario, or for each version with `pinned`.
const RUNS_MAX: usize = 100;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRetries {
    /// Which of the items that fail at present; all of them when absent.
    #[serde(default)]
    pub filter: RetriesFilter,
    /// The rules to follow.
    #[serde(default)]
    pub version: RetryVersion,
    /// Only say how many items match.
    #[serde(default)]
    pub dry_run: bool,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetriesFilter {
    pub scenario: Option<String>,
    /// Only items that fail with this code.
    pub code: Option<String>,
    /// Only items that fail at this node.
    pub step: Option<String>,
    /// Only items of this failure.
    pub failure: Option<String>,
    /// Only items that failed last at this time or later.
    pub since: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub struct RetriesStarted {
    /// Items that match and are worked on.
    pub count: u64,
    /// Items that match but could not be read when they came; only another run can read them again.
    pub not_recorded: u64,
    /// Items that match but wait for a person to say whether they arrived (`OUTCOME_UNKNOWN`): until then no run sends
    /// them. `/runs/{id}/undecided` lists those of a run.
    pub undecided: u64,
    /// The new runs; none when only asked.
    pub runs: Vec<StartedRetry>,
    /// Ask a read with this as `min_position` to see the runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

#[derive(Serialize, ToSchema)]
pub struct StartedRetry {
    pub run: String,
    pub scenario: String,
    pub version: u64,
    pub count: u64,
}

/// Retries what fails at present, across runs: one new run for each scenario (and version). The source is not asked, and
/// every item is worked on at exactly the revision that failed last. With `dry_run`, says how many items match.
#[utoipa::path(
    post,
    path = "/api/v1/retries",
    tag = "failures",
    operation_id = "start_retries",
    request_body = StartRetries,
    responses(
        (status = 200, body = RetriesStarted, description = "How many match"),
        (status = 202, body = RetriesStarted)
    )
)]
pub async fn start(
    State(api): State<Shared>,
    caller: Caller,
    body: Body<StartRetries>,
) -> Created<RetriesStarted> {
    let Body { value: wanted, once } = body;
    if let Some(answer) = api.started_before(&once).await? {
        return Ok((StatusCode::ACCEPTED, Json(answer)));
    }
    let Failing { parts, not_recorded, undecided } = api.failing(&wanted.filter, wanted.version).await?;
    let count = parts.iter().map(|part| part.items.len() as u64).sum();
    let mut answer = RetriesStarted { count, not_recorded, undecided, runs: vec![], position: None };
    if wanted.dry_run {
        return Ok((StatusCode::OK, Json(answer)));
    }
    if parts.is_empty() {
        return Err(nothing_to_retry(undecided));
    }
    let meta = once.mark(caller.meta());
    let mut begun = vec![];
    for (number, part) in parts.into_iter().enumerate() {
        let run = run_id(&api, &once, number);
        let (scenario, version) = (part.rules.scenario.to_string(), part.rules.version);
        begun.push(api.retry(&run, part.of, part.rules, &part.items, &meta).await?);
        let count = part.items.len() as u64;
        answer.runs.push(StartedRetry { run: run.to_string(), scenario, version, count });
    }
    answer.position = Some(api.create(begun, &once).await?);
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

fn run_id(api: &Api, once: &Once, number: usize) -> RunId {
    RunId::new(&once.id_for(&*api.context.ids, &format!("retry-{number}")))
}

/// What one run is to work on.
struct Part {
    rules: Rules,
    /// The run in which all of it failed, if that is one.
    of: Option<RunId>,
    items: Vec<Failed>,
}

/// What fails at present and matches.
struct Failing {
    /// By the rules it is to follow.
    parts: Vec<Part>,
    not_recorded: u64,
    undecided: u64,
}

impl Api {
    /// What an earlier request with the same key started.
    async fn started_before(&self, once: &Once) -> Result<Option<RetriesStarted>, Problem> {
        if once.cause().is_none() {
            return Ok(None);
        }
        let mut answer =
            RetriesStarted { count: 0, not_recorded: 0, undecided: 0, runs: vec![], position: None };
        for number in 0..RUNS_MAX {
            let run = run_id(self, once, number);
            let stream = StreamName::new(Runs::CATEGORY, &run);
            let Some(position) = self.created_before(&stream, once).await? else { break };
            let started = self.run_started(&run).await?;
            let count = self.chosen(&run).await?;
            answer.count += count;
            answer.position = answer.position.max(Some(position));
            let scenario = started.scenario.to_string();
            answer.runs.push(StartedRetry {
                run: run.to_string(),
                scenario,
                version: started.version,
                count,
            });
        }
        Ok((!answer.runs.is_empty()).then_some(answer))
    }

    async fn failing(&self, filter: &RetriesFilter, version: RetryVersion) -> Result<Failing, Problem> {
        self.fresh(&FAILURES).await?;
        let scenario = filter.scenario.as_deref().map(ScenarioId::parse).transpose()?;
        let wanted = filter.failure.as_deref().map(FailureId::parse).transpose()?;
        let prefix = scenario.map_or(FAILING_PREFIX.to_owned(), |id| failing_prefix(id.as_str()));
        let mut query = Query { key_prefix: prefix, limit: STEP_ROWS, ..Query::default() };
        let mut all = Selection::default();
        let mut runs: Vec<String> = vec![];
        let mut reasons = Reasons::default();
        loop {
            let page = self.context.reads.list(&FAILURES, &query).await?;
            for row in &page.rows {
                let failing: FailingItem =
                    serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error))?;
                let is_old = filter.since.is_some_and(|since| failing.at < since);
                let is_other = wanted
                    .as_ref()
                    .is_some_and(|id| !failing.groups.iter().any(|group| group == id.as_str()));
                if is_old || is_other || !matches(self, &mut reasons, &failing, filter).await? {
                    continue;
                }
                let run = failing.run.clone();
                let is_doubted = reasons.is_doubted(self, &failing).await?;
                match failed(&row.key, failing, is_doubted) {
                    Some(item) => {
                        runs.push(run);
                        all.add(item)?;
                    }
                    None => all.not_recorded += 1,
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        let waits = self.undecided(&all.items).await?;
        let undecided = waits.iter().filter(|waits| **waits).count() as u64;
        let mut sent: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, run) in runs.into_iter().enumerate().filter(|(index, _)| !waits[*index]) {
            sent.entry(run).or_default().push(index);
        }
        let parts = self.by_rules(&all.items, sent, version).await?;
        Ok(Failing { parts, not_recorded: all.not_recorded, undecided })
    }

    async fn by_rules(
        &self,
        items: &[Failed],
        runs: BTreeMap<String, Vec<usize>>,
        version: RetryVersion,
    ) -> Result<Vec<Part>, Problem> {
        let mut parts: BTreeMap<String, Part> = BTreeMap::new();
        for (run, indexes) in runs {
            let run = RunId::parse(&run)?;
            let started = self.run_started(&run).await?;
            let key = match version {
                RetryVersion::Newest => started.scenario.to_string(),
                RetryVersion::Pinned => {
                    format!("{}/{}", started.scenario, hash::short(&domain::event::encode(&started.graph)))
                }
            };
            if !parts.contains_key(&key) {
                if parts.len() == RUNS_MAX {
                    let detail = format!("more than {RUNS_MAX} runs would be needed");
                    let remedy = "narrow the filter, or retry with version newest";
                    return Err(Problem::invalid("TOO_MANY_RUNS", detail, remedy).at("filter"));
                }
                let rules = match version {
                    RetryVersion::Newest => self.newest_rules(&started.scenario).await?,
                    RetryVersion::Pinned => {
                        Rules { scenario: started.scenario, version: started.version, graph: started.graph }
                    }
                };
                parts.insert(key.clone(), Part { rules, of: Some(run), items: vec![] });
            } else if let Some(part) = parts.get_mut(&key) {
                part.of = None;
            }
            if let Some(part) = parts.get_mut(&key) {
                part.items.extend(indexes.iter().filter_map(|index| items.get(*index)).cloned());
            }
        }
        Ok(parts.into_values().collect())
    }
}

async fn matches(
    api: &Api,
    reasons: &mut Reasons,
    failing: &FailingItem,
    filter: &RetriesFilter,
) -> Result<bool, Problem> {
    if filter.code.is_none() && filter.step.is_none() {
        return Ok(true);
    }
    for group in &failing.groups {
        let Some((code, step)) = reasons.of(api, group).await? else { continue };
        if filter.code.as_ref().is_none_or(|wanted| wanted == code)
            && filter.step.as_ref().is_none_or(|wanted| wanted == step)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `row` is where the view has it: only that names the destination.
fn failed(row: &str, failing: FailingItem, is_doubted: bool) -> Option<Failed> {
    let to = row.strip_prefix(&failing_prefix(&failing.scenario))?.split_once('|')?.0.to_owned();
    let key = RecordKey::parse(failing.record.as_deref()?)?;
    Some(Failed {
        connection: key.connection.to_string(),
        resource: key.resource,
        record: key.id,
        revision: failing.revision?,
        node: failing.node,
        to: Some(to).filter(|to| !to.is_empty()),
        is_doubted,
    })
}
