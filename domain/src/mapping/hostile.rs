//! Hostile definitions, and hostile records under good definitions.

#![expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]

use serde_json::{Value, json};

use super::tests::{ready, wordpress_user};
use super::*;

fn target() -> TargetFields {
    let kinds =
        ["text", "rich-text", "integer", "number", "boolean", "date-time", "email", "url", "list", "json"];
    let mut fields: Vec<Value> = kinds.iter().map(|kind| json!({"name": kind, "type": kind})).collect();
    fields.push(json!({"name": "reference", "type": "reference"}));
    serde_json::from_value(json!({"entity": "item", "fields": fields})).unwrap()
}

fn refused(fields: Value) -> Vec<String> {
    let definition = json!({"entity": "item", "fields": fields});
    let compiled =
        Definition::from_value(&definition).and_then(|definition| Mapping::compile(&definition, &target()));
    let problems = compiled.map(|_| ()).unwrap_err();
    assert!(problems.iter().all(|problem| !problem.detail.is_empty() && !problem.remedy.is_empty()));
    problems.into_iter().map(|problem| problem.code.into_owned()).collect()
}

fn field(to: &str, convert: Value) -> Value {
    json!({"to": to, "from": {"path": "a"}, "convert": convert})
}

fn apply(fields: Value, source: &Value) -> MapOutcome {
    let definition = Definition::from_value(&json!({"entity": "item", "fields": fields})).unwrap();
    Mapping::compile(&definition, &target()).unwrap().apply(source)
}

