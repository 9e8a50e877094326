//! Receipts: what became of one delivery.

mod chain;
mod show;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default().viewer(routes!(show::show))
}
