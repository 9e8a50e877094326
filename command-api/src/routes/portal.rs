//! The embedded Portal's records.

mod list;
mod read;
mod search;
mod show;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(search::search_records))
        .viewer(routes!(list::list))
        .viewer(routes!(show::show))
}
