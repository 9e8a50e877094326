//! The records that a batch names, whoever told of them, and the looking at them.

use std::collections::BTreeMap;

use app_sdk::Said;
use app_sdk::hear::Mark;
use domain::ids::ConnectionId;
use domain::inbox::{Finding, ReadRecord};
use engine::Meta;

use super::super::look_again::{Look, LookError, look_again};
use crate::parts::Parts;

/// Where a record stands in a batch: resource and id.
type Place = (String, String);

/// Records in the order in which they were first named.
#[derive(Default)]
pub struct Places {
    order: Vec<Place>,
    /// Its place in the order, and whether the last word was that it is gone.
    known: BTreeMap<Place, (usize, bool)>,
    /// Something may have been missed: everything has to be read.
    pub look_at_all: bool,
}

impl Places {
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// The place of what a mark names.
    pub fn mark(&mut self, mark: Mark) -> usize {
        let place = (mark.resource, mark.id);
        let next = self.order.len();
        let (at, is_gone) = self.known.entry(place.clone()).or_insert((next, false));
        *is_gone = mark.is_gone;
        if *at == next {
            self.order.push(place);
        }
        *at
    }

    pub fn say(&mut self, said: Said) {
        match said {
            Said::Look(mark) => drop(self.mark(mark)),
            Said::LookAtAll => self.look_at_all = true,
            Said::Nothing | Said::Unreadable => {}
        }
    }

    /// Fetches what was named again, kind by kind, and puts the findings into the order of the places.
    pub async fn look(
        &mut self,
        parts: &Parts,
        connection: &ConnectionId,
        meta: &Meta,
    ) -> Result<Vec<ReadRecord>, LookError> {
        let mut resources: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (resource, id) in &self.order {
            resources.entry(resource).or_default().push(id.clone());
        }
        let mut found: BTreeMap<Place, ReadRecord> = BTreeMap::new();
        for (resource, ids) in resources {
            let is_gone = |id: &&String| {
                self.known.get(&(resource.to_owned(), (*id).clone())).is_some_and(|(_, is_gone)| *is_gone)
            };
            let said_gone = ids.iter().filter(is_gone).cloned().collect();
            let look = Look { connection, resource, ids, said_gone, meta: meta.clone() };
            for record in look_again(parts, &look).await? {
                // So many are said to be gone at once that only a sweep may believe it.
                self.look_at_all |= record.finding == Finding::NotShown && record.note.is_some();
                found.insert((record.resource.clone(), record.id.clone()), record);
            }
        }
        Ok(self.order.iter().filter_map(|place| found.remove(place)).collect())
    }
}
