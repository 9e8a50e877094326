//! What the site remembers of its visitors.

use std::collections::{BTreeMap, VecDeque};

/// Requests remembered one by one; counters go on for ever.
const SEEN_MAX: usize = 10_000;
/// Different paths counted one by one.
const PATHS_MAX: usize = 10_000;

/// A request that the site has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRequest {
    /// Counts from 1, in the order of the answers.
    pub number: u64,
    pub method: String,
    /// As it came, still encoded.
    pub path: String,
    /// As it came, still encoded, without the question mark.
    pub query: String,
    /// The REST route whichever way it was named; the path for everything else.
    pub route: String,
    /// Login of the user whose credentials were good.
    pub user: Option<String>,
    /// Whether an `Authorization` header came.
    pub authorization: bool,
    pub user_agent: String,
    pub status: u16,
}

/// Memory and counters.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) requests: VecDeque<SeenRequest>,
    pub(crate) by_path: BTreeMap<String, u64>,
    pub(crate) count: u64,
    pub(crate) bytes: u64,
    pub(crate) in_flight: usize,
    pub(crate) in_flight_most: usize,
}

impl Seen {
    pub(crate) fn begin(&mut self) {
        self.in_flight += 1;
        self.in_flight_most = self.in_flight_most.max(self.in_flight);
    }

    pub(crate) fn end(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(crate) fn remember(&mut self, mut request: SeenRequest, bytes: usize) {
        self.count += 1;
        self.bytes += bytes as u64;
        if self.by_path.len() < PATHS_MAX || self.by_path.contains_key(&request.route) {
            *self.by_path.entry(request.route.clone()).or_default() += 1;
        }
        if self.requests.len() == SEEN_MAX {
            self.requests.pop_front();
        }
        request.number = self.count;
        self.requests.push_back(request);
    }
}
