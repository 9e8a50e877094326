//! Spans in the form that collectors take: OTLP over HTTP in JSON
//! (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>): ids in hexadecimal, times as text.

use chrono::{DateTime, Utc};
use engine::trace::hex;
use serde_json::{Value, json};

use super::spans::{Fact, Span};

/// `SPAN_KIND_INTERNAL`.
const INTERNAL: u8 = 1;
/// `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;

pub fn document(spans: &[Span]) -> Value {
    let name = json!({ "key": "service.name", "value": { "stringValue": env!("CARGO_PKG_NAME") } });
    let version = json!({ "key": "service.version", "value": { "stringValue": env!("CARGO_PKG_VERSION") } });
    json!({ "resourceSpans": [{
        "resource": { "attributes": [name, version] },
        "scopeSpans": [{
            "scope": { "name": env!("CARGO_PKG_NAME") },
            "spans": spans.iter().map(span).collect::<Vec<_>>(),
        }],
    }] })
}

fn span(span: &Span) -> Value {
    let mut written = json!({
        "traceId": hex(&span.context.trace),
        "spanId": hex(&span.context.span),
        "name": span.name,
        "kind": INTERNAL,
        "startTimeUnixNano": nanoseconds(span.begun),
        "endTimeUnixNano": nanoseconds(span.ended),
        "attributes": span.facts.iter().map(fact).collect::<Vec<_>>(),
    });
    if let Some(parent) = span.parent {
        written["parentSpanId"] = hex(&parent).into();
    }
    if let Some(why) = span.failure {
        written["status"] = json!({ "code": ERROR, "message": why });
    }
    written
}

fn fact((key, value): &(&'static str, Fact)) -> Value {
    let value = match value {
        Fact::Text(text) => json!({ "stringValue": text }),
        // 64-bit numbers are text in this encoding.
        Fact::Number(number) => json!({ "intValue": number.to_string() }),
    };
    json!({ "key": key, "value": value })
}

fn nanoseconds(at: DateTime<Utc>) -> String {
    at.timestamp_nanos_opt().unwrap_or_default().to_string()
}
