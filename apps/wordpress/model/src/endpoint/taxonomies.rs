//! Taxonomies: a map by name, not a list; `[]` when none fits.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use crate::types::kind::Taxonomy;
use serde_json::{Map, Value, json};

pub(crate) fn read(call: &Call<'_>, below: &[&str]) -> Given {
    let edit = call.context()? == "edit";
    if edit && !call.viewer.can("edit_posts") {
        let message = "Sorry, you are not allowed to manage terms in this taxonomy.";
        return Err(call.viewer.refusal("rest_cannot_view", message));
    }
    match below {
        [] => Ok(Answer::value(&all(call, edit))),
        [name] => match call.state.taxonomy_named(name) {
            Some(taxonomy) => Ok(Answer::value(&item(call, taxonomy, edit))),
            None => Err(Refusal::new(404, "rest_taxonomy_invalid", "Invalid taxonomy.")),
        },
        _ => Err(Refusal::no_route()),
    }
}

fn all(call: &Call<'_>, edit: bool) -> Value {
    let wanted = call.params.get("type");
    let fits =
        |taxonomy: &&Taxonomy| wanted.is_none_or(|kind| taxonomy.types.iter().any(|name| name == kind));
    let map: Map<String, Value> = call
        .state
        .taxonomies
        .iter()
        .filter(fits)
        .map(|taxonomy| (taxonomy.name.clone(), item(call, taxonomy, edit)))
        .collect();
    if map.is_empty() { json!([]) } else { Value::Object(map) }
}

fn item(call: &Call<'_>, taxonomy: &Taxonomy, edit: bool) -> Value {
    let prefix = call.state.rest_prefix();
    let mut item = json!({
        "name": taxonomy.label,
        "slug": taxonomy.name,
        "description": "",
        "types": taxonomy.types,
        "hierarchical": taxonomy.hierarchical,
        "rest_base": taxonomy.rest_base,
        "rest_namespace": "wp/v2",
        "_links": {
            "collection": [{"href": format!("{prefix}/wp/v2/taxonomies")}],
            "wp:items": [{"href": format!("{prefix}/wp/v2/{}", taxonomy.rest_base)}],
        },
    });
    if edit {
        item["capabilities"] =
            json!({"manage_terms": "manage_categories", "assign_terms": "assign_categories"});
        item["visibility"] = json!({"public": true, "show_ui": true});
    }
    item
}
