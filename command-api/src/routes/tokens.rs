//! Access tokens.

mod actors;
mod issue;
mod list;
mod revoke;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(actors::actors))
        .administrator(routes!(list::list))
        .administrator(routes!(issue::issue))
        .administrator(routes!(revoke::revoke))
}
