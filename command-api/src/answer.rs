//! The shapes that answers share.

use axum::Json;
use axum::http::StatusCode;
use engine::Position;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Listed<T> {
    pub items: Vec<T>,
    /// Ask again with this as `cursor` for more; absent after the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many there are in all, where that is cheap to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// What a command did.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// What it was done to.
    pub id: String,
    /// Ask a read with this as `min_position` to see the effect.
    pub position: Position,
    /// False when it was already so.
    pub changed: bool,
}

impl Done {
    pub fn new(id: impl Into<String>, position: Position, changed: bool) -> Json<Self> {
        Json(Self { id: id.into(), position, changed })
    }

    pub fn created(id: impl Into<String>, position: Position) -> (StatusCode, Json<Self>) {
        (StatusCode::CREATED, Self::new(id, position, true))
    }
}
