//! Who folds: one in this process, and of all processes one, by a lock that lives as long as its session.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use deadpool_postgres::Object;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::fault::Fault;
use crate::postgres::Postgres;
use crate::schema::lock;

/// A holder that does nothing for so long is paused or gone: the server ends its session, and with it the lock.
const IDLE_MAX: &str = "60s";

pub(super) struct Turns {
    postgres: Postgres,
    /// One waits for the database's lock; the others of this process wait here.
    ours: Arc<Mutex<()>>,
    /// The connection that has the lock, while somebody holds it.
    holder: Arc<Mutex<Option<Object>>>,
}

impl Turns {
    pub fn new(postgres: Postgres) -> Self {
        Self { postgres, ours: Arc::default(), holder: Arc::default() }
    }

    /// Waits for the turn to fold.
    pub async fn take(&self) -> Result<Turn, Fault> {
        let ours = self.ours.clone().lock_owned().await;
        let lock = lock(self.postgres.schema(), "folding");
        let asking = Asking(Some(self.postgres.connection().await?));
        if let Some(connection) = &asking.0 {
            connection
                .batch_execute(&format!(
                    "SET idle_session_timeout = '{IDLE_MAX}'; SELECT pg_advisory_lock({lock})"
                ))
                .await?;
        }
        *self.holder.lock().await = asking.granted();
        Ok(Turn { holder: self.holder.clone(), unlock: unlock(&lock), ours: Some(ours) })
    }

    /// The connection to write on: the one with the lock, if this process holds it.
    pub async fn writer(&self) -> Result<Writer, Fault> {
        let held = self.holder.clone().lock_owned().await;
        if held.is_some() {
            return Ok(Writer::Held(held));
        }
        drop(held);
        Ok(Writer::Pooled(Box::new(self.postgres.connection().await?)))
    }
}

fn unlock(lock: &str) -> String {
    format!("SELECT pg_advisory_unlock({lock}); RESET idle_session_timeout")
}

/// A connection that asks for the lock. Given up, it is closed rather than given back: the lock may still be granted.
struct Asking(Option<Object>);

impl Asking {
    fn granted(mut self) -> Option<Object> {
        self.0.take()
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

/// The turn to fold; given back when it is dropped.
pub(super) struct Turn {
    holder: Arc<Mutex<Option<Object>>>,
    unlock: String,
    ours: Option<OwnedMutexGuard<()>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (holder, ours) = (self.holder.clone(), self.ours.take());
        let unlock = std::mem::take(&mut self.unlock);
        let give_back = async move {
            if let Some(connection) = holder.lock().await.take()
                && connection.batch_execute(&unlock).await.is_err()
            {
                drop(Object::take(connection));
            }
            drop(ours);
        };
        // Without a runtime the process is ending, and its connections with it.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(give_back);
        }
    }
}

/// A connection to write on.
pub(super) enum Writer {
    Held(OwnedMutexGuard<Option<Object>>),
    Pooled(Box<Object>),
}

impl Deref for Writer {
    type Target = Object;

    fn deref(&self) -> &Object {
        match self {
            Self::Held(held) => held.as_ref().expect("a writer is made of a held connection only"),
            Self::Pooled(connection) => connection,
        }
    }
}

impl DerefMut for Writer {
    fn deref_mut(&mut self) -> &mut Object {
        match self {
            Self::Held(held) => held.as_mut().expect("a writer is made of a held connection only"),
            Self::Pooled(connection) => connection,
        }
    }
}
