//! Every route, by area; one file for each endpoint.

mod apps;
mod audit;
pub mod connections;
mod describe;
mod erasures;
mod mappings;
pub mod oauth;
mod overview;
mod portal;
mod records;
mod runs;
mod scenarios;
mod session;
mod stream;
mod tokens;
mod views;

use crate::area::Area;

pub use scenarios::{graph, not_published};

pub fn all() -> Area {
    Area::default()
        .join(overview::area())
        .join(apps::area())
        .join(connections::area())
        .join(scenarios::area())
        .join(mappings::area())
        .join(runs::area())
        .join(records::area())
        .join(portal::area())
        .join(tokens::area())
        .join(session::area())
        .join(audit::area())
        .join(views::area())
        .join(erasures::area())
        .join(stream::area())
        .join(describe::area())
}
