//! Which fields of a log event may be written. A field that is not here is left out, whoever logs it.

use std::fmt::Debug;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};

use super::escape;

/// Ids, counts, codes and our own sentences: nothing a site, a visitor or a credential could have filled in freely
/// but `error`, which is escaped, bounded and combed for secrets.
const ALLOWED: &[&str] = &[
    "message",
    "error",
    "code",
    "remedy",
    "follower",
    "failures",
    "count",
    "dropped",
    "millis",
    "status",
    "method",
    "route",
    "request",
    "client",
    "reason",
    "signal",
    "address",
    "place",
    "run",
    "scenario",
    "connection",
    "mapping",
    "node",
    "resource",
    "app",
    "view",
    "position",
    "attempt",
    "wait_ms",
    "page",
    "items",
    "bytes",
    "version",
    "path",
    "stage",
    "actor",
    "limit",
];

/// Collects what may be written.
#[derive(Default)]
pub struct Fields(pub Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        if ALLOWED.contains(&field.name()) {
            self.0.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, Value::String(escape::line(&format!("{value:?}"))));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::String(escape::line(value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }
}
