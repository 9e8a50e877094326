//! Views and their rebuilding.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn an_administrator_rebuilds_views_and_sees_what_became_of_them() {
    let house = House::open().await;
    let listed = house.get("/api/v1/views").await.is(200).json;
    assert_eq!(listed["items"].as_array().unwrap().len(), domain::views::ALL.len());
    assert_eq!(listed["rebuild"], json!(null));
    let unknown = house.post("/api/v1/views/rebuild", json!({"views": ["nonsense"]})).await;
    unknown.refused(422, "UNKNOWN_VIEW");
    let begun = house.post("/api/v1/views/rebuild", json!({"views": ["tokens"]})).await;
    assert_eq!(begun.is(202).json["state"], "running");
    let again = house.post("/api/v1/views/rebuild", json!({})).await;
    again.refused(409, "REBUILD_RUNNING");
    let done = loop {
        let state = house.get("/api/v1/views").await.is(200).json["rebuild"].take();
        if state["state"] != "running" {
            break state;
        }
        tokio::task::yield_now().await;
    };
    let outcome = &done["outcome"][0];
    assert_eq!(
        (&outcome["view"], &outcome["same"], &outcome["rows"]),
        (&"tokens".into(), &true.into(), &3.into())
    );
    assert_eq!(outcome["hash"], outcome["hash_before"]);
    house.get("/api/v1/tokens").await.is(200);
}
