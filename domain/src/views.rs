//! What people and programs may ask: the documents of each view, and the columns it can be searched by.
//!
//! The folds that fill them are in `projector`; the questions are asked by `command-api`. Neither knows the other;
//! they meet here.

use std::sync::LazyLock;

mod audit;
mod connections;
mod deliveries;
mod failures;
mod portal;
mod records;
mod runs;
mod scenarios;
mod tally;
mod tokens;
mod watches;

pub use audit::{AUDIT, AuditView, audit_key};
pub use connections::{CONNECTIONS, ConnectionPhase, ConnectionView, HistoryLine};
pub use deliveries::{
    DELIVERIES, DELIVERY_RECORDS, DeliveryRecordsView, DeliveryView, ENDPOINTS, EndpointView, INBOXES,
    InboxView, QUARANTINE, QUARANTINE_MAX, QuarantineView, quarantine_key,
};
pub use failures::{
    FAILING_PREFIX, FAILURE_DAYS_MAX, FAILURES, FailingItem, FailingRun, FailureDay, FailureView,
    failing_fetch_key, failing_key, failing_prefix, failing_run_key,
};
pub use portal::{PORTAL, PORTAL_PENDING, PendingView, PortalRow, PortalView};
pub use records::{LINKS, LinkView, RECORDS, RecordView, link_key};
pub use runs::{
    FetchView, REASONS_MAX, RUN_CHUNKS, RUN_LOG, RUNS, Rating, RunChunkView, RunLogView, RunPhaseView,
    RunReason, RunView, chunk_key, log_key,
};
pub use scenarios::{MAPPINGS, MappingView, RevisionLine, SCENARIOS, ScenarioView, VersionLine};
pub use tally::{HOURS, HOURS_MAX, HourView, TOTALS, TOTALS_KEY, TotalsView, hour_key, hour_of};
pub use tokens::{TOKENS, TokenView};
pub use watches::{DayView, SweepView, UnreadView, WATCH_DAYS_MAX, WATCHES, WatchView};

/// A view: a name, a version that is raised when its fold changes, and the columns it can be asked by.
#[derive(Debug, PartialEq, Eq)]
pub struct ViewSpec {
    pub name: &'static str,
    pub version: u32,
    pub columns: &'static [Column],
}

impl ViewSpec {
    /// A declared column and its place among the columns of a row.
    pub fn column(&self, name: &str) -> Option<(usize, &'static Column)> {
        self.columns.iter().enumerate().find(|(_, column)| column.name == name)
    }
}

impl ViewSpec {
    /// The twin of a declared view: the same columns under another name, where it is folded anew beside the live one.
    pub fn twin(&self) -> Option<&'static Self> {
        static TWINS: LazyLock<Vec<ViewSpec>> = LazyLock::new(|| {
            let name = |view: &ViewSpec| -> &'static str { format!("{}{TWIN}", view.name).leak() };
            ALL.iter().map(|view| ViewSpec { name: name(view), ..**view }).collect()
        });
        let at = ALL.iter().position(|view| view.name == self.name && view.version == self.version)?;
        TWINS.get(at)
    }
}

/// What the name of a twin ends with.
pub const TWIN: &str = "~anew";

#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// The column that pages of rows with one value of this one are ordered by: the index goes on with it. Without,
    /// a page of a large group is found by reading the whole group.
    pub then: Option<&'static str>,
    /// Whether it has an index of its own. Without, it only orders what another column's index found.
    pub is_indexed: bool,
}

impl Column {
    #[must_use]
    pub const fn then(self, name: &'static str) -> Self {
        Self { then: Some(name), ..self }
    }

    #[must_use]
    pub const fn only_orders(self) -> Self {
        Self { is_indexed: false, ..self }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Integer,
}

pub const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text, then: None, is_indexed: true }
}

pub const fn integer(name: &'static str) -> Column {
    Column { name, kind: Kind::Integer, then: None, is_indexed: true }
}

/// Every view, in the order in which they are folded.
pub const ALL: [&ViewSpec; 21] = [
    &CONNECTIONS,
    &SCENARIOS,
    &MAPPINGS,
    &TOKENS,
    &RUNS,
    &RUN_CHUNKS,
    &RUN_LOG,
    &FAILURES,
    &RECORDS,
    &LINKS,
    &PORTAL,
    &PORTAL_PENDING,
    &ENDPOINTS,
    &DELIVERIES,
    &INBOXES,
    &DELIVERY_RECORDS,
    &QUARANTINE,
    &HOURS,
    &TOTALS,
    &WATCHES,
    &AUDIT,
];
