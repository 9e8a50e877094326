//! Fills the deliveries view: what came in, in its order for each connection.

use domain::delivery::{DeliveryEvent as E, connection_of};
use domain::event::Event;
use domain::views::{DELIVERIES, DeliveryView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Deliveries;

impl Projection for Deliveries {
    fn view(&self) -> &'static ViewSpec {
        &DELIVERIES
    }

    fn categories(&self) -> &'static [&'static str] {
        &["delivery"]
    }

    fn needs(&self, _: &Recorded) -> Option<String> {
        None
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let path = recorded.stream.id();
        let E::Received(received) = E::from_json(&recorded.event_type, &recorded.data)?;
        let Some(connection) = connection_of(path) else { return Ok(()) };
        let view = DeliveryView {
            at: recorded.recorded_at,
            position: recorded.position,
            mode: received.mode,
            verdict: received.verdict,
            digest: received.digest,
            bytes: received.bytes,
            headers: received.headers,
        };
        let position = i64::try_from(recorded.position).unwrap_or(i64::MAX);
        let columns = vec![Some(connection.as_str().into()), Some(position.into())];
        docs.write(path.to_owned(), &view, columns);
        Ok(())
    }
}
