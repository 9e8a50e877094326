//! What a WordPress site says: the plugin's signed changes, WooCommerce's webhooks, and hints of other senders.
//!
//! Only what the plugin signs is believed, and only that something changed: every record is fetched again before
//! anything is made of it. WooCommerce signs the body alone, so the topic beside it says no more than where to look.

use app_sdk::Said;
use app_sdk::hear::{Hear, Heard, MARKS_MAX, Mark, Message, form_pairs};
use domain::budget;
use domain::delivery::Verdict;
use domain::inbox::OutboxRange;
use serde_json::{Map, Value};

/// The plugin's only type of message.
const CHANGES: &str = "wp.changes";
/// What our own test button sends.
const TEST: &str = "portal.test";
/// What happens to the site as a whole.
const SITE: &str = "site";
const OUTBOX_CHARS_MAX: usize = 200;
const RESOURCE_BYTES_MAX: usize = 64;

pub struct WordPressHear;

impl Hear for WordPressHear {
    fn hear(&self, message: &Message<'_>) -> Heard {
        if message.mode == "woocommerce" {
            return shop(message);
        }
        match document(message.body) {
            Ok(fields) => match (&fields["type"], message.verdict) {
                (Value::String(kind), _) if kind == TEST => Heard::nothing("a test; it names no record"),
                (Value::String(kind), Verdict::Signed | Verdict::Released) if kind == CHANGES => {
                    changes(&fields)
                }
                (Value::String(kind), Verdict::Signed | Verdict::Released) => {
                    let name: String = kind.chars().filter(|c| !c.is_control()).take(60).collect();
                    Heard::nothing(format!("the type `{name}` is not known; a sweep finds what it was about"))
                }
                _ => hint(&fields),
            },
            // Sites without a plugin of ours send forms: `hook=publish_post&ID=5`.
            Err(_) if message.verdict == Verdict::Hint => form(message.body),
            Err(why) => Heard::nothing(why),
        }
    }
}

/// The body as a JSON object, within the bounds of every document from outside.
fn document(body: &[u8]) -> Result<Value, String> {
    budget::check_json(body).map_err(|rejection| rejection.detail)?;
    match serde_json::from_slice(body) {
        Ok(fields @ Value::Object(_)) => Ok(fields),
        Ok(_) => Err("the body is not a JSON object".to_owned()),
        Err(_) => Err("the body is not JSON".to_owned()),
    }
}

/// `{"type":"wp.changes","data":{"site","epoch","first","last","changes":[{"type","resource","id"}]}}`
fn changes(fields: &Value) -> Heard {
    let data = &fields["data"];
    let Some(list) = data["changes"].as_array() else {
        return Heard::nothing("the list of changes is missing");
    };
    let outbox = data["site"].as_str().zip(data["first"].as_u64()).zip(data["last"].as_u64());
    let mut heard = Heard {
        outbox: outbox.map(|((site, first), last)| OutboxRange {
            outbox: named(site, &data["epoch"]),
            first,
            last,
        }),
        ..Heard::default()
    };
    let mut unread = list.len().saturating_sub(MARKS_MAX);
    for change in list.iter().take(MARKS_MAX) {
        match said(change) {
            Said::Look(mark) => heard.marks.push(mark),
            Said::LookAtAll => heard.look_at_all = true,
            Said::Nothing => {}
            Said::Unreadable => unread += 1,
        }
    }
    if unread > 0 {
        heard.note = Some(format!("{unread} changes could not be read; a sweep finds them"));
    }
    heard
}

/// One change of the outbox, sent or pulled.
pub fn said(change: &Value) -> Said {
    if change["resource"] == SITE {
        return match change["type"].as_str() {
            // Rows of before were not recorded, or carry other addresses now.
            Some("recording_started" | "address_changed") => Said::LookAtAll,
            Some(_) => Said::Nothing,
            None => Said::Unreadable,
        };
    }
    let is_gone = change["type"] == "deleted";
    mark(&change["resource"], &change["id"], is_gone).map_or(Said::Unreadable, Said::Look)
}

/// An outbox begins anew with another epoch.
pub fn named(site: &str, epoch: &Value) -> String {
    let epoch = match epoch {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let name = if epoch.is_empty() { site.to_owned() } else { format!("{site}#{epoch}") };
    name.chars().filter(|c| !c.is_control()).take(OUTBOX_CHARS_MAX).collect()
}

/// WooCommerce: the id is in the signed body, what it is the id of is in an unsigned header.
fn shop(message: &Message<'_>) -> Heard {
    let header = |name: &str| message.headers.get(name).map(String::as_str).unwrap_or_default();
    let resource = match header("x-wc-webhook-resource") {
        "order" => "orders",
        "product" => "products",
        "customer" => "customers",
        "coupon" => "coupons",
        "action" => return Heard::nothing("a custom action names no record"),
        _ => return Heard::nothing("it does not say what kind of record it is about"),
    };
    let fields = match document(message.body) {
        Ok(fields) => fields,
        Err(why) => return Heard::nothing(why),
    };
    match mark(&resource.into(), &fields["id"], false) {
        Some(mark) => Heard { marks: vec![mark], ..Heard::default() },
        // The owner of the webhook may not see the record; then the shop sends a REST error in its place.
        None => Heard::nothing(format!("it names no record of {resource}; a sweep finds what changed")),
    }
}

/// `{"resource":"posts","id":5}`
fn hint(fields: &Value) -> Heard {
    match mark(&fields["resource"], &fields["id"], false) {
        Some(mark) => Heard { marks: vec![mark], ..Heard::default() },
        None => Heard::nothing("it names no record; a sweep finds what changed"),
    }
}

/// `hook=publish_post&ID=5`: the first value of a name counts, and names with brackets are other names.
fn form(body: &[u8]) -> Heard {
    let pairs: Vec<(String, String)> = form_pairs(body).take(100).collect();
    let first = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let resource = match first("hook") {
        Some("publish_page") => "pages",
        Some(hook) if hook.ends_with("_post") || hook == "post_updated" => "posts",
        Some("user_register" | "profile_update") => "users",
        Some("comment_post" | "edit_comment") => "comments",
        Some("add_attachment" | "edit_attachment") => "media",
        _ => first("resource").unwrap_or_default(),
    };
    let mut fields = Map::new();
    fields.insert("resource".to_owned(), resource.into());
    fields.insert("id".to_owned(), first("ID").or(first("id")).unwrap_or_default().into());
    hint(&Value::Object(fields))
}

/// A resource is a short plain name; an id is a whole number above 0, as a number or as text, and never a float.
fn mark(resource: &Value, id: &Value, is_gone: bool) -> Option<Mark> {
    let resource = resource.as_str()?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if resource.is_empty() || resource.len() > RESOURCE_BYTES_MAX || !resource.bytes().all(plain) {
        return None;
    }
    let id = match id {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok()?,
        _ => return None,
    };
    (1..=i64::MAX.unsigned_abs()).contains(&id).then(|| Mark {
        resource: resource.to_owned(),
        id: id.to_string(),
        is_gone,
    })
}

#[cfg(test)]
mod tests;
