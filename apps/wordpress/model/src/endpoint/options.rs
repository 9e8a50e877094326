//! `OPTIONS` on a route: its parameters and the schema of its items.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::Given;
use crate::state::State;
use serde_json::{Map, Value, json};

const POST_ARGUMENTS: &[&str] = &[
    "after",
    "modified_after",
    "author",
    "author_exclude",
    "before",
    "modified_before",
    "exclude",
    "include",
    "offset",
    "order",
    "orderby",
    "search",
    "slug",
    "status",
    "categories",
    "tags",
    "sticky",
    "parent",
];
const USER_ARGUMENTS: &[&str] = &[
    "exclude",
    "include",
    "offset",
    "order",
    "orderby",
    "search",
    "search_columns",
    "slug",
    "roles",
    "capabilities",
    "who",
    "has_published_posts",
];
const TERM_ARGUMENTS: &[&str] =
    &["exclude", "include", "offset", "order", "orderby", "search", "hide_empty", "parent", "post", "slug"];
const COMMENT_ARGUMENTS: &[&str] = &[
    "after", "author", "before", "exclude", "include", "offset", "order", "orderby", "parent", "post",
    "search", "status",
];

/// Parameters of a collection. Users, terms and comments know no modification date.
pub(crate) fn arguments(state: &State, base: &str) -> Value {
    let names = if base == "users" {
        USER_ARGUMENTS
    } else if base == "comments" {
        COMMENT_ARGUMENTS
    } else if state.taxonomies.iter().any(|taxonomy| taxonomy.rest_base == base) {
        TERM_ARGUMENTS
    } else {
        POST_ARGUMENTS
    };
    let mut arguments = Map::new();
    let most = state.options.per_page_max;
    arguments.insert(
        "context".to_owned(),
        json!({"type": "string", "enum": ["view", "embed", "edit"], "default": "view", "required": false}),
    );
    arguments
        .insert("page".to_owned(), json!({"type": "integer", "default": 1, "minimum": 1, "required": false}));
    let per_page =
        json!({"type": "integer", "default": 10.min(most), "minimum": 1, "maximum": most, "required": false});
    arguments.insert("per_page".to_owned(), per_page);
    for &name in names {
        let kind = if name.ends_with("after") || name.ends_with("before") {
            json!({"type": "string", "format": "date-time", "required": false})
        } else {
            json!({"required": false})
        };
        arguments.insert(name.to_owned(), kind);
    }
    Value::Object(arguments)
}

pub(crate) fn describe(call: &Call<'_>) -> Given {
    let base = call.route.strip_prefix("/wp/v2/").unwrap_or("").split('/').next().unwrap_or("");
    let state = call.state;
    let kind = state.types.iter().find(|kind| kind.rest_base == base);
    let taxonomy = state.taxonomies.iter().find(|taxonomy| taxonomy.rest_base == base);
    let (title, properties) = match (base, kind, taxonomy) {
        ("users", ..) => ("user", user_properties()),
        ("comments", ..) => ("comment", comment_properties()),
        (_, Some(kind), _) => (kind.name.as_str(), post_properties(state, &kind.name)),
        (_, _, Some(taxonomy)) => (taxonomy.name.as_str(), term_properties()),
        _ => return Err(Refusal::no_route()),
    };
    let schema = json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": if title == "post_tag" { "tag" } else { title },
        "type": "object",
        "properties": properties,
    });
    Ok(Answer::value(&json!({
        "namespace": "wp/v2",
        "methods": ["GET", "POST"],
        "endpoints": [{"methods": ["GET"], "allow_batch": {"v1": true}, "args": arguments(state, base)}],
        "schema": schema,
        "_links": {"self": [{"href": format!("{}{}", state.rest_prefix(), call.route)}]},
    })))
}

/// Properties from `name:type` words; an exclamation mark says that only `context=edit` shows it.
fn properties(words: &str) -> Map<String, Value> {
    let property = |word: &str| {
        let (name, kind) = word.split_once(':').unwrap_or((word, "string"));
        let context = if name.ends_with('!') { json!(["edit"]) } else { json!(["view", "edit", "embed"]) };
        let mut about = match kind {
            "date" => json!({"type": ["string", "null"], "format": "date-time"}),
            "text" => json!({"type": "object", "properties": {
                "raw": {"type": "string", "context": ["edit"]},
                "rendered": {"type": "string", "context": ["view", "edit", "embed"], "readonly": true},
            }}),
            "ids" => json!({"type": "array", "items": {"type": "integer"}}),
            "words" => json!({"type": "array", "items": {"type": "string"}}),
            other => json!({"type": other}),
        };
        about["context"] = context;
        (name.trim_end_matches('!').to_owned(), about)
    };
    words.split_whitespace().map(property).collect()
}

fn user_properties() -> Value {
    Value::Object(properties(
        "id:integer username! name first_name! last_name! email! url description link locale! nickname! slug \
         registered_date!:date roles!:words capabilities!:object extra_capabilities!:object avatar_urls:object \
         meta:object",
    ))
}

fn term_properties() -> Value {
    let words = "id:integer count:integer description link name slug taxonomy parent:integer meta:object";
    Value::Object(properties(words))
}

fn comment_properties() -> Value {
    Value::Object(properties(
        "id:integer author:integer author_email! author_ip! author_name author_url author_user_agent! content:text \
         date:date date_gmt:date link parent:integer post:integer status type author_avatar_urls:object meta:object",
    ))
}

/// Core's properties, the taxonomies of the type, and what plugins registered, as seen on the rows.
fn post_properties(state: &State, kind: &str) -> Value {
    let mut all = properties(
        "date:date date_gmt:date guid:text id:integer link modified:date modified_gmt:date slug status type \
         password! title:text author:integer featured_media:integer comment_status ping_status template meta:object",
    );
    all.extend(match kind {
        "attachment" => properties(
            "alt_text caption:text description:text media_type mime_type media_details:object post:integer source_url \
             missing_image_sizes!:words",
        ),
        "page" => properties("content:text excerpt:text parent:integer menu_order:integer"),
        _ => properties("content:text excerpt:text format sticky:boolean"),
    });
    for taxonomy in state.taxonomies.iter().filter(|taxonomy| taxonomy.types.iter().any(|name| name == kind))
    {
        all.extend(properties(&format!("{}:ids", taxonomy.rest_base)));
    }
    let mut meta = Map::new();
    state.posts.visit(false, |_, post| {
        if post.kind == kind {
            for (name, value) in &post.extra {
                all.entry(name.clone()).or_insert_with(|| json!({"type": type_of(value)}));
            }
            meta.extend(
                post.meta.iter().map(|(name, value)| (name.clone(), json!({"type": type_of(value)}))),
            );
        }
    });
    all.insert("meta".to_owned(), json!({"type": "object", "context": ["view", "edit"], "properties": meta}));
    Value::Object(all)
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
