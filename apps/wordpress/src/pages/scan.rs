//! The scan itself: reading ahead, taking pages in order, knowing the end.

mod adjust;

use std::sync::Arc;

use app_sdk::{AppError, Fetched, PageRequest, SourceEnd, SourceNote, SourcePage, Unreadable};
use domain::run::{Level, Problem};

use super::ahead::Ahead;
use super::drift::{self, Facts};
use super::fetch::{self, Outcome};
use super::place::{Place, TROUBLED_SIZE_MIN};
use crate::call::Site;
use crate::details::ResourceInfo;
use crate::query::ListQuery;

/// Most pages held in memory at once.
const AHEAD_MAX: usize = 4;
/// More is no scan but a trap.
const PAGES_MAX: u64 = 100_000;
/// Empty pages in a row; a short-sighted account may see several.
const EMPTY_MAX: u32 = 1_000;
/// Pages in a row after which as many are to come as before.
const STALLED_MAX: u32 = 50;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Reading,
    LastRead,
    Ended,
}

pub struct Scan {
    site: Arc<Site>,
    resource: ResourceInfo,
    request: PageRequest,
    query: ListQuery,
    place: Place,
    /// Where this process began to read.
    start: u64,
    /// Largest page that the site has not refused.
    size_max: u64,
    /// Last page, as the site said last.
    pages: Option<u64>,
    /// Totals come in the body, because the headers get lost.
    envelope: bool,
    ahead: Ahead,
    notes: Vec<SourceNote>,
    /// Hidden records of the pages read here, so that stepping back can take them off again.
    hidden_by_page: Vec<u64>,
    step_backs: u32,
    empty: u32,
    good: u32,
    /// Pages to come, at the last page, and how long they have not become fewer.
    left: u64,
    stalled: u32,
    /// The first thing that makes the scan incomplete.
    problem: Option<Problem>,
    phase: Phase,
}

impl Scan {
    pub fn new(
        site: Arc<Site>,
        resource: ResourceInfo,
        request: PageRequest,
        query: ListQuery,
        place: Place,
        notes: Vec<SourceNote>,
    ) -> Self {
        Self {
            site,
            resource,
            query,
            request,
            start: place.page,
            size_max: place.per_page,
            place,
            pages: None,
            envelope: false,
            ahead: Ahead::default(),
            notes,
            hidden_by_page: Vec::new(),
            step_backs: 0,
            empty: 0,
            good: 0,
            left: u64::MAX,
            stalled: 0,
            problem: None,
            phase: Phase::Reading,
        }
    }

    pub async fn next(&mut self) -> Option<Result<Fetched, AppError>> {
        loop {
            match self.phase {
                Phase::Ended => return None,
                Phase::LastRead => {
                    self.phase = Phase::Ended;
                    return Some(Ok(Fetched::End(self.end())));
                }
                Phase::Reading => {}
            }
            self.read_ahead();
            let outcome = match self.ahead.first().await? {
                Ok(outcome) => outcome,
                Err(error) => {
                    self.phase = Phase::Ended;
                    self.ahead.clear();
                    return Some(Err(error));
                }
            };
            match self.take(outcome) {
                Ok(Some(page)) => return Some(Ok(Fetched::Page(page))),
                Ok(None) => {}
                Err(error) => {
                    self.phase = Phase::Ended;
                    self.ahead.clear();
                    return Some(Err(error));
                }
            }
        }
    }

    /// Starts as many pages as may be read at once. Until the first answer tells how many there are, one.
    fn read_ahead(&mut self) {
        let last = match self.pages {
            Some(pages) => pages.max(self.place.page),
            None => self.place.page,
        };
        let wanted = self.request.limit.map(|limit| {
            let left = limit.saturating_sub(self.place.sent);
            self.place.page + left.div_ceil(self.place.per_page).max(1) - 1
        });
        let last = wanted.map_or(last, |wanted| last.min(wanted));
        let mut page = self.ahead.next_page().unwrap_or(self.place.page);
        while self.ahead.len() < AHEAD_MAX && page <= last {
            let (site, resource, query) = (Arc::clone(&self.site), self.resource.clone(), self.query.clone());
            let (place, envelope) = (Place { page, ..self.place.clone() }, self.envelope);
            self.ahead.start(page, async move {
                fetch::page(&site, &resource.route, &resource.kind, &query, &place, envelope).await
            });
            page += 1;
        }
    }

    /// Decides what an outcome means. `None`: read on.
    fn take(&mut self, outcome: Outcome) -> Result<Option<SourcePage>, AppError> {
        match outcome {
            Outcome::Page(page) => return Ok(self.take_page(page)),
            Outcome::PastEnd => self.past_end(),
            Outcome::PerPageMax(max) => {
                self.size_max = max;
                self.resize(max, &format!("the site grants at most {max} records a page"));
            }
            Outcome::TooHeavy { why } => {
                let floor = if self.place.per_page <= TROUBLED_SIZE_MIN { 1 } else { TROUBLED_SIZE_MIN };
                let size = self.place.smaller(floor).unwrap_or(1);
                self.resize(size, &format!("smaller pages of {size}, because of: {why}"));
            }
            Outcome::RecordTooLarge => return Ok(Some(self.too_large())),
            Outcome::StatusesRefused { why } => self.public_statuses(&why)?,
            Outcome::ContextRefused(error) => self.public_fields(error)?,
        }
        Ok(None)
    }

