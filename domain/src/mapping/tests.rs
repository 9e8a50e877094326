//! Whole mappings: what a definition means, and that the ready-made ones work on real WordPress records.

use serde_json::{Value, json};

use super::*;

/// A user as WordPress 6.8 sends it with `context=edit`.
pub(super) fn wordpress_user() -> Value {
    json!({"id": 7, "username": "ada", "name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace",
        "email": " Ada@Example.ORG", "url": "https://ada.example", "description": "Writes &amp; counts.\nA lot.",
        "link": "https://site.example/author/ada/", "locale": "en_US", "nickname": "ada", "slug": "ada",
        "registered_date": "2020-03-01T09:30:00+00:00", "roles": ["administrator"],
        "capabilities": {"read": true, "administrator": true}, "extra_capabilities": {"administrator": true},
        "avatar_urls": {"24": "https://a.example/24", "48": "https://a.example/48", "96": "https://a.example/96"},
        "meta": {"persisted_preferences": []}})
}

pub(super) fn ready(resource: &str) -> CompiledMapping {
    let ready = READY_MADE.iter().find(|ready| ready.resource == resource).unwrap();
    let definition = Definition::parse(ready.json.as_bytes()).unwrap();
    Mapping::compile(&definition, portal_fields(ready.entity).unwrap()).unwrap()
}

fn target() -> TargetFields {
    serde_json::from_value(json!({"entity": "user", "fields": [
        {"name": "email", "type": "email", "unique": true, "personal": "personal"},
        {"name": "name", "type": "text", "required": true, "max_length": 20},
        {"name": "age", "type": "integer"}, {"name": "tags", "type": "list"},
        {"name": "author", "type": "reference"}, {"name": "at", "type": "date-time"},
        {"name": "site", "type": "url"}, {"name": "any", "type": "json"}, {"name": "ok", "type": "boolean"},
    ]}))
    .unwrap()
}

fn compile(mut fields: Vec<Value>) -> Result<CompiledMapping, Vec<Rejection>> {
    if !fields.iter().any(|field| field["to"] == "name") {
        fields.push(json!({"to": "name", "from": {"constant": "n"}}));
    }
    Mapping::compile(&Definition::from_value(&json!({"entity": "user", "fields": fields}))?, &target())
}

fn apply(field: Value, source: &Value) -> MapOutcome {
    compile(vec![field]).unwrap().apply(source)
}

