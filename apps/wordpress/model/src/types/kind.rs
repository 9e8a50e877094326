//! Post types and taxonomies: what the site offers under which route.

/// A post type shown in REST.
#[derive(Clone, Debug)]
pub struct PostType {
    /// Name, for example `post`.
    pub name: String,
    /// Last part of the route, for example `posts`; core itself has ones that hold a pattern.
    pub rest_base: String,
    pub label: String,
    pub hierarchical: bool,
    /// Names of its taxonomies.
    pub taxonomies: Vec<String>,
}

/// A taxonomy shown in REST.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    /// Name, for example `post_tag`.
    pub name: String,
    /// Last part of the route, for example `tags`; also the field in a post that lists its terms.
    pub rest_base: String,
    pub label: String,
    pub hierarchical: bool,
    /// Names of the post types that use it.
    pub types: Vec<String>,
}

/// The post types of an untouched site.
pub(crate) fn core_types() -> Vec<PostType> {
    let kind = |name: &str, rest_base: &str, label: &str, hierarchical, taxonomies: &[&str]| PostType {
        name: name.to_owned(),
        rest_base: rest_base.to_owned(),
        label: label.to_owned(),
        hierarchical,
        taxonomies: taxonomies.iter().map(|&name| name.to_owned()).collect(),
    };
    vec![
        kind("post", "posts", "Posts", false, &["category", "post_tag"]),
        kind("page", "pages", "Pages", true, &[]),
        kind("attachment", "media", "Media", false, &[]),
        kind("wp_block", "blocks", "Patterns", false, &[]),
        kind("wp_font_face", r"font-families/(?P<font_family_id>[\d]+)/font-faces", "Font Faces", false, &[]),
    ]
}

/// The taxonomies of an untouched site.
pub(crate) fn core_taxonomies() -> Vec<Taxonomy> {
    let taxonomy = |name: &str, rest_base: &str, label: &str, hierarchical| Taxonomy {
        name: name.to_owned(),
        rest_base: rest_base.to_owned(),
        label: label.to_owned(),
        hierarchical,
        types: vec!["post".to_owned()],
    };
    vec![taxonomy("category", "categories", "Categories", true), taxonomy("post_tag", "tags", "Tags", false)]
}
