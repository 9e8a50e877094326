//! Laws that hold for any record under any mapping that compiles.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::tests::ready;
use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z<>&;/ 0-9{}|@.:-]{0,20}".prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("2024-05-31T12:00:00")),
        Just(json!("a@b.example")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::btree_map("[a-d]", inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_conversion() -> impl Strategy<Value = Value> {
    let plain = prop::sample::select(vec![
        json!({"kind": "text"}),
        json!({"kind": "number"}),
        json!({"kind": "integer"}),
        json!({"kind": "boolean"}),
        json!({"kind": "date-time", "zone": "utc"}),
        json!({"kind": "date-time", "zone": "America/New_York"}),
        json!({"kind": "date-time", "zone": "utc", "format": "%d/%m/%y"}),
        json!({"kind": "html-to-text"}),
        json!({"kind": "html-sanitise"}),
        json!({"kind": "decode-entities"}),
        json!({"kind": "slug"}),
        json!({"kind": "lower-case"}),
        json!({"kind": "upper-case"}),
        json!({"kind": "trim"}),
        json!({"kind": "truncate", "max": 3}),
        json!({"kind": "split", "by": " "}),
        json!({"kind": "join", "with": ","}),
        json!({"kind": "first"}),
        json!({"kind": "lookup", "table": {"a": [1]}, "otherwise": "z"}),
        json!({"kind": "lookup", "table": {}}),
        json!({"kind": "role-map", "map": {"a": "b"}}),
        json!({"kind": "replace", "from": "a", "to": "aaaa"}),
    ]);
    plain.prop_recursive(2, 6, 2, |inner| {
        proptest::collection::vec(inner, 0..3).prop_map(|convert| json!({"kind": "each", "convert": convert}))
    })
}

fn any_field() -> impl Strategy<Value = Value> {
    let from = prop::sample::select(vec![
        json!({"path": "a"}),
        json!({"path": "a.b|b[0]"}),
        json!({"path": "c[1].a"}),
        json!({"constant": [1, "x"]}),
        json!({"constant": "x"}),
        json!({"template": "{a} {b.c}"}),
    ]);
    let rules = prop::sample::subsequence(
        vec![
            json!({"kind": "required", "otherwise": "warn"}),
            json!({"kind": "length", "max": 5, "otherwise": "use-default"}),
            json!({"kind": "pattern", "pattern": "^a", "otherwise": "warn"}),
            json!({"kind": "range", "min": 0}),
            json!({"kind": "one-of", "values": ["a", 1], "otherwise": "warn"}),
            json!({"kind": "email", "otherwise": "use-default"}),
            json!({"kind": "type", "is": "text", "otherwise": "warn"}),
        ],
        0..4,
    );
    let otherwise = prop::sample::select(vec!["reject", "warn", "use-default"]);
    let default = prop::sample::select(vec![
        Value::Null,
        json!({"path": "d"}),
        json!({"constant": "https://d.example"}),
    ]);
    (from, proptest::collection::vec(any_conversion(), 0..4), default, rules, otherwise).prop_map(
        |(from, convert, default, rules, otherwise)| {
            json!({"from": from, "convert": convert, "default": default, "rules": rules, "otherwise": otherwise})
        },
    )
}

/// A definition whose fields are given different targets, the required one first.
fn definition(fields: &[Value]) -> Definition {
    let targets = ["title", "data", "description", "url", "created_at"];
    let named = fields.iter().zip(targets).map(|(field, to)| {
        let mut field = field.clone();
        field["to"] = json!(to);
        field
    });
    Definition::from_value(&json!({"entity": "item", "fields": named.collect::<Vec<_>>()})).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn apply_is_total_and_deterministic(fields in proptest::collection::vec(any_field(), 1..5), record in any_json()) {
        let definition = definition(&fields);
        let Ok(mapping) = Mapping::compile(&definition, portal_fields("item").unwrap()) else { return Ok(()) };
        let outcome = mapping.apply(&record);
        prop_assert_eq!(&mapping.apply(&record), &outcome);
        for lineage in mapping.explain(&record) {
            prop_assert_eq!(lineage.result.as_ref(), outcome.fields.get(&lineage.field));
        }
        for problem in outcome.rejects.iter().chain(&outcome.warnings) {
            prop_assert!(!problem.message.is_empty() && !problem.remedy.is_empty());
        }
        let text = serde_json::to_string(&outcome).unwrap();
        prop_assert_eq!(serde_json::from_str::<MapOutcome>(&text).is_ok(), true);
    }

    #[test]
    fn what_portal_gets_has_the_type_that_portal_wants(fields in proptest::collection::vec(any_field(), 1..5), record in any_json()) {
        let definition = definition(&fields);
        let target = portal_fields("item").unwrap();
        let Ok(mapping) = Mapping::compile(&definition, target) else { return Ok(()) };
        for (name, value) in mapping.apply(&record).fields {
            let kind = target.get(&name).unwrap().kind;
            prop_assert!(value.is_null() || rules::fits(kind, &value).is_ok(), "{} {}", name, value);
        }
    }

    #[test]
    fn the_ready_made_mappings_survive_any_record(record in any_json(), resource in prop::sample::select(vec!["users", "posts", "media", "comments"])) {
        let mapping = ready(resource);
        prop_assert_eq!(mapping.apply(&record), mapping.apply(&record));
    }

    #[test]
    fn any_json_as_a_definition_gets_an_answer(definition in any_json()) {
        let _ = Definition::from_value(&definition);
        let _ = Definition::parse(definition.to_string().as_bytes());
        let _ = Definition::from_value(&json!({"entity": "item", "fields": [definition]}));
    }
}
