//! A row of `wp_posts`: post, page, media file or anything of a custom type.

use crate::stamp::Stamp;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Post, page, attachment or custom type; all share one space of ids.
#[derive(Clone, Debug)]
pub struct Post {
    /// 0 asks for the next free id.
    pub id: u64,
    /// Name of the type: `post`, `page`, `attachment`, …
    pub kind: Cow<'static, str>,
    /// `publish`, `future`, `draft`, `pending`, `private`, `trash`, `auto-draft`, `inherit` or a custom one.
    pub status: Cow<'static, str>,
    pub slug: String,
    /// Raw text; the rendered form is texturised.
    pub title: String,
    /// Raw block HTML.
    pub content: String,
    pub excerpt: String,
    /// Id of a user; 0 and ids of nobody are possible.
    pub author: u64,
    pub date: Stamp,
    pub modified: Stamp,
    pub parent: u64,
    /// Id of a media row, 0 for none.
    pub featured_media: u64,
    pub menu_order: i64,
    pub comments_open: bool,
    pub sticky: bool,
    pub template: String,
    pub format: Cow<'static, str>,
    /// Protects the content when not empty.
    pub password: String,
    /// Ids of terms by the name of their taxonomy (`category`, `post_tag`, …).
    pub terms: BTreeMap<String, Vec<u64>>,
    pub meta: Map<String, Value>,
    /// Further top-level fields that plugins register, for example `acf`.
    pub extra: Map<String, Value>,
    /// What an attachment points to.
    pub file: Option<MediaFile>,
}

/// The file behind a media row.
#[derive(Clone, Debug, Default)]
pub struct MediaFile {
    /// Path below `wp-content/uploads/`, or a whole URL.
    pub path: String,
    pub mime_type: String,
    pub width: u64,
    pub height: u64,
    pub bytes: u64,
    pub alt_text: String,
    pub caption: String,
}

impl Default for Post {
    fn default() -> Self {
        Self {
            id: 0,
            kind: Cow::Borrowed("post"),
            status: Cow::Borrowed("publish"),
            slug: String::new(),
            title: String::new(),
            content: String::new(),
            excerpt: String::new(),
            author: 1,
            date: Stamp::Now,
            modified: Stamp::Now,
            parent: 0,
            featured_media: 0,
            menu_order: 0,
            comments_open: true,
            sticky: false,
            template: String::new(),
            format: Cow::Borrowed("standard"),
            password: String::new(),
            terms: BTreeMap::new(),
            meta: Map::new(),
            extra: Map::new(),
            file: None,
        }
    }
}

impl Post {
    /// A published post of user 1 with this raw title.
    pub fn titled(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// A page with this raw title.
    pub fn page(title: &str) -> Self {
        Self { kind: Cow::Borrowed("page"), ..Self::titled(title) }
    }

    /// A media row for this file.
    pub fn media(title: &str, file: MediaFile) -> Self {
        Self {
            kind: Cow::Borrowed("attachment"),
            status: Cow::Borrowed("inherit"),
            file: Some(file),
            ..Self::titled(title)
        }
    }
}

/// The slug WordPress would give: lower case, words joined by hyphens.
pub(crate) fn slug_of(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') && (letter.is_whitespace() || letter == '-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
