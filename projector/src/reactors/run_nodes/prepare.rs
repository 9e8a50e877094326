//! Makes a run ready: the graph becomes a plan, mappings and conditions are compiled, destinations are opened.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use app_sdk::App;
use domain::condition::Condition;
use domain::ids::{ConnectionId, MappingId};
use domain::mapping::{Definition, Mapping, portal_fields};
use domain::mappings::MappingEvent;
use domain::portal::MappingStamp;
use domain::problem::Rejection;
use domain::run::{Problem, RunMode, RunStarted, Target};
use domain::scenario::graph::{Graph, MappingRef};
use domain::scenario::on_failure::OnFailure;
use domain::scenario::plan::{Plan, PlannedFetch, Step as Planned};
use engine::ports::Cause;
use engine::retry::Patience;
use engine::{StreamName, history};

use super::fetch::not_usable;
use super::plan::{Fetch, Step};
use super::write::{Destination, Destinations, Door};
use crate::parts::Parts;

/// Events read of a mapping's stream: one per revision.
const REVISIONS_MAX: usize = 10_000;

/// A run that can begin.
#[derive(Default)]
pub struct Prepared {
    /// With the app to read from; none when the records come from the log.
    pub fetches: Vec<(Fetch, Option<App>)>,
    pub destinations: Destinations,
}

/// Prepares a run, or says why it cannot begin.
pub async fn prepare(parts: &Parts, started: &RunStarted) -> Result<Result<Prepared, Problem>, Cause> {
    let graph = Graph::parse(&started.graph).and_then(|graph| Plan::from(&graph));
    let plan = match graph {
        Ok(plan) => plan,
        Err(problems) => return Ok(Err(cannot_run(&problems))),
    };
    let mut prepared = Prepared::default();
    for planned in plan.fetches {
        let mut preparing = Preparing {
            parts,
            dry: started.mode == RunMode::DryRun,
            recalls: started.recall.is_some(),
            destinations: &mut prepared.destinations,
            targets: vec![],
            behind_failure: vec![],
            patience: vec![],
            fields: BTreeSet::new(),
            all_fields: false,
        };
        match preparing.fetch(planned).await {
            Ok(fetch) => prepared.fetches.push(fetch),
            Err(Stop::Problem(problem)) => return Ok(Err(problem)),
            Err(Stop::Store(cause)) => return Err(cause),
        }
    }
    Ok(Ok(prepared))
}

enum Stop {
    Problem(Problem),
    Store(Cause),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Problem(Problem {
            code: rejection.code.to_string(),
            message: rejection.detail,
            remedy: rejection.remedy,
        })
    }
}

struct Preparing<'a> {
    parts: &'a Parts,
    dry: bool,
    /// The source is not asked, so it need not exist any more.
    recalls: bool,
    destinations: &'a mut Destinations,
    targets: Vec<Target>,
    behind_failure: Vec<bool>,
    patience: Vec<Patience>,
    fields: BTreeSet<String>,
    /// Somebody needs fields that cannot be named beforehand.
    all_fields: bool,
}

/// How a record comes to a step.
#[derive(Clone, Copy)]
struct Coming<'a> {
    /// The mapping that made its fields.
    stamp: Option<&'a MappingStamp>,
    /// It failed at a step before.
    failed: bool,
}

/// As the source sent it, because it failed.
const FAILED: Coming<'static> = Coming { stamp: None, failed: true };

