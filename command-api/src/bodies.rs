//! Opening what is sealed: bodies of events, and values kept in notes. An erased person's data is gone, which is an
//! answer and not an error.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use engine::ports::SubjectKey;
use engine::seal::{self, UnsealError};
use engine::{Recorded, StreamName};
use serde_json::Value;

use crate::context::Api;
use crate::problem::Problem;

impl Api {
    /// The bodies of events, in their order; `None` for an event without a body or of an erased person.
    pub async fn open_bodies(&self, events: &[&Recorded]) -> Result<Vec<Option<Bytes>>, Problem> {
        let opened = engine::bodies::open(&*self.context.vault, events).await;
        opened.map_err(|error| Problem::fault(&*error))
    }

    /// The newest revision of records, as JSON; `None` where there is none, it is gone, or the person was erased.
    pub async fn newest_records(&self, paths: &[String]) -> Result<Vec<Option<Value>>, Problem> {
        let streams: Vec<StreamName> = paths.iter().map(|path| StreamName::new("record", path)).collect();
        let found = self.context.executor.store.read_last(&streams).await?;
        let present: Vec<&Recorded> = found.iter().flatten().collect();
        let mut bodies = self.open_bodies(&present).await?.into_iter();
        found.iter().map(|event| event.as_ref().and_then(|_| bodies.next().flatten())).map(json).collect()
    }

    /// One revision of a record, as JSON.
    pub async fn record_at(
        &self,
        path: &str,
        revision: u64,
    ) -> Result<Option<(Recorded, Option<Value>)>, Problem> {
        let stream = StreamName::new("record", path);
        let found = self.context.executor.store.read_stream(&stream, revision, 1).await?.pop();
        let Some(event) = found.filter(|event| event.revision == revision) else { return Ok(None) };
        let body = self.open_bodies(&[&event]).await?.pop().flatten();
        Ok(Some((event, json(body)?)))
    }

    /// A value that a note of a run kept; sealed where it speaks of a person.
    pub async fn open_note(&self, run: &str, raw: &str) -> Result<Option<String>, Problem> {
        let Ok(body) = STANDARD.decode(raw) else { return Ok(None) };
        let keys = self.keys([&*body]).await?;
        // A person who was erased and came back has another key than the note was sealed with.
        let plain = open(&body, &format!("run-{run}"), &keys).unwrap_or_default();
        Ok(plain.map(|plain| String::from_utf8_lossy(&plain).into_owned()))
    }

    async fn keys<'a>(
        &self,
        bodies: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<HashMap<String, Option<SubjectKey>>, Problem> {
        let mut subjects: Vec<String> =
            bodies.into_iter().filter_map(seal::subject).map(str::to_owned).collect();
        if subjects.is_empty() {
            return Ok(HashMap::new());
        }
        subjects.sort_unstable();
        subjects.dedup();
        let keys = self.context.vault.subject_keys(&subjects, false).await?;
        Ok(subjects.into_iter().zip(keys).collect())
    }
}

fn open(
    body: &[u8],
    stream: &str,
    keys: &HashMap<String, Option<SubjectKey>>,
) -> Result<Option<Bytes>, Problem> {
    let key = seal::subject(body).and_then(|subject| keys.get(subject)).and_then(Option::as_ref);
    match seal::open(body, stream, key) {
        Ok(plain) => Ok(Some(plain)),
        Err(UnsealError::Erased) => Ok(None),
        Err(error @ UnsealError::Damaged(_)) => Err(Problem::fault(&error)),
    }
}

/// A body as JSON.
pub fn json(body: Option<Bytes>) -> Result<Option<Value>, Problem> {
    body.map(|body| serde_json::from_slice(&body)).transpose().map_err(|error| Problem::fault(&error))
}
