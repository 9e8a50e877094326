//! The embedded Portal's records.

mod history;
mod lineage;
mod list;
mod read;
mod search;
mod show;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub use read::plural;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(search::search_records))
        .viewer(routes!(list::list))
        .viewer(routes!(show::show))
        .viewer(routes!(history::history))
        .viewer(routes!(lineage::lineage))
}
