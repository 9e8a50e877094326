//! Runs: what they did, item by item. Starting one is in `scenarios`.

mod approve;
mod cancel;
mod changes;
mod decide;
mod document;
mod feedback;
mod item;
mod items;
mod list;
mod log;
mod pause;
mod preview;
mod resume;
mod retry;
mod show;
mod show_item;
mod undecided;
mod undo;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub use retry::{RetryVersion, nothing_to_retry};

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(list::list))
        .viewer(routes!(show::show))
        .viewer(routes!(items::items))
        .viewer(routes!(show_item::show_item))
        .viewer(routes!(log::log))
        .operator(routes!(pause::pause))
        .operator(routes!(resume::resume))
        .operator(routes!(cancel::cancel))
        .operator(routes!(retry::retry))
        .operator(routes!(decide::decide))
        .viewer(routes!(undecided::undecided))
        .operator(routes!(approve::approve))
        .operator(routes!(preview::preview))
        .operator(routes!(undo::undo))
        .viewer(routes!(changes::changes))
        .operator(routes!(feedback::feedback))
}
