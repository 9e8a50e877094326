//! Fills the inboxes view: how far each connection's deliveries were read, and what is missing of its outboxes.

use domain::decider::Decider;
use domain::event::Event;
use domain::inbox::{InboxEvent as E, Inboxes as Decisions};
use domain::views::{INBOXES, InboxView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Inboxes;

impl Projection for Inboxes {
    fn view(&self) -> &'static ViewSpec {
        &INBOXES
    }

    fn categories(&self) -> &'static [&'static str] {
        &["inbox"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        Some(recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let key = recorded.stream.id();
        let fact = E::from_json(&recorded.event_type, &recorded.data)?;
        let mut view: InboxView = docs.get(key)?.unwrap_or_default();
        Decisions::evolve(&mut view.state, &fact);
        view.last_read_at = Some(recorded.recorded_at);
        docs.put(key, &view, vec![]);
        Ok(())
    }
}
