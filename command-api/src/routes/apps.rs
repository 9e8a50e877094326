//! The apps this server knows.

mod companion;
mod list;
mod show;

use app_sdk::App;
use app_sdk::catalogue::{AppEntry, AppRole};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(list::list))
        .viewer(routes!(show::show))
        .viewer(routes!(companion::companion))
}

/// An app of the catalogue, and what it can do here.
#[derive(Serialize, ToSchema)]
#[schema(as = App)]
pub struct AppShown {
    pub id: String,
    pub name: String,
    pub summary: String,
    pub version: u32,
    /// `source`, `destination`.
    #[schema(value_type = Vec<String>)]
    pub roles: Vec<AppRole>,
    /// Ways to authorise: `id`, `name`, `summary`, and `input`, a JSON Schema of what a person enters.
    #[schema(value_type = Vec<Object>)]
    pub auth: Value,
    /// What can be read (or, of a destination, written): `id`, `name`, `kind`, `needs`, `fields`.
    #[schema(value_type = Vec<Object>)]
    pub resources: Value,
    /// What nodes can do with it: `id`, `name`, `summary`, and `input`, a JSON Schema of a node's settings.
    #[schema(value_type = Vec<Object>)]
    pub actions: Value,
    #[schema(value_type = Object)]
    pub limits: Value,
    /// It can be authorised on its own page.
    pub consent: bool,
    /// It can be looked for at an address.
    pub discovery: bool,
}

fn shown(app: &App) -> AppShown {
    let AppEntry { id, name, summary, version, roles, auth, resources, actions, limits } = &*app.entry;
    AppShown {
        id: id.clone(),
        name: name.clone(),
        summary: summary.clone(),
        version: *version,
        roles: roles.clone(),
        auth: serde_json::json!(auth),
        resources: serde_json::json!(resources),
        actions: serde_json::json!(actions),
        limits: serde_json::json!(limits),
        consent: app.authorise.is_some(),
        discovery: app.discover.is_some(),
    }
}
