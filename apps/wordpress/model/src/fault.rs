//! What can go wrong between a site and those who read it. Faults are laid over the answers of a healthy site.

mod body;
mod late;
mod page;

pub(crate) use body::{Sent, sent};
pub(crate) use late::late;
pub(crate) use page::instead;

use serde_json::Value;
use std::time::Duration;

/// A fault with the requests it strikes.
#[derive(Clone, Debug)]
pub struct Injection {
    /// Start of the REST route (`/wp/v2/users`) or of the path (`/wp-admin`); empty for all requests.
    pub path_prefix: String,
    /// Only requests whose decoded query holds this text, for example `page=3`.
    pub query_holds: Option<String>,
    /// Requests that pass unharmed before the first one is struck.
    pub skip: u32,
    /// Requests to strike; none for all that follow.
    pub times: Option<u32>,
    pub fault: Fault,
}

impl Injection {
    /// Strikes every request under this prefix.
    pub fn always(path_prefix: &str, fault: Fault) -> Self {
        Self { path_prefix: path_prefix.to_owned(), query_holds: None, skip: 0, times: None, fault }
    }

    /// Strikes the next `times` requests under this prefix.
    pub fn next(path_prefix: &str, times: u32, fault: Fault) -> Self {
        Self { times: Some(times), ..Self::always(path_prefix, fault) }
    }

    /// Lets `skip` requests pass first.
    #[must_use]
    pub fn after(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// Strikes only requests whose decoded query holds this text.
    #[must_use]
    pub fn when_query_holds(self, text: &str) -> Self {
        Self { query_holds: Some(text.to_owned()), ..self }
    }
}

/// Names an injected fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FaultId(pub(crate) u64);

/// One way to go wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This answer in place of WordPress.
    Answer { status: u16, content_type: String, body: String, headers: Vec<(String, String)> },
    /// 429 or 503 as JSON, with `Retry-After` of any text.
    RetryLater { status: u16, retry_after: Option<String> },
    /// An HTML page where JSON is due.
    Page(HtmlPage),
    /// A WordPress error object under this HTTP status, for example 200.
    ErrorObject { status: u16, code: String, message: String },
    /// Text before the JSON: a PHP notice, a byte-order mark. With lost headers the status is 200, the type is
    /// `text/html` and the totals are gone, as without PHP's output buffer.
    JunkBefore { text: String, headers_lost: bool },
    /// Totals that lie.
    Totals(Totals),
    /// Every page is full: ids go on for ever and the totals promise more.
    EndlessPages,
    /// 400 with core's words when `per_page` is above this.
    PerPageRefusedAbove(u64),
    /// 500 when `per_page` is above this.
    PerPageFailsAbove(u64),
    /// A pause before the first byte.
    Slow(Duration),
    /// This many bytes, a pause, and again.
    Drip { bytes: usize, every: Duration },
    /// The connection ends after this many bytes of the body.
    ResetAfter(usize),
    /// The body is this much shorter than its `Content-Length`.
    ShortBody { missing: usize },
    /// The body, then blanks without end, in chunks.
    EndlessChunks,
    /// The body, then blanks up to this size.
    HugeBody { bytes: u64 },
    /// A small gzip body that becomes this large.
    GzipBomb { bytes: u64 },
    /// A gzip body that breaks off in the middle.
    TruncatedGzip,
    /// This `Content-Encoding` over the plain body.
    EncodingLabel(String),
    /// Proper Brotli, asked for or not.
    Brotli,
    /// The first item comes again at the end of the page.
    DuplicateIds,
    /// This value as the id of the first item: 0, −1, a string, 2^53 + 1.
    Id(Value),
    /// This value for a field of every item: a string instead of an object.
    Field { name: String, value: Value },
    /// A redirect to any address.
    Redirect { status: u16, to: String },
    /// A redirect to the same address, with a counter.
    RedirectLoop,
    /// `Link` headers and `_links` point to this origin.
    LinkOrigin(String),
    /// The consent page of the REST root is on this address.
    ForeignConsentPage(String),
    /// The web server drops `Authorization`.
    StripAuthorization,
    /// A plugin removed the routes of users.
    UsersRemoved,
    /// A plugin refuses REST to visitors.
    RestDisabledForVisitors,
    /// Application passwords are off: credentials mean nothing.
    ApplicationPasswordsOff,
    /// This `Date` header.
    Date(String),
    /// A page cache: the first answer for ever, with `Age` and `X-Cache`.
    StaleCache { age: u64 },
    /// Extra headers on an otherwise healthy answer.
    Headers(Vec<(String, String)>),
}

/// HTML pages that stand in for JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HtmlPage {
    /// 200, the login form.
    Login,
    /// 200, a holding page.
    Maintenance,
    /// 200, a bot check.
    BotChallenge,
    /// 403, a firewall.
    Firewall,
    /// 500, PHP died.
    FatalError,
    /// 500, the database is gone.
    DatabaseError,
    /// 503 with `Retry-After: 600`, a `.maintenance` file.
    MaintenanceFile,
}

/// How `X-WP-Total` and `X-WP-TotalPages` lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Totals {
    /// A proxy strips them; `_envelope=1` still tells.
    Missing,
    /// These texts.
    Fixed { total: String, pages: String },
    /// One more with every request.
    Rising,
}

/// Faults that are armed, in the order of their injection.
#[derive(Default)]
pub(crate) struct Armed {
    given: u64,
    list: Vec<(FaultId, Injection, u64)>,
    /// Answers a page cache keeps, by path and query.
    pub(crate) stale: std::collections::HashMap<String, crate::answer::Answer>,
}

/// A fault that strikes this request; `hit` counts from 1.
#[derive(Clone, Debug)]
pub(crate) struct Strike {
    pub(crate) fault: Fault,
    pub(crate) hit: u64,
}

impl Armed {
    pub(crate) fn add(&mut self, injection: Injection) -> FaultId {
        self.given += 1;
        let id = FaultId(self.given);
        self.list.push((id, injection, 0));
        id
    }

    pub(crate) fn remove(&mut self, id: FaultId) {
        self.list.retain(|(known, ..)| *known != id);
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.stale.clear();
    }

    /// The faults that strike a request with this route and decoded query.
    pub(crate) fn strikes(&mut self, route: &str, query: &str) -> Vec<Strike> {
        let mut strikes = Vec::new();
        for (_, injection, seen) in &mut self.list {
            let meant = route.starts_with(injection.path_prefix.as_str())
                && injection.query_holds.as_ref().is_none_or(|text| query.contains(text.as_str()));
            if !meant {
                continue;
            }
            *seen += 1;
            let skip = u64::from(injection.skip);
            let over = injection.times.is_some_and(|times| *seen > skip + u64::from(times));
            if *seen > skip && !over {
                strikes.push(Strike { fault: injection.fault.clone(), hit: *seen - skip });
            }
        }
        strikes
    }
}
