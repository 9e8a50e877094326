//! Items as JSON, field by field in core's order.

pub(crate) mod comment;
pub(crate) mod media;
pub(crate) mod post;
pub(crate) mod term;
pub(crate) mod texture;
pub(crate) mod user;

use crate::call::Call;
use crate::fields::Fields;
use crate::json::Object;
use crate::state::State;

/// What every item of one page has in common.
pub(crate) struct Render<'r> {
    pub(crate) state: &'r State,
    pub(crate) edit: bool,
    pub(crate) fields: Fields<'r>,
    pub(crate) home: String,
    pub(crate) install_url: String,
    /// What stands before a route in a link.
    pub(crate) prefix: String,
}

impl<'r> Render<'r> {
    pub(crate) fn new(call: &'r Call<'_>, edit: bool) -> Self {
        Self {
            state: call.state,
            edit,
            fields: Fields::of(call.fields.as_ref()),
            home: call.state.home(),
            install_url: call.state.install_url(),
            prefix: call.state.rest_prefix(),
        }
    }

    /// One entry of `_links`.
    pub(crate) fn link(&self, links: &mut Object<'_>, name: &str, route: &str) {
        links.listed(name, |link| link.text_with("href", || format!("{}{route}", self.prefix)));
    }
}

/// A date field of an item.
pub(crate) fn date(item: &mut Object<'_>, key: &str, moment: chrono::NaiveDateTime) {
    item.text_with(key, || crate::stamp::text(moment));
}
