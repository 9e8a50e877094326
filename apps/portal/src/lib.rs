//! Portal, the destination: built into this installation, or over HTTP at its import address. Which of the two a
//! connection means is told by its address.

mod destinations;
pub mod embedded;
pub mod http;
pub mod link_references;

pub use destinations::Destinations;

use app_sdk::catalogue::{AppEntry, Resource};
use domain::mapping::portal_fields;

/// The connection that always exists: the Portal inside this installation.
pub const EMBEDDED_CONNECTION: &str = "cn_portal";
/// Its address.
pub const EMBEDDED_ADDRESS: &str = "embedded:";

/// Portal's entities, with the names people know them by.
const ENTITIES: [(&str, &str); 7] = [
    ("user", "Users"),
    ("post", "Posts"),
    ("page", "Pages"),
    ("term", "Terms"),
    ("media", "Media"),
    ("comment", "Comments"),
    ("item", "Items"),
];

/// Portal's catalogue entry: `schemas/apps/portal.json`, with the entities of `schemas/portal/entities.json` as its
/// resources, so that mappings and forms speak of the same fields.
pub fn entry() -> AppEntry {
    let mut entry: AppEntry = serde_json::from_str(include_str!("../../../schemas/apps/portal.json"))
        .expect("the committed catalogue entry is checked by a test");
    entry.resources = ENTITIES.iter().filter_map(|(id, name)| resource(id, name)).collect();
    entry
}

fn resource(id: &str, name: &str) -> Option<Resource> {
    let fields = serde_json::to_value(&portal_fields(id)?.fields).ok()?;
    Some(Resource {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: id.to_owned(),
        summary: String::new(),
        needs: vec![],
        fields: serde_json::from_value(fields).ok()?,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_catalogue_entry_is_sound() {
        let entry = super::entry();
        assert_eq!(entry.id, "portal");
        assert_eq!(entry.resources.len(), super::ENTITIES.len());
    }
}
