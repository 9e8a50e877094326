//! The views themselves: how far each is, and folding them anew.

mod list;
mod rebuild;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default().administrator(routes!(list::list)).administrator(routes!(rebuild::rebuild))
}
