//! Fills the quarantine view: the newest entries of each connection. Places are used again, so it has an end.

use domain::delivery::QuarantineEvent as E;
use domain::event::Event;
use domain::views::{QUARANTINE, QuarantineView, ViewSpec, quarantine_key};
use engine::Recorded;
use engine::ports::IndexValue;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Quarantine;

impl Projection for Quarantine {
    fn view(&self) -> &'static ViewSpec {
        &QUARANTINE
    }

    fn categories(&self) -> &'static [&'static str] {
        &["quarantine"]
    }

    fn needs(&self, _: &Recorded) -> Option<String> {
        None
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let connection = recorded.stream.id();
        let E::Kept(kept) = E::from_json(&recorded.event_type, &recorded.data)?;
        let columns: Vec<Option<IndexValue>> = vec![
            Some(connection.into()),
            Some(kept.reason.word().into()),
            i64::try_from(recorded.position).ok().map(Into::into),
        ];
        let view = QuarantineView {
            place: recorded.revision,
            at: recorded.recorded_at,
            position: recorded.position,
            kept,
            has_body: recorded.body.is_some(),
        };
        docs.write(quarantine_key(connection, recorded.revision), &view, columns);
        Ok(())
    }
}
