//! A full scan of one resource, by id, page by page, that neither skips nor ends too soon.
//!
//! Pages are read ahead in parallel and handed out in order. Each must join the one before (`drift`); where it does
//! not, some pages are read again. Who reads them merges by id, so a record that comes twice costs nothing.

mod ahead;
mod drift;
mod fetch;
mod ids;
mod open;
mod place;

use std::sync::Arc;

use app_sdk::egress::Egress;
use app_sdk::{AppError, Fetched, PageRequest, Session, SourceEnd, SourceNote, SourcePage, Unreadable};
use domain::run::{Level, Problem};
use futures::stream::{self, BoxStream, StreamExt};

use self::ahead::Ahead;
use self::drift::{Facts, Verdict};
use self::fetch::Outcome;
use self::ids::ByIds;
use self::open::Opened;
use self::place::{Place, TROUBLED_SIZE_MIN};
use crate::call::Site;
use crate::details::ResourceInfo;
use crate::query::{Context, ListQuery};

/// Most pages held in memory at once.
const AHEAD_MAX: usize = 4;
/// More is no scan but a trap.
const PAGES_MAX: u64 = 100_000;
const STEP_BACKS_MAX: u32 = 30;
/// Empty pages in a row; a short-sighted account may see several.
const EMPTY_MAX: u32 = 1_000;
/// Pages in a row after which as many are to come as before.
const STALLED_MAX: u32 = 50;
/// Good pages before a larger size is tried again.
const GOOD_NEEDED: u32 = 10;

pub fn stream(
    egress: Arc<Egress>,
    session: &Session,
    request: PageRequest,
) -> BoxStream<'static, Result<Fetched, AppError>> {
    let session = session.clone();
    stream::once(async move {
        match begin(egress, &session, request).await {
            Ok(scan) => stream::unfold(scan, |mut scan| async move {
                let next = scan.next().await?;
                Some((next, scan))
            })
            .boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    })
    .flatten()
    .boxed()
}

enum Reading {
    Scan(Box<Scan>),
    ByIds(Box<ByIds>),
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Fetched, AppError>> {
        match self {
            Self::Scan(scan) => scan.next().await,
            Self::ByIds(by_ids) => by_ids.next().await,
        }
    }
}

async fn begin(egress: Arc<Egress>, session: &Session, request: PageRequest) -> Result<Reading, AppError> {
    let Opened { site, resource, context, page_max, notes } = open::open(egress, session, &request).await?;
    if !request.ids.is_empty() {
        let query = ListQuery::new(&resource, &request, context);
        let from = request.cursor.as_ref().and_then(|cursor| cursor.get("ids_from")?.as_u64()).unwrap_or(0);
        return Ok(Reading::ByIds(Box::new(ByIds {
            site,
            route: resource.route,
            kind: resource.kind,
            query,
            ids: request.ids,
            from: usize::try_from(from).unwrap_or(usize::MAX),
            per_page: usize::try_from(page_max).unwrap_or(100),
            notes,
            missing: 0,
            ended: false,
        })));
    }
    let mut place = match &request.cursor {
        Some(cursor) => Place::read(cursor)?,
        None => Place::start(request.limit.unwrap_or(page_max).clamp(1, page_max)),
    };
    place.view |= context == Context::View;
    let query = ListQuery::new(&resource, &request, if place.view { Context::View } else { Context::Edit });
    Ok(Reading::Scan(Box::new(Scan {
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
    })))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Reading,
    LastRead,
    Ended,
}

