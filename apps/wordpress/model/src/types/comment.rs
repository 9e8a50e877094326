//! A comment under a post.

use crate::stamp::Stamp;
use serde_json::{Map, Value};

/// A comment; comments know no modification date.
#[derive(Clone, Debug)]
pub struct Comment {
    /// 0 asks for the next free id.
    pub id: u64,
    pub post: u64,
    pub parent: u64,
    /// Id of a user, 0 for a visitor.
    pub author: u64,
    pub author_name: String,
    pub author_email: String,
    pub author_url: String,
    pub author_ip: String,
    pub content: String,
    pub date: Stamp,
    /// `approved`, `hold`, `spam` or `trash`.
    pub status: String,
    pub meta: Map<String, Value>,
}

impl Default for Comment {
    fn default() -> Self {
        Self {
            id: 0,
            post: 0,
            parent: 0,
            author: 0,
            author_name: String::new(),
            author_email: String::new(),
            author_url: String::new(),
            author_ip: "203.0.113.9".to_owned(),
            content: String::new(),
            date: Stamp::Now,
            status: "approved".to_owned(),
            meta: Map::new(),
        }
    }
}
