//! Every route of the API, by area.

mod apps;
mod audit;
mod connections;
mod description;
mod mappings;
pub mod oauth;
mod portal;
mod records;
mod runs;
mod scenarios;
mod stream;
mod tokens;

use crate::area::Area;

pub fn all() -> Area {
    Area::default()
        .join(apps::area())
        .join(connections::area())
        .join(mappings::area())
        .join(scenarios::area())
        .join(runs::area())
        .join(records::area())
        .join(portal::area())
        .join(tokens::area())
        .join(audit::area())
        .join(stream::area())
        .join(description::area())
}
