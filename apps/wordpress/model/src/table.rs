//! Rows by id: those that were put, over those that are computed from their id.

use crate::generated::Shape;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A row that can be computed from its id.
pub(crate) trait Made: Sized {
    /// What filters and orders need; texts left empty, so that a scan allocates nothing.
    fn outline(shape: &Shape, id: u64) -> Self;
    /// The whole row.
    fn whole(shape: &Shape, id: u64) -> Self;
}

/// Rows by id. Ids from 1 to `made` exist without being held; `put` holds the changed ones, `None` a deleted one.
pub(crate) struct Table<T> {
    made: u64,
    shape: Shape,
    put: BTreeMap<u64, Option<Arc<T>>>,
    next: u64,
}

impl<T: Made> Table<T> {
    pub(crate) fn new(made: u64, shape: Shape) -> Self {
        Self { made, shape, put: BTreeMap::new(), next: made + 1 }
    }

    /// The number of rows when all of them come from the generator, unchanged.
    pub(crate) fn untouched(&self) -> Option<u64> {
        (self.made > 0 && self.put.is_empty()).then_some(self.made)
    }

    /// The number of rows when generated ones were replaced at most: ids from 1 without a gap.
    pub(crate) fn without_gaps(&self) -> Option<u64> {
        let replaced = self.put.iter().all(|(id, row)| *id <= self.made && row.is_some());
        (self.made > 0 && replaced).then_some(self.made)
    }

    /// A generated row that nothing has replaced.
    pub(crate) fn first_unreplaced(&self) -> Option<u64> {
        (1..=self.made).find(|id| !self.put.contains_key(id))
    }

    /// The rows that were put.
    pub(crate) fn held(&self) -> impl Iterator<Item = (u64, &T)> {
        self.put.iter().filter_map(|(&id, row)| row.as_deref().map(|row| (id, row)))
    }

    pub(crate) fn get(&self, id: u64) -> Option<Arc<T>> {
        match self.put.get(&id) {
            Some(held) => held.clone(),
            None => (1..=self.made).contains(&id).then(|| Arc::new(T::whole(&self.shape, id))),
        }
    }

    pub(crate) fn free_id(&self) -> u64 {
        self.next
    }

    pub(crate) fn put(&mut self, id: u64, row: T) {
        self.next = self.next.max(id + 1);
        self.put.insert(id, Some(Arc::new(row)));
    }

    /// Whether there was such a row.
    pub(crate) fn delete(&mut self, id: u64) -> bool {
        let known = self.get(id).is_some();
        if (1..=self.made).contains(&id) {
            self.put.insert(id, None);
        } else {
            self.put.remove(&id);
        }
        known
    }

    /// Visits every row by rising id; generated ones as outlines unless `whole`.
    pub(crate) fn visit(&self, whole: bool, mut visitor: impl FnMut(u64, &T)) {
        let mut held = self.put.iter().peekable();
        for id in 1..=self.made {
            if held.peek().is_some_and(|(next, _)| **next == id) {
                if let Some((_, Some(row))) = held.next() {
                    visitor(id, row);
                }
            } else if whole {
                visitor(id, &T::whole(&self.shape, id));
            } else {
                visitor(id, &T::outline(&self.shape, id));
            }
        }
        for (&id, row) in held {
            if let Some(row) = row {
                visitor(id, row);
            }
        }
    }
}
