//! Pages that are being read ahead: several at once, handed out in order, all stopped when dropped.

use std::collections::VecDeque;

use app_sdk::AppError;
use tokio::task::JoinHandle;

use super::fetch::Outcome;
use crate::fault::transient;

/// A reading that stops when nobody wants it any more.
struct Reading(JoinHandle<Result<Outcome, AppError>>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[derive(Default)]
pub struct Ahead {
    readings: VecDeque<(u64, Reading)>,
}

impl Ahead {
    pub fn len(&self) -> usize {
        self.readings.len()
    }

    /// The page after the last one being read.
    pub fn next_page(&self) -> Option<u64> {
        self.readings.back().map(|(page, _)| page + 1)
    }

    pub fn start(
        &mut self,
        page: u64,
        reading: impl Future<Output = Result<Outcome, AppError>> + Send + 'static,
    ) {
        self.readings.push_back((page, Reading(tokio::spawn(reading))));
    }

    pub fn clear(&mut self) {
        self.readings.clear();
    }

    /// The outcome of the first page, when it is there.
    pub async fn first(&mut self) -> Option<Result<Outcome, AppError>> {
        let (_, reading) = self.readings.front_mut()?;
        let outcome = (&mut reading.0).await;
        self.readings.pop_front();
        Some(outcome.unwrap_or_else(|error| {
            Err(transient("READING_STOPPED", &format!("reading a page stopped: {error}"), "run again"))
        }))
    }
}
