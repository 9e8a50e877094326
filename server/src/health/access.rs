//! Whether a request may read metrics: whoever may read the API's least guarded list may. The API decides, so that
//! there is one place which knows tokens.

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, HeaderMap};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

#[derive(Clone)]
pub struct Access {
    pub api: Router,
    /// A path that any role may read.
    pub path: &'static str,
}

impl Access {
    pub async fn may_view(&self, headers: &HeaderMap) -> bool {
        let mut request = Request::get(self.path);
        for value in headers.get_all(AUTHORIZATION) {
            request = request.header(AUTHORIZATION, value);
        }
        let Ok(request) = request.body(Body::empty()) else { return false };
        let answer = self.api.clone().oneshot(request).await;
        answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }
}
