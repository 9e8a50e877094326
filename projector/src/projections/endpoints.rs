//! Fills the endpoints view: each connection's endpoint, with what came in there and what was refused.

use domain::decider::Decider;
use domain::delivery::{DeliveryEvent, QuarantineEvent};
use domain::endpoint::{EndpointEvent, Endpoints as Decisions};
use domain::event::Event;
use domain::views::{ENDPOINTS, EndpointView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Endpoints;

impl Projection for Endpoints {
    fn view(&self) -> &'static ViewSpec {
        &ENDPOINTS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["endpoint", "delivery", "quarantine", "connection"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        let is_ours =
            recorded.stream.category() != "connection" || &*recorded.event_type == "connection.deleted";
        is_ours.then(|| connection(recorded).to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let (key, json, at) = (connection(recorded), &recorded.data, recorded.recorded_at);
        let known = |docs: &Docs| docs.get::<EndpointView>(key);
        match recorded.stream.category() {
            "connection" => {
                if &*recorded.event_type == "connection.deleted" {
                    docs.delete(key);
                }
            }
            "endpoint" => {
                let fact = EndpointEvent::from_json(&recorded.event_type, json)?;
                let mut view = known(docs)?.unwrap_or_default();
                if matches!(fact, EndpointEvent::Opened(_)) {
                    view.opened_at = Some(at);
                }
                Decisions::evolve(&mut view.state, &fact);
                docs.put(key, &view, vec![]);
            }
            "delivery" => {
                let DeliveryEvent::Received(received) = DeliveryEvent::from_json(&recorded.event_type, json)?;
                let Some(mut view) = known(docs)? else { return Ok(()) };
                view.received += 1;
                view.last_received_at = Some(at);
                view.secrets_used_at.extend(received.secret.map(|number| (number, at)));
                docs.put(key, &view, vec![]);
            }
            _ => {
                let QuarantineEvent::Kept(kept) = QuarantineEvent::from_json(&recorded.event_type, json)?;
                let Some(mut view) = known(docs)? else { return Ok(()) };
                view.last_refused_at = Some(at);
                *view.refused.entry(kept.reason.word().to_owned()).or_default() += 1;
                for (reason, count) in kept.counted {
                    *view.refused.entry(reason).or_default() += count;
                }
                docs.put(key, &view, vec![]);
            }
        }
        Ok(())
    }
}

/// The connection in a stream's name: `delivery-{connection}.{digest}`, or the whole id.
fn connection(recorded: &Recorded) -> &str {
    let id = recorded.stream.id();
    id.split_once('.').map_or(id, |(connection, _)| connection)
}
