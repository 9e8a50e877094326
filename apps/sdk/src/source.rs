//! Reading records out of a remote system, page by page, in bounded memory.

use bytes::Bytes;
use domain::run::{Level, Problem};
use futures::stream::BoxStream;
use serde_json::Value;

use crate::error::AppError;
use crate::session::Session;

/// What a fetch node wants.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    pub resource: String,
    /// Where to go on; absent from the beginning. Only ever a value that the same source put into a page.
    pub cursor: Option<Value>,
    /// Source fields that somebody needs (dotted paths); empty means all.
    pub fields: Vec<String>,
    /// Statuses, as the app names them; empty means all that may be read.
    pub statuses: Vec<String>,
    /// Only these ids; empty means all.
    pub ids: Vec<String>,
    /// Stop after this many records.
    pub limit: Option<u64>,
    /// A word that no request had before. A source puts it where caches look, so that nothing old is answered.
    pub past_caches: Option<String>,
}

/// One record as it came.
#[derive(Clone, Debug)]
pub struct SourceItem {
    pub id: String,
    /// The record's JSON object, byte for byte.
    pub bytes: Bytes,
    /// The source's own version, where it has one (WordPress: `modified_gmt`).
    pub version: Option<String>,
    /// Whom the record speaks of, where it speaks of a person: `users.7`. Its personal data is sealed with that
    /// person's key.
    pub subject: Option<String>,
}

/// Something on a page that is not a record we can use. It becomes a failed item, never a silent skip.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The id if one could be read, else its place: `page 3, item 12`.
    pub id: String,
    pub code: String,
    pub message: String,
    pub raw: String,
}

/// A line for the run's log: a downgrade, a retry, a page read twice.
#[derive(Clone, Debug)]
pub struct SourceNote {
    pub level: Level,
    pub code: String,
    pub message: String,
}

#[derive(Clone, Debug, Default)]
pub struct SourcePage {
    pub items: Vec<SourceItem>,
    pub unreadable: Vec<Unreadable>,
    /// Where to go on after this page; absent after the last.
    pub cursor: Option<Value>,
    /// How many records the source says there are.
    pub total: Option<u64>,
    /// Records counted by the source on this page but not shown to us.
    pub hidden: u64,
    pub notes: Vec<SourceNote>,
}

/// How a fetch ended.
#[derive(Clone, Debug)]
pub struct SourceEnd {
    /// Every page was read and the totals agree.
    pub complete: bool,
    pub total: Option<u64>,
    pub hidden: u64,
    /// Why it is not complete.
    pub problem: Option<Problem>,
}

#[derive(Clone, Debug)]
pub enum Fetched {
    Page(SourcePage),
    End(SourceEnd),
}

pub trait Source: Send + Sync {
    /// Pages in order, then one `End`. Retries and politeness are inside; an error ends the stream and means that
    /// nobody can go on without a person or a long wait. Dropping the stream stops all requests.
    fn pages(&self, session: &Session, request: PageRequest)
    -> BoxStream<'static, Result<Fetched, AppError>>;
}

/// The pure part: what of a record counts.
pub trait Reader: Send + Sync {
    /// Removes what changes without the record changing (counters, nonces, links), before digests are compared.
    fn strip_volatile(&self, resource: &str, record: &mut Value);
}
