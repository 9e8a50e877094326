//! What a data directory holds, once its chain has been proven.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use adapter_sqlite::{DataDir, SqliteEventStore, SystemClock};
use engine::ports::{EventStore, Filter};
use serde_json::Value;

const SLICE: usize = 500;

#[derive(Default)]
pub struct Audit {
    pub events: HashSet<String>,
    /// Deliveries, by what their senders called them.
    pub deliveries: HashSet<String>,
    /// How often each Portal record was written.
    pub portal: BTreeMap<String, usize>,
}

impl Audit {
    /// Whether every acknowledged event is there.
    pub fn holds(&self, acked: &HashSet<String>) -> Result<(), String> {
        match acked.difference(&self.events).count() {
            0 => Ok(()),
            lost => Err(format!("{lost} of {} acknowledged events are lost", acked.len())),
        }
    }

    /// Whether no Portal record was written twice.
    pub fn no_doubles(&self) -> Result<(), String> {
        match self.portal.iter().find(|(_, writes)| **writes > 1) {
            None => Ok(()),
            Some((stream, writes)) => Err(format!("{stream} was written {writes} times")),
        }
    }

    /// Whether each of so many records is in Portal, once.
    pub fn exactly(&self, records: usize) -> Result<(), String> {
        self.no_doubles()?;
        match self.portal.len() {
            there if there == records => Ok(()),
            there => Err(format!("{there} records are in Portal instead of {records}")),
        }
    }
}

/// Opens the log, proves its chain, reads all of it.
pub async fn audit(data: &Path) -> Result<Audit, String> {
    let dir = DataDir::open(data).map_err(|error| format!("the directory does not open: {error}"))?;
    let opened = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await;
    let store = opened.map_err(|error| format!("the log does not open: {error}"))?;
    store.verify().await.map_err(|error| format!("the chain is broken: {error}"))?;
    let (mut after, mut found) = (0, Audit::default());
    loop {
        let slice = store.read_all(after, &Filter::all(), SLICE).await;
        let slice = slice.map_err(|error| format!("the log cannot be read: {error}"))?;
        if slice.events.is_empty() {
            break;
        }
        for event in slice.events {
            after += 1;
            if event.position != after {
                return Err(format!("a gap before position {}", event.position));
            }
            if &*event.event_type == "portal.written" {
                *found.portal.entry(event.stream.to_string()).or_default() += 1;
            }
            if &*event.event_type == "delivery.received" {
                let received: Value = serde_json::from_slice(&event.data).map_err(|e| e.to_string())?;
                let id = received["headers"]["webhook-id"].as_str();
                found.deliveries.extend(id.map(str::to_owned));
            }
            found.events.insert(event.id.to_string());
        }
    }
    Ok(found)
}

/// The ids in lines "ack ID POSITION"; a last line without its end was never said.
pub fn acknowledged(said: &str) -> impl Iterator<Item = String> {
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    whole.lines().filter_map(|line| Some(line.strip_prefix("ack ")?.split_once(' ')?.0.to_owned()))
}
