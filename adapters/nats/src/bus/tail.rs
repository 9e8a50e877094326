//! The one consumer of a process: it takes in what the relay publishes and shares it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use engine::follow::chain;
use engine::ports::Cause;
use futures::StreamExt;
use tokio::sync::watch;
use tracing::{debug, warn};

use super::window::{Outcome, Window};
use crate::connect::Nats;
use crate::{message, subject};

const PULL_MESSAGES_MAX: usize = 1_024;
const PULL_TIME: Duration = Duration::from_secs(30);
/// The server says this often that it is there. Twice without a word, and the consumer is made anew.
const HEARTBEAT: Duration = Duration::from_millis(1_500);
/// A consumer that nobody pulls from any more is removed by the server.
const FORGET_AFTER: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(2);

pub struct Tail {
    window: Mutex<Window>,
    /// Rings whenever the window has changed.
    heard: watch::Sender<()>,
}

impl Tail {
    pub fn new() -> Self {
        Self { window: Mutex::default(), heard: watch::Sender::new(()) }
    }

    pub fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn heard(&self) -> watch::Receiver<()> {
        self.heard.subscribe()
    }

    /// Listens for ever; ends only by being dropped.
    pub async fn listen(self: Arc<Self>, nats: Nats, name: String) {
        let mut failures = 0u32;
        loop {
            let Err(error) = self.until_failure(&nats, &name, &mut failures).await;
            failures = failures.saturating_add(1);
            metrics::counter!("portal_bus_interruptions_total").increment(1);
            if failures == 1 {
                warn!(error = %chain(&*error), name, "the bus is interrupted; followers read the log");
            } else {
                debug!(error = %chain(&*error), name, failures, "the bus is still interrupted");
            }
            tokio::time::sleep(PAUSE.saturating_mul(1 << failures.min(8)).min(PAUSE_MAX)).await;
        }
    }

    async fn until_failure(&self, nats: &Nats, name: &str, failures: &mut u32) -> Result<Infallible, Cause> {
        let stream = nats.context.get_stream_no_info(&nats.wanted.name).await?;
        // The last message says where the stream is. What was before it is in the window or in the log.
        let consumer = stream.create_consumer(consumer(nats, name)).await?;
        let pulls = consumer.stream().max_messages_per_batch(PULL_MESSAGES_MAX).expires(PULL_TIME);
        let mut messages = pulls.heartbeat(HEARTBEAT).messages().await?;
        while let Some(message) = messages.next().await {
            let message = message?;
            self.hear(message.headers.as_ref(), &message.payload);
            *failures = 0;
        }
        Err("the consumer ended".into())
    }

    fn hear(&self, headers: Option<&async_nats::HeaderMap>, payload: &bytes::Bytes) {
        metrics::counter!("portal_bus_messages_total").increment(1);
        let outcome = if let Some(heard) = message::read(headers, payload) {
            self.window().hear(heard)
        } else {
            // It may have stood in the place of anything.
            self.window().forget();
            Outcome::InTheLog("foreign")
        };
        match outcome {
            Outcome::Grown => {}
            Outcome::Known => return,
            Outcome::Gap => metrics::counter!("portal_bus_gaps_total").increment(1),
            Outcome::InTheLog(why) => {
                metrics::counter!("portal_bus_contents_in_the_log_total", "reason" => why).increment(1);
            }
        }
        self.heard.send_replace(());
    }
}

/// Without a place of its own at the server: where a follower is stands beside its view, and a second place could only
/// disagree with it.
fn consumer(nats: &Nats, name: &str) -> pull::Config {
    let inbox = nats.client.new_inbox();
    let unique = inbox.rsplit('.').next().unwrap_or(&inbox);
    pull::Config {
        name: Some(format!("{}-{unique}", subject::token(name).replace('=', "_"))),
        deliver_policy: DeliverPolicy::Last,
        ack_policy: AckPolicy::None,
        inactive_threshold: FORGET_AFTER,
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    }
}
