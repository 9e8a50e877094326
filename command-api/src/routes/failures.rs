//! Failures: records of a scenario that fail for the same reason, and what people think of it.

mod document;
mod items;
mod list;
mod set_state;
mod show;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(list::list))
        .viewer(routes!(show::show))
        .viewer(routes!(items::items))
        .operator(routes!(set_state::set_state))
}
