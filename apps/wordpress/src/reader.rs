//! What of a record counts when two sightings are compared.

use app_sdk::Reader;
use app_sdk::egress::Url;
use serde_json::{Map, Value};

/// How deep addresses are looked for.
const DEPTH_MAX: usize = 8;
/// Parameters that only keep caches fresh.
const CACHE_BUSTERS: [&str; 5] = ["ver", "v", "t", "timestamp", "cache"];

pub struct WordPressReader;

impl Reader for WordPressReader {
    fn strip_volatile(&self, resource: &str, record: &mut Value) {
        let Some(record) = record.as_object_mut() else { return };
        record.remove("_links");
        record.remove("_embedded");
        record.remove("comment_count");
        if record.contains_key("taxonomy") || matches!(resource, "categories" | "tags") {
            // Derived from posts, which change by themselves.
            record.remove("count");
        }
        if let Some(Value::Object(meta)) = record.get_mut("meta") {
            strip_session_keys(meta);
        }
        strip_session_keys(record);
        for key in ["avatar_urls", "author_avatar_urls"] {
            if let Some(Value::Object(urls)) = record.get_mut(key) {
                urls.values_mut().for_each(|url| {
                    without_query(url);
                    without_chance(url);
                });
            }
        }
        for key in ["link", "permalink_template"] {
            if let Some(link) = record.get_mut(key) {
                without_origin(link);
            }
        }
        record.values_mut().for_each(|value| without_cache_busters(value, 0));
    }
}

/// Locks and nonces belong to somebody's browser session.
fn strip_session_keys(fields: &mut Map<String, Value>) {
    fields.retain(|key, _| {
        !matches!(key.as_str(), "_edit_lock" | "_edit_last" | "nonce" | "_wpnonce")
            && !key.ends_with("_nonce")
    });
}

/// For an account without an e-mail address WordPress picks one of Gravatar's hosts by chance, anew with every request
/// (`get_avatar_data`, measured on 6.1.9).
fn without_chance(value: &mut Value) {
    if let Value::String(url) = value
        && let Some(at) = url.find(".gravatar.com/")
    {
        url.drain(..at);
    }
}

fn without_query(value: &mut Value) {
    if let Value::String(url) = value
        && let Some(at) = url.find('?')
    {
        url.truncate(at);
    }
}

/// A site that moved from http to https, or to another host, has not changed its content.
fn without_origin(value: &mut Value) {
    let Value::String(text) = value else { return };
    let Some((_, rest)) = text.split_once("://") else { return };
    let path = rest.find('/').map_or("/", |at| &rest[at..]).to_owned();
    *text = path;
}

/// Only values that are an address as a whole; text with addresses in it is content.
fn without_cache_busters(value: &mut Value, depth: usize) {
    match value {
        Value::String(text) if text.starts_with("http") && text.contains('?') => {
            let Ok(mut url) = Url::parse(text) else { return };
            let kept: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(key, _)| !CACHE_BUSTERS.contains(&key.as_ref()))
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .collect();
            if kept.len() == url.query_pairs().count() {
                return;
            }
            url.set_query(None);
            if !kept.is_empty() {
                url.query_pairs_mut().extend_pairs(kept);
            }
            *text = url.into();
        }
        Value::Object(fields) if depth < DEPTH_MAX => {
            fields.values_mut().for_each(|value| without_cache_busters(value, depth + 1));
        }
        Value::Array(values) if depth < DEPTH_MAX => {
            for value in values {
                without_cache_busters(value, depth + 1);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stripped(resource: &str, mut record: Value) -> Value {
        WordPressReader.strip_volatile(resource, &mut record);
        record
    }

    #[test]
    fn what_changes_by_itself_does_not_count() {
        let before = json!({"id": 1, "link": "http://a.test/p/", "_links": {"self": 1}, "comment_count": 3,
            "avatar_urls": {"24": "https://g.test/x?s=24&d=mm"}, "meta": {"_edit_lock": "1:2", "colour": "red"},
            "source_url": "https://a.test/i.png?ver=1&size=2"});
        let after = json!({"id": 1, "link": "https://b.test/p/", "comment_count": 4,
            "avatar_urls": {"24": "https://g.test/x?s=24&d=identicon"}, "meta": {"_edit_lock": "9:9", "colour": "red"},
            "source_url": "https://a.test/i.png?ver=2&size=2"});
        assert_eq!(stripped("posts", before), stripped("posts", after));
        assert_eq!(stripped("categories", json!({"id": 1, "count": 3})), json!({"id": 1}));
        assert_eq!(
            stripped("genres", json!({"id": 1, "taxonomy": "genre", "count": 3})),
            json!({"id": 1, "taxonomy": "genre"})
        );
    }

    #[test]
    fn what_a_person_changed_counts() {
        for (before, after) in [
            (json!({"title": {"raw": "a"}}), json!({"title": {"raw": "b"}})),
            (json!({"link": "https://a.test/p/"}), json!({"link": "https://a.test/q/"})),
            (json!({"meta": {"colour": "red"}}), json!({"meta": {"colour": "blue"}})),
            (json!({"count": 1}), json!({"count": 2})),
            (
                json!({"content": {"raw": "see https://a.test/?v=1"}}),
                json!({"content": {"raw": "see https://a.test/?v=2"}}),
            ),
        ] {
            assert_ne!(stripped("posts", before), stripped("posts", after));
        }
    }
}
