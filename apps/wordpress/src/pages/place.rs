//! Where a scan stands. The cursor of a page says where the next one begins.

use app_sdk::AppError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::invalid;

/// Page sizes, from large to small; the small ones are for sites that die of larger ones.
const SIZES: [u64; 6] = [100, 50, 20, 10, 5, 1];
/// The smallest that trouble alone leads to; below it only size does.
pub const TROUBLED_SIZE_MIN: u64 = 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The page to read next, from 1.
    pub page: u64,
    pub per_page: u64,
    /// The last id of the page before; 0 when pages may overlap.
    pub after_id: u64,
    /// What the site last said of the whole.
    #[serde(default)]
    pub total: Option<u64>,
    /// Records counted but not shown, so far.
    #[serde(default)]
    pub hidden: u64,
    /// Records sent, so far, for a limit.
    #[serde(default)]
    pub sent: u64,
    /// Only public fields are read; once so, so to the end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub view: bool,
}

impl Place {
    pub fn start(per_page: u64) -> Self {
        Self { page: 1, per_page, after_id: 0, total: None, hidden: 0, sent: 0, view: false }
    }

    pub fn read(cursor: &Value) -> Result<Self, AppError> {
        serde_json::from_value(cursor.clone())
            .ok()
            .filter(|place: &Self| place.page >= 1 && (1..=100).contains(&place.per_page))
            .ok_or_else(|| {
                invalid(
                    "BAD_CURSOR",
                    "the place to go on from is unreadable",
                    "start the run again from the beginning",
                )
            })
    }

    pub fn cursor(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }

    /// Changes the page size so that no record is left out; some may come again.
    pub fn resize(&mut self, per_page: u64) {
        let before = (self.page - 1) * self.per_page;
        self.page = before / per_page + 1;
        self.per_page = per_page;
        self.after_id = 0;
    }

    /// Goes back some pages.
    pub fn step_back(&mut self, pages: u64) {
        self.page = self.page.saturating_sub(pages).max(1);
        self.after_id = 0;
    }

    /// The next smaller size, not below `floor`.
    pub fn smaller(&self, floor: u64) -> Option<u64> {
        SIZES.into_iter().find(|size| *size < self.per_page && *size >= floor)
    }

    /// The next larger size up to `max` whose pages begin where this page begins.
    pub fn larger(&self, max: u64) -> Option<u64> {
        let before = (self.page - 1) * self.per_page;
        SIZES
            .into_iter()
            .rev()
            .find(|size| *size > self.per_page && *size <= max && before.is_multiple_of(*size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_099_a_smaller_page_never_leaves_a_record_out() {
        let mut place =
            Place { page: 4, per_page: 50, after_id: 9, total: None, hidden: 0, sent: 0, view: false };
        place.resize(20);
        assert_eq!((place.page, place.per_page, place.after_id), (8, 20, 0), "rows 140 to 149 come again");
        assert_eq!(place.smaller(TROUBLED_SIZE_MIN), Some(10));
        assert_eq!(place.larger(100), None, "140 is no multiple of 50 or 100");
        place.step_back(100);
        assert_eq!(place.page, 1);
        assert_eq!(place.larger(100), Some(50));
    }

    #[test]
    fn a_cursor_is_read_back_and_nonsense_refused() {
        let place =
            Place { page: 4, per_page: 50, after_id: 9, total: Some(400), hidden: 2, sent: 150, view: false };
        assert_eq!(Place::read(&place.cursor().unwrap()).unwrap(), place);
        for bad in
            [r#"{"page":0,"per_page":10,"after_id":0}"#, "null", r#"{"page":1,"per_page":0,"after_id":0}"#]
        {
            assert!(Place::read(&serde_json::from_str(bad).unwrap()).is_err(), "{bad}");
        }
    }
}
