use serde::Deserialize;
use utoipa::ToSchema;

use super::list::ViewRebuild;
use crate::endpoint::{Body, Caller, Created, Json, Problem, Shared, State, StatusCode};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RebuildViews {
    /// Names of views; none means all.
    #[serde(default)]
    pub views: Vec<String>,
    /// Only compare with the live ones, and change nothing.
    #[serde(default)]
    pub compare_only: bool,
}

/// Folds views anew beside the live ones, compares them, and puts the new in their place. It goes on in the
/// background; the list of views tells how far it is.
#[utoipa::path(
    post,
    path = "/api/v1/views/rebuild",
    tag = "views",
    operation_id = "rebuild_views",
    request_body = RebuildViews,
    responses((status = 202, body = ViewRebuild))
)]
pub async fn rebuild(
    State(api): State<Shared>,
    caller: Caller,
    body: Body<RebuildViews>,
) -> Created<ViewRebuild> {
    let RebuildViews { views, compare_only } = body.value;
    let keeper = &api.context.views;
    if let Some(unknown) = views.iter().find(|view| !keeper.knows(view)) {
        let known = keeper.views().await.map_err(|error| Problem::fault(&*error))?;
        let names: Vec<&str> = known.iter().map(|view| view.name).collect();
        return Err(Problem::invalid(
            "UNKNOWN_VIEW",
            format!("there is no view {unknown:?}"),
            format!("choose among {}", names.join(", ")),
        )
        .at("views"));
    }
    let begun = keeper.begin(&views, !compare_only, &caller.meta().actor.0).ok_or_else(|| {
        Problem::conflict(
            "REBUILD_RUNNING",
            "a rebuild is at work already",
            "wait until the list of views shows that it is done",
        )
    })?;
    Ok((StatusCode::ACCEPTED, Json(ViewRebuild::from(begun))))
}
