use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::views::AUDIT;
use engine::ports::Query;

use super::export::{Form, export};
use super::search::{AuditLine, Filters, Wanted};
use crate::cursor;
use crate::endpoint::{Json, Listed, Params, Problem, Shared, State};
use crate::extract::limit;

/// The audit log, newest first. With `Accept: text/csv` or `application/x-ndjson` all lines that match are written
/// out, whatever the limit.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    operation_id = "list_audit",
    params(Filters),
    responses((status = 200, content(
        (Listed<AuditLine> = "application/json"),
        (String = "text/csv"),
        (String = "application/x-ndjson")
    )))
)]
pub async fn list(
    State(api): State<Shared>,
    headers: HeaderMap,
    Params(filters): Params<Filters>,
) -> Result<Response, Problem> {
    let rows = limit(filters.limit)?;
    let wanted = Wanted::of(&filters)?;
    api.shown(&AUDIT, filters.min_position).await?;
    if let Some(form) = form(&headers) {
        return Ok(export(api, wanted, form));
    }
    let name = wanted.name();
    let [actor, action, object, from, to] = name.each_ref().map(String::as_str);
    let list = ["audit", actor, action, object, from, to];
    let after = filters.cursor.as_deref().map(|cursor| cursor::read(&list, cursor)).transpose()?;
    let (items, next) = api.audit_lines(&wanted, after, rows).await?;
    let is_whole = name.iter().all(String::is_empty);
    let total = if is_whole { Some(api.context.reads.count(&AUDIT, &Query::default()).await?) } else { None };
    let next_cursor = next.map(|place| cursor::write(&list, &place));
    Ok(Json(Listed { items, next_cursor, total }).into_response())
}

/// The form that a caller wants the lines written out in, if it names one.
fn form(headers: &HeaderMap) -> Option<Form> {
    let all = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).find_map(|kind| match kind.split(';').next()?.trim() {
        "text/csv" => Some(Form::Csv),
        "application/x-ndjson" => Some(Form::Ndjson),
        _ => None,
    })
}
