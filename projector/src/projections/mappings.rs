//! Fills the mappings view.

use domain::event::Event;
use domain::mappings::{MappingCreated, MappingEvent as E};
use domain::views::{MAPPINGS, MappingView, RevisionLine, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};
use serde_json::Value;

pub struct Mappings;

impl Projection for Mappings {
    fn view(&self) -> &'static ViewSpec {
        &MAPPINGS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["mapping"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        Some(recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let id = recorded.stream.id();
        let known: Option<MappingView> = docs.get(id)?;
        let view = match (known, E::from_json(&recorded.event_type, &recorded.data)?) {
            (_, E::Created(created)) => new(id, created, recorded),
            (Some(mut view), E::Revised(revised)) => {
                view.revision = revised.revision;
                view.definition = revised.definition;
                let line = RevisionLine {
                    revision: revised.revision,
                    at: recorded.recorded_at,
                    actor: recorded.meta.actor.0.clone(),
                };
                view.revisions.insert(0, line);
                view
            }
            (_, E::Deleted(_)) => {
                docs.delete(id);
                return Ok(());
            }
            (None, E::Revised(_)) => return Ok(()),
        };
        let columns = vec![Some(view.name.as_str().into()), Some(view.entity.as_str().into())];
        docs.put(id, &view, columns);
        Ok(())
    }
}

fn new(id: &str, created: MappingCreated, recorded: &Recorded) -> MappingView {
    MappingView {
        id: id.to_owned(),
        name: created.name,
        app: created.app,
        resource: created.resource,
        entity: created.entity,
        revision: 0,
        definition: Value::Null,
        revisions: vec![],
        created_at: recorded.recorded_at,
    }
}
