//! What this installation is and how it does.

use domain::views;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::endpoint::{Answer, Area, Json, Shared, State};

pub fn area() -> Area {
    Area::default().viewer(routes!(about))
}

#[derive(Serialize, ToSchema)]
pub struct About {
    pub version: &'static str,
    /// What tells one build of the console from another; empty when this build carries none.
    pub ui: &'static str,
    pub api_version: &'static str,
    /// Where the log ends.
    pub store_position: u64,
    /// How many events the slowest view is behind.
    pub projection_lag: u64,
    pub licences: Vec<Licence>,
}

/// Under which terms a part of the product may be used.
#[derive(Serialize, ToSchema)]
pub struct Licence {
    pub name: &'static str,
    /// SPDX.
    pub licence: &'static str,
}

/// What the product is built with. The licences of everything below these are held to a list by `deny.toml`.
const LICENCES: [Licence; 14] = [
    of("Portal Integrations", "Apache-2.0"),
    of("axum", "MIT"),
    of("cel", "MIT"),
    of("cqrs-es", "MIT OR Apache-2.0"),
    of("hyper", "MIT"),
    of("reqwest", "MIT OR Apache-2.0"),
    of("rusqlite", "MIT"),
    of("rustls", "Apache-2.0 OR ISC OR MIT"),
    of("serde", "MIT OR Apache-2.0"),
    of("tokio", "MIT"),
    of("zstd", "MIT"),
    of("React", "MIT"),
    of("React Flow", "MIT"),
    of("Mantine", "MIT"),
];

const fn of(name: &'static str, licence: &'static str) -> Licence {
    Licence { name, licence }
}

/// What this installation is and how it does.
#[utoipa::path(
    get,
    path = "/api/v1/about",
    tag = "about",
    operation_id = "about",
    responses((status = 200, body = About))
)]
async fn about(State(api): State<Shared>) -> Answer<About> {
    let store_position = *api.context.executor.store.end().borrow();
    let mut slowest = store_position;
    for view in views::ALL {
        slowest = slowest.min(api.context.reads.checkpoint(view).await?);
    }
    let build = &api.context.settings.build;
    Ok(Json(About {
        version: build.version,
        ui: build.ui,
        api_version: "1",
        store_position,
        projection_lag: store_position - slowest,
        licences: LICENCES.into(),
    }))
}
