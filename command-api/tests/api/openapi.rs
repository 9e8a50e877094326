//! The description and the committed copy of it.

use std::collections::BTreeSet;

use crate::house::House;

#[tokio::test]
async fn the_committed_description_is_this_one() {
    let committed = include_str!("../../../schemas/http/openapi.json");
    let served = House::open().await.get("/api/v1/openapi.json").await.is(200);
    assert_eq!(served.json["openapi"], "3.1.0");
    assert!(
        served.text == committed,
        "run: cargo run -p command-api --example write_openapi, and look at what has changed"
    );
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_a_name() {
    let described = serde_json::to_value(command_api::openapi()).unwrap();
    let text = described.to_string();
    for (at, _) in text.match_indices("#/components/schemas/") {
        let name = text[at + 21..].split('"').next().unwrap();
        assert!(described["components"]["schemas"].get(name).is_some(), "{name}");
    }
    let mut names = BTreeSet::new();
    for item in described["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{operation}");
            assert!(operation["responses"].get("default").is_some());
            let open = operation["x-role"] == "none";
            assert_eq!(operation["security"][0].get("token").is_none(), open, "{operation}");
        }
    }
    assert!(names.len() > 40);
}
