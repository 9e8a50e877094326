//! Fills the embedded Portal's view: its records as they are now.

use std::borrow::Cow;

use bytes::Bytes;
use domain::event::Event;
use domain::portal::{PortalEvent as E, PortalWritten, Write};
use domain::views::{PORTAL, PortalRow, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};
use serde::Deserialize;

/// Longest label kept for searching, in characters.
const LABEL_CHARS_MAX: usize = 60;

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
        let known: Option<PortalRow> = docs.get(id)?;
        let now = recorded.recorded_at.timestamp_micros();
        let row = match (known, E::from_json(&recorded.event_type, &recorded.data)?) {
            (known, E::Written(written)) => {
                let label = label(recorded, event.body.as_ref())?;
                write(known.as_ref(), written, recorded, label)
            }
            (Some(mut row), E::Linked(linked)) => {
                for (field, target) in linked.references {
                    row.pending.remove(&field);
                    row.references.insert(field, target.to_string());
                }
                row.changed_at = now;
                row.position = recorded.position;
                row.revision = recorded.revision;
                row
            }
            (Some(mut row), E::Removed(_)) => {
                row.removed = true;
                row.changed_at = now;
                row.position = recorded.position;
                row.revision = recorded.revision;
                row
            }
            (Some(mut row), E::Archived(_)) => {
                row.archived = true;
                row.changed_at = now;
                row.position = recorded.position;
                row.revision = recorded.revision;
                row
            }
            (None, E::Linked(_) | E::Archived(_) | E::Removed(_)) => return Ok(()),
        };
        let entity = (!row.removed).then(|| row.entity.as_str().into());
        let columns = vec![entity, row.label.as_deref().map(Into::into)];
        docs.put(id, &row, columns);
        Ok(())
    }
}

fn write(
    known: Option<&PortalRow>,
    written: PortalWritten,
    recorded: &Recorded,
    label: Option<String>,
) -> PortalRow {
    let now = recorded.recorded_at.timestamp_micros();
    PortalRow {
        entity: written.entity,
        external: written.external,
        label,
        references: written.references.into_iter().map(|(field, id)| (field, id.to_string())).collect(),
        pending: written.pending,
        mapping: written.mapping,
        source_version: written.source_version,
        written: recorded.revision,
        revision: recorded.revision,
        position: recorded.position,
        created_at: known.filter(|_| written.write == Write::Updated).map_or(now, |known| known.created_at),
        changed_at: now,
        removed: false,
        archived: false,
    }
}

/// The few fields that a label is made of; the rest of the body is passed over.
#[derive(Deserialize)]
struct Labels<'a> {
    #[serde(default, borrow)]
    title: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    email: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    slug: Option<Cow<'a, str>>,
}

/// What people know the record by, for searching.
fn label(recorded: &Recorded, body: Option<&Bytes>) -> Result<Option<String>, FoldError> {
    let Some(body) = body else { return Ok(None) };
    let labels: Labels<'_> = domain::event::decode_borrowed(&recorded.event_type, body)?;
    let parts: Vec<&str> = [&labels.title, &labels.name, &labels.email, &labels.slug]
        .into_iter()
        .filter_map(|part| part.as_deref().filter(|text| !text.is_empty()))
        .take(2)
        .collect();
    Ok((!parts.is_empty()).then(|| parts.join(" ").chars().take(LABEL_CHARS_MAX).collect()))
}
