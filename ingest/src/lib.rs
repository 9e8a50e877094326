//! The world speaks: webhooks come in here. This release has no sources that send any, so every address below `/hooks`
//! gets the answer that unknown, paused and foreign sources will always get: the same 404, without reading the body.

use axum::Json;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;

/// Everything below `/hooks`.
pub fn router() -> Router {
    Router::new().route("/hooks/{*source}", any(no_such_source))
}

async fn no_such_source() -> Response {
    let problem = json!({
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "NO_SUCH_SOURCE",
        "detail": "nothing is expected at this address",
        "remedy": "use the address that the connection's page shows"
    });
    let mut response = (StatusCode::NOT_FOUND, Json(problem)).into_response();
    let kind = header::HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    #[tokio::test]
    async fn bad_input_044_every_source_gets_the_same_answer() {
        for path in ["/hooks/cn_guessed", "/hooks/..%2f..%2fetc", "/hooks/%00", "/hooks/a/b"] {
            let request = Request::post(path).body(Body::from("{}")).unwrap();
            let response = router().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
