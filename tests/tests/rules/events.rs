//! Every event type has a golden sample that decodes for ever. A published sample never changes.

use std::collections::BTreeSet;

use domain::access::TokenEvent;
use domain::connection::ConnectionEvent;
use domain::erasure::ErasureEvent;
use domain::event::Event;
use domain::mappings::MappingEvent;
use domain::portal::PortalEvent;
use domain::record::RecordEvent;
use domain::run::RunEvent;
use domain::scenario::ScenarioEvent;

use super::sources::root;

#[test]
fn every_golden_sample_decodes_and_encodes_to_itself() {
    check::<TokenEvent>();
    check::<ConnectionEvent>();
    check::<ScenarioEvent>();
    check::<MappingEvent>();
    check::<RecordEvent>();
    check::<RunEvent>();
    check::<PortalEvent>();
    check::<ErasureEvent>();
}

#[test]
fn there_is_no_sample_without_an_event() {
    let known: BTreeSet<String> = [
        TokenEvent::types(),
        ErasureEvent::types(),
        ConnectionEvent::types(),
        ScenarioEvent::types(),
        MappingEvent::types(),
        RecordEvent::types(),
        RunEvent::types(),
        PortalEvent::types(),
    ]
    .concat()
    .into_iter()
    .map(|event_type| format!("{event_type}.json"))
    .collect();
    for entry in std::fs::read_dir(root().join("schemas/events")).expect("the folder exists").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(known.contains(&name), "{name} belongs to no event");
    }
}

fn check<E: Event>() {
    for event_type in E::types() {
        let path = root().join(format!("schemas/events/{event_type}.json"));
        let sample =
            std::fs::read(&path).unwrap_or_else(|_| panic!("{event_type} has no sample: {}", path.display()));
        let golden: serde_json::Value = serde_json::from_slice(&sample).expect("samples are JSON");
        let event = E::from_json(event_type, &sample).unwrap_or_else(|error| panic!("{error}"));
        let again: serde_json::Value = serde_json::from_slice(&event.to_json()).expect("events are JSON");
        assert_eq!(golden, again, "{event_type} no longer writes what it once wrote");
    }
}
