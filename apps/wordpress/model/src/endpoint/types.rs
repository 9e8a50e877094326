//! Post types: a map by name, not a list.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use crate::types::kind::PostType;
use serde_json::{Map, Value, json};

pub(crate) fn read(call: &Call<'_>, below: &[&str]) -> Given {
    let edit = call.context()? == "edit";
    if edit && !call.viewer.can("edit_posts") {
        let message = "Sorry, you are not allowed to edit posts in this post type.";
        return Err(call.viewer.refusal("rest_cannot_view", message));
    }
    match below {
        [] => {
            let all: Map<String, Value> =
                call.state.types.iter().map(|kind| (kind.name.clone(), item(call, kind, edit))).collect();
            Ok(Answer::value(&Value::Object(all)))
        }
        [name] => match call.state.type_named(name) {
            Some(kind) => Ok(Answer::value(&item(call, kind, edit))),
            None => Err(Refusal::new(404, "rest_type_invalid", "Invalid post type.")),
        },
        _ => Err(Refusal::no_route()),
    }
}

fn item(call: &Call<'_>, kind: &PostType, edit: bool) -> Value {
    let prefix = call.state.rest_prefix();
    let mut item = json!({
        "description": "",
        "hierarchical": kind.hierarchical,
        "has_archive": false,
        "name": kind.label,
        "slug": kind.name,
        "icon": null,
        "taxonomies": kind.taxonomies,
        "rest_base": kind.rest_base,
        "rest_namespace": "wp/v2",
        "_links": {
            "collection": [{"href": format!("{prefix}/wp/v2/types")}],
            "wp:items": [{"href": format!("{prefix}/wp/v2/{}", kind.rest_base)}],
        },
    });
    if edit {
        item["capabilities"] = json!({"edit_posts": "edit_posts", "edit_others_posts": "edit_others_posts"});
        item["viewable"] = json!(!kind.name.starts_with("wp_"));
        item["labels"] = json!({"name": kind.label});
        item["supports"] = json!({"title": true, "editor": true, "author": true, "custom-fields": true});
    }
    item
}
