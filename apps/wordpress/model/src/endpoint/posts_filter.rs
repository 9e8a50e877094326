//! Which posts a request asks for.

use crate::answer::Refusal;
use crate::call::Call;
use crate::endpoint::listing::Key;
use crate::types::kind::PostType;
use crate::types::post::Post;
use crate::viewer::Viewer;
use chrono::NaiveDateTime;

const ORDERS: &[&str] = &[
    "date",
    "author",
    "id",
    "include",
    "modified",
    "parent",
    "relevance",
    "slug",
    "include_slugs",
    "title",
    "menu_order",
];
const STATUSES: &[&str] =
    &["publish", "future", "draft", "pending", "private", "trash", "auto-draft", "inherit", "any"];

/// A filter on posts; its debug text tells equal filters.
#[derive(Debug)]
pub(crate) struct PostFilter {
    kind: String,
    pub(crate) statuses: Vec<String>,
    /// Site-local: after, before, modified after, modified before; all exclusive.
    bounds: [Option<NaiveDateTime>; 4],
    include: Vec<u64>,
    exclude: Vec<u64>,
    author: Vec<u64>,
    author_exclude: Vec<u64>,
    parent: Vec<u64>,
    slug: Vec<String>,
    search: String,
    terms: Vec<(String, Vec<u64>)>,
    sticky: Option<bool>,
    /// Start of the media type: `image/`, `application/pdf`.
    mime: Option<String>,
    pub(crate) orderby: String,
    pub(crate) desc: bool,
}

impl PostFilter {
    pub(crate) fn parse(call: &Call<'_>, kind: &PostType) -> Result<Self, Refusal> {
        let (params, zone) = (call.params, call.state.options.zone);
        let mut terms = Vec::new();
        for taxonomy in
            call.state.taxonomies.iter().filter(|taxonomy| kind.taxonomies.contains(&taxonomy.name))
        {
            let wanted = params.ids(&taxonomy.rest_base)?;
            if !wanted.is_empty() {
                terms.push((taxonomy.name.clone(), wanted));
            }
        }
        Ok(Self {
            kind: kind.name.clone(),
            statuses: statuses(call, kind)?,
            bounds: [
                params.date("after", zone)?,
                params.date("before", zone)?,
                params.date("modified_after", zone)?,
                params.date("modified_before", zone)?,
            ],
            include: params.ids("include")?,
            exclude: params.ids("exclude")?,
            author: params.ids("author")?,
            author_exclude: params.ids("author_exclude")?,
            parent: params.ids("parent")?,
            slug: params.list("slug"),
            search: params.get("search").unwrap_or("").to_lowercase(),
            terms,
            sticky: params.get("sticky").map(|_| params.flag("sticky")),
            mime: mime(call),
            orderby: params.word("orderby", ORDERS)?,
            desc: params.word("order", &["desc", "asc"])? == "desc",
        })
    }

    /// Whether every published post passes, in an order that follows the ids of a generated site.
    pub(crate) fn takes_all(&self) -> bool {
        let wide = self.statuses.iter().any(|status| status == "publish" || status == "any");
        let lists = [&self.include, &self.exclude, &self.author, &self.author_exclude, &self.parent];
        wide && self.kind == "post"
            && self.bounds.iter().all(Option::is_none)
            && lists.iter().all(|list| list.is_empty())
            && self.slug.is_empty()
            && self.search.is_empty()
            && self.terms.is_empty()
            && self.sticky.is_none()
            && self.mime.is_none()
            && matches!(self.orderby.as_str(), "id" | "date" | "modified")
    }

    /// Whether outlines are not enough.
    pub(crate) fn needs_texts(&self) -> bool {
        !self.search.is_empty() || !self.slug.is_empty() || !self.terms.is_empty() || self.orderby == "title"
    }

