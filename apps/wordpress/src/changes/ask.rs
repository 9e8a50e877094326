//! The questions.

use std::collections::BTreeMap;
use std::sync::Arc;

use app_sdk::egress::Egress;
use app_sdk::{AppError, Hint, Hints, HintsRequest, PageRequest, Session};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::place::{Place, Window};
use crate::call::Site;
use crate::companion::{self, Feed};
use crate::details::{Details, ResourceInfo};
use crate::fault::Fault;
use crate::pages::open;
use crate::patience;
use crate::query::{Context, ListQuery};

/// Records in one page: only their ids and times are asked for.
const PER_PAGE: u64 = 100;
/// Pages in one answer of ours.
const PAGES_MAX: u64 = 20;
/// Scheduled posts remembered; more are found when everything is read.
const DUE_MAX: usize = 2_000;
/// Times of change before this are made up by WordPress for rows that have none.
const YEAR_MIN: &str = "1990";

/// What is looked at of a record.
#[derive(Deserialize)]
struct Row {
    id: u64,
    #[serde(default)]
    modified_gmt: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    date_gmt: Option<String>,
}

struct Asking {
    site: Site,
    resource: ResourceInfo,
    context: Context,
    per_page: u64,
    hints: BTreeMap<u64, Hint>,
}

pub async fn ask(egress: Arc<Egress>, session: &Session, request: &HintsRequest) -> Result<Hints, AppError> {
    let details = Details::of(session)?;
    let resource = details.resource(&request.resource)?.clone();
    let mut place = Place::read(&request.cursor)?;
    let site = Site::open(egress, session, &details)?;
    let (index, clock) = open::same_site(&site, &details.identity).await?;
    if index.namespaces.iter().any(|namespace| namespace == companion::NAMESPACE) {
        if let Some(followed) = follow(&site, &mut place, request).await? {
            return Ok(followed);
        }
        // From here on the feed tells; what was before, the questions below and the sweep find.
        if place.window.is_none() {
            place.feed = Feed::present(&site, &request.resource, request.now).await?;
        }
    }
    place.trust_clock(clock.map(DateTime::<Utc>::from), request.now);
    let zone = format!("{} {}", index.timezone().unwrap_or_default(), index.gmt_offset().unwrap_or_default());
    let context = open::context(&details, session, &resource);
    let per_page = details.page_max.clamp(1, PER_PAGE);
    let mut asking = Asking { site, resource, context, per_page, hints: BTreeMap::new() };
    if asking.resource.has_status() {
        if place.highest == 0 && asking.context == Context::Edit && asking.resource.kind != "media" {
            asking.scheduled(&mut place).await?;
        }
        let window = place.window(&zone, request.now);
        place.window = asking.changed(&mut place, window).await?;
    }
    asking.newest(&mut place).await?;
    for id in place.due(request.now) {
        if let Ok(number) = id.parse() {
            asking.hints.insert(number, Hint { id, version: None, surely: true });
        }
    }
    let more = place.window.is_some();
    Ok(Hints { hints: asking.hints.into_values().collect(), cursor: place.to_value(), more })
}

/// Asks the plugin's feed, where its place is known.
async fn follow(site: &Site, place: &mut Place, request: &HintsRequest) -> Result<Option<Hints>, AppError> {
    let Some(feed) = place.feed.clone().filter(|_| place.window.is_none()) else { return Ok(None) };
    let Some(followed) = feed.follow(site, &request.resource, request.now).await? else {
        place.feed = None;
        return Ok(None);
    };
    place.feed = Some(followed.feed);
    Ok(Some(Hints { hints: followed.hints, cursor: place.to_value(), more: followed.more }))
}

impl Asking {
    /// Posts that wait for their time, when nothing is known of them yet.
    async fn scheduled(&mut self, place: &mut Place) -> Result<(), AppError> {
        for page in 1..=PAGES_MAX {
            let per_page = self.per_page;
            let (rows, pages) = self
                .page(&["future"], |query| query.page(page, per_page, false))
                .await
                .map_err(Fault::into_app_error)?;
            for row in &rows {
                remember_due(place, row);
            }
            if rows.is_empty() || pages.is_none_or(|pages| page >= pages) {
                break;
            }
        }
        Ok(())
    }

