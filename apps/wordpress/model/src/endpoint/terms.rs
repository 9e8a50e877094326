//! Categories, tags and custom taxonomies.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use crate::endpoint::listing::{self, Key, Matched, Paging, ordered};
use crate::render::{Render, term};
use crate::types::kind::Taxonomy;
use crate::types::term::Term;

const ORDERS: &[&str] =
    &["name", "id", "include", "slug", "include_slugs", "term_group", "description", "count"];

pub(crate) fn list(call: &Call<'_>, taxonomy: &Taxonomy) -> Given {
    let paging = Paging::parse(call)?;
    let edit = may_edit(call)?;
    let orderby = call.params.word("orderby", ORDERS)?;
    let desc = call.params.word("order", &["asc", "desc"])? == "desc";
    let filter = Filter::parse(call, taxonomy)?;
    let unstable = (!matches!(orderby.as_str(), "id" | "include")).then(|| paging.skip());
    let key = format!("{filter:?}{orderby}{desc}{unstable:?}");
    let matched = Matched::Listed(call.cache.list(call.state.revision, &key, || {
        let mut rows = Vec::new();
        call.state.terms.visit(true, |id, row| {
            if filter.takes(call, row) {
                rows.push((filter.key(call, &orderby, id, row), id));
            }
        });
        ordered(rows, desc, unstable)
    }));
    let render = Render::new(call, edit);
    Ok(listing::page(call, &taxonomy.name, paging, &matched, |id, out| {
        let row = call.state.terms.get(id);
        if let Some(row) = &row {
            term::term(out, &render, taxonomy, row);
        }
        row.is_some()
    }))
}

pub(crate) fn one(call: &Call<'_>, taxonomy: &Taxonomy, id: &str) -> Given {
    let edit = may_edit(call)?;
    let id = listing::id(id).ok_or_else(Refusal::no_route)?;
    let Some(row) = call.state.terms.get(id).filter(|row| row.taxonomy == taxonomy.name) else {
        return Err(Refusal::new(404, "rest_term_invalid", "Term does not exist."));
    };
    let mut out = Vec::new();
    term::term(&mut out, &Render::new(call, edit), taxonomy, &row);
    Ok(Answer::json(out))
}

fn may_edit(call: &Call<'_>) -> Result<bool, Refusal> {
    let edit = call.context()? == "edit";
    if edit && !call.viewer.can("manage_categories") {
        let message = "Sorry, you are not allowed to edit terms in this taxonomy.";
        return Err(call.viewer.refusal("rest_forbidden_context", message));
    }
    Ok(edit)
}

#[derive(Debug)]
struct Filter {
    taxonomy: String,
    include: Vec<u64>,
    exclude: Vec<u64>,
    slug: Vec<String>,
    search: String,
    hide_empty: bool,
    parent: Option<u64>,
    /// Terms of this post only.
    post: Option<u64>,
}

impl Filter {
    fn parse(call: &Call<'_>, taxonomy: &Taxonomy) -> Result<Self, Refusal> {
        let params = call.params;
        let number = |name| params.get(name).map(|_| params.number(name, 0, (0, u64::MAX))).transpose();
        Ok(Self {
            taxonomy: taxonomy.name.clone(),
            include: params.ids("include")?,
            exclude: params.ids("exclude")?,
            slug: params.list("slug"),
            search: params.get("search").unwrap_or("").to_lowercase(),
            hide_empty: params.flag("hide_empty"),
            parent: number("parent")?,
            post: number("post")?,
        })
    }

    fn takes(&self, call: &Call<'_>, term: &Term) -> bool {
        let on_post = |post| {
            let post = call.state.posts.get(post)?;
            Some(post.terms.get(&self.taxonomy)?.contains(&term.id))
        };
        term.taxonomy == self.taxonomy
            && (self.include.is_empty() || self.include.contains(&term.id))
            && !self.exclude.contains(&term.id)
            && (self.slug.is_empty() || self.slug.contains(&term.slug))
            && (self.search.is_empty() || term.name.to_lowercase().contains(&self.search))
            && (!self.hide_empty || call.state.term_count(term.id) > 0)
            && self.parent.is_none_or(|parent| term.parent == parent)
            && self.post.is_none_or(|post| on_post(post).unwrap_or(false))
    }

    fn key(&self, call: &Call<'_>, orderby: &str, id: u64, term: &Term) -> Key {
        match orderby {
            "name" => Key::Text(term.name.to_lowercase()),
            "slug" => Key::Text(term.slug.clone()),
            "description" => Key::Text(term.description.clone()),
            "count" => Key::Number(call.state.term_count(id)),
            "include" => {
                Key::Number(self.include.iter().position(|&wanted| wanted == id).unwrap_or(0) as u64)
            }
            _ => Key::Number(id),
        }
    }
}
