//! What of a connection is kept in step, what was missed, and what waits for a person.

mod decide;
mod list;
mod sweep;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(list::list_watches))
        .operator(routes!(sweep::request_sweep))
        .administrator(routes!(decide::decide_gone))
}
