//! Tells an OpenTelemetry collector what happened: a follower that folds the log into spans. Nobody else knows of traces;
//! what caused what is in the log (`engine::trace`), so a trace goes across processes and survives crashes.
//!
//! It begins with what happens from now on, and a collector that does not answer costs spans (counted), never the work.

mod otlp;
mod spans;

use std::sync::Arc;
use std::time::Duration;

use app_sdk::egress::{Egress, EgressConfig, Request, Url};
use async_trait::async_trait;
use bytes::Bytes;
use engine::Position;
use engine::follow::{Follower, chain};
use engine::ports::{Cause, EventStore, Filter, Ids, Slice};

use self::spans::Span;

/// Spans sent together.
const SPANS_MAX: usize = 512;
/// Where a collector may be besides the open internet. Only the one address that the operator named is called here.
const INNER: &str = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1/128,fc00::/7";
const PATIENCE: Duration = Duration::from_secs(5);

pub struct TellTraces {
    log: Arc<dyn EventStore>,
    collector: Url,
    egress: Egress,
}

impl TellTraces {
    pub fn new(log: Arc<dyn EventStore>, collector: Url, ids: Arc<dyn Ids>) -> Self {
        let allow = EgressConfig::parse_allow(INNER).unwrap_or_default();
        let egress = Egress::new(EgressConfig { allow, ..EgressConfig::default() }, ids);
        Self { log, collector, egress }
    }

    async fn send(&self, spans: &[Span]) {
        let body = Bytes::from(otlp::document(spans).to_string());
        let mut request = Request::post(self.collector.clone(), body);
        request.timeout = Some(PATIENCE);
        let sent = match request.header("content-type", "application/json") {
            Ok(request) => self.egress.send(None, request).await,
            Err(error) => Err(error),
        };
        let why = match sent {
            Ok(answer) if answer.status.is_success() => return,
            Ok(answer) => format!("it answered {}", answer.status),
            Err(error) => chain(&error),
        };
        metrics::counter!("portal_spans_lost_total").increment(spans.len() as u64);
        tracing::warn!(
            error = why,
            spans = spans.len(),
            "the collector did not take spans; look at trace_url"
        );
    }
}

#[async_trait]
impl Follower for TellTraces {
    fn name(&self) -> &'static str {
        "traces"
    }

    fn filter(&self) -> Filter {
        Filter::categories(spans::CATEGORIES)
    }

    async fn checkpoint(&mut self) -> Result<Position, Cause> {
        Ok(*self.log.end().borrow())
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        let mut told = vec![];
        for event in &slice.events {
            told.extend(spans::of(&*self.log, event).await?);
        }
        for spans in told.chunks(SPANS_MAX) {
            self.send(spans).await;
        }
        Ok(())
    }
}