#[test]
fn bad_input_116_deep_long_and_many_are_refused() {
    let mut steps = json!([{"kind": "trim"}]);
    for _ in 0..20 {
        steps = json!([{"kind": "each", "convert": steps}]);
    }
    assert_eq!(refused(json!([field("list", steps)])), ["TOO_DEEP"]);
    let deep = format!("{{\"entity\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(Definition::parse(deep.as_bytes()).unwrap_err()[0].code, "TOO_DEEP");
    assert_eq!(Definition::parse(" ".repeat(1 << 20).as_bytes()).unwrap_err()[0].code, "TOO_LARGE");
    let many: Vec<Value> = (0..501).map(|n| field(&format!("f{n}"), json!([]))).collect();
    assert_eq!(refused(json!(many)), ["TOO_MANY_FIELDS"]);
    let large = json!([{"to": "json", "from": {"constant": "x".repeat(300 << 10)}}]);
    assert_eq!(refused(large), ["TOO_LARGE"]);
    assert_eq!(refused(json!([field("text", json!(vec![json!({"kind": "trim"}); 65]))])), ["TOO_LARGE"]);
    let rules = vec![json!({"kind": "url"}); 17];
    assert_eq!(refused(json!([{"to": "text", "from": {"path": "a"}, "rules": rules}])), ["TOO_LARGE"]);
}

#[test]
fn bad_input_119_there_is_nothing_to_include_and_no_way_to_refer_to_oneself() {
    for bad in [
        json!([{"to": "text", "from": {"include": "other.json"}}]),
        json!([{"to": "text", "from": {"path": "a"}, "$ref": "#/fields/0"}]),
        json!([{"to": "text", "from": {"mapping": "mp_self"}}]),
    ] {
        assert_eq!(refused(bad), ["MALFORMED"]);
    }
    let chain = json!([{"to": "text", "from": {"constant": "x"}}, {"to": "json", "from": {"path": "text"}}]);
    assert!(!apply(chain, &json!({})).fields.contains_key("json"), "fields do not see one another");
}

#[test]
fn bad_input_120_wrong_types_are_named_and_never_a_crash() {
    let fields = json!([
        field("text", json!([])),
        field("integer", json!([])),
        field("boolean", json!([])),
        field("list", json!([])),
        field("date-time", json!([])),
        field("email", json!([])),
        field("url", json!([])),
        field("number", json!([])),
        field("json", json!([])),
    ]);
    let outcome = apply(fields.clone(), &json!({"a": {"b": 1}}));
    assert_eq!((outcome.rejects.len(), outcome.fields.len()), (8, 1));
    assert!(outcome.rejects.iter().all(|problem| problem.code == Code::WrongType));
    for record in [json!(null), json!([]), json!("x"), json!(5), json!({})] {
        assert_eq!(apply(fields.clone(), &record), MapOutcome::default());
    }
}

#[test]
fn bad_input_121_words_of_the_host_are_plain_names() {
    for word in ["constructor.constructor", "__class__", "$env", "process", "__proto__.polluted"] {
        let outcome = apply(json!([{"to": "json", "from": {"path": word}}]), &json!({"a": 1}));
        assert!(outcome.fields.is_empty(), "{word}");
    }
    for template in ["{file('/etc/passwd')}", "{http://x}", "{eval(1)}", "${process.env}"] {
        let outcome = apply(json!([{"to": "text", "from": {"template": template}}]), &json!({"a": 1}));
        assert!(outcome.fields.is_empty(), "{template}");
    }
}

#[test]
fn bad_input_122_a_record_full_of_templates_stays_text() {
    let record = json!({"a": "{b}{{b}}${b}<%= b %>{{constructor}}", "b": "secret"});
    let fields = json!([{"to": "text", "from": {"template": "{a}"}}, {"to": "json", "from": {"path": "a"}}]);
    let outcome = apply(fields, &record);
    assert_eq!((&outcome.fields["text"], &outcome.fields["json"]), (&record["a"], &record["a"]));
}

#[test]
fn bad_input_123_a_field_is_written_once_and_some_never() {
    assert_eq!(
        refused(json!([field("text", json!([])), field("text", json!([])), field("text", json!([]))])),
        ["WRITTEN_TWICE"]
    );
    for forbidden in ["/id", "/tenant_id", "/__proto__", "__proto__", "id", "tenant_id", "constructor"] {
        assert_eq!(refused(json!([field(forbidden, json!([]))])), ["FORBIDDEN_FIELD"], "{forbidden}");
    }
    assert_eq!(refused(json!([field("nope", json!([]))])), ["UNKNOWN_FIELD"]);
}

#[test]
fn bad_input_124_a_mapping_sees_the_record_and_nothing_else() {
    for path in ["connection.secret", "credentials.password", "$secrets.key", "env.HOME"] {
        let outcome = apply(json!([{"to": "text", "from": {"path": path}}]), &json!({"id": 1}));
        assert!(outcome.fields.is_empty(), "{path}");
    }
}

#[test]
fn bad_input_125_nothing_depends_on_now_chance_or_place() {
    for kind in ["now", "random", "uuid", "today", "locale-date", "script"] {
        assert_eq!(
            refused(json!([field("text", json!([{"kind": kind}]))])),
            ["UNKNOWN_CONVERSION"],
            "{kind}"
        );
    }
    assert_eq!(
        refused(json!([field("date-time", json!([{"kind": "date-time", "zone": "local"}]))])),
        ["INVALID_TIME_ZONE"]
    );
}

#[test]
fn definitions_that_cannot_work_are_refused_with_their_code() {
    for (bad, code) in [
        (field("text", json!([{"kind": "trim", "extra": 1}])), "MALFORMED"),
        (field("text", json!([{"kind": "each", "convert": [{"kind": "nope"}]}])), "UNKNOWN_CONVERSION"),
        (field("integer", json!([{"kind": "text"}])), "TYPE_MISMATCH"),
        (field("text", json!([{"kind": "split", "by": ","}])), "TYPE_MISMATCH"),
        (field("list", json!([{"kind": "text"}, {"kind": "each", "convert": []}])), "TYPE_MISMATCH"),
        (field("text", json!([{"kind": "replace", "from": "", "to": "x"}])), "INVALID_CONVERSION"),
        (field("reference", json!([])), "REFERENCE_WITHOUT_RESOURCE"),
        (json!({"to": "text", "from": {"path": "a"}, "reference": {"resource": "users"}}), "TYPE_MISMATCH"),
        (json!({"to": "text", "from": {"path": "a..b"}}), "INVALID_PATH"),
        (json!({"to": "text", "from": {"template": "{a"}}), "INVALID_TEMPLATE"),
        (json!({"to": "integer", "from": {"constant": "x"}}), "TYPE_MISMATCH"),
        (json!({"to": "integer", "from": {"path": "a"}, "default": "x"}), "TYPE_MISMATCH"),
        (json!({"to": "text", "from": {"path": "a"}, "default": {"script": "x"}}), "MALFORMED"),
        (json!({"to": "text", "from": {"path": "a"}, "default": {"path": ""}}), "INVALID_PATH"),
        (
            json!({"to": "text", "from": {"path": "a"}, "rules": [{"kind": "pattern", "pattern": "("}]}),
            "INVALID_PATTERN",
        ),
        (json!({"to": "text", "from": {"path": "a"}, "rules": [{"kind": "nope"}]}), "UNKNOWN_RULE"),
        (
            json!({"to": "text", "from": {"path": "a"}, "rules": [{"kind": "url", "otherwise": "ignore"}]}),
            "MALFORMED",
        ),
        (json!({"from": {"path": "a"}}), "MALFORMED"),
    ] {
        assert_eq!(refused(json!([bad.clone()])), [code], "{bad}");
    }
    let users = portal_fields("user").unwrap();
    let none = Definition { entity: "post".into(), fields: vec![] };
    let codes: Vec<String> =
        Mapping::compile(&none, users).unwrap_err().into_iter().map(|p| p.code.into_owned()).collect();
    assert_eq!(codes, ["WRONG_ENTITY", "REQUIRED_FIELD_UNMAPPED"]);
}

fn at(path: &str, record: &Value) -> Option<Value> {
    apply(json!([{"to": "json", "from": {"path": path}}]), record).fields.remove("json")
}

#[test]
fn bad_input_052_many_keys_are_found_without_hashing() {
    let entries: serde_json::Map<String, Value> = (0..50_000).map(|n| (format!("k{n}"), json!(n))).collect();
    assert_eq!(at("k49999", &Value::Object(entries)), Some(json!(49_999)));
}

#[test]
fn bad_input_053_the_last_of_twins_counts_and_look_alikes_are_apart() {
    let text = "{\"id\":1,\"ID\":2,\"a\":1,\"a\":2,\"\u{e9}\":3,\"e\u{301}\":4}";
    let record: Value = serde_json::from_str(text).unwrap();
    for (path, value) in [("id", 1), ("ID", 2), ("a", 2), ("\u{e9}", 3), ("e\u{301}", 4)] {
        assert_eq!(at(path, &record), Some(json!(value)), "{path}");
    }
}

#[test]
fn bad_input_057_special_keys_are_only_keys() {
    let record = json!({"__proto__": {"x": 1}, "constructor": 2, "toString": 3, "$ref": "#", "$where": "1"});
    for (path, value) in [
        ("__proto__.x", json!(1)),
        ("constructor", json!(2)),
        ("toString", json!(3)),
        ("$ref", json!("#")),
        ("$where", json!("1")),
    ] {
        assert_eq!(at(path, &record), Some(value), "{path}");
    }
}

#[test]
fn bad_input_051_a_huge_value_is_too_large_and_not_a_crash() {
    let record = json!({"a": "x".repeat(5 << 20)});
    for (to, convert) in [
        ("text", json!([])),
        ("text", json!([{"kind": "upper-case"}])),
        ("rich-text", json!([{"kind": "html-sanitise"}])),
        ("text", json!([{"kind": "html-to-text"}])),
        ("json", json!([])),
    ] {
        let outcome = apply(json!([field(to, convert.clone())]), &record);
        assert_eq!(outcome.rejects[0].code, Code::TooLarge, "{convert}");
        assert!(outcome.rejects[0].raw.as_ref().is_none_or(|raw| raw.as_str().unwrap().len() < 2000));
    }
    let cut = apply(json!([field("text", json!([{"kind": "truncate", "max": 5}]))]), &record);
    assert_eq!(cut.fields["text"], "xxxxx");
}

const EVIL: &str = "=cmd|' /C calc'!A0\r\n\u{1b}[31m%s${jndi:ldap://x} ada@secret.example";

fn problems_of(value: &str) -> Vec<FieldProblem> {
    let kinds = ["integer", "boolean", "list", "date-time", "email", "url", "number"];
    let record = json!({"a": value});
    kinds.iter().flat_map(|to| apply(json!([field(to, json!([]))]), &record).rejects).collect()
}

#[test]
fn bad_input_058_a_message_is_one_clean_line_whatever_the_value() {
    let problems = problems_of(EVIL);
    assert_eq!(problems.len(), 7);
    assert!(problems.iter().all(|problem| !problem.to_string().contains(char::is_control)));
}

#[test]
fn bad_input_059_formulas_are_kept_as_they_are_for_the_export_to_disarm() {
    for formula in [EVIL, "=1+1", "+1", "@SUM(A1)", "-1"] {
        assert_eq!(apply(json!([field("text", json!([]))]), &json!({"a": formula})).fields["text"], formula);
    }
}

#[test]
fn bad_input_062_a_value_is_apart_from_the_message() {
    for problem in problems_of(EVIL) {
        assert!(!problem.to_string().contains("secret"), "{problem}");
        assert_eq!(problem.raw, Some(json!(EVIL)));
    }
}

#[test]
fn bad_input_054_an_id_of_any_type_is_not_the_mappings_concern() {
    for id in [json!("7"), json!(7.5), json!([7]), json!(null), json!(true)] {
        let mut user = wordpress_user();
        user["id"] = id;
        assert!(ready("users").apply(&user).rejects.is_empty());
    }
}

#[test]
fn bad_input_056_a_record_that_is_no_record_is_rejected() {
    for record in [Value::Null, json!([]), json!(""), json!("text"), json!(1), json!(true), json!({})] {
        assert!(!ready("users").apply(&record).rejects.is_empty(), "{record}");
    }
    for text in ["", " ", "{} {}", "{}x", "null", "[]", "\"x\""] {
        assert!(Definition::parse(text.as_bytes()).is_err(), "{text:?}");
    }
}
