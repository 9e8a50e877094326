//! Users: no filter knows a modification date, and a page past the end is an empty list.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use crate::endpoint::listing::{self, Key, Matched, Paging, ordered};
use crate::render::{Render, user};
use crate::types::user::User;

const ORDERS: &[&str] =
    &["name", "id", "include", "registered_date", "slug", "include_slugs", "email", "url"];

#[derive(Debug)]
struct UserFilter {
    include: Vec<u64>,
    exclude: Vec<u64>,
    roles: Vec<String>,
    slug: Vec<String>,
    search: String,
    /// Visitors and people without `list_users` see those who published something.
    published_only: bool,
    orderby: String,
    desc: bool,
}

pub(crate) fn list(call: &Call<'_>) -> Given {
    let paging = Paging::parse(call)?;
    let edit = call.context()? == "edit";
    let filter = UserFilter::parse(call)?;
    may_list(call, &filter, edit)?;
    let matched = matched(call, &filter, paging);
    let render = Render::new(call, edit);
    Ok(listing::page(call, "user", paging, &matched, |id, out| {
        let Some(row) = call.state.users.get(id) else { return false };
        // In a network the rows of other people are left out, while the total counts them.
        let shown = !edit || call.viewer.can_edit_user(call.state, id);
        if shown {
            user::user(out, &render, id, &row);
        }
        shown
    }))
}

pub(crate) fn one(call: &Call<'_>, id: &str) -> Given {
    let edit = call.context()? == "edit";
    let id = listing::id(id).ok_or_else(Refusal::no_route)?;
    let Some(row) = call.state.users.get(id).filter(|row| !row.elsewhere) else {
        return Err(Refusal::new(404, "rest_user_invalid_id", "Invalid user ID."));
    };
    let own = call.viewer.user == id;
    let listing_allowed = call.viewer.can("list_users");
    let hidden = !listing_allowed && (edit || !call.state.has_published(id));
    if !own && hidden {
        return Err(call
            .viewer
            .refusal("rest_user_cannot_view", "Sorry, you are not allowed to list users."));
    }
    Ok(shown(call, id, &row, edit))
}

pub(crate) fn me(call: &Call<'_>) -> Given {
    let edit = call.context()? == "edit";
    match call.state.users.get(call.viewer.user) {
        Some(row) => Ok(shown(call, call.viewer.user, &row, edit)),
        None => Err(Refusal::new(401, "rest_not_logged_in", "You are not currently logged in.")),
    }
}

fn shown(call: &Call<'_>, id: u64, row: &User, edit: bool) -> Answer {
    let mut out = Vec::with_capacity(2048);
    user::user(&mut out, &Render::new(call, edit), id, row);
    Answer::json(out)
}

fn may_list(call: &Call<'_>, filter: &UserFilter, edit: bool) -> Result<(), Refusal> {
    if call.viewer.can("list_users") {
        return Ok(());
    }
    let refused = |code, message| Err(call.viewer.refusal(code, message));
    if !filter.roles.is_empty() {
        return refused("rest_user_cannot_view", "Sorry, you are not allowed to filter users by role.");
    }
    if edit {
        return refused("rest_forbidden_context", "Sorry, you are not allowed to list users.");
    }
    if matches!(filter.orderby.as_str(), "email" | "registered_date") {
        return refused(
            "rest_forbidden_orderby",
            "Sorry, you are not allowed to order users by this parameter.",
        );
    }
    Ok(())
}

impl UserFilter {
    fn parse(call: &Call<'_>) -> Result<Self, Refusal> {
        let params = call.params;
        Ok(Self {
            include: params.ids("include")?,
            exclude: params.ids("exclude")?,
            roles: params.list("roles"),
            slug: params.list("slug"),
            search: params.get("search").unwrap_or("").to_lowercase(),
            published_only: !call.viewer.can("list_users") || params.flag("has_published_posts"),
            orderby: params.word("orderby", ORDERS)?,
            desc: params.word("order", &["asc", "desc"])? == "desc",
        })
    }

    fn takes_all(&self) -> bool {
        self.include.is_empty()
            && self.exclude.is_empty()
            && self.roles.is_empty()
            && self.slug.is_empty()
            && self.search.is_empty()
            && !self.published_only
            && matches!(self.orderby.as_str(), "id" | "registered_date")
    }

    fn needs_texts(&self) -> bool {
        !self.search.is_empty()
            || !self.slug.is_empty()
            || matches!(self.orderby.as_str(), "name" | "email" | "slug" | "url")
    }

    fn takes(&self, call: &Call<'_>, id: u64, user: &User) -> bool {
        let texts = [&user.login, &user.email, &user.name, &user.slug, &user.url];
        !user.elsewhere
            && (self.include.is_empty() || self.include.contains(&id))
            && !self.exclude.contains(&id)
            && (self.roles.is_empty() || user.roles.iter().any(|role| self.roles.contains(role)))
            && (self.slug.is_empty() || self.slug.contains(&user.slug))
            && (self.search.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&self.search)))
            && (!self.published_only || call.state.has_published(id))
    }

    fn key(&self, id: u64, user: &User) -> Key {
        match self.orderby.as_str() {
            "registered_date" => Key::Time(user.registered.local()),
            "name" => Key::Text(user.name.to_lowercase()),
            "email" => Key::Text(user.email.to_lowercase()),
            "slug" => Key::Text(user.slug.clone()),
            "url" => Key::Text(user.url.clone()),
            "include" => {
                Key::Number(self.include.iter().position(|&wanted| wanted == id).unwrap_or(0) as u64)
            }
            _ => Key::Number(id),
        }
    }
}

fn matched(call: &Call<'_>, filter: &UserFilter, paging: Paging) -> Matched {
    let users = &call.state.users;
    let whole = if filter.orderby == "id" { users.without_gaps() } else { users.untouched() };
    if let Some(count) = whole.filter(|_| filter.takes_all()) {
        return Matched::All { count, desc: filter.desc };
    }
    let unstable = (!matches!(filter.orderby.as_str(), "id" | "include")).then(|| paging.skip());
    let key = format!("{filter:?}{unstable:?}");
    Matched::Listed(call.cache.list(call.state.revision, &key, || {
        let mut rows = Vec::new();
        users.visit(filter.needs_texts(), |id, row| {
            if filter.takes(call, id, row) {
                rows.push((filter.key(id, row), id));
            }
        });
        ordered(rows, filter.desc, unstable)
    }))
}
