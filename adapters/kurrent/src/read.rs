//! Reads.

use engine::ports::{Filter, Slice, StoreError};
use engine::{Position, Recorded, StreamName};
use eventstore::{Error, RecordedEvent};
use futures::{StreamExt, TryStreamExt, stream};

use crate::encoding::to_event;
use crate::names::{is_ours, is_reserved};
use crate::server::Failure;
use crate::tail::Tail;

/// Calls of one read that are under way at once.
const READS_AT_ONCE: usize = 16;
/// Records of a page that is filtered here, when the server does not get through its filter in time.
const UNFILTERED_RECORDS: usize = 1_024;

impl Tail {
    fn event(&self, record: RecordedEvent) -> Result<Recorded, Failure> {
        let mut event = to_event(record)?;
        self.marks.apply(&mut event);
        Ok(event)
    }

    pub async fn read_stream(
        &self,
        stream: &StreamName,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Failure> {
        if is_reserved(stream.as_str()) {
            return Ok(vec![]);
        }
        let records = self.server.stream(stream.as_str(), from, limit).await?;
        // The records first: behind the largest revision there is no next one to count.
        if let Some((_, revision)) = records.iter().zip(from..).find(|(record, at)| record.revision != *at) {
            return Err(Failure::Foreign(format!(
                "event {revision} of stream {stream} was cut off in KurrentDB; take $maxAge, $maxCount and $tb out of \
                 the stream's metadata, and restore a backup if it was scavenged"
            )));
        }
        records.into_iter().map(|record| self.event(record)).collect()
    }

    pub async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, Failure> {
        let read = |name: StreamName| async move {
            if is_reserved(name.as_str()) {
                return Ok(None);
            }
            self.server.last_of_stream(&name).await?.map(|record| self.event(record)).transpose()
        };
        stream::iter(streams.to_vec()).map(read).buffered(READS_AT_ONCE).try_collect().await
    }

    pub async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, Failure> {
        let limit = limit.max(1);
        let mut end = self.end();
        if after >= end {
            end = self.refresh().await?;
        }
        if after >= end {
            return Ok(Slice { events: vec![], read_to: after });
        }
        // One more than asked: the record at `after` comes again.
        match self.server.page(after, Some(filter), limit + 1).await {
            Ok(page) => self.slice(after, page.records, limit, page.complete.then_some(end)),
            Err(Failure::Deadline | Failure::Server(Error::DeadlineExceeded)) => {
                self.read_unfiltered(after, filter, limit).await
            }
            Err(failure) => Err(failure),
        }
    }

    /// Gets on where the server's filter passes nothing for so long that no answer comes in time.
    async fn read_unfiltered(
        &self,
        after: Position,
        filter: &Filter,
        limit: usize,
    ) -> Result<Slice, Failure> {
        let page = self.server.page(after, None, UNFILTERED_RECORDS).await?;
        let read_to = page.records.last().map(|record| record.position.commit);
        let passes = |record: &RecordedEvent| filter.passes(&StreamName::from_stored(record.stream_id()));
        let records = page.records.into_iter().filter(passes).collect();
        self.slice(after, records, limit, read_to)
    }

    /// `read_to`: how far the records go if there are fewer than the limit.
    fn slice(
        &self,
        after: Position,
        records: Vec<RecordedEvent>,
        limit: usize,
        read_to: Option<Position>,
    ) -> Result<Slice, Failure> {
        let new = records.into_iter().filter(|record| record.position.commit > after);
        let ours = new.filter(|record| is_ours(record.stream_id(), &record.event_type));
        let events: Vec<_> = ours.take(limit).map(|record| self.event(record)).collect::<Result<_, _>>()?;
        let last = events.last().map_or(after, |event| event.position);
        let read_to = if events.len() < limit { read_to.map_or(last, |to| to.max(last)) } else { last };
        Ok(Slice { events, read_to })
    }

    pub async fn read_at(&self, position: Position) -> Result<Option<Recorded>, Failure> {
        if position == 0 || (position > self.end() && position > self.refresh().await?) {
            return Ok(None);
        }
        let page = match self.server.page(position, None, 1).await {
            Err(Failure::Server(Error::ServerError(why))) if why.to_lowercase().contains("position") => {
                return Ok(None);
            }
            other => other?,
        };
        let found = page.records.into_iter().find(|record| {
            record.position.commit == position && is_ours(record.stream_id(), &record.event_type)
        });
        found.map(|record| self.event(record)).transpose()
    }

    pub async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError> {
        self.marks.refresh(&self.server).await?;
        let mut wanted = positions.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let read = |position| async move { self.read_at(position).await };
        let found: Vec<_> = stream::iter(wanted).map(read).buffered(READS_AT_ONCE).try_collect().await?;
        let has_body =
            |event: &Recorded| event.body.as_deref().is_some_and(|body| !engine::seal::is_removed(body));
        let marked: Vec<_> =
            found.into_iter().flatten().filter(has_body).map(|event| event.position).collect();
        self.marks.add(&self.server, &marked).await?;
        Ok(marked.len() as u64)
    }
}
