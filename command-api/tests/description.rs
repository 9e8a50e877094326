//! The committed description is the one that the code has, and every operation says who may call it.

use std::collections::BTreeSet;

#[test]
fn the_committed_description_is_that_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/http/openapi.json");
    let committed: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).expect("committed")).expect("JSON");
    let code = serde_json::to_value(command_api::openapi()).expect("JSON");
    assert!(
        committed == code,
        "schemas/http/openapi.json is stale: cargo run -p command-api --example write_openapi"
    );
}

#[test]
fn bad_input_063_every_operation_needs_a_token_and_a_role() {
    let code = serde_json::to_value(command_api::openapi()).expect("JSON");
    let mut seen = BTreeSet::new();
    for (path, item) in code["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let role = operation["x-role"].as_str().unwrap_or_default();
            assert!(["viewer", "operator", "administrator"].contains(&role), "{method} {path} has no role");
            assert!(operation["security"][0].get("token").is_some(), "{method} {path} needs no token");
            seen.insert(format!("{method} {path}"));
        }
    }
    assert!(seen.len() > 40, "{} operations", seen.len());
}
