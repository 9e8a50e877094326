//! Changes to an answer that WordPress gave.

use crate::answer::Answer;
use crate::fault::{Fault, Strike, Totals};
use crate::json;
use crate::params::Params;
use serde_json::{Value, json};

/// Lays this fault over the answer. Faults of the body's transport are left to [`super::body`].
pub(crate) fn late(answer: &mut Answer, strike: &Strike, params: &Params) {
    match &strike.fault {
        Fault::JunkBefore { text, headers_lost } => {
            answer.body = [text.as_bytes(), &answer.body].concat().into();
            if *headers_lost {
                answer.status = 200;
                answer.headers.retain(|(name, _)| !name.starts_with("X-WP") && name != "Link");
                answer.set("Content-Type", "text/html; charset=UTF-8");
            }
        }
        Fault::Totals(totals) => lie(answer, totals, strike.hit),
        Fault::EndlessPages => endless(answer, params),
        Fault::EncodingLabel(label) => answer.set("Content-Encoding", label),
        Fault::DuplicateIds => edit(answer, |body| {
            if let Some(items) = body.as_array_mut()
                && let Some(first) = items.first().cloned()
            {
                items.push(first);
            }
        }),
        Fault::Id(id) => edit(answer, |body| {
            if let Some(first) = body.get_mut(0) {
                first["id"] = id.clone();
            }
        }),
        Fault::Field { name, value } => edit(answer, |body| match body {
            Value::Array(items) => items.iter_mut().for_each(|item| item[name.as_str()] = value.clone()),
            Value::Object(item) => {
                item.insert(name.clone(), value.clone());
            }
            _ => {}
        }),
        Fault::LinkOrigin(origin) => {
            for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == "Link") {
                *value = moved(value, origin);
            }
            edit(answer, |body| move_links(body, origin, false));
        }
        Fault::ForeignConsentPage(page) => edit(answer, |body| {
            if body.get("authentication").is_some() {
                body["authentication"] =
                    json!({"application-passwords": {"endpoints": {"authorization": page}}});
            }
        }),
        Fault::Date(date) => answer.set("Date", date),
        Fault::Headers(headers) => headers.iter().for_each(|(name, value)| answer.set(name, value)),
        _ => {}
    }
}

/// Changes the JSON of an answer; one that is not JSON stays as it is.
fn edit(answer: &mut Answer, change: impl FnOnce(&mut Value)) {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) {
        change(&mut body);
        answer.body = json::bytes(&body).into();
    }
}

fn lie(answer: &mut Answer, totals: &Totals, hit: u64) {
    match totals {
        Totals::Missing => {
            answer.unset("X-WP-Total");
            answer.unset("X-WP-TotalPages");
        }
        Totals::Fixed { total, pages } => {
            answer.set("X-WP-Total", total);
            answer.set("X-WP-TotalPages", pages);
        }
        Totals::Rising => {
            for name in ["X-WP-Total", "X-WP-TotalPages"] {
                if let Some(number) = answer.header(name).and_then(|text| text.parse::<u64>().ok()) {
                    answer.set(name, &(number + hit).to_string());
                }
            }
        }
    }
}

/// A full page whatever was asked for: the first item again and again, with ids that go on.
fn endless(answer: &mut Answer, params: &Params) {
    let number =
        |name, default| params.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(default);
    let (page, per_page) = (number("page", 1), number("per_page", 10));
    answer.status = 200;
    let first = serde_json::from_slice::<Value>(&answer.body).ok().and_then(|body| body.get(0).cloned());
    let first = first.unwrap_or_else(|| json!({"id": 0, "name": "more", "slug": "more"}));
    let items: Value = (1..=per_page)
        .map(|place| {
            let mut item = first.clone();
            item["id"] = json!((page - 1) * per_page + place);
            item
        })
        .collect();
    answer.body = json::bytes(&items).into();
    answer.set("X-WP-Total", &((page + 2) * per_page).to_string());
    answer.set("X-WP-TotalPages", &(page + 2).to_string());
}

/// The address with another origin.
fn moved(link: &str, origin: &str) -> String {
    let Some(start) = link.find("http") else { return link.to_owned() };
    let host = link[start..].find("://").map_or(start, |at| start + at + 3);
    let path = link[host..].find('/').map_or(link.len(), |at| host + at);
    format!("{}{origin}{}", &link[..start], &link[path..])
}

fn move_links(value: &mut Value, origin: &str, inside: bool) {
    match value {
        Value::Object(map) => {
            for (key, entry) in map {
                match entry {
                    Value::String(text) if inside && key == "href" => *text = moved(text, origin),
                    other => move_links(other, origin, inside || key == "_links"),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|entry| move_links(entry, origin, inside)),
        _ => {}
    }
}
