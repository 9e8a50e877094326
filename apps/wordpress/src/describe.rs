//! Which lists of records a site has: core's own, and what `types` and `taxonomies` tell of others.

use std::collections::BTreeMap;

use app_sdk::egress::Egress;
use serde::Deserialize;
use serde_json::Value;

use crate::call::{Answer, Site, get_openly};
use crate::details::ResourceInfo;
use crate::fault::Fault;
use crate::root::ApiRoot;

/// Most kinds of content that are listed.
const RESOURCES_MAX: usize = 200;
/// Core's own furniture: blocks of the editor, templates, fonts. Their ids are not numbers, or they are no content.
const FURNITURE: [&str; 3] = ["nav_menu_item", "attachment", "nav_menu"];

#[derive(Clone, Debug, Default, Deserialize)]
struct Kind {
    #[serde(default)]
    name: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    rest_base: Value,
    #[serde(default)]
    rest_namespace: Value,
    #[serde(default)]
    capabilities: Value,
}

type Kinds = BTreeMap<String, Kind>;

/// What every visitor may know.
pub async fn public_resources(egress: &Egress, root: &ApiRoot) -> Vec<ResourceInfo> {
    let types = kinds(get_openly(egress, root.route("/wp/v2/types", &[])).await);
    let taxonomies = kinds(get_openly(egress, root.route("/wp/v2/taxonomies", &[])).await);
    resources(&types, &taxonomies)
}

/// What the account may know: with `context=edit` also the capabilities behind each kind.
pub async fn known_resources(site: &Site) -> Vec<ResourceInfo> {
    let (types, taxonomies) =
        futures::join!(editable(site, "/wp/v2/types"), editable(site, "/wp/v2/taxonomies"));
    resources(&kinds(types), &kinds(taxonomies))
}

async fn editable(site: &Site, route: &str) -> Result<Answer, Fault> {
    match site.get(route, &[("context", "edit")]).await {
        Ok(answer) => Ok(answer),
        Err(_) => site.get(route, &[]).await,
    }
}

/// A site that does not tell still has what every WordPress has.
fn kinds(answer: Result<Answer, Fault>) -> Kinds {
    answer.and_then(|answer| answer.parse()).unwrap_or_default()
}

fn resources(types: &Kinds, taxonomies: &Kinds) -> Vec<ResourceInfo> {
    let mut all: Vec<ResourceInfo> = core();
    for kind in types.values().filter(|kind| !FURNITURE.contains(&kind.slug.as_str())) {
        add(&mut all, kind, "post", &["edit_others_posts"], "edit_others_posts");
    }
    for kind in taxonomies.values().filter(|kind| !FURNITURE.contains(&kind.slug.as_str())) {
        add(&mut all, kind, "term", &["edit_terms", "manage_terms"], "manage_categories");
    }
    all.truncate(RESOURCES_MAX);
    all
}

fn add(all: &mut Vec<ResourceInfo>, found: &Kind, kind: &str, capability_names: &[&str], usual: &str) {
    let Some(base) = found.rest_base.as_str().or(Some(found.slug.as_str())).filter(|base| is_plain(base))
    else {
        return;
    };
    if found.slug.starts_with("wp_") {
        return;
    }
    let namespace =
        found.rest_namespace.as_str().filter(|namespace| is_namespace(namespace)).unwrap_or("wp/v2");
    let capability =
        capability_names.iter().find_map(|name| found.capabilities.get(name)?.as_str()).unwrap_or(usual);
    let capability = primitive(capability).to_owned();
    if let Some(known) = all.iter_mut().find(|known| known.id == base) {
        if found.capabilities.is_object() {
            known.capability = capability;
        }
        return;
    }
    let label = if found.name.is_empty() { base } else { &found.name };
    let mut info = info(base, kind, label, &capability);
    info.route = format!("/{namespace}/{base}");
    all.push(info);
}

