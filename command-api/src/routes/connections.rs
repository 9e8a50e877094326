//! Connections: authorised instances of apps.

mod auth;
mod authorise;
mod confirm_identity;
mod consequences;
mod create;
mod delete;
mod discover;
mod document;
mod fields;
mod health;
mod list;
mod pause;
mod rename;
mod resources;
mod resume;
mod show;
mod store_credentials;
mod test;
mod timeline;
mod using;

use domain::ids::ConnectionId;
use domain::views::{CONNECTIONS, ConnectionView};
use utoipa_axum::routes;

use crate::context::Api;
use crate::endpoint::{Area, Problem};

pub use auth::Auth;
pub use authorise::cookie_of;
pub use document::Connection;

pub fn area() -> Area {
    Area::default()
        .operator(routes!(discover::discover))
        .viewer(routes!(list::list))
        .administrator(routes!(create::create))
        .viewer(routes!(show::show))
        .administrator(routes!(delete::delete))
        .administrator(routes!(store_credentials::store_credentials))
        .administrator(routes!(authorise::authorise))
        .operator(routes!(test::test))
        .viewer(routes!(resources::resources))
        .operator(routes!(resources::count))
        .viewer(routes!(consequences::consequences))
        .viewer(routes!(health::health))
        .viewer(routes!(timeline::timeline))
        .viewer(routes!(fields::fields))
        .operator(routes!(pause::pause))
        .operator(routes!(resume::resume))
        .administrator(routes!(confirm_identity::confirm_identity))
        .administrator(routes!(rename::rename))
}

impl Api {
    /// A connection as it is now, for a command that depends on it.
    pub async fn connection(&self, id: &ConnectionId) -> Result<ConnectionView, Problem> {
        self.fresh(&CONNECTIONS).await?;
        self.find(&CONNECTIONS, id.as_str()).await?.ok_or_else(|| Problem::not_found("connection"))
    }
}
