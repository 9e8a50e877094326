//! Mappings: field rules, saved in revisions.

mod check;
mod create;
mod delete;
mod feeds;
mod list;
mod outcome;
mod preview;
mod ready_made;
mod revise;
mod samples;
mod show;

use chrono::{DateTime, Utc};
use domain::views::{MappingView, RevisionLine};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::endpoint::Area;
use crate::schema;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(list::list))
        .administrator(routes!(create::create))
        .operator(routes!(preview::preview))
        .operator(routes!(check::check))
        .viewer(routes!(ready_made::ready_made))
        .viewer(routes!(show::show))
        .viewer(routes!(feeds::feeds))
        .administrator(routes!(revise::revise))
        .administrator(routes!(delete::delete))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Mapping)]
pub struct MappingShown {
    pub id: String,
    pub name: String,
    pub app: String,
    /// The source's kind of record: `users`, `posts`.
    pub resource: String,
    /// What it fills in Portal: `user`, `post`, …
    pub entity: String,
    /// The newest; 0 before the first save.
    pub revision: u64,
    #[schema(value_type = Object)]
    pub definition: Value,
    #[schema(value_type = Vec<schema::RevisionLine>)]
    pub revisions: Vec<RevisionLine>,
    pub created_at: DateTime<Utc>,
}

impl From<MappingView> for MappingShown {
    fn from(view: MappingView) -> Self {
        let MappingView { id, name, app, resource, entity, revision, definition, revisions, created_at } =
            view;
        Self { id, name, app, resource, entity, revision, definition, revisions, created_at }
    }
}
