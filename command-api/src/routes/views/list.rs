use chrono::{DateTime, Utc};
use engine::rebuild::{Begun, Outcome, Rebuilt, ViewState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Json, Problem, Shared, State};

#[derive(Serialize, ToSchema)]
pub struct Views {
    pub items: Vec<View>,
    /// The newest rebuild since the server started.
    pub rebuild: Option<ViewRebuild>,
}

#[derive(Serialize, ToSchema)]
pub struct View {
    pub name: String,
    /// Raised when a release folds it otherwise.
    pub version: u32,
    /// It shows the log up to here.
    pub position: u64,
    /// Events it does not show yet.
    pub behind: u64,
}

#[derive(Serialize, ToSchema)]
pub struct ViewRebuild {
    pub at: DateTime<Utc>,
    pub actor: String,
    pub views: Vec<String>,
    /// `running`, `done` or `failed`.
    pub state: &'static str,
    /// How far it is, while it runs.
    pub position: Option<u64>,
    /// Why it failed.
    pub why: Option<String>,
    /// What became of each view, when it is done.
    pub outcome: Vec<RebuiltView>,
}

#[derive(Serialize, ToSchema)]
pub struct RebuiltView {
    pub view: String,
    pub position: u64,
    pub rows: u64,
    /// Digest of all rows.
    pub hash: String,
    pub rows_before: u64,
    pub hash_before: String,
    /// The view was what the log says.
    pub same: bool,
    /// The new one is live now.
    pub switched: bool,
}

/// Every view and how far it shows the log, with the newest rebuild.
#[utoipa::path(
    get,
    path = "/api/v1/views",
    tag = "views",
    operation_id = "list_views",
    responses((status = 200, body = Views))
)]
pub async fn list(State(api): State<Shared>) -> Answer<Views> {
    let keeper = &api.context.views;
    let items = keeper.views().await.map_err(|error| Problem::fault(&*error))?;
    Ok(Json(Views {
        items: items.into_iter().map(View::from).collect(),
        rebuild: keeper.newest().map(ViewRebuild::from),
    }))
}

impl From<ViewState> for View {
    fn from(state: ViewState) -> Self {
        Self {
            name: state.name.to_owned(),
            version: state.version,
            position: state.position,
            behind: state.behind,
        }
    }
}

impl From<Begun> for ViewRebuild {
    fn from(begun: Begun) -> Self {
        let (state, position, why, outcome) = match begun.outcome {
            Outcome::Running { position } => ("running", Some(position), None, vec![]),
            Outcome::Done { views } => ("done", None, None, views.into_iter().map(Into::into).collect()),
            Outcome::Failed { why } => ("failed", None, Some(why), vec![]),
        };
        let views = begun.views.into_iter().map(str::to_owned).collect();
        Self { at: begun.at, actor: begun.actor, views, state, position, why, outcome }
    }
}

impl From<Rebuilt> for RebuiltView {
    fn from(rebuilt: Rebuilt) -> Self {
        Self {
            view: rebuilt.view.to_owned(),
            position: rebuilt.position,
            rows: rebuilt.rows,
            hash: rebuilt.hash,
            rows_before: rebuilt.rows_before,
            hash_before: rebuilt.hash_before,
            same: rebuilt.same,
            switched: rebuilt.switched,
        }
    }
}
