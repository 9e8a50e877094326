//! A group of routes, each with the role that it needs.
//!
//! There is no way to add a route without saying who may call it: the methods here are the only ones.

use axum::middleware::from_fn;
use domain::access::Role;
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Ref, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::access::{require, word};
use crate::context::Shared;

/// The name of the security scheme in the description.
pub const TOKEN_SCHEME: &str = "token";

#[derive(Default)]
pub struct Area(OpenApiRouter<Shared>);

impl Area {
    /// Everybody with a token may call it.
    #[must_use]
    pub fn viewer(self, route: UtoipaMethodRouter<Shared>) -> Self {
        self.route(Role::Viewer, route)
    }

    #[must_use]
    pub fn operator(self, route: UtoipaMethodRouter<Shared>) -> Self {
        self.route(Role::Operator, route)
    }

    #[must_use]
    pub fn administrator(self, route: UtoipaMethodRouter<Shared>) -> Self {
        self.route(Role::Administrator, route)
    }

    /// Anybody may call it, without a token. The guard in `access` must know of it too.
    #[must_use]
    pub fn open(self, (schemas, mut paths, router): UtoipaMethodRouter<Shared>) -> Self {
        for item in paths.paths.values_mut() {
            operations(item).for_each(|operation| describe(operation, "none"));
            operations(item).for_each(|operation| operation.security = Some(vec![]));
        }
        Self(self.0.routes((schemas, paths, router)))
    }

    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self(self.0.merge(other.0))
    }

    pub fn into_inner(self) -> OpenApiRouter<Shared> {
        self.0
    }

    fn route(self, role: Role, (schemas, mut paths, router): UtoipaMethodRouter<Shared>) -> Self {
        for item in paths.paths.values_mut() {
            operations(item).for_each(|operation| describe(operation, word(role)));
        }
        let router = router.route_layer(from_fn(move |request, next| require(role, request, next)));
        Self(self.0.routes((schemas, paths, router)))
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}

/// What holds for every operation: its role, its token, and how it fails.
fn describe(operation: &mut Operation, role: &str) {
    let role = ExtensionsBuilder::new().add("x-role", json!(role)).build();
    operation.extensions = Some(role);
    operation.security = Some(vec![SecurityRequirement::new(TOKEN_SCHEME, Vec::<String>::new())]);
    let body = Content::new(Some(Ref::from_schema_name("Problem")));
    let problem = ResponseBuilder::new()
        .description("Refused or failed; the body says why and what to do next")
        .content("application/problem+json", body)
        .build();
    operation.responses.responses.insert("default".to_owned(), problem.into());
}
