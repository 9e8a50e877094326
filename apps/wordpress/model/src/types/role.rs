//! Core's roles and what each may do.

/// Capabilities of subscribers and more.
const READ: &[&str] = &["read", "level_0"];
const CONTRIBUTE: &[&str] = &["edit_posts", "delete_posts", "level_1"];
const AUTHOR: &[&str] =
    &["upload_files", "edit_published_posts", "publish_posts", "delete_published_posts", "level_2"];
const EDIT: &[&str] = &[
    "moderate_comments",
    "manage_categories",
    "manage_links",
    "unfiltered_html",
    "edit_others_posts",
    "edit_pages",
    "edit_others_pages",
    "edit_published_pages",
    "publish_pages",
    "delete_pages",
    "delete_others_pages",
    "delete_published_pages",
    "delete_others_posts",
    "delete_private_posts",
    "edit_private_posts",
    "read_private_posts",
    "delete_private_pages",
    "edit_private_pages",
    "read_private_pages",
    "level_3",
    "level_4",
    "level_5",
    "level_6",
    "level_7",
];
const ADMINISTER: &[&str] = &[
    "switch_themes",
    "edit_themes",
    "activate_plugins",
    "edit_plugins",
    "edit_users",
    "edit_files",
    "manage_options",
    "import",
    "delete_users",
    "create_users",
    "unfiltered_upload",
    "edit_dashboard",
    "update_plugins",
    "delete_plugins",
    "install_plugins",
    "update_themes",
    "install_themes",
    "update_core",
    "list_users",
    "remove_users",
    "promote_users",
    "edit_theme_options",
    "delete_themes",
    "export",
    "level_8",
    "level_9",
    "level_10",
];

/// Groups of capabilities that a role has; an unknown role has none.
fn groups(role: &str) -> &'static [&'static [&'static str]] {
    match role {
        "administrator" => &[ADMINISTER, EDIT, AUTHOR, CONTRIBUTE, READ],
        "editor" => &[EDIT, AUTHOR, CONTRIBUTE, READ],
        "author" => &[AUTHOR, CONTRIBUTE, READ],
        "contributor" => &[CONTRIBUTE, READ],
        "subscriber" => &[READ],
        _ => &[],
    }
}

/// Every capability of this role, in a stable order.
pub(crate) fn capabilities(role: &str) -> impl Iterator<Item = &'static str> {
    groups(role).iter().flat_map(|group| group.iter().copied())
}

/// Whether any of these roles has the capability.
pub(crate) fn any_can(roles: &[String], capability: &str) -> bool {
    roles.iter().any(|role| capabilities(role).any(|known| known == capability))
}
