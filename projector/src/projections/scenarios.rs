//! Fills the scenarios view.

use domain::event::Event;
use domain::scenario::ScenarioEvent as E;
use domain::views::{SCENARIOS, ScenarioView, VersionLine, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};
use serde_json::Value;

pub struct Scenarios;

impl Projection for Scenarios {
    fn view(&self) -> &'static ViewSpec {
        &SCENARIOS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["scenario"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        Some(recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let id = recorded.stream.id();
        let fact = E::from_json(&recorded.event_type, &recorded.data)?;
        let known: Option<ScenarioView> = docs.get(id)?;
        let mut view = match (known, &fact) {
            (_, E::Deleted(_)) => {
                docs.delete(id);
                return Ok(());
            }
            (Some(view), _) => view,
            (None, E::Created(_)) => new(id, recorded),
            (None, _) => return Ok(()),
        };
        apply(&mut view, fact, recorded);
        view.changed_at = recorded.recorded_at;
        let columns = vec![Some(view.name.as_str().into())];
        docs.put(id, &view, columns);
        Ok(())
    }
}

fn new(id: &str, recorded: &Recorded) -> ScenarioView {
    ScenarioView {
        id: id.to_owned(),
        name: String::new(),
        template: None,
        off: false,
        draft: 0,
        draft_graph: Value::Null,
        version: 0,
        version_graph: Value::Null,
        versions: vec![],
        created_at: recorded.recorded_at,
        changed_at: recorded.recorded_at,
    }
}

fn apply(view: &mut ScenarioView, fact: E, recorded: &Recorded) {
    match fact {
        E::Created(created) => {
            view.name = created.name;
            view.template = created.template;
        }
        E::Renamed(renamed) => view.name = renamed.name,
        E::DraftSaved(saved) => {
            view.draft = saved.draft;
            view.draft_graph = saved.graph;
        }
        E::Published(published) => {
            view.version = published.version;
            view.version_graph = published.graph;
            view.versions.insert(
                0,
                VersionLine {
                    version: published.version,
                    at: recorded.recorded_at,
                    actor: recorded.meta.actor.0.clone(),
                    note: published.note,
                },
            );
        }
        E::TurnedOn(_) => view.off = false,
        E::TurnedOff(_) => view.off = true,
        E::Deleted(_) => {}
    }
}
