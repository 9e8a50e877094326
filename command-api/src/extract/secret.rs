//! A secret on its way in.

use std::borrow::Cow;

use engine::ports::Secret;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Longest secret, in bytes.
const SECRET_BYTES_MAX: usize = 4 << 10;

/// A field that goes in and never comes out. No `Debug`, no `Serialize`; no message repeats what was sent.
#[derive(Clone)]
pub struct SecretText(pub Secret);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Through `Value`, because the parser's own message would show a value of another kind.
        let Value::String(text) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom("a secret is a text"));
        };
        if text.is_empty() || text.len() > SECRET_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(D::Error::custom("a secret has 1 to 4096 bytes and no control characters"));
        }
        Ok(Self(Secret::new(text)))
    }
}

impl PartialSchema for SecretText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("Goes in and never comes out."))
            .write_only(true)
            .max_length(Some(SECRET_BYTES_MAX))
            .into()
    }
}

impl ToSchema for SecretText {
    fn name() -> Cow<'static, str> {
        "Secret".into()
    }
}