fn codes(problems: &[FieldProblem]) -> Vec<Code> {
    problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn given_a_user_when_mapped_then_every_portal_field_has_its_value() {
    let outcome = ready("users").apply(&wordpress_user());
    assert_eq!(outcome.rejects, []);
    assert_eq!(outcome.warnings, []);
    assert_eq!(
        Value::Object(outcome.fields),
        json!({"email": "ada@example.org", "name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace",
            "username": "ada", "role": "member", "bio": "Writes & counts. A lot.", "website": "https://ada.example",
            "profile_url": "https://site.example/author/ada/", "avatar_url": "https://a.example/96",
            "locale": "en_US", "registered_at": "2020-03-01T09:30:00Z"})
    );
}

#[test]
fn given_the_public_view_when_mapped_then_users_and_posts_still_come_through() {
    let user = json!({"id": 7, "name": "Ada", "url": "", "description": "", "link": "https://s.example/a", "slug": "ada",
        "avatar_urls": {"96": "https://a.example/96"}, "meta": []});
    let outcome = ready("users").apply(&user);
    assert_eq!((codes(&outcome.rejects), codes(&outcome.warnings)), (vec![], vec![Code::SourceFieldGone]));
    assert_eq!(outcome.fields["role"], "member");
    assert!(!outcome.fields.contains_key("email") && outcome.fields["website"].is_null());

    let mut post = json!({"id": 9, "date_gmt": "2024-05-31T12:00:00", "modified_gmt": "2024-06-01T12:00:00", "slug": "p",
        "status": "publish", "link": "https://s.example/p", "title": {"rendered": "Post &#038; &#8220;title&#8221; 9"},
        "content": {"rendered": "<p onclick=x>Hi<script>y</script></p>", "protected": false},
        "excerpt": {"rendered": "<p>Hi</p>\n", "protected": false}, "author": 7, "featured_media": 0, "sticky": false,
        "format": "standard", "categories": [1, 3], "tags": []});
    let view = ready("posts").apply(&post);
    assert_eq!((&view.rejects, &view.warnings), (&vec![], &vec![]));
    assert_eq!(view.fields["title"], "Post & “title” 9");
    assert_eq!(view.fields["content"], "<p>Hi</p>");
    assert_eq!(view.fields["status"], "published");
    assert_eq!(view.fields["published_at"], "2024-05-31T12:00:00Z");
    let references: Vec<String> =
        view.references.iter().map(|r| format!("{}={}/{}", r.field, r.resource, r.external_id)).collect();
    assert_eq!(references, ["author=users/7", "categories[0]=categories/1", "categories[1]=categories/3"]);

    post["title"]["raw"] = json!("Post & “title” 9");
    assert_eq!(ready("posts").apply(&post).fields, view.fields);
}

#[test]
fn every_ready_made_mapping_compiles_for_its_entity() {
    for ready_made in READY_MADE {
        let mapping = ready(ready_made.resource);
        assert_eq!(mapping.entity(), ready_made.entity);
        assert!(!mapping.source_paths().is_empty());
    }
    assert!(
        ["user", "post", "page", "term", "media", "comment", "item"]
            .iter()
            .all(|e| portal_fields(e).is_some())
    );
}

#[test]
fn given_media_and_comments_when_mapped_then_their_references_and_dates_follow() {
    let media = json!({"id": 3, "date_gmt": "2024-01-01T00:00:00", "modified_gmt": "-0001-11-30T00:00:00", "slug": "m",
        "title": {"rendered": ""}, "caption": {"rendered": "<p>A</p>"}, "alt_text": "b", "media_type": "image",
        "mime_type": "image/png", "media_details": {"width": 10, "height": "20"}, "post": null, "author": 0,
        "source_url": "https://s.example/m.png", "link": "not a link"});
    let outcome = ready("media").apply(&media);
    assert_eq!((codes(&outcome.rejects), codes(&outcome.warnings)), (vec![], vec![Code::NotAUrl]));
    assert_eq!((&outcome.fields["title"], &outcome.fields["height"]), (&json!("m"), &json!(20)));
    assert!(outcome.fields["modified_at"].is_null() && outcome.fields["url"].is_null());
    assert_eq!(outcome.references, []);
    let comment = json!({"id": 5, "post": 9, "parent": 0, "author": 0, "author_name": "B", "author_url": "", "status": "hold",
        "date_gmt": "2024-01-01T00:00:00", "content": {"rendered": "<p>x</p>"}, "author_email": "no address"});
    let outcome = ready("comments").apply(&comment);
    assert_eq!((codes(&outcome.rejects), codes(&outcome.warnings)), (vec![], vec![Code::NotAnEmail]));
    assert_eq!(outcome.references.len(), 1);
}

#[test]
fn given_several_bad_fields_when_mapped_then_all_of_them_are_named() {
    let mapping = compile(vec![
        json!({"to": "email", "from": {"path": "email"}}),
        json!({"to": "name", "from": {"path": "name"}}),
        json!({"to": "age", "from": {"path": "age"}, "convert": [{"kind": "integer"}]}),
    ])
    .unwrap();
    let outcome = mapping.apply(&json!({"email": "nobody", "name": "n".repeat(21), "age": "old"}));
    assert_eq!(codes(&outcome.rejects), [Code::NotAnEmail, Code::TooLong, Code::NotANumber]);
    let age = &outcome.rejects[2];
    assert_eq!(
        (age.field.as_str(), age.step.as_deref(), &age.raw),
        ("age", Some("convert 1: integer"), &Some(json!("old")))
    );
    assert_eq!(codes(&mapping.apply(&json!({"name": ""})).rejects), [Code::Required]);
    assert_eq!(codes(&mapping.apply(&json!({})).rejects), [Code::SourceFieldGone]);
}

#[test]
fn missing_null_and_empty_are_three_things() {
    let field = || json!({"to": "site", "from": {"path": "a"}});
    assert!(!apply(field(), &json!({})).fields.contains_key("site"));
    assert!(apply(field(), &json!({"a": null})).fields["site"].is_null());
    assert!(apply(field(), &json!({"a": ""})).fields["site"].is_null());
    let kept = json!({"to": "any", "from": {"path": "a"}, "empty": ["null"], "default": 1});
    assert_eq!(apply(kept.clone(), &json!({"a": []})).fields["any"], json!([]));
    assert_eq!(apply(kept.clone(), &json!({"a": null})).fields["any"], json!(1));
    assert_eq!(apply(kept, &json!({})).fields["any"], json!(1));
}

#[test]
fn defaults_come_from_a_path_or_a_constant_and_stand_in_for_what_fails() {
    let path = json!({"to": "any", "from": {"path": "a"}, "default": {"path": "b"}});
    assert_eq!(apply(path.clone(), &json!({"a": "", "b": "x"})).fields["any"], "x");
    assert_eq!(apply(path, &json!({"a": "y", "b": "x"})).fields["any"], "y");
    let rule = |otherwise: &str| json!({"to": "site", "from": {"path": "a"}, "default": "https://d.example", "rules": [{"kind": "url", "otherwise": otherwise}]});
    let replaced = apply(rule("use-default"), &json!({"a": "x"}));
    assert_eq!(
        (&replaced.fields["site"], codes(&replaced.warnings)),
        (&json!("https://d.example"), vec![Code::NotAUrl])
    );
    let warned = apply(rule("warn"), &json!({"a": "x"}));
    assert_eq!((&warned.fields["site"], codes(&warned.warnings)), (&json!("x"), vec![Code::NotAUrl]));
    assert_eq!(codes(&apply(rule("reject"), &json!({"a": "x"})).rejects), [Code::NotAUrl]);
    for (otherwise, fields) in
        [("warn", json!({"name": "n"})), ("use-default", json!({"name": "n", "age": 5}))]
    {
        let field = json!({"to": "age", "from": {"path": "a"}, "convert": [{"kind": "integer"}], "default": 5, "otherwise": otherwise});
        let outcome = apply(field, &json!({"a": "x"}));
        assert_eq!((json!(outcome.fields), codes(&outcome.warnings)), (fields, vec![Code::NotANumber]));
    }
}

#[test]
fn references_are_ids_of_other_records_and_zero_is_none() {
    let one = json!({"to": "author", "from": {"path": "a"}, "reference": {"resource": "users"}});
    let of = |value: Value| apply(one.clone(), &json!({"a": value}));
    assert_eq!(of(json!(7)).references[0].external_id, "7");
    assert_eq!(of(json!("7")).references[0].external_id, "7");
    for none in [json!(0), json!("0"), json!(null), json!("")] {
        assert_eq!(of(none).references, []);
    }
    for bad in [json!(1.5), json!({"a": 1}), json!(true), json!([1])] {
        assert_eq!(codes(&of(bad.clone()).rejects), [Code::WrongType], "{bad}");
    }
    let many = json!({"to": "tags", "from": {"path": "a"}, "reference": {"resource": "tags"}});
    assert_eq!(apply(many, &json!({"a": [3, 0, 3, 4]})).references.len(), 2);
}

#[test]
fn unique_values_are_for_the_run_to_check() {
    let mapping = compile(vec![json!({"to": "email", "from": {"path": "e"}})]).unwrap();
    let outcome = mapping.apply(&json!({"e": "Ada@B.example"}));
    assert_eq!(mapping.unique_values(&outcome), [("email", "ada@b.example".to_owned())]);
    // Without a rule it is told and not refused: sites do have two accounts with one address.
    assert_eq!(mapping.unique_otherwise("email"), Otherwise::Warn);
    assert_eq!(mapping.not_unique("email", "12", "ada@b.example").code, Code::NotUnique);
    assert_eq!(mapping.unique_values(&mapping.apply(&json!({"e": ""}))), []);
}

#[test]
fn lineage_names_source_steps_default_and_result() {
    let mapping = compile(vec![
        json!({"to": "any", "from": {"path": "a.raw|a.rendered"}, "convert": [{"kind": "trim"}, {"kind": "upper-case"}]}),
        json!({"to": "site", "from": {"path": "gone"}, "default": "https://d.example"}),
    ])
    .unwrap();
    let lineage = serde_json::to_value(mapping.explain(&json!({"a": {"rendered": " x "}}))).unwrap();
    assert_eq!(
        lineage[0],
        json!({"field": "any", "source_path": "a.rendered", "source_value": " x ", "defaulted": false, "result": "X",
            "steps": [{"conversion": "trim", "value": "x"}, {"conversion": "upper-case", "value": "X"}]})
    );
    assert_eq!(
        (&lineage[1]["defaulted"], &lineage[1]["result"]),
        (&json!(true), &json!("https://d.example"))
    );
}

#[test]
fn source_paths_name_what_a_fetch_must_ask_for() {
    let mapping = compile(vec![
        json!({"to": "any", "from": {"path": "title.raw|title.rendered"}, "default": {"path": "slug"}}),
        json!({"to": "name", "from": {"template": "{meta.a[0]} {meta}"}}),
    ])
    .unwrap();
    assert_eq!(mapping.source_paths(), ["meta", "slug", "title.raw", "title.rendered"]);
}

#[test]
fn alternatives_are_what_one_rule_reads_one_of() {
    let of = |name: Value| {
        let title =
            json!({"to": "any", "from": {"path": "title.raw|title.rendered"}, "default": {"path": "slug"}});
        let mapping = compile(vec![title, json!({"to": "name", "from": name})]).unwrap();
        mapping.alternatives().collect::<Vec<_>>()
    };
    // Neither a name with a bar in it nor a template is one of several.
    for name in [json!({"path": "meta[\"a|b\"]"}), json!({"template": "{first} {last}"})] {
        assert_eq!(of(name), [["title.raw", "title.rendered"]]);
    }
}

#[test]
fn equal_definitions_have_equal_digests() {
    let text = |order: &str| {
        format!(
            "{{\"entity\":\"user\",\"fields\":[{{\"to\":\"any\",\"from\":{{\"path\":\"a\"}},\"convert\":[{{\"kind\":\"lookup\",\"table\":{order}}}]}}]}}"
        )
    };
    let digest = |order: &str| Definition::parse(text(order).as_bytes()).unwrap().digest();
    assert_eq!(digest("{\"a\":1,\"b\":2}"), digest(" { \"b\" : 2 , \"a\":1}"));
    assert_ne!(digest("{\"a\":1}"), digest("{\"a\":2}"));
    for ready_made in READY_MADE {
        let definition = Definition::parse(ready_made.json.as_bytes()).unwrap();
        assert_eq!(Definition::parse(&definition.digest()).unwrap(), definition);
    }
}
