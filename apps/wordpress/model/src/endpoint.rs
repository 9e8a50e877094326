//! The REST routes, one file each.

pub(crate) mod comments;
pub(crate) mod index;
pub(crate) mod listing;
pub(crate) mod options;
pub(crate) mod passwords;
pub(crate) mod posts;
pub(crate) mod posts_filter;
pub(crate) mod settings;
pub(crate) mod statuses;
pub(crate) mod taxonomies;
pub(crate) mod terms;
pub(crate) mod types;
pub(crate) mod users;

use crate::answer::{Answer, Refusal};
use crate::call::Call;

/// What an endpoint gives: an answer, or an error that WordPress puts into JSON.
pub(crate) type Given = Result<Answer, Refusal>;

/// Finds the endpoint of a reading request.
pub(crate) fn read(call: &Call<'_>) -> Given {
    let Some(rest) = call.route.strip_prefix("/wp/v2/") else { return index::read(call) };
    let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
    match parts.as_slice() {
        ["users"] => users::list(call),
        ["users", "me"] => users::me(call),
        ["users", user] => users::one(call, user),
        ["users", user, "application-passwords", below @ ..] => passwords::read(call, user, below),
        ["comments"] => comments::list(call),
        ["comments", id] => comments::one(call, id),
        ["types", below @ ..] => types::read(call, below),
        ["taxonomies", below @ ..] => taxonomies::read(call, below),
        ["statuses", below @ ..] => statuses::read(call, below),
        ["settings"] => settings::read(call),
        [base, below @ ..] => by_base(call, base, below),
        [] => index::read(call),
    }
}

/// Routes that come from post types and taxonomies.
fn by_base(call: &Call<'_>, base: &str, below: &[&str]) -> Given {
    let kind = call.state.types.iter().find(|kind| kind.rest_base == base);
    let taxonomy = call.state.taxonomies.iter().find(|taxonomy| taxonomy.rest_base == base);
    match (kind, taxonomy, below) {
        (Some(kind), _, []) => posts::list(call, kind),
        (Some(kind), _, [id]) => posts::one(call, kind, id),
        (_, Some(taxonomy), []) => terms::list(call, taxonomy),
        (_, Some(taxonomy), [id]) => terms::one(call, taxonomy, id),
        _ => Err(Refusal::no_route()),
    }
}
