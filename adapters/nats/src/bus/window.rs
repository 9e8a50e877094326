//! The newest events as they came over the bus: a piece of the log without gaps, shared by all subscriptions of a process.

use std::collections::VecDeque;

use engine::ports::{Filter, Slice};
use engine::{Position, Recorded};

use crate::message::Heard;

/// Who is further behind reads the log.
const EVENTS_MAX: usize = 8_192;
const BYTES_MAX: usize = 32 << 20;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The window has grown.
    Grown,
    /// It was known already: the stream is being filled again.
    Known,
    /// Something is missing before it; the window begins anew with it.
    Gap,
    /// Its content is only in the log; the window begins anew after it.
    InTheLog(&'static str),
}

/// Holds every event of the log after `start`, up to `end`.
#[derive(Default)]
pub struct Window {
    /// Nothing was heard yet.
    span: Option<Span>,
    events: VecDeque<Recorded>,
    bytes: usize,
}

#[derive(Clone, Copy)]
struct Span {
    start: Position,
    end: Position,
}

impl Window {
    pub fn hear(&mut self, heard: Heard) -> Outcome {
        let gap = match self.span {
            Some(span) if heard.position <= span.end => return Outcome::Known,
            Some(span) if heard.previous <= span.end => false,
            Some(_) => true,
            None => false,
        };
        let event = match heard.content {
            Ok(event) => event,
            Err(why) => {
                self.begin(heard.position);
                return Outcome::InTheLog(why);
            }
        };
        if gap || self.span.is_none() {
            self.begin(heard.previous);
        }
        self.push(event);
        if gap { Outcome::Gap } else { Outcome::Grown }
    }

    /// Forgets everything: what comes next follows on nothing.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    fn begin(&mut self, at: Position) {
        self.events.clear();
        self.bytes = 0;
        self.span = Some(Span { start: at, end: at });
    }

    fn push(&mut self, event: Recorded) {
        let Some(span) = &mut self.span else { return };
        span.end = event.position;
        self.bytes += size(&event);
        self.events.push_back(event);
        while self.events.len() > EVENTS_MAX || self.bytes > BYTES_MAX && self.events.len() > 1 {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= size(&oldest);
            span.start = oldest.position;
        }
    }

    /// What comes after a position; `None` when the window does not reach back to it.
    pub fn after(&self, after: Position, filter: &Filter, limit: usize) -> Option<Slice> {
        let span = self.span.filter(|span| span.start <= after)?;
        let from = self.events.partition_point(|event| event.position <= after);
        let passing = self.events.range(from..).filter(|event| filter.passes(&event.stream));
        let events: Vec<_> = passing.take(limit.max(1)).cloned().collect();
        let read_to = match events.last() {
            Some(last) if events.len() >= limit => last.position,
            _ => after.max(span.end),
        };
        Some(Slice { events, read_to })
    }
}

fn size(event: &Recorded) -> usize {
    256 + event.data.len() + event.body.as_ref().map_or(0, bytes::Bytes::len)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use engine::{EventId, Meta, StreamName};

    use super::*;

    fn heard(previous: Position, position: Position) -> Heard {
        let event = Recorded {
            position,
            stream: StreamName::new(if position.is_multiple_of(2) { "even" } else { "odd" }, 1),
            revision: 0,
            id: EventId::from_u128(position.into()),
            event_type: "thing.noted".into(),
            recorded_at: chrono::DateTime::from_timestamp(0, 0).unwrap(),
            data: Bytes::new(),
            body: None,
            meta: Meta::by("system"),
        };
        Heard { position, previous, content: Ok(event) }
    }

    fn positions(window: &Window, after: Position) -> Option<Vec<Position>> {
        let slice = window.after(after, &Filter::all(), 100)?;
        Some(slice.events.iter().map(|event| event.position).collect())
    }

    #[test]
    fn it_reaches_from_before_its_first_event_to_its_last() {
        let mut window = Window::default();
        assert_eq!(positions(&window, 0), None);
        assert_eq!(window.hear(heard(10, 20)), Outcome::Grown);
        assert_eq!(window.hear(heard(20, 35)), Outcome::Grown);
        assert_eq!(positions(&window, 9), None, "between 9 and 10 there may be something");
        assert_eq!(positions(&window, 10), Some(vec![20, 35]));
        assert_eq!(positions(&window, 20), Some(vec![35]));
        assert_eq!(positions(&window, 50), Some(vec![]));
    }

    #[test]
    fn a_gap_begins_it_anew_and_what_is_known_changes_nothing() {
        let mut window = Window::default();
        window.hear(heard(0, 10));
        assert_eq!(window.hear(heard(20, 30)), Outcome::Gap);
        assert_eq!((positions(&window, 10), positions(&window, 20)), (None, Some(vec![30])));
        assert_eq!(window.hear(heard(0, 10)), Outcome::Known);
        assert_eq!(window.hear(heard(20, 30)), Outcome::Known);
        assert_eq!(window.hear(heard(25, 40)), Outcome::Grown, "between 25 and 40 there is nothing");
        assert_eq!(positions(&window, 20), Some(vec![30, 40]));
    }

    #[test]
    fn what_is_only_in_the_log_is_read_there() {
        let mut window = Window::default();
        window.hear(heard(0, 10));
        let mark = Heard { position: 20, previous: 10, content: Err("large") };
        assert_eq!(window.hear(mark), Outcome::InTheLog("large"));
        assert_eq!((positions(&window, 10), positions(&window, 20)), (None, Some(vec![])));
        assert_eq!(window.hear(heard(20, 30)), Outcome::Grown);
        assert_eq!(positions(&window, 20), Some(vec![30]));
    }

    #[test]
    fn a_filter_and_a_limit_move_on_as_far_as_was_looked() {
        let mut window = Window::default();
        for position in 1..=9 {
            window.hear(heard(position - 1, position));
        }
        let slice = window.after(0, &Filter::categories(["even"]), 3).unwrap();
        assert_eq!((slice.events.len(), slice.read_to), (3, 6));
        let slice = window.after(6, &Filter::categories(["even"]), 3).unwrap();
        assert_eq!((slice.events.len(), slice.read_to), (1, 9));
    }

    #[test]
    fn it_is_bounded() {
        let mut window = Window::default();
        for position in 1..=EVENTS_MAX as u64 + 5 {
            window.hear(heard(position - 1, position));
        }
        assert_eq!((positions(&window, 4), window.events.len()), (None, EVENTS_MAX));
        assert!(positions(&window, 5).is_some());
    }
}
