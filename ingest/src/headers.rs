//! Headers of a delivery: all values of a name for verifying, and an allow-list of those worth keeping.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};

/// Names that are kept with a delivery. No signature, no credential, no address.
const KEPT: [&str; 13] = [
    "content-type",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "svix-id",
    "svix-timestamp",
    "x-wc-webhook-source",
    "x-wc-webhook-topic",
    "x-wc-webhook-resource",
    "x-wc-webhook-event",
    "x-wc-webhook-id",
    "x-wc-webhook-delivery-id",
    "x-github-event",
];
/// Longest value that is kept, in characters.
const VALUE_CHARS_MAX: usize = 200;

/// Every value of a header, as bytes.
pub fn values<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h [u8]> {
    headers.get_all(name).iter().map(axum::http::HeaderValue::as_bytes).collect()
}

/// What is kept: on one line each, bounded, in plain characters. The sender chose the values, so they are text for
/// people and hints for readers, no more.
pub fn kept(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for name in KEPT {
        let Some(value) = headers.get(name) else { continue };
        let text = String::from_utf8_lossy(value.as_bytes());
        let text: String = text.chars().filter(|c| !c.is_control()).take(VALUE_CHARS_MAX).collect();
        kept.insert(name.to_owned(), text);
    }
    kept
}

/// A body that is packed in any way, also one that only says so.
pub fn is_encoded(headers: &HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_ENCODING)
}

/// A kind of body that no sender of ours has a reason for: files in a form, or text in another alphabet.
pub fn is_odd(headers: &HeaderMap) -> bool {
    let kinds: Vec<_> = headers.get_all(header::CONTENT_TYPE).iter().collect();
    let [kind] = kinds[..] else { return kinds.len() > 1 };
    let Ok(kind) = kind.to_str() else { return true };
    let kind = kind.to_ascii_lowercase();
    let mut parts = kind.split(';').map(str::trim);
    let is_multipart = parts.next().is_some_and(|kind| kind.starts_with("multipart/"));
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    is_multipart || charset.is_some_and(|charset| charset.trim_matches('"') != "utf-8")
}

pub fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded")
}

pub fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, axum::http::HeaderValue::from_static(kind))])
    }

    #[test]
    fn bad_input_020_forms_with_files_and_odd_alphabets_are_no_deliveries() {
        for kind in ["multipart/form-data; boundary=x", "application/json; charset=utf-16", "MULTIPART/mixed"]
        {
            assert!(is_odd(&of(kind)), "{kind}");
        }
        for kind in ["application/json", "application/json; charset=UTF-8", "text/plain"] {
            assert!(!is_odd(&of(kind)), "{kind}");
        }
        let mut two = of("application/json");
        two.append(header::CONTENT_TYPE, axum::http::HeaderValue::from_static("text/plain"));
        assert!(is_odd(&two));
        assert!(!is_odd(&HeaderMap::new()));
    }

    #[test]
    fn bad_input_009_058_kept_values_are_short_plain_text() {
        let mut headers = HeaderMap::new();
        let odd = axum::http::HeaderValue::from_bytes(b"\xff\tx").unwrap();
        headers.insert("user-agent", odd);
        headers.insert("webhook-id", "a".repeat(900).parse().unwrap());
        headers.insert("authorization", "Bearer secret".parse().unwrap());
        headers.insert("webhook-signature", "v1,x".parse().unwrap());
        let kept = kept(&headers);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["user-agent", "webhook-id"]);
        assert_eq!(kept["user-agent"], "\u{fffd}x");
        assert_eq!(kept["webhook-id"].len(), VALUE_CHARS_MAX);
    }
}
