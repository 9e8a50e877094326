//! Retrying what fails at present, whatever run it failed in.

mod start;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default().operator(routes!(start::start))
}