impl Preparing<'_> {
    async fn fetch(&mut self, planned: PlannedFetch) -> Result<(Fetch, Option<App>), Stop> {
        let app = if self.recalls { None } else { Some(self.app(&planned.connection).await?) };
        let mut steps = vec![];
        for step in &planned.steps {
            steps.push(self.step(step, Coming { stamp: None, failed: false }).await?);
        }
        // What the record itself needs, beside what this scenario reads: the same fields whichever scenario fetches,
        // so that two scenarios over one resource see the same record, and a later mapping finds what it needs.
        let declared = app
            .as_ref()
            .and_then(|app| app.entry.resources.iter().find(|resource| resource.id == planned.resource));
        let fields = match declared {
            Some(resource) if !self.all_fields => {
                self.fields.extend(resource.fields.iter().map(|field| field.name.clone()));
                std::mem::take(&mut self.fields).into_iter().collect()
            }
            _ => vec![],
        };
        let fetch = Fetch {
            node: planned.node.to_string(),
            connection: planned.connection,
            resource: planned.resource,
            statuses: planned.statuses,
            ids: planned.only.ids,
            fields,
            steps,
            targets: std::mem::take(&mut self.targets),
            behind_failure: std::mem::take(&mut self.behind_failure),
            patience: std::mem::take(&mut self.patience),
        };
        Ok((fetch, app))
    }

    async fn app(&self, connection: &ConnectionId) -> Result<App, Stop> {
        let view = self.parts.usable(connection).await.map_err(stop)?;
        self.parts.apps.get(&view.app).cloned().ok_or_else(|| {
            Stop::Problem(Problem {
                code: "UNKNOWN_APP".to_owned(),
                message: format!("this server does not know the app {}", view.app),
                remedy: "upgrade the server, or choose another connection".to_owned(),
            })
        })
    }

    async fn step(&mut self, planned: &Planned, coming: Coming<'_>) -> Result<Step, Stop> {
        Ok(match planned {
            Planned::Filter { node, condition, matches, otherwise, failure } => {
                let condition = Condition::parse(condition)?;
                match condition.source_paths() {
                    Some(paths) => self.fields.extend(paths),
                    None => self.all_fields = true,
                }
                Step::Filter {
                    node: node.to_string(),
                    condition: Arc::new(condition),
                    matches: self.steps(matches, coming).await?,
                    otherwise: self.steps(otherwise, coming).await?,
                    failure: self.steps(failure, FAILED).await?,
                }
            }
            Planned::Map { node, mapping, next, failure } => {
                let (stamp, definition) = self.definition(mapping).await?;
                let compiled = compile(&definition)?;
                self.fields.extend(compiled.source_paths());
                let next = self.steps(next, Coming { stamp: Some(&stamp), ..coming }).await?;
                let failure = self.steps(failure, FAILED).await?;
                Step::Map { node: node.to_string(), stamp, mapping: Arc::new(compiled), next, failure }
            }
            Planned::Write { node, connection, entity, write, on_failure, failure } => {
                let Some(stamp) = coming.stamp else {
                    return Err(Rejection::new(
                        "NOT_MAPPED",
                        format!("the node {node} writes records that no mapping made"),
                        "put a mapping before the write",
                    )
                    .into());
                };
                self.open(connection).await?;
                let target = u8::try_from(self.targets.len()).map_err(|_| too_many_writes())?;
                let (node, to, mapping) = (node.to_string(), connection.clone(), stamp.clone());
                let set = on_failure.and_then(OnFailure::retry);
                self.patience
                    .push(set.map_or(Patience::Usual, |(times, wait)| Patience::Set { times, wait }));
                self.targets.push(Target { node: node.clone(), to, mapping });
                self.behind_failure.push(coming.failed);
                let failure = self.steps(failure, FAILED).await?;
                Step::Write { node, target, entity: entity.clone(), mode: write.mode, failure }
            }
        })
    }

    async fn steps(&mut self, planned: &[Planned], coming: Coming<'_>) -> Result<Vec<Step>, Stop> {
        let mut steps = Vec::with_capacity(planned.len());
        for step in planned {
            steps.push(Box::pin(self.step(step, coming)).await?);
        }
        Ok(steps)
    }

    /// A mapping's definition at the revision that the graph pins, from the log itself.
    async fn definition(&self, wanted: &MappingRef) -> Result<(MappingStamp, Definition), Stop> {
        let revisions = revisions(self.parts, &wanted.id).await.map_err(Stop::Store)?;
        let newest = revisions.keys().max().copied();
        let found = wanted.revision.or(newest).and_then(|number| Some((number, revisions.get(&number)?)));
        let Some((revision, document)) = found else {
            return Err(Rejection::new(
                "MAPPING_GONE",
                format!("the mapping {} has no such revision", wanted.id),
                "choose another mapping in the scenario and publish it",
            )
            .into());
        };
        let definition = Definition::parse(&domain::event::encode(document)).map_err(first)?;
        Ok((MappingStamp { id: wanted.id.clone(), revision }, definition))
    }

    /// Opens a destination once per run.
    async fn open(&mut self, connection: &ConnectionId) -> Result<(), Stop> {
        if self.destinations.contains_key(connection.as_str()) {
            return Ok(());
        }
        let app = self.app(connection).await?;
        let (_, session) = self.parts.open(connection).await.map_err(stop)?;
        let Some(actions) = app.actions else {
            return Err(Rejection::new(
                "NOT_A_DESTINATION",
                format!("nothing can be written to {}", app.entry.name),
                "choose a connection to Portal in the write node",
            )
            .into());
        };
        let door = if self.dry { Door::Dry(actions) } else { Door::Live(actions) };
        self.destinations.insert(connection.to_string(), Destination { door, session });
        Ok(())
    }
}

fn stop(error: crate::parts::NotUsable) -> Stop {
    match not_usable(error) {
        Ok(problem) => Stop::Problem(problem),
        Err(cause) => Stop::Store(cause),
    }
}

fn compile(definition: &Definition) -> Result<domain::mapping::CompiledMapping, Stop> {
    let fields = portal_fields(&definition.entity).ok_or_else(|| {
        Rejection::new(
            "UNKNOWN_ENTITY",
            format!("Portal has no {}", definition.entity),
            "choose one of Portal's entities in the mapping",
        )
    })?;
    Ok(Mapping::compile(definition, fields).map_err(first)?)
}

/// All problems were shown when the mapping was saved; a run needs only one to say that it cannot begin.
fn first(problems: Vec<Rejection>) -> Rejection {
    problems.into_iter().next().unwrap_or_else(|| {
        Rejection::new("INVALID_MAPPING", "the mapping cannot be used", "open the mapping and save it again")
    })
}

fn too_many_writes() -> Rejection {
    Rejection::new(
        "TOO_MANY_WRITES",
        "a fetch may lead to at most 256 writes",
        "split the scenario into several",
    )
}

fn cannot_run(problems: &[domain::scenario::check::Problem]) -> Problem {
    let first = problems.iter().find(|problem| problem.is_error()).or(problems.first());
    Problem {
        code: first.map_or_else(|| "INVALID_GRAPH".to_owned(), |problem| problem.code.to_string()),
        message: first
            .map_or_else(|| "the graph cannot be run".to_owned(), |problem| problem.message.clone()),
        remedy: first.map_or_else(
            || "open the scenario, correct it and publish it again".to_owned(),
            |problem| problem.remedy.clone(),
        ),
    }
}

/// Every revision of a mapping, by number.
async fn revisions(parts: &Parts, id: &MappingId) -> Result<HashMap<u64, serde_json::Value>, Cause> {
    let stream = StreamName::new("mapping", id);
    let mut found = HashMap::new();
    for recorded in parts.executor.store.read_stream(&stream, 0, REVISIONS_MAX).await? {
        if let MappingEvent::Revised(revised) = history::decode(&recorded)? {
            found.insert(revised.revision, revised.definition);
        }
    }
    Ok(found)
}
