//! The past: streams as they stood at a position of the log, and positions by time.

use chrono::{DateTime, Utc};

use crate::envelope::{Position, Recorded, StreamName};
use crate::ports::{EventStore, Filter, StoreError};

/// The last event of a stream at or before a position. Positions grow along a stream, so a long one is halved: a
/// thousand revisions cost ten look-ups.
pub async fn event(
    store: &dyn EventStore,
    stream: &StreamName,
    position: Position,
) -> Result<Option<Recorded>, StoreError> {
    let Some(last) = store.read_last(std::slice::from_ref(stream)).await?.pop().flatten() else {
        return Ok(None);
    };
    if last.position <= position {
        return Ok(Some(last));
    }
    // Everything before `low` lies at or before the position; `high` and everything after it lies behind it.
    let (mut low, mut high, mut found) = (0, last.revision, None);
    while low < high {
        let middle = low + (high - low) / 2;
        let Some(event) = store.read_stream(stream, middle, 1).await?.pop() else { break };
        if event.position <= position {
            low = middle + 1;
            found = Some(event);
        } else {
            high = middle;
        }
    }
    Ok(found)
}

/// The position of the last event recorded at or before a time; 0 before the first. Where a clock was set back, the
/// answer is one of the positions that fit.
pub async fn position_at(store: &dyn EventStore, time: DateTime<Utc>) -> Result<Position, StoreError> {
    let (mut low, mut high) = (0, *store.end().borrow());
    while low < high {
        let middle = low + (high - low) / 2;
        let slice = store.read_all(middle, &Filter::all(), 1).await?;
        match slice.events.first() {
            Some(event) if event.recorded_at <= time => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
