//! Deliveries that were not let in.

mod list;
mod release;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default().viewer(routes!(list::list)).operator(routes!(release::release))
}
