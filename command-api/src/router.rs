//! The router: every route behind its token and its role, and the one address that browsers come back to.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};

use crate::access::{act_as_operator_of_this_machine, authenticate};
use crate::context::{Api, Context, Shared};
use crate::edge::{frame, nothing_here, wrong_method};
use crate::routes;

/// Everything below `/api`, and `/oauth`. It has no fallback of its own, so that it can be merged with others.
pub fn router(context: Context) -> Router {
    let api = Api::new(context);
    assemble(&api, |routes| routes.layer(from_fn_with_state(api.clone(), authenticate)))
}

/// The same for whoever can open the data directory, and so is its administrator: no token is asked for. Never serve
/// this to a network.
pub fn local_router(context: Context) -> Router {
    let api = Api::new(context);
    assemble(&api, |routes| routes.layer(from_fn(act_as_operator_of_this_machine)))
}

fn assemble(api: &Shared, guard: impl FnOnce(Router<Shared>) -> Router<Shared>) -> Router {
    let (described, _) = routes::all().into_inner().split_for_parts();
    let behind_token = described
        .route("/api", any(nothing_here))
        .route("/api/", any(nothing_here))
        .route("/api/{*rest}", any(nothing_here))
        .method_not_allowed_fallback(wrong_method);
    let behind_token = guard(behind_token);
    let open: Router<Shared> = Router::new()
        .route("/oauth/wp/{nonce}", get(routes::oauth::take_back))
        .method_not_allowed_fallback(wrong_method);
    behind_token.merge(open).layer(from_fn_with_state(api.clone(), frame)).with_state(api.clone())
}
