//! The embedded Portal's own facts: its users, posts and other records. Stream `portal-{id}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decider::Decider;
use crate::events;
use crate::ids::{MappingId, PortalId};
use crate::problem::Rejection;

/// Which mapping revision made a record's fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingStamp {
    pub id: MappingId,
    pub revision: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Write {
    Created,
    Updated,
}

/// Fields of a Portal record were written. The fields are the event's sealed body: one JSON object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalWritten {
    pub write: Write,
    /// `user`, `post`, `page`, `term`, `media`, `comment`, `item`.
    pub entity: String,
    /// `RecordKey::path` of the source record.
    pub external: String,
    /// Digest of the fields.
    pub digest: String,
    /// The source's version of the record, for the stale guard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_version: Option<String>,
    /// Revision of the source record that these fields were made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_revision: Option<u64>,
    /// The revision of this record whose values an undo has put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restores: Option<u64>,
    pub mapping: MappingStamp,
    /// References that found their target, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<String, PortalId>,
    /// References whose target has not been imported yet, by field: the target's `RecordKey::path`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pending: BTreeMap<String, String>,
}

/// A reference that was pending found its target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalLinked {
    pub references: BTreeMap<String, PortalId>,
    /// By field, the `RecordKey::path` that had been waited for.
    pub targets: BTreeMap<String, String>,
}

/// The record is no longer there for anybody but its history. A later write makes it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalRemoved {
    /// The run that had created it.
    pub undoes: String,
}

/// The record was taken out of use. Its fields stay; a later write brings it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalArchived {
    /// Why, in words.
    pub reason: String,
    pub run: String,
}

events! {
    /// Facts about one record of the embedded Portal.
    PortalEvent {
        "portal.written" => Written(PortalWritten),
        "portal.linked" => Linked(PortalLinked),
        "portal.removed" => Removed(PortalRemoved),
        "portal.archived" => Archived(PortalArchived),
    }
}

/// What one record of the embedded Portal is known by when something is decided about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortalState {
    pub written: Option<PortalWritten>,
    pub pending: BTreeMap<String, String>,
    pub removed: bool,
    pub archived: bool,
}

#[derive(Clone, Debug)]
pub enum PortalCommand {
    /// The record that some fields wait for has arrived.
    Link { target: String, found: PortalId },
}

pub struct PortalRecords;

impl Decider for PortalRecords {
    const CATEGORY: &'static str = "portal";
    type State = PortalState;
    type Command = PortalCommand;
    type Event = PortalEvent;

    fn decide(state: &PortalState, command: PortalCommand) -> Result<Vec<PortalEvent>, Rejection> {
        let PortalCommand::Link { target, found } = command;
        let waiting: BTreeMap<String, String> = state
            .pending
            .iter()
            .filter(|(_, t)| **t == target)
            .map(|(f, t)| (f.clone(), t.clone()))
            .collect();
        if waiting.is_empty() || state.removed {
            return Ok(vec![]);
        }
        let references = waiting.keys().map(|field| (field.clone(), found.clone())).collect();
        Ok(vec![PortalEvent::Linked(PortalLinked { references, targets: waiting })])
    }

    fn evolve(state: &mut PortalState, event: &PortalEvent) {
        match event {
            PortalEvent::Written(written) => {
                state.pending.clone_from(&written.pending);
                state.written = Some(written.clone());
                state.removed = false;
                state.archived = false;
            }
            PortalEvent::Removed(_) => state.removed = true,
            PortalEvent::Archived(_) => state.archived = true,
            PortalEvent::Linked(linked) => {
                for (field, id) in &linked.references {
                    state.pending.remove(field);
                    if let Some(written) = &mut state.written {
                        written.references.insert(field.clone(), id.clone());
                        written.pending.remove(field);
                    }
                }
            }
        }
    }
}
