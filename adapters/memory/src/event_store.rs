//! The log as a vector.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use engine::ports::append_rules::{Repeat, check_appends, repeat};
use engine::ports::{
    AppendError, Appended, Clock, EventStore, Expected, Filter, Slice, StoreError, StreamAppend,
};
use engine::{Position, Recorded, StreamName, seal};
use tokio::sync::watch;

pub struct MemoryEventStore {
    clock: Arc<dyn Clock>,
    log: Mutex<Log>,
    end: watch::Sender<Position>,
}

#[derive(Default)]
struct Log {
    events: Vec<Recorded>,
    /// Where each stream's events are in `events`.
    streams: HashMap<StreamName, Vec<usize>>,
}

impl MemoryEventStore {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, log: Mutex::default(), end: watch::Sender::new(0) }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl EventStore for MemoryEventStore {
    async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        check_appends(&appends)?;
        let mut log = self.log();
        if let Some(conflict) = appends.iter().find_map(|append| log.conflict(append)) {
            return log.answer_repeat(&appends).unwrap_or(Err(conflict));
        }
        for append in appends {
            log.write(append, self.clock.as_ref());
        }
        let position = log.events.len() as Position;
        // Rung under the lock, so that the bell never goes back.
        self.end.send_replace(position);
        Ok(Appended { position })
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let log = self.log();
        let from = usize::try_from(from_revision).unwrap_or(usize::MAX);
        Ok(log.of(stream).skip(from).take(limit).cloned().collect())
    }

    async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, StoreError> {
        let log = self.log();
        Ok(streams.iter().map(|stream| log.of(stream).last().cloned()).collect())
    }

    async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, StoreError> {
        let log = self.log();
        let from = usize::try_from(after).unwrap_or(usize::MAX);
        let passing = log.events.iter().skip(from).filter(|event| filter.passes(&event.stream));
        let events: Vec<_> = passing.take(limit.max(1)).cloned().collect();
        let read_to = match events.last() {
            Some(last) if events.len() >= limit => last.position,
            _ => after.max(log.events.len() as Position),
        };
        Ok(Slice { events, read_to })
    }

    async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError> {
        let mut log = self.log();
        let mut removed = 0;
        for position in positions {
            let place = usize::try_from(position.wrapping_sub(1)).unwrap_or(usize::MAX);
            let Some(event) = log.events.get_mut(place) else { continue };
            if let Some(body) = event.body.as_ref().filter(|body| !seal::is_removed(body)) {
                event.body = Some(seal::removed(body));
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn end(&self) -> watch::Receiver<Position> {
        self.end.subscribe()
    }
}

impl Log {
    fn of(&self, stream: &StreamName) -> impl Iterator<Item = &Recorded> {
        self.streams.get(stream).into_iter().flatten().map(|&at| &self.events[at])
    }

    fn conflict(&self, append: &StreamAppend) -> Option<AppendError> {
        let events = self.streams.get(&append.stream).map_or(0, Vec::len) as u64;
        let holds = match append.expected {
            Expected::NoStream => events == 0,
            Expected::Exact(revision) => events > 0 && revision == events - 1,
        };
        (!holds).then(|| AppendError::Conflict {
            stream: append.stream.clone(),
            expected: append.expected,
            actual: events.checked_sub(1),
        })
    }

    /// The answer to an append that has already happened, or that uses ids a second time; `None` for a conflict.
    fn answer_repeat(&self, appends: &[StreamAppend]) -> Option<Result<Appended, AppendError>> {
        let mut position = 0;
        let mut all_same = true;
        for append in appends {
            let from = usize::try_from(append.expected.next_revision()).ok()?;
            let stored: Vec<_> =
                self.of(&append.stream).skip(from).take(append.events.len()).cloned().collect();
            match repeat(&append.events, &stored) {
                Repeat::Same => position = position.max(stored.last()?.position),
                Repeat::Altered => return Some(Err(altered(append))),
                Repeat::No => all_same = false,
            }
        }
        all_same.then_some(Ok(Appended { position }))
    }

    fn write(&mut self, append: StreamAppend, clock: &dyn Clock) {
        let places = self.streams.entry(append.stream.clone()).or_default();
        for event in append.events {
            places.push(self.events.len());
            self.events.push(Recorded {
                position: self.events.len() as Position + 1,
                stream: append.stream.clone(),
                revision: places.len() as u64 - 1,
                id: event.id,
                event_type: event.event_type.into(),
                recorded_at: clock.now(),
                data: event.data,
                body: event.body,
                meta: event.meta,
            });
        }
    }
}

fn altered(append: &StreamAppend) -> AppendError {
    AppendError::Refused(format!("stream {} holds events with the same ids and other content", append.stream))
}
