//! Scenarios: graphs, edited as drafts and run as published versions.

mod activity;
mod create;
mod delete;
mod document;
mod duplicate;
mod export;
mod import;
mod list;
mod portable;
mod publish;
mod reimport;
mod rename;
mod save_draft;
mod show;
mod show_version;
mod start_run;
mod templates;
mod turn;
mod validate;

use domain::ids::ScenarioId;
use domain::scenario::graph::Graph;
use domain::views::{CONNECTIONS, MAPPINGS, SCENARIOS, ScenarioView};
use serde_json::Value;
use utoipa_axum::routes;

use crate::context::Api;
use crate::endpoint::{Area, Problem};

pub use document::Scenario;
pub use reimport::ReimportMode;
pub use start_run::{RunAccepted, accepted};
pub use turn::not_published;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(templates::templates))
        .viewer(routes!(list::list))
        .administrator(routes!(create::create))
        .administrator(routes!(import::import))
        .viewer(routes!(export::export))
        .administrator(routes!(duplicate::duplicate))
        .viewer(routes!(show::show))
        .administrator(routes!(rename::rename))
        .administrator(routes!(save_draft::save_draft))
        .viewer(routes!(validate::validate))
        .administrator(routes!(publish::publish))
        .operator(routes!(turn::turn_on))
        .operator(routes!(turn::turn_off))
        .administrator(routes!(delete::delete))
        .viewer(routes!(show_version::show_version))
        .operator(routes!(start_run::start_run))
        .operator(routes!(reimport::reimport))
}

impl Api {
    /// A scenario as it is now, for a command that depends on it and on what it names.
    pub async fn scenario(&self, id: &ScenarioId) -> Result<ScenarioView, Problem> {
        for view in [&SCENARIOS, &CONNECTIONS, &MAPPINGS] {
            self.fresh(view).await?;
        }
        self.find(&SCENARIOS, id.as_str()).await?.ok_or_else(|| Problem::not_found("scenario"))
    }
}

/// Reads a graph that came from outside.
pub fn graph(document: &Value) -> Result<Graph, Problem> {
    Graph::parse(document).map_err(|problems| Problem::from(problems).at("graph"))
}
