//! Reading event bodies: found in the log, opened with their subjects' keys.

use std::collections::HashMap;

use bytes::Bytes;

use crate::envelope::Recorded;
use crate::ports::{Cause, SubjectKey, Vault};
use crate::seal::{self, UnsealError};

/// Opens the bodies of events, in their order. `None` for an event without a body, or of a person who was erased.
pub async fn open(vault: &dyn Vault, events: &[&Recorded]) -> Result<Vec<Option<Bytes>>, Cause> {
    let bodies = || events.iter().filter_map(|event| event.body.as_deref());
    let mut subjects: Vec<String> = bodies().filter_map(seal::subject).map(str::to_owned).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let mut keys: HashMap<String, Option<SubjectKey>> = HashMap::new();
    if !subjects.is_empty() {
        let found = vault.subject_keys(&subjects, false).await?;
        keys.extend(subjects.into_iter().zip(found));
    }
    events.iter().map(|event| open_one(event, &keys)).collect()
}

fn open_one(event: &Recorded, keys: &HashMap<String, Option<SubjectKey>>) -> Result<Option<Bytes>, Cause> {
    let Some(body) = event.body.as_deref() else { return Ok(None) };
    let key = seal::subject(body).and_then(|subject| keys.get(subject)).and_then(Option::as_ref);
    match seal::open(body, event.stream.as_str(), key) {
        Ok(plain) => Ok(Some(plain)),
        Err(UnsealError::Erased) => Ok(None),
        Err(damaged) => Err(format!("event at position {}: {damaged}", event.position).into()),
    }
}
