//! The way back of lineage: from a field of the source to everything it feeds.

use serde::{Deserialize, Serialize};

use super::apply::{CompiledField, From};
use super::path::Path;

/// One Portal field and a field of the source that goes into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// The Portal field.
    pub target: String,
    /// The source's field, dotted.
    pub path: String,
    /// What is done to it on its way.
    pub conversions: Vec<String>,
    /// It is only used when the field would be empty otherwise.
    pub fallback: bool,
}

pub(super) fn feeds(fields: &[CompiledField], path: Option<&str>) -> Vec<Feed> {
    let mut found: Vec<Feed> = fields.iter().flat_map(of_field).collect();
    if let Some(path) = path {
        let inside = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
        found.retain(|feed| inside(&feed.path, path) || inside(path, &feed.path));
    }
    found
}

fn of_field(field: &CompiledField) -> Vec<Feed> {
    let paths = |from: &From| -> Vec<String> {
        match from {
            From::Path(path) => path.sources().collect(),
            From::Template(template) => template.paths().flat_map(Path::sources).collect(),
            From::Constant(_) => vec![],
        }
    };
    let conversions: Vec<String> = field.kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let feed = |path: String, fallback: bool| Feed {
        target: field.to.clone(),
        path,
        // A default is taken as it is.
        conversions: if fallback { vec![] } else { conversions.clone() },
        fallback,
    };
    let usual = paths(&field.from).into_iter().map(|path| feed(path, false));
    let defaults = field.default.iter().flat_map(paths).map(|path| feed(path, true));
    usual.chain(defaults).collect()
}
