//! A user of the site.

use crate::stamp::Stamp;
use serde_json::{Map, Value};

/// A user; users know no modification date.
#[derive(Clone, Debug)]
pub struct User {
    /// 0 asks for the next free id.
    pub id: u64,
    /// The login, shown as `username`.
    pub login: String,
    /// May be empty.
    pub email: String,
    /// The display name; raw, never texturised.
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub nickname: String,
    pub slug: String,
    pub url: String,
    pub description: String,
    /// Empty means the site's language.
    pub locale: String,
    /// UTC; only the UTC column exists.
    pub registered: Stamp,
    /// May be empty.
    pub roles: Vec<String>,
    pub meta: Map<String, Value>,
    /// Further top-level fields that plugins register.
    pub extra: Map<String, Value>,
    /// In a multisite network: a member of another site only, so that this site does not know them.
    pub elsewhere: bool,
}

impl Default for User {
    fn default() -> Self {
        Self {
            id: 0,
            login: String::new(),
            email: String::new(),
            name: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            nickname: String::new(),
            slug: String::new(),
            url: String::new(),
            description: String::new(),
            locale: String::new(),
            registered: Stamp::Now,
            roles: vec!["subscriber".to_owned()],
            meta: Map::new(),
            extra: Map::new(),
            elsewhere: false,
        }
    }
}

impl User {
    /// A subscriber with this login, display name and e-mail address.
    pub fn named(login: &str, name: &str, email: &str) -> Self {
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        Self {
            login: login.to_owned(),
            email: email.to_owned(),
            name: name.to_owned(),
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            ..Self::default()
        }
    }
}
