//! Bytes and lists that were made before: an item is rendered once per context and set of fields, a filter is
//! evaluated once for all its pages. Both are bounded and die with the revision they were made from.

use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Items held at once.
const ITEMS_MAX: usize = 20_000;
/// Lists held at once.
const LISTS_MAX: usize = 4;

#[derive(Default)]
pub(crate) struct Cache(Mutex<Held>);

#[derive(Default)]
struct Held {
    revision: u64,
    items: HashMap<(u64, u64), Bytes>,
    lists: Vec<(String, Arc<Vec<u64>>)>,
}

impl Cache {
    /// Appends the bytes of every id, made by `make` where they are not known; `make` says whether the row shows.
    /// `place` stands for the kind of row, the viewer, the context and the fields; none means that nothing is kept,
    /// as for computed rows. Returns how many rows show.
    pub(crate) fn append(
        &self,
        revision: u64,
        place: Option<u64>,
        ids: &[u64],
        out: &mut Vec<u8>,
        mut make: impl FnMut(u64, &mut Vec<u8>) -> bool,
    ) -> usize {
        let mut shown = 0;
        for &id in ids {
            if shown > 0 {
                out.push(b',');
            }
            let start = out.len();
            let known = place.and_then(|place| self.fresh(revision).items.get(&(place, id)).cloned());
            if let Some(known) = known {
                out.extend_from_slice(&known);
                shown += 1;
            } else if make(id, out) {
                if let Some(place) = place {
                    self.keep(revision, (place, id), &out[start..]);
                }
                shown += 1;
            } else {
                out.truncate(start - usize::from(shown > 0));
            }
        }
        shown
    }

    fn keep(&self, revision: u64, key: (u64, u64), item: &[u8]) {
        let mut held = self.fresh(revision);
        if held.items.len() >= ITEMS_MAX {
            held.items.clear();
        }
        held.items.insert(key, Bytes::copy_from_slice(item));
    }

    /// The ids of a filter, evaluated at most once per revision.
    pub(crate) fn list(&self, revision: u64, key: &str, make: impl FnOnce() -> Vec<u64>) -> Arc<Vec<u64>> {
        if let Some((_, list)) = self.fresh(revision).lists.iter().find(|(known, _)| known == key) {
            return Arc::clone(list);
        }
        let list = Arc::new(make());
        let mut held = self.fresh(revision);
        if held.lists.len() >= LISTS_MAX {
            held.lists.remove(0);
        }
        held.lists.push((key.to_owned(), Arc::clone(&list)));
        list
    }

    fn fresh(&self, revision: u64) -> std::sync::MutexGuard<'_, Held> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.revision != revision {
            *held = Held { revision, ..Held::default() };
        }
        held
    }
}
