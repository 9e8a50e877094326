//! People speak: the REST API of an installation, with its live updates and its OpenAPI description.
//!
//! Commands become events through `engine::execute` and answer with the position of what they wrote; questions are
//! answered from the views. This crate knows neither adapters nor concrete apps, and asks apps only in [`probe`].

mod access;
mod answer;
mod area;
mod bodies;
mod catalogue;
mod commit;
mod consents;
mod context;
mod cursor;
mod definitions;
mod doubts;
mod edge;
mod endpoint;
pub mod erasing;
mod extract;
mod lineage;
mod names;
mod openapi;
mod past;
mod probe;
mod problem;
mod reading;
mod retrying;
mod router;
mod routes;
mod schema;
mod sessions;
mod templates;
mod watched;

pub use access::{Issued, issue_token, issue_token_as, token_hash};
pub use context::{Build, Context, Settings};
pub use openapi::openapi;
pub use problem::Problem;
pub use router::{local_router, router};
pub use templates::{Template, Templates};
