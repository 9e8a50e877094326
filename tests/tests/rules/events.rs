//! Every event type has a golden sample that decodes for ever. A published sample never changes.

use std::collections::BTreeSet;

use domain::access::TokenEvent;
use domain::connection::ConnectionEvent;
use domain::delivery::{DeliveryEvent, QuarantineEvent};
use domain::effect::EffectEvent;
use domain::endpoint::EndpointEvent;
use domain::erasure::ErasureEvent;
use domain::event::Event;
use domain::failure::FailureEvent;
use domain::inbox::InboxEvent;
use domain::mappings::MappingEvent;
use domain::portal::PortalEvent;
use domain::record::RecordEvent;
use domain::run::RunEvent;
use domain::scenario::ScenarioEvent;
use domain::watch::WatchEvent;

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
    check::<WatchEvent>();
    check::<FailureEvent>();
    check::<EffectEvent>();
    check::<EndpointEvent>();
    check::<DeliveryEvent>();
    check::<QuarantineEvent>();
    check::<InboxEvent>();
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
        WatchEvent::types(),
        FailureEvent::types(),
        EffectEvent::types(),
        EndpointEvent::types(),
        DeliveryEvent::types(),
        QuarantineEvent::types(),
        InboxEvent::types(),
    ]
    .concat()
    .into_iter()
    .map(|event_type| format!("{event_type}.json"))
    .collect();
    for entry in std::fs::read_dir(root().join("schemas/events")).expect("the folder exists").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let plain = name.split_once('~').map_or(name.clone(), |(event_type, _)| format!("{event_type}.json"));
        assert!(known.contains(&plain), "{name} belongs to no event");
    }
}

/// One sample for each type, `run.started.json`; more for what it can also look like, `run.started~retry.json`.
fn check<E: Event>() {
    let folder = root().join("schemas/events");
    for event_type in E::types() {
        let first = format!("{event_type}.json");
        assert!(folder.join(&first).exists(), "{event_type} has no sample");
        let more = format!("{event_type}~");
        for entry in std::fs::read_dir(&folder).expect("the folder exists").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == first || name.starts_with(&more) {
                check_one::<E>(event_type, &entry.path());
            }
        }
    }
}

fn check_one<E: Event>(event_type: &str, path: &std::path::Path) {
    let sample = std::fs::read(path).unwrap_or_else(|_| panic!("cannot be read: {}", path.display()));
    let golden: serde_json::Value = serde_json::from_slice(&sample).expect("samples are JSON");
    let event = E::from_json(event_type, &sample).unwrap_or_else(|error| panic!("{error}"));
    let again: serde_json::Value = serde_json::from_slice(&event.to_json()).expect("events are JSON");
    assert_eq!(golden, again, "{event_type} no longer writes what it once wrote");
}
