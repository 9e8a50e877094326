//! The two sentences that a browser may see here. Nothing that came in is repeated.

use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::edge::HasPage;

/// A plain page.
pub fn page(status: StatusCode, sentence: &'static str) -> Response {
    let marked = Extension(HasPage);
    (status, marked, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], sentence).into_response()
}

/// The same for every nonce that is not good, whyever.
pub fn refused() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "This way back was used, has expired, or belongs to another browser. Nothing was stored. Go back to the \
         connection and authorise again; then revoke the application password that the site just made.",
    )
}
