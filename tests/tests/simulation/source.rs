//! A site with users: slow, and now and then out of order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app_sdk::{AppError, Fetched, PageRequest, Reader, Session, Source, SourceEnd, SourceItem, SourcePage};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::{Value, json};

use super::chance::Chance;

const PAGE: usize = 5;

pub struct Site {
    chance: Arc<Chance>,
    /// By id: how often it was edited.
    users: Mutex<BTreeMap<u64, u64>>,
}

impl Site {
    pub fn new(chance: Arc<Chance>, users: u64) -> Self {
        Self { chance, users: Mutex::new((1..=users).map(|id| (id, 0)).collect()) }
    }

    pub fn edit(&self, id: u64) {
        *self.users.lock().unwrap().get_mut(&id).unwrap() += 1;
    }

    /// The name of each user, by id.
    pub fn names(&self) -> BTreeMap<u64, String> {
        self.users.lock().unwrap().iter().map(|(id, edits)| (*id, name(*id, *edits))).collect()
    }
}

fn name(id: u64, edits: u64) -> String {
    format!("User {id}, edited {edits} times")
}

fn item(id: u64, edits: u64) -> SourceItem {
    let version = format!("2026-01-01T00:00:{edits:02}");
    let user = json!({
        "id": id, "username": format!("user{id}"), "name": name(id, edits), "first_name": "U", "last_name": id.to_string(),
        "email": format!("user{id}@example.org"), "url": "", "description": "", "locale": "en_US",
        "link": format!("https://site.example/author/user{id}/"), "nickname": format!("user{id}"),
        "slug": format!("user{id}"), "registered_date": "2024-01-02T03:04:05+00:00", "roles": ["subscriber"],
        "avatar_urls": {"96": "https://site.example/a.png"}, "modified_gmt": version,
    });
    SourceItem {
        id: id.to_string(),
        bytes: Bytes::from(user.to_string()),
        version: Some(version),
        subject: Some(format!("users.{id}")),
    }
}

impl Source for Site {
    fn pages(&self, _: &Session, request: PageRequest) -> BoxStream<'static, Result<Fetched, AppError>> {
        let from = request.cursor.and_then(|cursor| cursor["after"].as_u64()).unwrap_or(0);
        let wanted = |id: u64| request.ids.is_empty() || request.ids.contains(&id.to_string());
        let users = self.users.lock().unwrap();
        let all = users.iter().map(|(id, edits)| (*id, *edits)).filter(|(id, _)| *id > from && wanted(*id));
        let all: Vec<(u64, u64)> = all.collect();
        let total = Some(all.len() as u64);
        let mut out = vec![];
        for page in all.chunks(PAGE) {
            if self.chance.strikes(25) {
                let (code, message) = ("SITE_DOWN".to_owned(), "the site is down".to_owned());
                out.push(Err(AppError::Transient { code, message, remedy: "wait".to_owned() }));
                break;
            }
            let cursor = page.last().map(|(id, _)| json!({ "after": id }));
            let items = page.iter().map(|(id, edits)| item(*id, *edits)).collect();
            out.push(Ok(Fetched::Page(SourcePage { items, cursor, total, ..SourcePage::default() })));
        }
        out.push(Ok(Fetched::End(SourceEnd { complete: true, total, hidden: 0, problem: None })));
        let chance = self.chance.clone();
        let slowly = move |answer| {
            let chance = chance.clone();
            async move {
                chance.dawdle(400).await;
                answer
            }
        };
        futures::stream::iter(out).then(slowly).boxed()
    }
}

pub struct Plain;

impl Reader for Plain {
    fn strip_volatile(&self, _: &str, _: &mut Value) {}
}
