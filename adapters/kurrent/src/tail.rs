//! Where the log ends, and the bell.
//!
//! The bell is fed by asking for the last record again and again, not by a subscription of the client: when a server
//! or a proxy ends a subscription without an error, the client (1.2) polls the ended stream for ever without giving
//! its thread back, so that neither a deadline nor a watchdog can run. A short question under a deadline cannot hang,
//! needs no state on the server, and after a lost connection the next one is the reconnect.

use std::sync::Arc;
use std::time::Duration;

use engine::Position;
use engine::ports::Filter;
use tokio::sync::watch;

use crate::marks::Marks;
use crate::names::is_ours;
use crate::server::{Failure, Server};

/// Between two questions while events come, while none come, and while the server does not answer.
const PAUSE_MIN: Duration = Duration::from_millis(5);
const PAUSE_QUIET: Duration = Duration::from_millis(80);
const PAUSE_FAILING: Duration = Duration::from_secs(2);

pub(crate) struct Tail {
    pub server: Server,
    pub marks: Marks,
    end: watch::Sender<Position>,
}

impl Tail {
    pub fn new(server: Server) -> Self {
        Self { server, marks: Marks::default(), end: watch::Sender::new(0) }
    }

    pub fn subscribe(&self) -> watch::Receiver<Position> {
        self.end.subscribe()
    }

    pub fn end(&self) -> Position {
        *self.end.borrow()
    }

    /// The bell never goes back.
    pub fn ring(&self, position: Position) {
        self.end.send_if_modified(|end| {
            let news = position > *end;
            *end = position.max(*end);
            news
        });
    }

    /// Asks the server where the log ends.
    pub async fn refresh(&self) -> Result<Position, Failure> {
        if let Some(last) = self.server.last(Some(&Filter::all())).await? {
            self.ring(last.position.commit);
        }
        Ok(self.end())
    }

    /// Looks for news since the record seen last, the server's own records included.
    async fn look(&self, seen: &mut Option<Position>) -> Result<bool, Failure> {
        let Some(last) = self.server.last(None).await? else { return Ok(false) };
        let position = last.position.commit;
        if *seen == Some(position) {
            return Ok(false);
        }
        // Marks first: who is woken for a new event sees them.
        self.marks.refresh(&self.server).await?;
        if is_ours(last.stream_id(), &last.event_type) {
            self.ring(position);
        } else {
            self.refresh().await?;
        }
        *seen = Some(position);
        Ok(true)
    }

    /// Runs until it is aborted.
    pub async fn follow(self: Arc<Self>) {
        let (mut seen, mut failing) = (None, false);
        let mut pause = PAUSE_MIN;
        loop {
            tokio::time::sleep(pause).await;
            pause = match self.look(&mut seen).await {
                Ok(news) => {
                    if std::mem::take(&mut failing) {
                        tracing::info!("KurrentDB answers again");
                    }
                    if news { PAUSE_MIN } else { (pause * 2).min(PAUSE_QUIET) }
                }
                Err(failure) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(error = %failure, "KurrentDB does not say where the log ends; asking on");
                    }
                    (pause * 2).min(PAUSE_FAILING)
                }
            };
        }
    }
}
