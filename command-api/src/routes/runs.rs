//! Runs: watched, stopped, and looked into.

mod control;
mod item;
mod items;
mod log;
mod read;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(read::list))
        .viewer(routes!(read::show))
        .viewer(routes!(items::list))
        .viewer(routes!(item::show))
        .viewer(routes!(log::list))
        .operator(routes!(control::pause))
        .operator(routes!(control::resume))
        .operator(routes!(control::cancel))
}
