//! A term of a taxonomy.

use serde_json::{Map, Value};

/// A category, tag or term of a custom taxonomy; terms carry no dates.
#[derive(Clone, Debug, Default)]
pub struct Term {
    /// 0 asks for the next free id.
    pub id: u64,
    /// Name of the taxonomy: `category`, `post_tag`, …
    pub taxonomy: String,
    pub name: String,
    pub slug: String,
    pub description: String,
    pub parent: u64,
    pub meta: Map<String, Value>,
}

impl Term {
    /// A term of this taxonomy with this name.
    pub fn named(taxonomy: &str, name: &str) -> Self {
        Self { taxonomy: taxonomy.to_owned(), name: name.to_owned(), ..Self::default() }
    }
}