    fn take_page(&mut self, page: fetch::Fetched) -> Option<SourcePage> {
        let fetch::Fetched { cut, mut total, mut pages, mut notes } = page;
        let before = (self.place.page - 1) * self.place.per_page;
        if total.is_some_and(|total| total < before + cut.count) {
            self.spoil(
                "WRONG_TOTALS",
                "the site counts fewer records than it sends, so completeness cannot be proven",
            );
            (total, pages) = (None, None);
        }
        if (total.is_none() || pages.is_none()) && !self.envelope {
            self.envelope = true;
            self.ahead.clear();
            self.note(Level::Warning, "TOTALS_MISSING", "the answer's totals are missing (a proxy or plugin removes headers); asked for them in the body");
            return None;
        }
        let facts = Facts { first: cut.first, last: cut.last, ascending: cut.ascending, total };
        let verdict = drift::judge(&facts, self.place.total, self.place.after_id, self.place.per_page);
        if self.goes_back(verdict, total) {
            return None;
        }
        self.notes.append(&mut notes);
        let page_number = self.place.page;
        self.pages = last_page(total, pages, self.place.per_page);
        self.empty = if cut.count == 0 { self.empty + 1 } else { 0 };
        let hidden = self.hidden(total, cut.count);
        let ends = self.is_last(cut.count);
        self.hidden_by_page.push(hidden);
        self.place.total = total;
        self.place.hidden += hidden;
        self.place.sent += cut.items.len() as u64;
        self.place.after_id = cut.last.unwrap_or(self.place.after_id);
        self.place.page = page_number + 1;
        self.good += 1;
        let mut items = cut.items;
        let over = self.request.limit.map_or(0, |limit| self.place.sent.saturating_sub(limit));
        items.truncate(items.len().saturating_sub(usize::try_from(over).unwrap_or(usize::MAX)));
        let limited = self.request.limit.is_some_and(|limit| self.place.sent >= limit);
        if ends || limited {
            self.phase = Phase::LastRead;
            self.ahead.clear();
        } else {
            self.grow();
        }
        let cursor = if self.phase == Phase::LastRead { None } else { self.place.cursor() };
        Some(SourcePage {
            items,
            unreadable: cut.unreadable,
            cursor,
            total,
            hidden,
            notes: std::mem::take(&mut self.notes),
        })
    }

    fn is_last(&mut self, count: u64) -> bool {
        match self.pages {
            Some(pages) if self.place.page >= pages => return true,
            Some(pages) => {
                // A list that grows as fast as it is read has no end.
                let left = pages - self.place.page;
                self.stalled = if left >= self.left { self.stalled + 1 } else { 0 };
                self.left = left;
            }
            // Without totals an empty page is all there is to go by.
            None if count == 0 => {
                self.spoil(
                    "NO_TOTALS",
                    "the site does not say how many records there are, so completeness cannot be proven",
                );
                return true;
            }
            None => {}
        }
        if self.empty > EMPTY_MAX || self.stalled > STALLED_MAX || self.place.page >= PAGES_MAX {
            self.spoil("ENDLESS_PAGES", "the site promises more and more pages");
            return true;
        }
        false
    }

    fn hidden(&self, total: Option<u64>, count: u64) -> u64 {
        let before = (self.place.page - 1) * self.place.per_page;
        let due = total.map_or(count, |total| total.saturating_sub(before).min(self.place.per_page));
        due.saturating_sub(count)
    }

    fn too_large(&mut self) -> SourcePage {
        let id = format!("page {}, item 1 of 1", self.place.page);
        let ends = self.is_last(1);
        self.hidden_by_page.push(0);
        self.place.page += 1;
        if ends {
            self.phase = Phase::LastRead;
        }
        self.ahead.clear();
        let message = "this one record is larger than an answer may be".to_owned();
        let unreadable = Unreadable { id, code: "RECORD_TOO_LARGE".to_owned(), message, raw: String::new() };
        let cursor = if ends { None } else { self.place.cursor() };
        let notes = std::mem::take(&mut self.notes);
        SourcePage {
            unreadable: vec![unreadable],
            cursor,
            total: self.place.total,
            notes,
            ..SourcePage::default()
        }
    }

    fn end(&mut self) -> SourceEnd {
        let limited = self.request.limit.is_some_and(|limit| self.place.sent >= limit);
        let proven = self.place.total.is_some() && self.problem.is_none();
        SourceEnd {
            complete: proven && !limited,
            total: self.place.total,
            hidden: self.place.hidden,
            problem: self.problem.take(),
        }
    }
}

/// The last page by both counts; the larger promise is not believed.
fn last_page(total: Option<u64>, pages: Option<u64>, per_page: u64) -> Option<u64> {
    let by_total = total.map(|total| total.div_ceil(per_page).max(1));
    match (by_total, pages) {
        (Some(by_total), Some(pages)) => Some(by_total.min(pages.max(1))),
        (by_total, pages) => by_total.or(pages),
    }
}
