//! Pages of a collection: which rows, in which order, with which headers.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::params::encoded;
use crate::types::account::mixed;
use crate::types::options::Permalinks;
use chrono::NaiveDateTime;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Parameters that are lists, so that links spell them out.
const LISTS: &[&str] = &[
    "status",
    "include",
    "exclude",
    "roles",
    "author",
    "author_exclude",
    "parent",
    "parent_exclude",
    "slug",
    "categories",
    "tags",
    "post",
    "search_columns",
    "capabilities",
];

/// `page`, `per_page` and `offset`.
#[derive(Clone, Copy)]
pub(crate) struct Paging {
    pub(crate) page: u64,
    pub(crate) per_page: u64,
    offset: Option<u64>,
}

/// The rows that a filter let through, in order.
pub(crate) enum Matched {
    /// Ids 1 to `count`.
    All {
        count: u64,
        desc: bool,
    },
    Listed(Arc<Vec<u64>>),
}

/// What rows are ordered by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Number(u64),
    Time(NaiveDateTime),
    Text(String),
}

impl Paging {
    pub(crate) fn parse(call: &Call<'_>) -> Result<Self, Refusal> {
        let most = call.state.options.per_page_max;
        Ok(Self {
            page: call.params.number("page", 1, (1, u64::MAX))?,
            per_page: call.params.number("per_page", 10.min(most), (1, most))?,
            offset: call
                .params
                .get("offset")
                .map(|_| call.params.number("offset", 0, (0, u64::MAX)))
                .transpose()?,
        })
    }

    pub(crate) fn skip(self) -> u64 {
        self.offset.unwrap_or_else(|| (self.page - 1).saturating_mul(self.per_page))
    }
}

impl Matched {
    pub(crate) fn total(&self) -> u64 {
        match self {
            Self::All { count, .. } => *count,
            Self::Listed(ids) => ids.len() as u64,
        }
    }

    pub(crate) fn page(&self, paging: Paging) -> Vec<u64> {
        let start = paging.skip().min(self.total());
        let end = start.saturating_add(paging.per_page).min(self.total());
        match self {
            Self::All { desc: false, .. } => (start + 1..=end).collect(),
            Self::All { count, desc: true } => (start..end).map(|place| count - place).collect(),
            Self::Listed(ids) => {
                let (start, end) = (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0));
                ids[start..end].to_vec()
            }
        }
    }
}

/// Puts rows into order. The database promises nothing about rows with equal keys: with `unstable` set to the offset
/// of the page they come in another order on every page, so that paging repeats some and loses others.
pub(crate) fn ordered(mut rows: Vec<(Key, u64)>, desc: bool, unstable: Option<u64>) -> Vec<u64> {
    let tie = |id: u64| unstable.map_or(id, |offset| mixed(id ^ offset << 32));
    rows.sort_unstable_by(|(a, one), (b, two)| a.cmp(b).then_with(|| tie(*one).cmp(&tie(*two))));
    if desc {
        rows.reverse();
    }
    rows.into_iter().map(|(_, id)| id).collect()
}

/// Renders a page with its headers; `make` writes a row, or says that the viewer may not see it: such rows are left
/// out although the total counts them.
pub(crate) fn page(
    call: &Call<'_>,
    kind: &str,
    paging: Paging,
    matched: &Matched,
    make: impl FnMut(u64, &mut Vec<u8>) -> bool,
) -> Answer {
    let ids = matched.page(paging);
    let mut out = Vec::with_capacity(ids.len() * 1536 + 2);
    out.push(b'[');
    let place = (!matches!(matched, Matched::All { .. })).then(|| place_of(call, kind));
    call.cache.append(call.state.revision, place, &ids, &mut out, make);
    out.push(b']');
    with_totals(call, paging, matched.total(), Answer::json(out))
}

fn with_totals(call: &Call<'_>, paging: Paging, total: u64, answer: Answer) -> Answer {
    let pages = total.div_ceil(paging.per_page);
    let mut answer =
        answer.with("X-WP-Total", &total.to_string()).with("X-WP-TotalPages", &pages.to_string());
    let base = match call.state.options.permalinks {
        Permalinks::Pretty => format!("{}{}?", call.state.rest_prefix(), call.route),
        Permalinks::Plain => format!("{}{}&", call.state.rest_prefix(), encoded(call.route)),
    };
    let mut link = |page: u64, rel: &str| {
        let query = call.params.link_to_page(page, LISTS);
        answer.headers.push(("Link".to_owned(), format!("<{base}{query}>; rel=\"{rel}\"")));
    };
    if paging.page > 1 {
        link((paging.page - 1).min(pages).max(1), "prev");
    }
    if paging.page < pages {
        link(paging.page + 1, "next");
    }
    answer
}

fn place_of(call: &Call<'_>, kind: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, call.viewer.scope(), call.params.get("context"), call.params.list("_fields")).hash(&mut hasher);
    hasher.finish()
}

/// An id from a route.
pub(crate) fn id(text: &str) -> Option<u64> {
    text.parse().ok().filter(|&id| id > 0)
}
