//! Reading some records by their ids.

use std::collections::HashSet;
use std::sync::Arc;

use app_sdk::{AppError, Fetched, SourceEnd, SourceNote, SourcePage};
use domain::run::Level;
use serde_json::json;

use crate::call::Site;
use crate::fault::{Fault, invalid};
use crate::items;
use crate::patience;
use crate::query::ListQuery;

pub struct ByIds {
    pub site: Arc<Site>,
    pub route: String,
    pub kind: String,
    pub query: ListQuery,
    pub ids: Vec<String>,
    pub from: usize,
    pub per_page: usize,
    pub notes: Vec<SourceNote>,
    pub missing: u64,
    pub ended: bool,
}

impl ByIds {
    pub async fn next(&mut self) -> Option<Result<Fetched, AppError>> {
        if self.ended {
            return None;
        }
        if self.from >= self.ids.len() {
            self.ended = true;
            let total = Some(self.ids.len() as u64);
            return Some(Ok(Fetched::End(SourceEnd {
                complete: true,
                total,
                hidden: self.missing,
                problem: None,
            })));
        }
        let result = self.page().await;
        self.ended = result.is_err();
        Some(result.map(Fetched::Page))
    }

    async fn page(&mut self) -> Result<SourcePage, AppError> {
        let end = (self.from + self.per_page).min(self.ids.len());
        let wanted = &self.ids[self.from..end];
        if let Some(bad) =
            wanted.iter().find(|id| !id.bytes().all(|byte| byte.is_ascii_digit()) || id.is_empty())
        {
            let said = format!("`{}` is not an id", bad.chars().take(64).collect::<String>());
            return Err(invalid("BAD_ID", &said, "ids in WordPress are whole numbers"));
        }
        let parameters = self.query.ids(wanted);
        let borrowed: Vec<(&str, &str)> =
            parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let answer =
            patience::get(&self.site, &self.route, &borrowed).await.map_err(Fault::into_app_error)?;
        let cut = items::cut(&answer.json, &self.kind, 1).map_err(Fault::into_app_error)?;
        let found: HashSet<&str> = cut.items.iter().map(|item| item.id.as_str()).collect();
        let missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|id| !found.contains(id)).collect();
        let mut notes = std::mem::take(&mut self.notes);
        if !missing.is_empty() {
            notes.push(SourceNote {
                level: Level::Warning,
                code: "IDS_NOT_SHOWN".to_owned(),
                message: format!(
                    "the site did not show these ids (gone, or hidden from this account): {}",
                    missing.join(", ")
                ),
            });
        }
        let hidden = missing.len() as u64;
        self.missing += hidden;
        self.from = end;
        let cursor = (end < self.ids.len()).then(|| json!({ "ids_from": end }));
        let total = Some(self.ids.len() as u64);
        Ok(SourcePage { items: cut.items, unreadable: cut.unreadable, cursor, total, hidden, notes })
    }
}
