use app_sdk::effects;
use domain::decider::Decider as _;
use domain::effect::{Decision, EffectCommand, EffectEvent, Effects};
use domain::ids::RunId;
use domain::record::RecordKey;
use domain::run::{OUTCOME_UNKNOWN, Runs};
use engine::ports::{Expected, StreamAppend};
use engine::{Meta, NewEvent, StreamName, history};
use serde::Deserialize;
use utoipa::ToSchema;

use super::retry::{RetryAnswer, RetryFilter};
use crate::context::Api;
use crate::doubts::record;
use crate::endpoint::{Body, Caller, Created, Id, Json, Problem, Shared, State, StatusCode};
use crate::retrying::{Failed, Rules};
use crate::schema;

/// Most items of one decision.
pub(super) const ITEMS_MAX: usize = 1_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideItems {
    #[schema(value_type = schema::Decision)]
    pub decision: Decision,
    /// Which of the run's items that wait for a decision, by their ids within the run; all of them when absent.
    pub items: Option<Vec<String>>,
    /// The destination's id of the record, where it is known; only for one item that arrived.
    pub portal_id: Option<String>,
    /// Why, for whoever looks at it later.
    #[serde(default)]
    pub reason: String,
    /// Only say how many items match.
    #[serde(default)]
    pub dry_run: bool,
}

/// Decides about items of which nobody can tell whether they arrived (`OUTCOME_UNKNOWN`): the destination keeps no keys
/// and cannot be asked, so a person has looked. Starts a run that brings them to their end: what arrived is noted and not
/// sent, what is to be sent again is sent, what is given up is left alone until the record changes.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/decide",
    tag = "runs",
    operation_id = "decide_run_items",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = DecideItems,
    responses((status = 200, body = RetryAnswer, description = "How many match"), (status = 202, body = RetryAnswer))
)]
pub async fn decide(
    State(api): State<Shared>,
    caller: Caller,
    Id(of): Id<RunId>,
    body: Body<DecideItems>,
) -> Created<RetryAnswer> {
    let Body { value: wanted, once } = body;
    let run = RunId::new(&once.id(&*api.context.ids));
    let before = api.created_before(&StreamName::new(Runs::CATEGORY, &run), &once).await?;
    let started = api.run_started(&of).await?;
    let filter = RetryFilter {
        code: Some(OUTCOME_UNKNOWN.to_owned()),
        items: wanted.items.clone(),
        ..RetryFilter::default()
    };
    let selection = api.failed_items(&of, started.scenario.as_str(), &filter).await?;
    let mut answer = RetryAnswer {
        id: None,
        run: None,
        count: selection.items.len() as u64,
        not_recorded: selection.not_recorded,
        undecided: 0,
        settled_since: selection.settled_since,
        position: None,
    };
    if wanted.dry_run {
        return Ok((StatusCode::OK, Json(answer)));
    }
    answer.position = Some(if let Some(position) = before {
        answer.count = api.chosen(&run).await?;
        position
    } else {
        let meta = once.mark(caller.meta());
        let mut appends = api.decided(&selection.items, &wanted, &meta).await?;
        let rules = Rules { scenario: started.scenario, version: started.version, graph: started.graph };
        appends.push(api.retry(&run, Some(of), rules, &selection.items, &meta).await?);
        api.create(appends, &once).await?
    });
    answer.id = Some(run.to_string());
    answer.run.clone_from(&answer.id);
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

impl Api {
    /// The decision about each item, in its effect's stream.
    async fn decided(
        &self,
        items: &[Failed],
        wanted: &DecideItems,
        meta: &Meta,
    ) -> Result<Vec<StreamAppend>, Problem> {
        check(items.len(), wanted)?;
        let place = |item: &Failed| Some((item.to.as_deref()?.to_owned(), record(item)?));
        let places: Vec<(String, RecordKey)> = items.iter().filter_map(place).collect();
        let streams: Vec<StreamName> =
            places.iter().map(|(to, record)| effects::stream(to, &record.path())).collect();
        let last = self.context.executor.store.read_last(&streams).await?;
        let mut appends = vec![];
        for (stream, last) in streams.into_iter().zip(last) {
            let expected = last.as_ref().map_or(Expected::NoStream, |last| Expected::Exact(last.revision));
            let standing = last.map(|last| history::decode::<EffectEvent>(&last)).transpose()?;
            let command = EffectCommand::Decide {
                decision: wanted.decision,
                portal: wanted.portal_id.clone(),
                reason: wanted.reason.clone(),
            };
            let decided = Effects::decide(&standing, command)?;
            let ids = &self.context.ids;
            let events: Vec<NewEvent> =
                decided.iter().map(|event| NewEvent::of(event, ids.event_id(), meta.clone())).collect();
            if !events.is_empty() {
                appends.push(StreamAppend { stream, expected, events });
            }
        }
        Ok(appends)
    }
}

fn check(count: usize, wanted: &DecideItems) -> Result<(), Problem> {
    if count == 0 {
        return Err(Problem::conflict(
            "NOTHING_TO_DECIDE",
            "no item of this run waits for a decision",
            "look at the run's failed items: those with the code OUTCOME_UNKNOWN wait",
        ));
    }
    if count > ITEMS_MAX {
        let detail = format!("{count} items match, and a decision is about at most {ITEMS_MAX}");
        return Err(
            Problem::invalid("TOO_MANY_ITEMS", detail, "name the items, and decide in parts").at("items")
        );
    }
    if wanted.portal_id.is_some() && (count > 1 || wanted.decision != Decision::Arrived) {
        let detail = "the destination's id belongs to one item that arrived";
        return Err(Problem::invalid("NOT_ONE_ITEM", detail, "name that item in items").at("portal_id"));
    }
    Ok(())
}
