//! The API's description: OpenAPI 3.1, made from the routes themselves.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::area::TOKEN_SCHEME;
use crate::problem::ProblemBody;
use crate::routes;

/// What the API offers. The same bytes in every build; committed as `schemas/http/openapi.json`.
pub fn openapi() -> OpenApi {
    let (_, mut described) = routes::all().into_inner().split_for_parts();
    described.info = InfoBuilder::new()
        .title("Portal Integrations")
        .version("1")
        .description(Some(
            "Commands answer with the position of what they wrote; give it to a read as `min_position` to see the \
             effect. Lists are paged with opaque cursors. POSTs that create something take an `Idempotency-Key`. \
             `x-role` is the least role that an operation needs.",
        ))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").build()))
        .build();
    let components = described.components.get_or_insert_with(Components::new);
    let mut schemas = vec![];
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.insert("Problem".to_owned(), ProblemBody::schema());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("pit_…").build();
    components.add_security_scheme(TOKEN_SCHEME, SecurityScheme::Http(bearer));
    described
}

/// The description as it is committed and served.
pub fn text() -> String {
    openapi().to_pretty_json().expect("a description is plain data with string keys") + "\n"
}
