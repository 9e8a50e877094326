//! Portal, the destination: built into this installation, or over HTTP at its import address.

pub mod embedded;
pub mod link_references;

use app_sdk::catalogue::AppEntry;

/// The connection that always exists: the Portal inside this installation.
pub const EMBEDDED_CONNECTION: &str = "cn_portal";
/// Its address.
pub const EMBEDDED_ADDRESS: &str = "embedded:";

/// Portal's catalogue entry, as declared in `schemas/apps/portal.json`.
pub fn entry() -> AppEntry {
    serde_json::from_str(include_str!("../../../schemas/apps/portal.json"))
        .expect("the committed catalogue entry is checked by a test")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_catalogue_entry_is_sound() {
        let entry = super::entry();
        assert_eq!(entry.id, "portal");
        assert!(entry.resources.iter().any(|resource| resource.id == "user"));
    }
}
