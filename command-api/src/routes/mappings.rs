//! Mappings: saved in revisions, previewed on real records.

mod preview;
mod read;
mod samples;
mod save;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(read::list))
        .viewer(routes!(read::show))
        .viewer(routes!(read::ready_made))
        .administrator(routes!(save::create))
        .administrator(routes!(save::revise))
        .administrator(routes!(save::delete))
        .operator(routes!(preview::preview))
        .operator(routes!(preview::check))
}
