//! How a scan gets over what a site does while it is read: records deleted or inserted, pages too large, rights too
//! small.

use app_sdk::{AppError, SourceNote};
use domain::run::{Level, Problem};

use super::{Phase, Scan, last_page};
use crate::fault::unauthorized;
use crate::pages::drift::Verdict;
use crate::pages::open;
use crate::query::{Context, ListQuery};

const STEP_BACKS_MAX: u32 = 30;
/// Good pages before a larger size is tried again.
const GOOD_NEEDED: u32 = 10;

impl Scan {
    /// Steps back if the page does not join the one before, as often as is sensible.
    pub(super) fn goes_back(&mut self, verdict: Verdict, total: Option<u64>) -> bool {
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
    pub(super) fn past_end(&mut self) {
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

    /// After good pages at a small size a larger one is tried again.
    pub(super) fn grow(&mut self) {
        if self.good < GOOD_NEEDED || self.place.per_page >= self.size_max {
            return;
        }
        if let Some(size) = self.place.larger(self.size_max) {
            let after_id = self.place.after_id;
            self.resize(size, &format!("pages of {size} again"));
            self.place.after_id = after_id;
        }
    }

    pub(super) fn resize(&mut self, size: u64, why: &str) {
        self.ahead.clear();
        self.place.resize(size);
        self.pages = last_page(self.place.total, None, size);
        self.good = 0;
        // Pages have other borders now; what they hid stays counted.
        self.hidden_by_page.clear();
        self.start = self.place.page;
        self.note(Level::Warning, "PAGE_SIZE", why);
    }

    pub(super) fn public_statuses(&mut self, why: &str) -> Result<(), AppError> {
        if !self.request.statuses.is_empty() || !self.is_first() || self.place.view {
            return Err(unauthorized(
                "STATUS_REFUSED",
                &format!("the account may not read these statuses: {why}"),
                "choose other statuses, or use an account that may edit this content",
            ));
        }
        self.downgrade();
        Ok(())
    }

    /// At the first page a downgrade; in the middle the account was demoted, and half a record set is none.
    pub(super) fn public_fields(&mut self, error: AppError) -> Result<(), AppError> {
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

    pub(super) fn spoil(&mut self, code: &str, message: &str) {
        if self.problem.is_none() {
            let remedy = "look for a plugin or proxy that changes the REST API's lists; the records that were read are good";
            self.problem = Some(Problem {
                code: code.to_owned(),
                message: message.to_owned(),
                remedy: remedy.to_owned(),
            });
        }
    }

    pub(super) fn note(&mut self, level: Level, code: &str, message: &str) {
        self.notes.push(SourceNote { level, code: code.to_owned(), message: message.to_owned() });
    }
}
