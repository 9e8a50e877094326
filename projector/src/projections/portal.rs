//! Fills the embedded Portal's view: its records as they are now.

use std::collections::BTreeMap;

use bytes::Bytes;
use domain::event::Event;
use domain::ids::PortalId;
use domain::portal::{PortalEvent as E, PortalWritten, Write};
use domain::views::{PORTAL, PortalView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};
use serde_json::{Map, Value};

/// Longest label kept for searching, in characters.
const LABEL_CHARS_MAX: usize = 120;

pub struct Portal;

impl Projection for Portal {
    fn view(&self) -> &'static ViewSpec {
        &PORTAL
    }

    fn categories(&self) -> &'static [&'static str] {
        &["portal"]
    }

    /// The first write of a record looks at nothing, which keeps imports cheap.
    fn needs(&self, recorded: &Recorded) -> Option<String> {
        (recorded.revision > 0).then(|| recorded.stream.id().to_owned())
    }

    fn reads_bodies(&self) -> bool {
        true
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let id = recorded.stream.id();
        let known: Option<PortalView> = docs.get(id)?;
        let view = match (known, E::from_json(&recorded.event_type, &recorded.data)?) {
            (known, E::Written(written)) => write(id, known.as_ref(), written, event)?,
            (Some(mut view), E::Linked(linked)) => {
                for (field, target) in linked.references {
                    view.pending.remove(&field);
                    view.references.insert(field, target.to_string());
                }
                view.changed_at = recorded.recorded_at;
                view.position = recorded.position;
                view
            }
            (None, E::Linked(_)) => return Ok(()),
        };
        let columns = vec![
            Some(view.entity.as_str().into()),
            label(&view).map(|label| label.as_str().into()),
            Some(i64::try_from(view.position).unwrap_or(i64::MAX).into()),
        ];
        docs.put(id, &view, columns);
        Ok(())
    }
}

fn write(
    id: &str,
    known: Option<&PortalView>,
    written: PortalWritten,
    event: &Opened<'_>,
) -> Result<PortalView, FoldError> {
    let recorded = event.recorded;
    let created_at = match (known, written.write) {
        (Some(known), Write::Updated) => known.created_at,
        _ => recorded.recorded_at,
    };
    Ok(PortalView {
        id: id.to_owned(),
        entity: written.entity,
        external: written.external,
        fields: fields(recorded, event.body.as_ref())?,
        references: texts(written.references),
        pending: written.pending,
        mapping: written.mapping,
        source_version: written.source_version,
        revision: recorded.revision,
        position: recorded.position,
        created_at,
        changed_at: recorded.recorded_at,
    })
}

fn fields(recorded: &Recorded, body: Option<&Bytes>) -> Result<Option<Map<String, Value>>, FoldError> {
    let Some(body) = body else { return Ok(None) };
    Ok(Some(domain::event::decode(&recorded.event_type, body)?))
}

fn texts(references: BTreeMap<String, PortalId>) -> BTreeMap<String, String> {
    references.into_iter().map(|(field, id)| (field, id.to_string())).collect()
}

/// What people know the record by, for searching.
fn label(view: &PortalView) -> Option<String> {
    let fields = view.fields.as_ref()?;
    let parts: Vec<&str> = ["title", "name", "email", "username", "slug"]
        .iter()
        .filter_map(|field| fields.get(*field)?.as_str())
        .filter(|text| !text.is_empty())
        .take(2)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" ").chars().take(LABEL_CHARS_MAX).collect())
}
