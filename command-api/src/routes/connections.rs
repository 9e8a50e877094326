//! Connections: added, tested, paused, deleted.

mod add;
mod authorise;
mod credentials;
mod discover;
mod read;
mod simple;

use utoipa_axum::routes;

use crate::endpoint::Area;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(read::list))
        .viewer(routes!(read::show))
        .administrator(routes!(add::add))
        .operator(routes!(discover::discover))
        .administrator(routes!(credentials::store))
        .operator(routes!(simple::test))
        .operator(routes!(simple::pause))
        .operator(routes!(simple::resume))
        .administrator(routes!(simple::confirm_identity))
        .administrator(routes!(simple::rename))
        .administrator(routes!(simple::delete))
        .administrator(routes!(authorise::authorise))
}

pub use add::store as keep;

/// The consent cookie that a browser brought, if it brought exactly one.
pub fn authorise_cookie(headers: &axum::http::HeaderMap) -> Option<String> {
    let all = headers.get_all(axum::http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = all.flat_map(|line| line.split(';')).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == authorise::COOKIE).then(|| value.to_owned())
    });
    let first = found.next();
    if found.next().is_some() { None } else { first }
}
