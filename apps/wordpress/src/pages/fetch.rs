//! Reading one page, with its retries.

use std::sync::Arc;

use app_sdk::{AppError, SourceNote};
use domain::run::Level;

use super::open;
use super::place::{Place, TROUBLED_SIZE_MIN};
use crate::call::{Answer, Site};
use crate::fault::Fault;
use crate::items::{self, Cut};
use crate::patience::Patience;
use crate::query::ListQuery;

/// Failures of one page before a smaller one is tried.
const HEAVY_MAX: u32 = 2;

/// What reading a page came to.
pub enum Outcome {
    Page(Fetched),
    /// The site says there is no such page.
    PastEnd,
    /// The site grants at most so many records a page.
    PerPageMax(u64),
    /// The page is too much for the site.
    TooHeavy {
        why: String,
    },
    /// Even one record is too large.
    RecordTooLarge,
    /// The account may not see these statuses.
    StatusesRefused {
        why: String,
    },
    /// The account may not read all fields.
    ContextRefused(AppError),
}

pub struct Fetched {
    pub cut: Cut,
    pub total: Option<u64>,
    pub pages: Option<u64>,
    pub notes: Vec<SourceNote>,
}

/// Reads the page at `place`.
pub async fn page(
    site: &Arc<Site>,
    route: &str,
    kind: &str,
    query: &ListQuery,
    place: &Place,
    envelope: bool,
) -> Result<Outcome, AppError> {
    let parameters = query.page(place.page, place.per_page, envelope);
    let borrowed: Vec<(&str, &str)> = parameters.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let mut patience = Patience::default();
    loop {
        let read = match site.get(route, &borrowed).await {
            Ok(answer) if envelope => answer.opened(),
            other => other,
        };
        let fault = match read.and_then(|answer| fetched(answer, kind, place.page)) {
            Ok(mut page) => {
                page.notes.append(&mut patience.notes);
                return Ok(Outcome::Page(page));
            }
            Err(fault) => fault,
        };
        if let Some(outcome) = meaning(&fault, place, patience.attempts()) {
            if matches!(outcome, Outcome::StatusesRefused { .. } | Outcome::ContextRefused(_)) {
                open::still_signed_in(site).await.map_err(Fault::into_app_error)?;
            }
            return Ok(outcome);
        }
        let what = format!("page {} of {route}", place.page);
        patience.after(site, &what, fault).await.map_err(Fault::into_app_error)?;
    }
}

fn fetched(answer: Answer, kind: &str, page: u64) -> Result<Fetched, Fault> {
    let cut = items::cut(&answer.json, kind, page)?;
    let mut notes = Vec::new();
    if let Some(junk) = answer.junk {
        notes.push(SourceNote {
            level: Level::Warning,
            code: "POLLUTED_ANSWER".to_owned(),
            message: format!("page {page}: something stands before the data: {junk}"),
        });
    }
    if cut.doubled > 0 {
        notes.push(SourceNote {
            level: Level::Info,
            code: "DOUBLED_RECORDS".to_owned(),
            message: format!("page {page}: {} records were there twice", cut.doubled),
        });
    }
    Ok(Fetched { cut, total: answer.total, pages: answer.pages, notes })
}

/// Faults that are not failures but news about how to read on.
fn meaning(fault: &Fault, place: &Place, attempts: u32) -> Option<Outcome> {
    if let Fault::Refused { status, error, .. } = fault {
        match (*status, error.code.as_str()) {
            (400, code) if code.ends_with("_invalid_page_number") => return Some(Outcome::PastEnd),
            (400, "rest_invalid_param") => {
                if let Some(max) = error.page_size_max().filter(|max| *max < place.per_page) {
                    return Some(Outcome::PerPageMax(max));
                }
                if let Some(why) = error.parameter("status") {
                    return Some(Outcome::StatusesRefused { why: why.to_owned() });
                }
            }
            (403, "rest_forbidden_context" | "rest_forbidden_status" | "rest_forbidden_param") => {
                return Some(Outcome::ContextRefused(fault.clone().into_app_error()));
            }
            _ => {}
        }
    }
    if fault.is_too_large() {
        return Some(match place.smaller(1) {
            Some(_) => Outcome::TooHeavy { why: fault.clone().into_app_error().to_string() },
            None => Outcome::RecordTooLarge,
        });
    }
    let tired = attempts + 1 >= HEAVY_MAX && fault.is_heavy();
    if tired && place.smaller(TROUBLED_SIZE_MIN).is_some() {
        return Some(Outcome::TooHeavy { why: fault.clone().into_app_error().to_string() });
    }
    None
}
