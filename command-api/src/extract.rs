//! What comes in, checked: bodies, ids, parameters.

mod body;
mod id;
mod once;
mod params;
mod secret;
mod strict_json;

pub use body::{Body, OpenBody};
pub use id::Id;
pub use once::Once;
pub use params::{ListParams, Params, ReadParams, limit, search};
pub use secret::SecretText;
