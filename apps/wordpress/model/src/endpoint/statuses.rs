//! Post statuses: a map by name; visitors know `publish` only.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use serde_json::{Map, Value, json};

const CORE: &[(&str, &str)] = &[
    ("publish", "Published"),
    ("future", "Scheduled"),
    ("draft", "Draft"),
    ("pending", "Pending"),
    ("private", "Private"),
    ("trash", "Trash"),
];

pub(crate) fn read(call: &Call<'_>, below: &[&str]) -> Given {
    let edit = call.context()? == "edit";
    let all = call.viewer.can("edit_posts");
    if edit && !all {
        return Err(call
            .viewer
            .refusal("rest_cannot_view", "Sorry, you are not allowed to manage post statuses."));
    }
    let custom = call.state.statuses.iter().map(|name| (name.as_str(), name.as_str()));
    let known = CORE.iter().copied().chain(custom).filter(|(name, _)| all || *name == "publish");
    let map: Map<String, Value> = known.map(|(name, label)| (name.to_owned(), item(name, label))).collect();
    match below {
        [] => Ok(Answer::value(&Value::Object(map))),
        [name] => match map.get(*name) {
            Some(status) => Ok(Answer::value(status)),
            None => Err(Refusal::new(404, "rest_status_invalid", "Invalid status.")),
        },
        _ => Err(Refusal::no_route()),
    }
}

fn item(name: &str, label: &str) -> Value {
    let public = name == "publish";
    json!({"name": label, "public": public, "queryable": public, "slug": name, "date_floating": name == "draft"})
}
