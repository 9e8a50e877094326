//! Who did what, newest first: listed, looked at, and written out. Secrets are in no event, so they are in none of it.

mod export;
mod list;
mod search;
mod show;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default().administrator(routes!(list::list)).administrator(routes!(show::show))
}
