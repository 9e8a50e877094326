use domain::decider::Decider as _;
use domain::ids::{MappingId, RunId, ScenarioId};
use domain::run::{Recall, RunCommand, RunMode, RunStarted, Runs, Scope, Trigger};
use domain::scenario::check::{self, Problem as GraphProblem};
use domain::scenario::graph::{Graph, NodeKind};
use domain::views::{MAPPINGS, MappingView};
use engine::StreamName;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::graph;
use super::show_version::version_graph;
use super::start_run::{RunAccepted, accepted};
use super::turn::not_published;
use crate::context::Api;
use crate::endpoint::{Body, Caller, Created, Id, Problem, Shared, State};

/// Most records that a filter may name one by one.
const IDS_MAX: usize = 1_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartReimport {
    /// `preview` says what would happen and writes nothing; `apply` writes the differences.
    pub mode: ReimportMode,
    /// A published version; the newest when absent.
    pub version: Option<u64>,
    /// With `preview`: the draft, before it is published.
    #[serde(default)]
    pub draft: bool,
    /// Use this revision of a mapping, wherever the version uses the mapping.
    pub mapping: Option<MappingChoice>,
    /// Which records; all that the version fetches when absent.
    #[serde(default)]
    pub filter: ReimportFilter,
    /// With `apply`: carry out exactly what this preview showed. Records that have changed since are left out.
    pub preview: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReimportMode {
    Preview,
    Apply,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingChoice {
    pub id: String,
    /// The newest when absent.
    pub revision: Option<u64>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReimportFilter {
    /// Only this kind of record: `users`, `posts`.
    pub resource: Option<String>,
    /// Only these records, by their ids in the source.
    #[serde(default)]
    pub ids: Vec<String>,
}

/// Takes recorded records through a version of the scenario again. The source is not asked, and need not exist any
/// more. Large change sets wait for `POST /api/v1/runs/{id}/approve`.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/reimports",
    tag = "runs",
    operation_id = "start_reimport",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = StartReimport,
    responses((status = 202, body = RunAccepted))
)]
pub async fn reimport(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ScenarioId>,
    body: Body<StartReimport>,
) -> Created<RunAccepted> {
    let Body { value: wanted, once } = body;
    let run = RunId::new(&once.id(&*api.context.ids));
    let stream = StreamName::new(Runs::CATEGORY, &run);
    if let Some(position) = api.created_before(&stream, &once).await? {
        return Ok(accepted(&run, position));
    }
    let started = match &wanted.preview {
        Some(preview) => carried_out(&api, &id, &wanted, preview).await?,
        None => anew(&api, &id, &wanted).await?,
    };
    let parsed = graph(&started.graph)?;
    if let Some(problem) = api.look_up(&parsed).await?.not_writable(&parsed) {
        return Err(problem);
    }
    let begun =
        api.begin::<Runs>(run.as_str(), vec![RunCommand::Start(started)], &once.mark(caller.meta()))?;
    let position = api.create(vec![begun], &once).await?;
    Ok(accepted(&run, position))
}

/// What a preview showed, to be done.
async fn carried_out(
    api: &Api,
    id: &ScenarioId,
    wanted: &StartReimport,
    preview: &str,
) -> Result<RunStarted, Problem> {
    let preview = RunId::parse(preview)?;
    let alone = wanted.version.is_none()
        && wanted.mapping.is_none()
        && !wanted.draft
        && wanted.filter.resource.is_none()
        && wanted.filter.ids.is_empty();
    let shown = api.run_started(&preview).await?;
    let scope = match (&shown.recall, wanted.mode, shown.mode) {
        (Some(Recall::Reimport(scope)), ReimportMode::Apply, RunMode::DryRun)
            if alone && shown.scenario == *id && shown.version > 0 =>
        {
            Scope { preview: Some(preview), ..scope.clone() }
        }
        _ => {
            return Err(Problem::invalid(
                "NOT_A_PREVIEW",
                "only a preview of this scenario's published version can be carried out, as it is",
                "name a run that was started with mode preview, and nothing beside it",
            )
            .at("preview"));
        }
    };
    Ok(RunStarted { mode: RunMode::Apply, recall: Some(Recall::Reimport(scope)), ..shown })
}

async fn anew(api: &Api, id: &ScenarioId, wanted: &StartReimport) -> Result<RunStarted, Problem> {
    let filter = &wanted.filter;
    if filter.ids.len() > IDS_MAX {
        let detail = format!("at most {IDS_MAX} records can be named one by one");
        return Err(Problem::invalid("TOO_MANY_ITEMS", detail, "leave out the ids").at("filter.ids"));
    }
    let view = api.scenario(id).await?;
    let (version, mut document) = match (wanted.draft, wanted.version) {
        (true, None) if wanted.mode == ReimportMode::Preview => (0, view.draft_graph),
        (true, _) => {
            let problem = Problem::invalid(
                "DRAFT_IS_DRY",
                "a draft can only be previewed, and has no version",
                "publish the scenario first",
            );
            return Err(problem.at("draft"));
        }
        (false, _) if view.version == 0 => return Err(not_published(&view.name)),
        (false, None) => (view.version, view.version_graph),
        (false, Some(version)) => (version, version_graph(api, id, version).await?.graph),
    };
    if wanted.draft {
        let parsed = graph(&document)?;
        let looked = api.look_up(&parsed).await?;
        let problems = check::check(&parsed, &looked);
        if problems.iter().any(GraphProblem::is_error) {
            return Err(problems.into());
        }
    }
    if let Some(choice) = &wanted.mapping {
        choose(api, &mut document, choice).await?;
    }
    let parsed = graph(&document)?;
    if filter.resource.as_ref().is_some_and(|resource| !fetches(&parsed, resource)) {
        let detail = "the version fetches no such resource";
        return Err(Problem::invalid("UNKNOWN_RESOURCE", detail, "use one that it fetches").at("filter"));
    }
    let scope = Scope {
        until: *api.context.executor.store.end().borrow(),
        resource: filter.resource.clone(),
        ids: filter.ids.clone(),
        preview: None,
    };
    Ok(RunStarted {
        scenario: id.clone(),
        version,
        graph: document,
        mode: if wanted.mode == ReimportMode::Preview { RunMode::DryRun } else { RunMode::Apply },
        trigger: Trigger::Manual,
        limit: None,
        recall: Some(Recall::Reimport(scope)),
    })
}

/// Pins the mapping's nodes to the revision that was chosen.
async fn choose(api: &Api, document: &mut Value, choice: &MappingChoice) -> Result<(), Problem> {
    let id = MappingId::parse(&choice.id)?;
    let view: Option<MappingView> = api.find(&MAPPINGS, id.as_str()).await?;
    let view = view.ok_or_else(|| Problem::not_found("mapping").at("mapping.id"))?;
    let revision = choice.revision.unwrap_or(view.revision);
    if api.definition(&id, revision).await?.is_none() {
        return Err(Problem::not_found("revision of the mapping").at("mapping.revision"));
    }
    let mut found = false;
    for node in document.get_mut("nodes").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(mapping) = node.get_mut("mapping").and_then(Value::as_object_mut) else { continue };
        if mapping.get("id").and_then(Value::as_str) == Some(id.as_str()) {
            mapping.insert("revision".to_owned(), revision.into());
            found = true;
        }
    }
    if !found {
        let detail = "the version does not use this mapping";
        let problem = Problem::invalid("MAPPING_NOT_USED", detail, "choose one that it uses");
        return Err(problem.at("mapping.id"));
    }
    Ok(())
}

fn fetches(graph: &Graph, wanted: &str) -> bool {
    graph.nodes.iter().any(|node| match &node.kind {
        NodeKind::Fetch(fetch) => fetch.resource.as_deref() == Some(wanted),
        _ => false,
    })
}
