//! Batches of the stream: all of one or nothing, in order, several on their way.

use std::collections::VecDeque;

use async_nats::HeaderMap;
use async_nats::header::{
    NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SEQUENCE,
};
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use bytes::Bytes;
use engine::ports::Slice;
use engine::{Position, Recorded};

use super::RelayError;
use super::place::Place;
use crate::connect::Nats;
use crate::{message, subject};

/// Events of a batch. The server syncs once for each batch; it refuses more than 1,000.
const BATCH_EVENTS_MAX: usize = 256;
/// Bytes of a batch, so that few large events do not fill the memory of the server.
const BATCH_BYTES_MAX: usize = 4 << 20;
/// While one batch is being synced, the next ones are on their way.
const IN_FLIGHT_MAX: usize = 4;

struct Message {
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
}

struct InFlight {
    ack: PublishAckFuture,
    /// What the stream's last sequence is after it.
    sequence: u64,
    position: Position,
    events: u64,
}

pub struct Publisher<'a> {
    nats: &'a Nats,
    /// What the next batch follows on.
    place: Place,
    durable_to: Position,
    in_flight: VecDeque<InFlight>,
}

impl<'a> Publisher<'a> {
    pub fn new(nats: &'a Nats, place: Place) -> Self {
        let durable_to = place.after;
        Self { nats, place, durable_to, in_flight: VecDeque::new() }
    }

    pub fn sent_to(&self) -> Position {
        self.place.after
    }

    pub fn durable_to(&self) -> Position {
        self.durable_to
    }

    /// Sends a piece of the log. What is still on its way when this fails counts for nothing: the stream is asked.
    pub async fn send(&mut self, slice: Slice) -> Result<(), RelayError> {
        let mut batch = vec![];
        let mut bytes = 0;
        for event in &slice.events {
            let message = self.message(event);
            if batch.len() == BATCH_EVENTS_MAX || bytes + message.payload.len() > BATCH_BYTES_MAX && bytes > 0
            {
                self.send_batch(std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
            bytes += message.payload.len();
            batch.push(message);
            self.place.after = event.position;
        }
        self.send_batch(batch).await?;
        self.place.after = self.place.after.max(slice.read_to);
        Ok(())
    }

    fn message(&self, event: &Recorded) -> Message {
        let subject = subject::subject(&self.nats.prefix, self.nats.partitions, &event.stream);
        let payload_max = self.nats.client.max_payload();
        let (headers, payload) = message::write(event, self.place.after, payload_max);
        Message { subject, headers, payload }
    }

    async fn send_batch(&mut self, batch: Vec<Message>) -> Result<(), RelayError> {
        if batch.is_empty() {
            return Ok(());
        }
        while self.in_flight.len() >= IN_FLIGHT_MAX {
            self.settle_one().await?;
        }
        let failed = |error: PublishError| RelayError::Batch(error.into());
        let inbox = self.nats.client.new_inbox();
        let id = inbox.rsplit('.').next().unwrap_or(&inbox);
        let events = batch.len();
        for (at, message) in batch.into_iter().enumerate() {
            let mut headers = message.headers;
            headers.insert(NATS_BATCH_ID, id);
            headers.insert(NATS_BATCH_SEQUENCE, (at + 1).to_string());
            if at == 0 {
                headers.insert(NATS_EXPECTED_LAST_SEQUENCE, self.place.sequence.to_string());
            }
            if at + 1 < events {
                let sent =
                    self.nats.client.publish_with_headers(message.subject, headers, message.payload).await;
                sent.map_err(|error| RelayError::Batch(error.into()))?;
                continue;
            }
            headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
            let sent =
                self.nats.context.publish_with_headers(message.subject, headers, message.payload).await;
            let ack = sent.map_err(failed)?;
            let events = events as u64;
            self.place.sequence += events;
            self.in_flight.push_back(InFlight {
                ack,
                sequence: self.place.sequence,
                position: self.place.after,
                events,
            });
        }
        Ok(())
    }

    /// Waits until everything sent is on the server's disk.
    pub async fn settle(&mut self) -> Result<(), RelayError> {
        while !self.in_flight.is_empty() {
            self.settle_one().await?;
        }
        Ok(())
    }

    async fn settle_one(&mut self) -> Result<(), RelayError> {
        let Some(batch) = self.in_flight.pop_front() else { return Ok(()) };
        let ack = batch.ack.await.map_err(|error| match error.kind() {
            PublishErrorKind::WrongLastSequence => RelayError::Moved,
            _ => RelayError::Batch(error.into()),
        })?;
        if ack.sequence != batch.sequence {
            return Err(RelayError::Moved);
        }
        self.durable_to = batch.position;
        metrics::counter!("portal_relay_batches_total").increment(1);
        metrics::counter!("portal_relay_events_total").increment(batch.events);
        Ok(())
    }
}
