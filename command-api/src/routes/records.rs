//! Records of sources, as we know them.

mod history;
mod lineage;
mod list;
mod show;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(list::list))
        .viewer(routes!(show::show))
        .viewer(routes!(history::history))
        .viewer(routes!(lineage::lineage))
}
