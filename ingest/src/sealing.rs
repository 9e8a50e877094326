//! Seals the bytes of deliveries. Nobody knows yet whom they speak of, so a connection's deliveries of one day share a
//! key, which is destroyed when they are no longer needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::delivery;
use domain::ids::ConnectionId;
use engine::ports::{Cause, Ids, SubjectKey, Vault};
use engine::{StreamName, seal};

/// Keys remembered at once.
const KEYS_MAX: usize = 4_096;

pub struct Sealing {
    vault: Arc<dyn Vault>,
    keys: Mutex<HashMap<String, SubjectKey>>,
}

impl Sealing {
    pub fn new(vault: Arc<dyn Vault>) -> Self {
        Self { vault, keys: Mutex::default() }
    }

    pub async fn seal(
        &self,
        (connection, now): (&ConnectionId, DateTime<Utc>),
        stream: &StreamName,
        plain: &[u8],
        ids: &dyn Ids,
    ) -> Result<Bytes, Cause> {
        let (subject, key) = self.key(connection, now).await?;
        let mut nonce = [0; 24];
        nonce.copy_from_slice(&ids.random(24));
        Ok(seal::seal(plain, stream.as_str(), &subject, &key, &nonce))
    }

    async fn key(
        &self,
        connection: &ConnectionId,
        now: DateTime<Utc>,
    ) -> Result<(String, SubjectKey), Cause> {
        let day = now.date_naive();
        let subject = delivery::subject(connection, day);
        let known = self.known().get(&subject).cloned();
        if let Some(key) = known {
            return Ok((subject, key));
        }
        for subject in delivery::subjects(connection, day) {
            let found = self.vault.subject_keys(std::slice::from_ref(&subject), true).await?.pop().flatten();
            if let Some(key) = found {
                let mut known = self.known();
                // Keys of other days are not kept in memory: theirs may be destroyed meanwhile.
                let other_days = delivery::subject_prefix(connection);
                known.retain(|known, _| !known.starts_with(&other_days));
                if known.len() >= KEYS_MAX {
                    known.clear();
                }
                known.insert(subject.clone(), key.clone());
                return Ok((subject, key));
            }
        }
        Err(format!("the keys of {subject} were destroyed").into())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, SubjectKey>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
