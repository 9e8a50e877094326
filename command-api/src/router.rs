//! The router: every route behind its token and its role, and the one address that browsers come back to.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};

use crate::access::authenticate;
use crate::context::{Api, Context, Shared};
use crate::edge::{frame, nothing_here, wrong_method};
use crate::routes;

/// Everything below `/api`, and `/oauth`. It has no fallback of its own, so that it can be merged with others.
pub fn router(context: Context) -> Router {
    let api = Api::new(context);
    let (described, _) = routes::all().into_inner().split_for_parts();
    let behind_token = described
        .route("/api", any(nothing_here))
        .route("/api/", any(nothing_here))
        .route("/api/{*rest}", any(nothing_here))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(api.clone(), authenticate));
    let open: Router<Shared> = Router::new()
        .route("/oauth/wp/{nonce}", get(routes::oauth::take_back))
        .method_not_allowed_fallback(wrong_method);
    behind_token.merge(open).layer(from_fn_with_state(api.clone(), frame)).with_state(api)
}
