//! Does a page join the one before? Pure: numbers in, verdict out.
//!
//! Pages are counted, not anchored, so a record deleted on an earlier page moves every later one forward and a scan
//! that only counts would skip it. The total tells (it fell), and so do the ids (they must rise).

/// What is known of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub first: Option<u64>,
    pub last: Option<u64>,
    pub ascending: bool,
    pub total: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Joins,
    /// Records were deleted meanwhile: read so many pages again.
    Shrunk {
        fell_by: u64,
        back: u64,
    },
    /// Records came in before this page (restored, changed status): read one page again.
    Overlaps,
    /// The site does not sort by id, so nothing can be told.
    Unordered,
}

/// `total` and `after_id` are those of the page before.
pub fn judge(facts: &Facts, total: Option<u64>, after_id: u64, per_page: u64) -> Verdict {
    if let (Some(before), Some(now)) = (total, facts.total)
        && now < before
    {
        let fell_by = before - now;
        return Verdict::Shrunk { fell_by, back: fell_by.div_ceil(per_page) + 1 };
    }
    if !facts.ascending {
        return Verdict::Unordered;
    }
    match facts.first {
        Some(first) if first <= after_id => Verdict::Overlaps,
        _ => Verdict::Joins,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_099_deletions_and_insertions_are_seen() {
        let page = |first, total| Facts {
            first: Some(first),
            last: Some(first + 99),
            ascending: true,
            total: Some(total),
        };
        assert_eq!(judge(&page(101, 500), Some(500), 100, 100), Verdict::Joins);
        assert_eq!(judge(&page(101, 501), Some(500), 100, 100), Verdict::Joins, "inserted at the end");
        assert_eq!(judge(&page(106, 495), Some(500), 100, 100), Verdict::Shrunk { fell_by: 5, back: 2 });
        assert_eq!(judge(&page(401, 380), Some(500), 100, 100), Verdict::Shrunk { fell_by: 120, back: 3 });
        assert_eq!(judge(&page(99, 500), Some(500), 100, 100), Verdict::Overlaps);
        let mixed = Facts { ascending: false, ..page(1, 500) };
        assert_eq!(judge(&mixed, Some(500), 0, 100), Verdict::Unordered);
    }
}
