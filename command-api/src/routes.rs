//! Every route, by area; one file for each endpoint.

mod about;
mod apps;
mod audit;
pub mod connections;
mod describe;
mod erasures;
mod failures;
mod mappings;
pub mod oauth;
mod overview;
mod portal;
mod quarantine;
mod receipts;
mod records;
mod retention;
mod retries;
mod runs;
mod scenarios;
mod session;
mod stream;
mod tokens;
mod views;

use crate::area::Area;

pub use portal::plural;
pub use scenarios::{ReimportMode, RunAccepted, accepted, graph, not_published};

pub fn all() -> Area {
    let areas: [fn() -> Area; 21] = [
        overview::area,
        apps::area,
        connections::area,
        scenarios::area,
        mappings::area,
        runs::area,
        failures::area,
        retries::area,
        records::area,
        receipts::area,
        quarantine::area,
        portal::area,
        tokens::area,
        session::area,
        audit::area,
        views::area,
        erasures::area,
        stream::area,
        about::area,
        retention::area,
        describe::area,
    ];
    areas.into_iter().fold(Area::default(), |all, area| all.join(area()))
}