/// The capability that an account really has where a taxonomy names a derived one (`map_meta_cap` in WordPress's
/// `capabilities.php`): accounts never list those.
fn primitive(capability: &str) -> &str {
    match capability {
        "edit_categories" | "edit_post_tags" | "manage_post_tags" => "manage_categories",
        other => other,
    }
}

/// A `rest_base` may hold a pattern (`font-families/(?P<id>…)`), which names no list.
fn is_plain(base: &str) -> bool {
    !base.is_empty()
        && base.len() <= 64
        && base.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_namespace(namespace: &str) -> bool {
    namespace.len() <= 64
        && namespace
            .split('/')
            .all(|part| is_plain(part) || part.starts_with('v') && is_plain(&part.replace('.', "")))
}

fn core() -> Vec<ResourceInfo> {
    [
        ("users", "user", "Users", "list_users"),
        ("posts", "post", "Posts", "edit_others_posts"),
        ("pages", "page", "Pages", "edit_others_pages"),
        ("media", "media", "Media", "edit_others_posts"),
        ("comments", "comment", "Comments", "moderate_comments"),
        ("categories", "term", "Categories", "manage_categories"),
        ("tags", "term", "Tags", "manage_categories"),
    ]
    .into_iter()
    .map(|(id, kind, label, capability)| info(id, kind, label, capability))
    .collect()
}

fn info(id: &str, kind: &str, label: &str, capability: &str) -> ResourceInfo {
    let statuses: &[&str] = match kind {
        "post" | "page" => &["publish"],
        "media" => &["inherit"],
        "comment" => &["approved"],
        _ => &[],
    };
    ResourceInfo {
        id: id.to_owned(),
        rest_base: id.to_owned(),
        route: format!("/wp/v2/{id}"),
        kind: kind.to_owned(),
        label: label.chars().take(100).collect(),
        statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
        capability: capability.to_owned(),
    }
}

/// What an account with the capability sees besides.
pub fn all_statuses(kind: &str) -> Vec<String> {
    let statuses: &[&str] = match kind {
        "post" | "page" => &["publish", "future", "draft", "pending", "private", "trash"],
        "media" => &["inherit", "private", "trash"],
        "comment" => &["approved", "hold"],
        _ => &[],
    };
    statuses.iter().map(|status| (*status).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn own_kinds_are_found_and_patterns_skipped() {
        let types = serde_json::from_value(json!({
            "post": {"name": "Posts", "slug": "post", "rest_base": "posts", "capabilities": {"edit_others_posts": "edit_others_posts"}},
            "attachment": {"name": "Media", "slug": "attachment", "rest_base": "media"},
            "event": {"name": "Events", "slug": "event", "rest_base": "events", "rest_namespace": "wp/v2",
                      "capabilities": {"edit_others_posts": "edit_others_events"}},
            "wp_font_face": {"name": "Font faces", "slug": "wp_font_face", "rest_base": "font-families/(?P<id>[\\d]+)/font-faces"},
            "odd": {"name": "Odd", "slug": "odd", "rest_base": "odd/(?P<id>.*)"},
            "wp_template": {"slug": "wp_template", "rest_base": "templates"},
        }))
        .unwrap();
        let taxonomies =
            serde_json::from_value(json!({"genre": {"name": "Genres", "slug": "genre", "rest_base": false}}))
                .unwrap();
        let all = resources(&types, &taxonomies);
        assert_eq!(all.len(), 9);
        let event = all.iter().find(|info| info.id == "events").unwrap();
        assert_eq!(
            (event.route.as_str(), event.kind.as_str(), event.capability.as_str()),
            ("/wp/v2/events", "post", "edit_others_events")
        );
        assert!(all.iter().any(|info| info.id == "genre" && info.kind == "term"));
        assert_eq!(resources(&Kinds::new(), &Kinds::new()).len(), 7, "core's own are always there");
    }
}
