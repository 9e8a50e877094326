//! Every route, by area; one file for each endpoint.

mod apps;
mod audit;
pub mod connections;
mod describe;
mod erasures;
mod mappings;
pub mod oauth;
mod portal;
mod records;
mod runs;
mod scenarios;
mod stream;
mod tokens;
mod views;

use crate::area::Area;

pub fn all() -> Area {
    let areas = [
        apps::area(),
        connections::area(),
        scenarios::area(),
        mappings::area(),
        runs::area(),
        records::area(),
        portal::area(),
        tokens::area(),
        audit::area(),
        views::area(),
        erasures::area(),
        stream::area(),
        describe::area(),
    ];
    areas.into_iter().fold(Area::default(), Area::join)
}
