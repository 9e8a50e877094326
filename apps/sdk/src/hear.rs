//! What a delivery says, in the app's own language: which records to look at again.

use std::collections::BTreeMap;

use domain::delivery::Verdict;
use domain::inbox::OutboxRange;

/// Most records that one delivery may name; a sweep finds the rest.
pub const MARKS_MAX: usize = 1_000;

/// An authentic delivery.
pub struct Message<'a> {
    /// How far its content may be believed.
    pub verdict: Verdict,
    /// The mode of the endpoint: `woocommerce`, …
    pub mode: &'a str,
    pub headers: &'a BTreeMap<String, String>,
    pub body: &'a [u8],
}

/// A record to look at again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub resource: String,
    pub id: String,
    /// The sender says, under its signature, that the record is gone.
    pub is_gone: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub marks: Vec<Mark>,
    /// Which numbers of the sender's outbox these are.
    pub outbox: Option<OutboxRange>,
    /// Changes may have been missed before: everything has to be read.
    pub look_at_all: bool,
    /// Why nothing could be made of it, or of a part.
    pub note: Option<String>,
}

impl Heard {
    pub fn nothing(note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..Self::default() }
    }
}

/// The pairs of a form, in their order.
pub fn form_pairs(body: &[u8]) -> impl Iterator<Item = (String, String)> + '_ {
    url::form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

/// Pure: bytes in, marks out. Never fails; what it does not understand becomes a note.
pub trait Hear: Send + Sync {
    fn hear(&self, message: &Message<'_>) -> Heard;
}
