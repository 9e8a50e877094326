//! Scenarios: drafts, published versions, and runs started from them.

mod create;
mod draft;
mod read;
mod run;
mod simple;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(read::list))
        .viewer(routes!(read::show))
        .viewer(routes!(read::version))
        .viewer(routes!(read::templates))
        .administrator(routes!(create::create))
        .administrator(routes!(draft::save))
        .viewer(routes!(draft::validate))
        .administrator(routes!(draft::publish))
        .operator(routes!(simple::turn_on))
        .operator(routes!(simple::turn_off))
        .administrator(routes!(simple::delete))
        .operator(routes!(run::start))
}