struct Scan {
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
    async fn next(&mut self) -> Option<Result<Fetched, AppError>> {
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

    /// Steps back if the page does not join the one before, as often as is sensible.
    fn goes_back(&mut self, verdict: Verdict, total: Option<u64>) -> bool {
        let (back, why) = match verdict {
            Verdict::Joins => return false,
            Verdict::Unordered => {
                self.spoil(
                    "NOT_ORDERED",
                    "the site does not sort by id, so records that moved between pages cannot be noticed",
                );
                return false;
            }
            Verdict::Shrunk { fell_by, back } => {
                (back, format!("{fell_by} records were deleted while reading"))
            }
            Verdict::Overlaps => (1, "records came in before the ones that were already read".to_owned()),
        };
        self.step_backs += 1;
        if self.step_backs > STEP_BACKS_MAX {
            match verdict {
                Verdict::Overlaps => {
                    self.spoil("ENDLESS_PAGES", "the site sends the same records again and again");
                    self.phase = Phase::LastRead;
                    self.ahead.clear();
                    return true;
                }
                _ => self.spoil(
                    "RESTLESS_TOTALS",
                    "the site's totals change all the time, so completeness cannot be proven",
                ),
            }
            return false;
        }
        let from = self.place.page;
        self.place.step_back(back);
        self.place.total = total;
        self.forget_from(self.place.page);
        self.ahead.clear();
        self.note(
            Level::Info,
            "READ_AGAIN",
            &format!("{why}; pages {} to {from} are read again", self.place.page),
        );
        true
    }

    /// The site says that the page does not exist. Right after the last one this is the end; before it, the list
    /// shrank, and what moved forward has to be read.
    fn past_end(&mut self) {
        self.ahead.clear();
        let known = self.pages.is_some_and(|pages| self.place.page <= pages);
        if self.place.page > 1 && (known || self.place.after_id == 0) && self.step_backs < STEP_BACKS_MAX {
            self.step_backs += 1;
            self.place.step_back(2);
            self.pages = None;
            self.forget_from(self.place.page);
            self.note(
                Level::Info,
                "READ_AGAIN",
                "the list became shorter while reading; the last pages are read again",
            );
        } else {
            self.phase = Phase::LastRead;
        }
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

    /// After good pages at a small size a larger one is tried again.
    fn grow(&mut self) {
        if self.good < GOOD_NEEDED || self.place.per_page >= self.size_max {
            return;
        }
        if let Some(size) = self.place.larger(self.size_max) {
            let after_id = self.place.after_id;
            self.resize(size, &format!("pages of {size} again"));
            self.place.after_id = after_id;
        }
    }

    fn resize(&mut self, size: u64, why: &str) {
        self.ahead.clear();
        self.place.resize(size);
        self.pages = last_page(self.place.total, None, size);
        self.good = 0;
        // Pages have other borders now; what they hid stays counted.
        self.hidden_by_page.clear();
        self.start = self.place.page;
        self.note(Level::Warning, "PAGE_SIZE", why);
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

    fn public_statuses(&mut self, why: &str) -> Result<(), AppError> {
        if !self.request.statuses.is_empty() || !self.is_first() || self.place.view {
            return Err(crate::fault::unauthorized(
                "STATUS_REFUSED",
                &format!("the account may not read these statuses: {why}"),
                "choose other statuses, or use an account that may edit this content",
            ));
        }
        self.downgrade();
        Ok(())
    }

    /// At the first page a downgrade; in the middle the account was demoted, and half a record set is none.
    fn public_fields(&mut self, error: AppError) -> Result<(), AppError> {
        if !self.is_first() || self.place.view {
            return Err(error);
        }
        self.downgrade();
        Ok(())
    }

    fn downgrade(&mut self) {
        self.ahead.clear();
        self.place.view = true;
        self.query = ListQuery::new(&self.resource, &self.request, Context::View);
        self.notes.push(open::downgrade(&self.resource, true));
    }

    /// Nothing was read yet, neither here nor before a resume.
    fn is_first(&self) -> bool {
        self.request.cursor.is_none() && self.place.page == 1 && self.place.sent == 0
    }

    /// Takes off what was counted on pages from `page` on.
    fn forget_from(&mut self, page: u64) {
        let keep = usize::try_from(page.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let gone: u64 = self.hidden_by_page.drain(keep.min(self.hidden_by_page.len())..).sum();
        self.place.hidden = self.place.hidden.saturating_sub(gone);
        self.start = self.start.min(page);
    }

    fn note(&mut self, level: Level, code: &str, message: &str) {
        self.notes.push(SourceNote { level, code: code.to_owned(), message: message.to_owned() });
    }

    fn spoil(&mut self, code: &str, message: &str) {
        if self.problem.is_none() {
            let remedy = "look for a plugin or proxy that changes the REST API's lists; the records that were read are good";
            self.problem = Some(Problem {
                code: code.to_owned(),
                message: message.to_owned(),
                remedy: remedy.to_owned(),
            });
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
