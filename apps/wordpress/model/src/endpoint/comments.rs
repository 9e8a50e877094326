//! Comments: filtered by creation only, and deaf to parameters they do not know.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use crate::endpoint::listing::{self, Key, Matched, Paging, ordered};
use crate::endpoint::posts::may_read;
use crate::render::{Render, comment};
use crate::types::comment::Comment;
use chrono::NaiveDateTime;

const ORDERS: &[&str] = &["date_gmt", "date", "id", "include", "post", "parent", "type"];

pub(crate) fn list(call: &Call<'_>) -> Given {
    let paging = Paging::parse(call)?;
    let filter = Filter::parse(call)?;
    let edit = call.context()? == "edit";
    if filter.status != "approve" && !call.viewer.can("edit_posts") {
        return Err(call.viewer.refusal("rest_forbidden_param", "Query parameter not permitted: status"));
    }
    if edit && !call.viewer.can("moderate_comments") {
        return Err(call
            .viewer
            .refusal("rest_forbidden_context", "Sorry, you are not allowed to edit comments."));
    }
    let unstable = (!matches!(filter.orderby.as_str(), "id" | "include")).then(|| paging.skip());
    let key = format!("{filter:?}{unstable:?}");
    let matched = Matched::Listed(call.cache.list(call.state.revision, &key, || {
        let mut rows = Vec::new();
        call.state.comments.visit(true, |id, row| {
            if filter.takes(id, row) {
                rows.push((filter.key(id, row), id));
            }
        });
        ordered(rows, filter.desc, unstable)
    }));
    let render = Render::new(call, edit);
    Ok(listing::page(call, "comment", paging, &matched, |id, out| {
        let Some(row) = call.state.comments.get(id) else { return false };
        let shown = is_readable(call, &row);
        if shown {
            comment::comment(out, &render, &row);
        }
        shown
    }))
}

pub(crate) fn one(call: &Call<'_>, id: &str) -> Given {
    let edit = call.context()? == "edit";
    let id = listing::id(id).ok_or_else(Refusal::no_route)?;
    let Some(row) = call.state.comments.get(id) else {
        return Err(Refusal::new(404, "rest_comment_invalid_id", "Invalid comment ID."));
    };
    if edit && !call.viewer.can("moderate_comments") {
        return Err(call
            .viewer
            .refusal("rest_forbidden_context", "Sorry, you are not allowed to edit comments."));
    }
    if !is_readable(call, &row) {
        return Err(call
            .viewer
            .refusal("rest_cannot_read", "Sorry, you are not allowed to read this comment."));
    }
    let mut out = Vec::new();
    comment::comment(&mut out, &Render::new(call, edit), &row);
    Ok(Answer::json(out))
}

fn is_readable(call: &Call<'_>, comment: &Comment) -> bool {
    let post = call.state.posts.get(comment.post);
    let post_readable = post.is_none_or(|post| may_read(call, &post));
    post_readable && (comment.status == "approved" || call.viewer.can("moderate_comments"))
}

#[derive(Debug)]
struct Filter {
    after: Option<NaiveDateTime>,
    before: Option<NaiveDateTime>,
    include: Vec<u64>,
    exclude: Vec<u64>,
    author: Vec<u64>,
    parent: Vec<u64>,
    post: Vec<u64>,
    status: String,
    search: String,
    orderby: String,
    desc: bool,
}

impl Filter {
    fn parse(call: &Call<'_>) -> Result<Self, Refusal> {
        let (params, zone) = (call.params, call.state.options.zone);
        Ok(Self {
            after: params.date("after", zone)?,
            before: params.date("before", zone)?,
            include: params.ids("include")?,
            exclude: params.ids("exclude")?,
            author: params.ids("author")?,
            parent: params.ids("parent")?,
            post: params.ids("post")?,
            status: params.get("status").unwrap_or("approve").to_owned(),
            search: params.get("search").unwrap_or("").to_lowercase(),
            orderby: params.word("orderby", ORDERS)?,
            desc: params.word("order", &["desc", "asc"])? == "desc",
        })
    }

    fn takes(&self, id: u64, comment: &Comment) -> bool {
        let date = comment.date.local();
        let within = |list: &[u64], value: u64| list.is_empty() || list.contains(&value);
        let status = match self.status.as_str() {
            "all" | "any" => matches!(comment.status.as_str(), "approved" | "hold"),
            "approve" | "approved" => comment.status == "approved",
            other => comment.status == other,
        };
        status
            && self.after.is_none_or(|bound| date > bound)
            && self.before.is_none_or(|bound| date < bound)
            && within(&self.include, id)
            && !self.exclude.contains(&id)
            && within(&self.author, comment.author)
            && within(&self.parent, comment.parent)
            && within(&self.post, comment.post)
            && (self.search.is_empty() || comment.content.to_lowercase().contains(&self.search))
    }

    fn key(&self, id: u64, comment: &Comment) -> Key {
        match self.orderby.as_str() {
            "date" | "date_gmt" => Key::Time(comment.date.local()),
            "post" => Key::Number(comment.post),
            "parent" => Key::Number(comment.parent),
            "include" => {
                Key::Number(self.include.iter().position(|&wanted| wanted == id).unwrap_or(0) as u64)
            }
            _ => Key::Number(id),
        }
    }
}