    pub(crate) fn takes(&self, id: u64, post: &Post) -> bool {
        let [after, before, modified_after, modified_before] = self.bounds;
        let (date, modified) = (post.date.local(), post.modified.local());
        post.kind == self.kind
            && self.takes_status(&post.status)
            && after.is_none_or(|bound| date > bound)
            && before.is_none_or(|bound| date < bound)
            && modified_after.is_none_or(|bound| modified > bound)
            && modified_before.is_none_or(|bound| modified < bound)
            && (self.include.is_empty() || self.include.contains(&id))
            && !self.exclude.contains(&id)
            && (self.author.is_empty() || self.author.contains(&post.author))
            && !self.author_exclude.contains(&post.author)
            && (self.parent.is_empty() || self.parent.contains(&post.parent))
            && (self.slug.is_empty() || self.slug.contains(&post.slug))
            && (self.search.is_empty() || self.finds(post))
            && self.mime.as_ref().is_none_or(|mime| {
                post.file.as_ref().is_some_and(|file| file.mime_type.starts_with(mime.as_str()))
            })
            && self.sticky.is_none_or(|sticky| post.sticky == sticky)
            && self.terms.iter().all(|(taxonomy, wanted)| {
                post.terms.get(taxonomy).is_some_and(|has| has.iter().any(|term| wanted.contains(term)))
            })
    }

    /// `any` is everything that is not kept out of searches: no trash, no automatic drafts.
    fn takes_status(&self, status: &str) -> bool {
        self.statuses.iter().any(|wanted| match wanted.as_str() {
            "any" => !matches!(status, "trash" | "auto-draft" | "inherit"),
            wanted => wanted == status,
        })
    }

    fn finds(&self, post: &Post) -> bool {
        [&post.title, &post.content, &post.excerpt]
            .iter()
            .any(|text| text.to_lowercase().contains(&self.search))
    }

    pub(crate) fn key(&self, id: u64, post: &Post) -> Key {
        match self.orderby.as_str() {
            "date" => Key::Time(post.date.local()),
            "modified" => Key::Time(post.modified.local()),
            "author" => Key::Number(post.author),
            "parent" => Key::Number(post.parent),
            "menu_order" => Key::Number(post.menu_order.unsigned_abs()),
            "title" => Key::Text(post.title.to_lowercase()),
            "slug" => Key::Text(post.slug.clone()),
            "include" => {
                let place = self.include.iter().position(|&wanted| wanted == id).unwrap_or(usize::MAX) as u64;
                Key::Number(if self.desc { u64::MAX - place } else { place })
            }
            _ => Key::Number(id),
        }
    }

    /// Whether equal keys come in a random order: an index saves `date` with one status, and ids are never equal.
    pub(crate) fn is_unstable(&self) -> bool {
        match self.orderby.as_str() {
            "id" | "include" => false,
            "date" => self.statuses.len() != 1 || self.statuses.iter().any(|status| status == "any"),
            _ => true,
        }
    }
}

fn mime(call: &Call<'_>) -> Option<String> {
    let kind = call.params.get("media_type").map(|kind| match kind {
        "file" => "application/".to_owned(),
        kind => format!("{kind}/"),
    });
    call.params.get("mime_type").map(str::to_owned).or(kind)
}

/// Reads `status`: visitors and people who cannot edit may only ask for what is published.
fn statuses(call: &Call<'_>, kind: &PostType) -> Result<Vec<String>, Refusal> {
    let media = kind.name == "attachment";
    let default = if media { "inherit" } else { "publish" };
    let given = call.params.list("status");
    if given.is_empty() {
        return Ok(vec![default.to_owned()]);
    }
    for (place, status) in given.iter().enumerate() {
        if status == default {
            continue;
        }
        if !may_ask_for(call.viewer, status) {
            return Err(Refusal::forbidden_status(call.viewer.logged_in()));
        }
        let allowed: &[&str] = if media { &["inherit", "private", "trash"] } else { STATUSES };
        let custom = call.state.statuses.contains(status);
        if !allowed.contains(&status.as_str()) && !custom {
            let message = format!("status[{place}] is not one of {}.", allowed.join(", "));
            return Err(Refusal::parameter("status", "rest_not_in_enum", &message));
        }
    }
    Ok(given)
}

fn may_ask_for(viewer: &Viewer, status: &str) -> bool {
    viewer.can("edit_posts") || (status == "private" && viewer.can("read_private_posts"))
}
