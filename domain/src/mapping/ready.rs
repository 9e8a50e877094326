//! What comes with the product: Portal's entities, and mappings from WordPress that work on a plain site unchanged.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::target::{TargetField, TargetFields};

/// A mapping that a scenario can start from.
#[derive(Clone, Copy, Debug)]
pub struct ReadyMade {
    pub name: &'static str,
    pub app: &'static str,
    /// The source's resource.
    pub resource: &'static str,
    pub entity: &'static str,
    /// The definition's JSON.
    pub json: &'static str,
}

macro_rules! ready {
    ($name:literal, $resource:literal, $entity:literal, $file:literal) => {
        ReadyMade {
            name: $name,
            app: "wordpress",
            resource: $resource,
            entity: $entity,
            json: include_str!(concat!("../../../schemas/mappings/", $file)),
        }
    };
}

/// Read with `Definition::parse`.
pub const READY_MADE: [ReadyMade; 7] = [
    ready!("WordPress users", "users", "user", "wordpress-users.json"),
    ready!("WordPress posts", "posts", "post", "wordpress-posts.json"),
    ready!("WordPress pages", "pages", "page", "wordpress-pages.json"),
    ready!("WordPress categories", "categories", "term", "wordpress-categories.json"),
    ready!("WordPress tags", "tags", "term", "wordpress-tags.json"),
    ready!("WordPress media", "media", "media", "wordpress-media.json"),
    ready!("WordPress comments", "comments", "comment", "wordpress-comments.json"),
];

/// The fields of one of Portal's entities; `None` for an entity that Portal does not have.
pub fn portal_fields(entity: &str) -> Option<&'static TargetFields> {
    PORTAL.get(entity)
}

static PORTAL: LazyLock<BTreeMap<String, TargetFields>> = LazyLock::new(|| {
    let entities: BTreeMap<String, Vec<TargetField>> =
        serde_json::from_str(include_str!("../../../schemas/portal/entities.json"))
            .expect("the file is part of this build and a test reads it");
    let named =
        |(entity, fields): (String, Vec<TargetField>)| (entity.clone(), TargetFields { entity, fields });
    entities.into_iter().map(named).collect()
});
