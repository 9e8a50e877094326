//! Erases the bytes of deliveries when they have been kept long enough, by destroying the keys of their days: what came
//! in, and what was kept out beside it. The deliveries stay in the log, and receipts tell what they led to.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use domain::delivery::subjects;
use domain::ids::ConnectionId;
use domain::inbox::{BytesErased, InboxCommand, Inboxes};
use engine::hold::Hold;
use engine::ports::{Cause, Filter};
use engine::{Meta, StreamName};
use tokio_util::sync::CancellationToken;

use crate::parts::Parts;

/// How often to look whether a day is over. More often than once a day, since the process may be started at any hour.
const LOOK_EVERY: Duration = Duration::from_hours(1);
const PAGE: usize = 500;
/// Days whose keys are asked for at once.
const DAYS_TOGETHER: usize = 100;

pub struct EraseDeliveries {
    parts: Parts,
    keep: Days,
}

impl EraseDeliveries {
    pub fn new(parts: Parts, keep: Days) -> Self {
        Self { parts, keep }
    }

    /// Looks until the process ends.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.look().await {
                tracing::warn!(error = %engine::follow::chain(&*error), "old deliveries could not be erased; trying again");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Erases what is due at every connection that ever had an endpoint, also of those that were deleted since.
    pub async fn look(&self) -> Result<(), Cause> {
        let Some(until) = self.parts.clock.now().date_naive().checked_sub_days(self.keep) else {
            return Ok(());
        };
        // A day's last delivery has to be old enough, so the day of the limit itself is kept.
        let Some(until) = until.pred_opt() else { return Ok(()) };
        for connection in self.connections().await? {
            self.erase(&connection, until).await?;
        }
        Ok(())
    }

    async fn connections(&self) -> Result<BTreeSet<ConnectionId>, Cause> {
        let filter = Filter::categories(["endpoint"]);
        let (mut found, mut after) = (BTreeSet::new(), 0);
        loop {
            let slice = self.parts.executor.store.read_all(after, &filter, PAGE).await?;
            found.extend(slice.events.iter().filter_map(|event| ConnectionId::parse(event.stream.id()).ok()));
            if slice.events.is_empty() || slice.read_to == after {
                return Ok(found);
            }
            after = slice.read_to;
        }
    }

    async fn erase(&self, connection: &ConnectionId, until: NaiveDate) -> Result<(), Cause> {
        let Some(from) = self.first_day(connection).await? else { return Ok(()) };
        let days: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= until).collect();
        if days.is_empty() {
            return Ok(());
        }
        let vault = &self.parts.vault;
        let mut erased = 0_u64;
        for days in days.chunks(DAYS_TOGETHER) {
            let subjects: Vec<String> = days.iter().flat_map(|day| subjects(connection, *day)).collect();
            for (subject, key) in subjects.iter().zip(vault.subject_keys(&subjects, false).await?) {
                if key.is_some() {
                    vault.destroy_subject(subject).await?;
                    erased += 1;
                }
            }
        }
        // Only days that had something are worth an event.
        if erased > 0 {
            let (executor, meta) = (self.parts.executor.clone(), Meta::by("retention"));
            let mut inbox = Hold::<Inboxes>::open(executor, connection.as_str(), meta).await?;
            inbox.command(InboxCommand::EraseBytes(BytesErased { until }), vec![]).await?;
            tracing::info!(%connection, %until, "the bytes of old deliveries are erased");
        }
        Ok(())
    }

    /// The first day that may have a key: when the endpoint was first opened. Days that are erased already are looked
    /// at again, because a clock that was set back gives them a second key.
    async fn first_day(&self, connection: &ConnectionId) -> Result<Option<NaiveDate>, Cause> {
        let stream = StreamName::new("endpoint", connection);
        let opened = self.parts.executor.store.read_stream(&stream, 0, 1).await?.pop();
        Ok(opened.map(|opened| opened.recorded_at.date_naive()))
    }
}
