//! Pages, cursors and searches.

use serde_json::json;

use crate::house::House;

async fn scenarios(house: &House, count: usize) -> u64 {
    let mut last = 0;
    for n in 0..count {
        last = house.post("/api/v1/scenarios", json!({"name": format!("S{n:02}")})).await.is(201).position();
    }
    last
}

#[tokio::test]
async fn bad_input_069_limits_and_cursors_that_make_no_sense() {
    let house = House::open().await;
    let position = scenarios(&house, 5).await;
    for limit in ["0", "-1", "501", "9223372036854775808", "1e3", "abc", ""] {
        assert!(
            house.get(&format!("/api/v1/scenarios?limit={limit}")).await.is(400).json["code"].is_string()
        );
    }
    let first = house.get(&format!("/api/v1/scenarios?limit=2&min_position={position}")).await.is(200);
    assert_eq!((first.json["items"].as_array().unwrap().len(), &first.json["total"]), (2, &json!(5)));
    let cursor = first.json["next_cursor"].as_str().unwrap().to_owned();
    let second = house.get(&format!("/api/v1/scenarios?limit=2&cursor={cursor}")).await.is(200);
    assert_eq!(second.json["items"][0]["name"], "S02");
    for path in ["mappings?", "connections?", "runs?", "scenarios?q=S&", "tokens?", "portal/users?"] {
        house.get(&format!("/api/v1/{path}cursor={cursor}")).await.refused(400, "INVALID_CURSOR");
    }
    for forged in ["AAAA", "e30", "%22", "eyJsIjoieCIsInAiOnt9fQ", &"A".repeat(5_000)] {
        house.get(&format!("/api/v1/scenarios?cursor={forged}")).await.refused(400, "INVALID_CURSOR");
    }
    house.get("/api/v1/scenarios?offset=1000000000000").await.refused(400, "INVALID_PARAMETER");
    house.get("/api/v1/scenarios?limit=1&limit=2").await.refused(400, "INVALID_PARAMETER");
    house.get("/api/v1/audit?after=9223372036854775807").await.refused(400, "INVALID_PARAMETER");
}

#[tokio::test]
async fn bad_input_070_searches_are_plain_text() {
    let house = House::open().await;
    let position =
        house.post("/api/v1/scenarios", json!({"name": "100% (a+)+$ \"x\" OR 1"})).await.is(201).position();
    scenarios(&house, 3).await;
    let found = async |q: &str| {
        let answer = house.get(&format!("/api/v1/scenarios?q={q}&min_position={position}")).await.is(200);
        answer.json["total"].as_u64().unwrap()
    };
    assert_eq!(found("100%25").await, 1);
    assert_eq!(found("%25").await, 1);
    assert_eq!(found("_").await, 0);
    assert_eq!(found("*").await, 0);
    assert_eq!(found("(a%2B)%2B%24").await, 1);
    assert_eq!(found("%22x%22%20or").await, 1);
    assert_eq!(found("%27%20OR%201%3D1%20--").await, 0);
    let long = "a".repeat(201);
    house.get(&format!("/api/v1/scenarios?q={long}")).await.refused(400, "SEARCH_TOO_LONG");
    let longer = "a".repeat(10_000);
    house.get(&format!("/api/v1/scenarios?q={longer}")).await.refused(400, "INVALID_PARAMETER");
}

#[tokio::test]
async fn bad_input_077_paths_in_ids_lead_nowhere() {
    let house = House::open().await;
    for id in ["..%2f..%2fetc%2fpasswd", "%2e%2e", "%2Fetc%2Fpasswd", "rn_..%2fx", "rn_%00", "C:%5cx"] {
        for path in ["runs", "scenarios", "mappings", "connections", "portal/users"] {
            let status = house.get(&format!("/api/v1/{path}/{id}")).await.status.as_u16();
            assert!(matches!(status, 400 | 404), "{path}/{id}: {status}");
        }
        let status = house.get(&format!("/api/v1/runs/rn_a/items/{id}")).await.status.as_u16();
        assert_eq!(status, 404);
        house.get(&format!("/api/v1/records/cn_a/users/{id}")).await.is(404);
    }
}

#[tokio::test]
async fn a_read_waits_for_its_position_and_says_when_the_view_is_behind() {
    let settings = command_api::Settings {
        read_patience: std::time::Duration::from_millis(20),
        ..command_api::Settings::default()
    };
    let house = House::with(settings).await;
    let answer = house.get("/api/v1/scenarios?min_position=1000000").await.refused(503, "VIEW_BEHIND");
    assert_eq!(answer.headers["retry-after"], "1");
}
