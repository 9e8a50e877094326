use std::collections::BTreeSet;

use domain::decider::Decider as _;
use domain::ids::RunId;
use domain::run::{ItemNote, Outcome, RunMode, Runs, SettledItem};
use domain::views::{FAILURES, FailingItem, RUN_CHUNKS, RunChunkView, failing_key};
use engine::ports::Query;
use engine::{Position, StreamName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::show_item::place;
use crate::context::Api;
use crate::doubts::Reasons;
use crate::endpoint::{Body, Caller, Created, Id, Json, Problem, Shared, State, StatusCode};
use crate::retrying::{Failed, Rules, Selection};

/// Chunks read in one step.
const STEP_CHUNKS: usize = 20;
/// Most items that a filter may name one by one.
const NAMED_MAX: usize = 1_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryRun {
    /// Which of the run's failed items; all of them when absent.
    #[serde(default)]
    pub filter: RetryFilter,
    /// The rules to follow.
    #[serde(default)]
    pub version: RetryVersion,
    /// Only say how many items match.
    #[serde(default)]
    pub dry_run: bool,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryFilter {
    /// Only failed items can be retried; may be left out.
    pub outcome: Option<RetryOutcome>,
    /// Only items with a note of this code.
    pub code: Option<String>,
    /// Only items with a note of this node.
    pub step: Option<String>,
    /// Only these, by their ids within the run.
    pub items: Option<Vec<String>>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RetryOutcome {
    #[default]
    Failed,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RetryVersion {
    /// The version and the mapping that the items failed with.
    #[default]
    Pinned,
    /// The newest published version.
    Newest,
}

/// What a retry works on, and the run that does it unless it was only asked how many there are.
#[derive(Serialize, ToSchema)]
pub struct RetryAnswer {
    /// The new run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Items that match and are worked on.
    pub count: u64,
    /// Items that match but could not be read when they came; only another run can read them again.
    pub not_recorded: u64,
    /// Items that match but wait for a person to say whether they arrived (`OUTCOME_UNKNOWN`): until then no run sends
    /// them. `/runs/{id}/undecided` lists them.
    pub undecided: u64,
    /// Items that match but no longer fail, because a later run brought them to a better end.
    pub settled_since: u64,
    /// Ask a read with this as `min_position` to see the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// Retries what failed in a run, and nothing else: the source is not asked, and every item is worked on at exactly the
/// revision that failed. With `dry_run`, says how many items match.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/retry",
    tag = "runs",
    operation_id = "retry_run",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = RetryRun,
    responses((status = 200, body = RetryAnswer, description = "How many match"), (status = 202, body = RetryAnswer))
)]
pub async fn retry(
    State(api): State<Shared>,
    caller: Caller,
    Id(of): Id<RunId>,
    body: Body<RetryRun>,
) -> Created<RetryAnswer> {
    let Body { value: wanted, once } = body;
    let run = RunId::new(&once.id(&*api.context.ids));
    let stream = StreamName::new(Runs::CATEGORY, &run);
    let before = api.created_before(&stream, &once).await?;
    let started = api.run_started(&of).await?;
    if started.mode == RunMode::DryRun {
        return Err(Problem::conflict(
            "DRY_RUN",
            "a dry run writes nothing, so it left nothing to retry",
            "run the scenario",
        ));
    }
    let selection = api.failed_items(&of, started.scenario.as_str(), &wanted.filter).await?;
    let Selection { items, not_recorded, settled_since, .. } = selection;
    let matching = items.len();
    let waits = api.undecided(&items).await?;
    let items: Vec<Failed> =
        items.into_iter().zip(waits).filter(|(_, waits)| !waits).map(|(item, _)| item).collect();
    let (count, undecided) = (items.len() as u64, (matching - items.len()) as u64);
    let mut answer =
        RetryAnswer { id: None, run: None, count, not_recorded, undecided, settled_since, position: None };
    if wanted.dry_run {
        return Ok((StatusCode::OK, Json(answer)));
    }
    answer.position = Some(match before {
        Some(position) => {
            answer.count = api.chosen(&run).await?;
            position
        }
        None if count == 0 => return Err(nothing_to_retry(undecided)),
        None => {
            let rules = match wanted.version {
                RetryVersion::Pinned => {
                    Rules { scenario: started.scenario, version: started.version, graph: started.graph }
                }
                RetryVersion::Newest => api.newest_rules(&started.scenario).await?,
            };
            let meta = once.mark(caller.meta());
            let begun = api.retry(&run, Some(of), rules, &items, &meta).await?;
            api.create(vec![begun], &once).await?
        }
    });
    answer.id = Some(run.to_string());
    answer.run.clone_from(&answer.id);
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// The refusal when nothing is left to retry; `undecided` items match and wait for a person.
pub fn nothing_to_retry(undecided: u64) -> Problem {
    if undecided > 0 {
        return Problem::conflict(
            "NOTHING_TO_RETRY",
            format!("{undecided} items match, and wait for a person to say whether they arrived"),
            "decide about them on the run's page, or with `runs decide`; no retry sends them before",
        );
    }
    Problem::conflict("NOTHING_TO_RETRY", "no failed item matches", "look at the run's failed items")
}

impl Api {
    /// The failed items of a run that match.
    pub(super) async fn failed_items(
        &self,
        run: &RunId,
        scenario: &str,
        filter: &RetryFilter,
    ) -> Result<Selection, Problem> {
        self.fresh(&RUN_CHUNKS).await?;
        self.fresh(&FAILURES).await?;
        let named = named(filter)?;
        let mut reasons = Reasons::default();
        let mut selection = Selection::default();
        let mut query = Query {
            key_prefix: format!("{run}/"),
            order_by: Some("failed"),
            limit: STEP_CHUNKS,
            ..Query::default()
        };
        loop {
            let page = self.context.reads.list(&RUN_CHUNKS, &query).await?;
            for row in &page.rows {
                let number: u64 = row.key.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or(0);
                let chunk: RunChunkView =
                    serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error))?;
                let is_named = |index: usize| named.as_ref().is_none_or(|n| n.contains(&(number, index)));
                let wanted = chunk.items.iter().enumerate();
                let wanted = wanted.filter(|(index, item)| is_named(*index) && matches(item, filter));
                let items: Vec<(usize, &SettledItem)> = wanted.collect();
                let keys: Vec<String> = items.iter().map(|(_, item)| key(scenario, &chunk, item)).collect();
                let failing = self.find_all::<FailingItem>(&FAILURES, &keys).await?;
                for ((index, item), failing) in items.into_iter().zip(failing) {
                    match failing {
                        Some(failing) => {
                            let is_doubted = reasons.is_doubted(self, &failing).await?;
                            take(&mut selection, &chunk, item, format!("{number}.{index}"), is_doubted)?;
                        }
                        None => selection.settled_since += 1,
                    }
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(selection),
            }
        }
    }
}

/// Where the view of failures has the item.
fn key(scenario: &str, chunk: &RunChunkView, item: &SettledItem) -> String {
    let to = chunk.targets.get(usize::from(item.target)).map_or("", |target| target.to.as_str());
    failing_key(scenario, to, &format!("{}.{}.{}", chunk.source, chunk.resource, item.record))
}

fn take(
    selection: &mut Selection,
    chunk: &RunChunkView,
    item: &SettledItem,
    id: String,
    is_doubted: bool,
) -> Result<(), Problem> {
    let Some(revision) = item.revision else {
        selection.not_recorded += 1;
        return Ok(());
    };
    selection.add(Failed {
        connection: chunk.source.clone(),
        resource: chunk.resource.clone(),
        record: item.record.clone(),
        revision,
        node: chunk.node.clone(),
        to: chunk.targets.get(usize::from(item.target)).map(|target| target.to.to_string()),
        is_doubted,
    })?;
    selection.ids.push(id);
    Ok(())
}

fn matches(item: &SettledItem, filter: &RetryFilter) -> bool {
    let RetryOutcome::Failed = filter.outcome.unwrap_or_default();
    if item.outcome != Outcome::Failed {
        return false;
    }
    let fits = |note: &ItemNote| {
        filter.code.as_ref().is_none_or(|code| *code == note.code)
            && filter.step.as_ref().is_none_or(|step| *step == note.step)
    };
    (filter.code.is_none() && filter.step.is_none()) || item.notes.iter().any(fits)
}

fn named(filter: &RetryFilter) -> Result<Option<BTreeSet<(u64, usize)>>, Problem> {
    let Some(items) = &filter.items else { return Ok(None) };
    if items.len() > NAMED_MAX {
        let detail = format!("at most {NAMED_MAX} items can be named one by one");
        let problem = Problem::invalid("TOO_MANY_ITEMS", detail, "filter by code and step instead");
        return Err(problem.at("filter.items"));
    }
    let places = items.iter().map(|item| place(item).ok_or_else(|| not_an_item(item)));
    places.collect::<Result<_, _>>().map(Some)
}

fn not_an_item(text: &str) -> Problem {
    let shown: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    Problem::invalid(
        "INVALID_ITEM",
        format!("{shown} is not the id of an item"),
        "use ids as the list of the run's items shows them",
    )
    .at("filter.items")
}
