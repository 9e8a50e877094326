//! Which bodies are no longer given out.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::{Position, Recorded, seal};
use eventstore::{EventData, StreamState};
use serde::{Deserialize, Serialize};

use crate::names::MARKS;
use crate::server::{Failure, Server};

/// Positions in one mark.
const MARK_POSITIONS: usize = 5_000;
const PAGE_MARKS: usize = 256;

#[derive(Serialize, Deserialize)]
struct Mark {
    positions: Vec<Position>,
}

#[derive(Default)]
pub(crate) struct Marks(Mutex<Known>);

#[derive(Default)]
struct Known {
    removed: HashSet<Position>,
    /// The revision of the first mark not read yet.
    next: u64,
}

impl Marks {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves of a marked body its digest.
    pub fn apply(&self, event: &mut Recorded) {
        if self.known().removed.contains(&event.position)
            && let Some(body) = event.body.as_ref().filter(|body| !seal::is_removed(body))
        {
            event.body = Some(seal::removed(body));
        }
    }

    /// Reads the marks that were added since.
    pub async fn refresh(&self, server: &Server) -> Result<(), Failure> {
        loop {
            let next = self.known().next;
            let records = server.stream(MARKS, next, PAGE_MARKS).await?;
            let mut known = self.known();
            for record in &records {
                let mark: Mark = record.as_json().map_err(|_| {
                    Failure::Foreign(format!("stream {MARKS} holds something else; look who writes it"))
                })?;
                known.removed.extend(mark.positions);
                known.next = known.next.max(record.revision + 1);
            }
            if records.len() < PAGE_MARKS {
                return Ok(());
            }
        }
    }

    /// Marks bodies. A mark written twice says the same.
    pub async fn add(&self, server: &Server, positions: &[Position]) -> Result<(), Failure> {
        for some in positions.chunks(MARK_POSITIONS) {
            let mark = Mark { positions: some.to_vec() };
            let event = EventData::json("bodies.removed", &mark).expect("numbers can be written");
            server.write(MARKS, StreamState::Any, vec![event]).await?;
            self.known().removed.extend(mark.positions);
        }
        Ok(())
    }
}
