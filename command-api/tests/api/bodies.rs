//! What comes in and how it is refused.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

use crate::house::{Answer, House};

async fn raw(house: &House, content_type: &str, body: impl Into<Body>) -> Answer {
    let request = House::request(Method::POST, "/api/v1/scenarios", &house.administrator)
        .header("content-type", content_type)
        .body(body.into());
    house.send(request.unwrap()).await
}

#[tokio::test]
async fn whatever_is_not_there_is_a_problem_in_json() {
    let house = House::open().await;
    for path in
        ["/api", "/api/", "/api/x", "/api/v1", "/api/v1/connections/", "/api/v2/apps", "/api/v1//apps"]
    {
        house.get(path).await.refused(404, "NO_SUCH_ROUTE");
    }
    let answer = house.put("/api/v1/apps", json!({})).await.refused(405, "METHOD_NOT_ALLOWED");
    assert!(answer.headers["allow"].to_str().unwrap().contains("GET"));
    house.get("/api/v1/apps/nothing").await.refused(404, "NOT_FOUND");
    house.get("/api/v1/runs/cn_a").await.refused(400, "INVALID_ID");
    house.get("/api/v1/runs/rn_%ff").await.refused(400, "INVALID_PATH");
}

#[tokio::test]
async fn every_answer_has_its_guards() {
    let house = House::open().await;
    let missing = house.get("/api/v1/runs/rn_none").await.is(404);
    let without = Request::builder().uri("/api/v1/apps").header("x-request-id", "abcd-1234_x");
    let refused = house.send(without.body(Body::empty()).unwrap()).await.is(401);
    assert_eq!(refused.headers["x-request-id"], "abcd-1234_x");
    assert_eq!(refused.json["request_id"], "abcd-1234_x");
    for answer in [house.get("/api/v1/apps").await.is(200), missing, refused] {
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(
            answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'")
        );
        assert!(answer.headers.contains_key("x-request-id") && answer.headers.contains_key("x-app-version"));
    }
    let odd = Request::builder().uri("/api/v1/apps").header("x-request-id", "a\tb<script>");
    let answer = house.send(odd.body(Body::empty()).unwrap()).await;
    assert_ne!(answer.headers["x-request-id"], "a\tb<script>");
}

#[tokio::test]
async fn bad_input_066_fields_that_are_not_asked_for_are_refused_and_named() {
    let house = House::open().await;
    for field in ["role", "tenant_id", "is_admin", "created_at", "revision", "id", "version"] {
        for path in ["/api/v1/scenarios", "/api/v1/tokens", "/api/v1/connections", "/api/v1/mappings"] {
            let mut body = json!({"name": "A", "role": "viewer", "app": "wordpress", "address": "a.example",
                "resource": "users", "entity": "user"});
            let known = |name: &str| match path {
                "/api/v1/scenarios" => name == "name",
                "/api/v1/tokens" => name == "name" || name == "role",
                "/api/v1/connections" => matches!(name, "app" | "address" | "name"),
                _ => matches!(name, "name" | "app" | "resource" | "entity"),
            };
            if known(field) {
                continue;
            }
            body.as_object_mut().unwrap().retain(|name, _| known(name));
            body[field] = json!("x");
            let answer = house.post(path, body).await.refused(422, "INVALID_BODY");
            assert_eq!(answer.json["field"], field);
        }
    }
}

#[tokio::test]
async fn bad_input_020_and_074_forms_and_plain_text_are_no_commands() {
    let house = House::open().await;
    let body = r#"{"name":"A"}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-16",
    ] {
        raw(&house, kind, body).await.refused(415, "NOT_JSON");
    }
    let position = raw(&house, "application/json; charset=UTF-8", body).await.is(201).position();
    for origin in ["null", "https://evil.example", "https://sub.portal.example"] {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/scenarios")
            .header("origin", origin)
            .header("content-type", "text/plain")
            .header("cookie", "session=1");
        house.send(request.body(Body::from(body)).unwrap()).await.refused(401, "UNAUTHORIZED");
    }
    let listed = house.get(&format!("/api/v1/scenarios?min_position={position}")).await.is(200);
    assert_eq!(listed.json["total"], 1);
}

#[tokio::test]
async fn bad_input_074_a_cross_site_form_changes_nothing() {
    let house = House::open().await;
    let form = House::request(Method::POST, "/api/v1/tokens", &house.administrator)
        .header("origin", "null")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("name=evil&role=administrator"));
    house.send(form.unwrap()).await.refused(415, "NOT_JSON");
}

#[tokio::test]
async fn bad_input_075_no_origin_is_ever_allowed_to_read() {
    let house = House::open().await;
    for origin in ["https://evil.example", "null", "http://127.0.0.1:8080"] {
        let preflight = Request::builder()
            .method(Method::OPTIONS)
            .uri("/api/v1/connections")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization");
        let read = House::request(Method::GET, "/api/v1/connections", &house.viewer).header("origin", origin);
        for request in [preflight, read] {
            let answer = house.send(request.body(Body::empty()).unwrap()).await;
            assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
        }
    }
}

#[tokio::test]
async fn bad_input_014_and_049_bodies_are_bounded() {
    let house = House::open().await;
    let json = "application/json";
    raw(&house, json, format!("{{\"name\":\"{}\"}}", "a".repeat(1 << 20))).await.refused(413, "TOO_LARGE");
    let deep = format!("{{\"name\":\"A\",\"graph\":{}{}}}", "[".repeat(100), "]".repeat(100));
    raw(&house, json, deep).await.refused(400, "TOO_DEEP");
    let wide = format!("{{\"name\":\"A\",\"graph\":[{}1]}}", "1,".repeat(100_001));
    raw(&house, json, wide).await.refused(400, "TOO_MANY_VALUES");
    for broken in [
        "{",
        "{}{}",
        "nul",
        "{\"name\":\"A\",\"name\":\"B\"}",
        "\u{feff}{\"name\":\"A\"}",
        "{\"name\":\"\\ud800\"}",
    ] {
        raw(&house, json, broken).await.refused(400, "NOT_JSON");
    }
    raw(&house, json, b"{\"name\":\"\xff\"}".to_vec()).await.refused(400, "NOT_JSON");
    for other in ["[]", "\"x\"", "1", "{\"name\":1}"] {
        raw(&house, json, other).await.refused(422, "INVALID_BODY");
    }
    for nothing in ["{}", ""] {
        raw(&house, json, nothing).await.refused(422, "INVALID_NAME");
    }
}

#[tokio::test]
async fn bad_input_076_markup_in_a_name_stays_text() {
    let house = House::open().await;
    let name = "<script>alert(1)</script><img src=x onerror=alert(1)> javascript:x";
    house.post("/api/v1/scenarios", json!({"name": name})).await.is(201);
    let answer = house.get("/api/v1/scenarios").await;
    let fresh = house.get("/api/v1/scenarios?min_position=5").await.is(200);
    assert_eq!(fresh.json["items"][0]["name"], name);
    assert_eq!(answer.headers["content-type"], "application/json");
    for name in ["", "   ", "a\nb", "a\u{0}b", "\u{1b}[31m", &"é".repeat(121)] {
        house.post("/api/v1/scenarios", json!({"name": name})).await.refused(422, "INVALID_NAME");
    }
}
