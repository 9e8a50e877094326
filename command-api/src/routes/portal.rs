//! The embedded Portal's records.

mod list;
mod read;
mod show;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default().viewer(routes!(list::list)).viewer(routes!(show::show))
}
