//! One request as the endpoints see it.

use crate::fields::FieldTree;
use crate::params::Params;
use crate::state::State;
use crate::viewer::Viewer;

/// A REST request that found its way to WordPress.
pub(crate) struct Call<'c> {
    pub(crate) state: &'c State,
    pub(crate) viewer: &'c Viewer,
    /// `HEAD` is served as `GET`.
    pub(crate) method: &'c str,
    /// `/wp/v2/posts`
    pub(crate) route: &'c str,
    pub(crate) params: &'c Params,
    pub(crate) body: &'c [u8],
    pub(crate) fields: Option<FieldTree>,
    pub(crate) cache: &'c crate::cache::Cache,
}

impl Call<'_> {
    /// `view`, `embed` or `edit`.
    pub(crate) fn context(&self) -> Result<String, crate::answer::Refusal> {
        self.params.word("context", &["view", "embed", "edit"])
    }
}
