//! Posts, pages, media and custom types.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use crate::endpoint::listing::{self, Matched, Paging, ordered};
use crate::endpoint::posts_filter::PostFilter;
use crate::render::{Render, post};
use crate::types::kind::PostType;
use crate::types::post::Post;
use crate::viewer::Viewer;

pub(crate) fn list(call: &Call<'_>, kind: &PostType) -> Given {
    let paging = Paging::parse(call)?;
    let filter = PostFilter::parse(call, kind)?;
    let edit = call.context()? == "edit";
    if edit && !call.viewer.can(edit_capability(kind, false)) {
        let message = "Sorry, you are not allowed to edit posts in this post type.";
        return Err(call.viewer.refusal("rest_forbidden_context", message));
    }
    let matched = matched(call, &filter, paging);
    if paging.page > 1 && paging.skip() >= matched.total() {
        let message = "The page number requested is larger than the number of pages available.";
        return Err(Refusal::new(400, "rest_post_invalid_page_number", message));
    }
    let render = Render::new(call, edit);
    Ok(listing::page(call, &kind.name, paging, &matched, |id, out| {
        let Some(row) = call.state.posts.get(id) else { return false };
        let shown = if edit { may_edit(call.viewer, &row) } else { may_read(call, &row) };
        if shown {
            post::post(out, &render, id, &row);
        }
        shown
    }))
}

pub(crate) fn one(call: &Call<'_>, kind: &PostType, id: &str) -> Given {
    let edit = call.context()? == "edit";
    let id = listing::id(id).ok_or_else(Refusal::no_route)?;
    let Some(row) = call.state.posts.get(id).filter(|row| row.kind == kind.name.as_str()) else {
        return Err(Refusal::new(404, "rest_post_invalid_id", "Invalid post ID."));
    };
    if edit && !may_edit(call.viewer, &row) {
        return Err(call
            .viewer
            .refusal("rest_forbidden_context", "Sorry, you are not allowed to edit this post."));
    }
    if !may_read(call, &row) {
        return Err(call.viewer.refusal("rest_forbidden", "Sorry, you are not allowed to do that."));
    }
    let mut out = Vec::with_capacity(4096);
    post::post(&mut out, &Render::new(call, edit), id, &row);
    Ok(Answer::json(out))
}

fn matched(call: &Call<'_>, filter: &PostFilter, paging: Paging) -> Matched {
    let posts = &call.state.posts;
    if let Some(count) = posts.untouched().filter(|_| filter.takes_all()) {
        return Matched::All { count, desc: filter.desc };
    }
    let unstable = filter.is_unstable().then(|| paging.skip());
    let key = format!("{filter:?}{unstable:?}");
    Matched::Listed(call.cache.list(call.state.revision, &key, || {
        let mut rows = Vec::new();
        posts.visit(filter.needs_texts(), |id, row| {
            if filter.takes(id, row) {
                rows.push((filter.key(id, row), id));
            }
        });
        ordered(rows, filter.desc, unstable)
    }))
}

fn may_edit(viewer: &Viewer, post: &Post) -> bool {
    let page = post.kind == "page";
    let capability = |posts, pages| viewer.can(if page { pages } else { posts });
    if post.author == viewer.user && viewer.logged_in() {
        let live = matches!(post.status.as_ref(), "publish" | "future");
        return if live {
            capability("edit_published_posts", "edit_published_pages")
        } else {
            capability("edit_posts", "edit_pages")
        };
    }
    capability("edit_others_posts", "edit_others_pages")
}

/// Attachments follow the row they hang on; visitors see what is published.
pub(crate) fn may_read(call: &Call<'_>, post: &Post) -> bool {
    match post.status.as_ref() {
        "publish" => true,
        "inherit" => match call.state.posts.get(post.parent) {
            Some(parent) if parent.status != "inherit" => may_read(call, &parent),
            _ => true,
        },
        "private" if call.viewer.can("read_private_posts") => true,
        _ => may_edit(call.viewer, post),
    }
}

/// What `context=edit` of a whole list asks for.
pub(crate) fn edit_capability(kind: &PostType, others: bool) -> &'static str {
    match (kind.name.as_str(), others) {
        ("page", false) => "edit_pages",
        ("page", true) => "edit_others_pages",
        ("attachment", false) => "upload_files",
        (_, true) => "edit_others_posts",
        (_, false) => "edit_posts",
    }
}
