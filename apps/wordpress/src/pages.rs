//! A full scan of one resource, by id, page by page, that neither skips nor ends too soon.
//!
//! Pages are read ahead in parallel and handed out in order. Each must join the one before (`drift`); where it does
//! not, some pages are read again. Who reads them merges by id, so a record that comes twice costs nothing.

mod ahead;
mod drift;
mod fetch;
mod ids;
pub mod open;
mod place;
mod scan;

use std::sync::Arc;

use app_sdk::egress::Egress;
use app_sdk::{AppError, Fetched, PageRequest, Session};
use futures::stream::{self, BoxStream, StreamExt};

use self::ids::ByIds;
use self::open::Opened;
use self::place::Place;
use self::scan::Scan;
use crate::query::{Context, ListQuery};

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
    Ok(Reading::Scan(Box::new(Scan::new(site, resource, request, query, place, notes))))
}