    /// What changed after a time; the window where more of it is left.
    async fn changed(&mut self, place: &mut Place, mut window: Window) -> Result<Option<Window>, AppError> {
        for _ in 0..PAGES_MAX {
            let (after, page) = (window.after.clone(), window.page);
            let per_page = self.per_page;
            let (rows, pages) = self
                .page(&[], |query| query.changed_after(&after, page, per_page))
                .await
                .map_err(Fault::into_app_error)?;
            // An old WordPress does not know the question and sends everything.
            let ignored = !rows.is_empty() && rows.iter().all(|row| row.version() <= after.as_str());
            if ignored {
                break;
            }
            for row in &rows {
                window.newest = window.newest.max(row.version().to_owned());
                remember_due(place, row);
                self.hint(row);
            }
            if rows.is_empty() || pages.is_none_or(|pages| window.page >= pages) {
                break;
            }
            window.page += 1;
            if window.page % PAGES_MAX == 1 {
                return Ok(Some(window));
            }
        }
        place.finish(&window);
        Ok(None)
    }

    /// Ids above the highest that is known.
    async fn newest(&mut self, place: &mut Place) -> Result<(), AppError> {
        let known = place.highest;
        for page in 1..=PAGES_MAX {
            let per_page = if known == 0 { 1 } else { self.per_page };
            let (rows, pages) =
                self.page(&[], |query| query.newest(page, per_page)).await.map_err(Fault::into_app_error)?;
            place.highest = rows.iter().map(|row| row.id).fold(place.highest, u64::max);
            if known == 0 {
                return Ok(());
            }
            for row in rows.iter().filter(|row| row.id > known) {
                remember_due(place, row);
                self.hint(row);
            }
            let reached = rows.iter().any(|row| row.id <= known);
            if reached || rows.is_empty() || pages.is_none_or(|pages| page >= pages) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn hint(&mut self, row: &Row) {
        let version = row.modified_gmt.clone().filter(|time| time.as_str() > YEAR_MIN);
        self.hints.entry(row.id).or_insert_with(|| Hint { id: row.id.to_string(), version, surely: false });
    }

    /// One page, and how many there are. Where the account may not see everything, what everybody sees is asked for.
    async fn page(
        &mut self,
        statuses: &[&str],
        parameters: impl Fn(&ListQuery) -> Vec<(&'static str, String)>,
    ) -> Result<(Vec<Row>, Option<u64>), Fault> {
        loop {
            let request = PageRequest {
                resource: self.resource.id.clone(),
                fields: ["id", "modified_gmt", "date_gmt", "status"].map(str::to_owned).to_vec(),
                statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
                ..PageRequest::default()
            };
            let query = ListQuery::new(&self.resource, &request, self.context);
            let parameters = parameters(&query);
            let borrowed: Vec<(&str, &str)> =
                parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
            match patience::get(&self.site, &self.resource.route, &borrowed).await {
                Ok(answer) => return Ok((rows(&answer.json)?, answer.pages)),
                Err(Fault::Refused { error, .. }) if error.code == "rest_post_invalid_page_number" => {
                    return Ok((vec![], None));
                }
                Err(Fault::Refused { status: 400 | 403, .. }) if self.context == Context::Edit => {
                    open::still_signed_in(&self.site).await?;
                    self.context = Context::View;
                }
                Err(fault) => return Err(fault),
            }
        }
    }
}

impl Row {
    /// Comparable with our times; empty where there is none.
    fn version(&self) -> &str {
        self.modified_gmt.as_deref().unwrap_or_default()
    }
}

fn rows(json: &Bytes) -> Result<Vec<Row>, Fault> {
    serde_json::from_slice(json).map_err(|error| Fault::Shape {
        detail: format!("a list of records with ids was asked for: {error}"),
    })
}

fn remember_due(place: &mut Place, row: &Row) {
    let id = row.id.to_string();
    match (&row.status, &row.date_gmt) {
        (Some(status), Some(at)) if status == "future" && place.due.len() < DUE_MAX => {
            place.due.insert(id, at.clone());
        }
        _ => drop(place.due.remove(&id)),
    }
}
