//! Who may do what.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::house::House;

/// Every operation of the description that wants a token: method, path with ids filled in, and the least role.
fn operations() -> Vec<(Method, String, String)> {
    let described = serde_json::to_value(command_api::openapi()).unwrap();
    let mut operations = vec![];
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let role = operation["x-role"].as_str().expect("every operation names its role").to_owned();
            // Where a token is brought, none can be asked for.
            if (path.as_str(), &*role) != ("/api/v1/session", "none") {
                operations.push((method, filled(path), role));
            }
        }
    }
    operations
}

fn filled(path: &str) -> String {
    let area = path.split('/').nth(3).unwrap_or_default();
    let id = match area {
        "connections" => "cn_none",
        "scenarios" => "sc_none",
        "mappings" => "mp_none",
        "runs" => "rn_none",
        "tokens" => "tk_none",
        "portal" => "po_none",
        "receipts" => "rc_none",
        "quarantine" => "qn_none",
        _ => "none",
    };
    let path = path.replace("{id}", id).replace("{connection}", "cn_none").replace("{resource}", "users");
    path.replace("{kind}", "users")
        .replace("{item}", "1.0")
        .replace("{version}", "1")
        .replace("{position}", "1")
}

#[tokio::test]
async fn bad_input_063_every_route_wants_one_good_token() {
    let house = House::open().await;
    let good = format!("Bearer {}", house.administrator);
    for (method, path, _) in operations() {
        let request = || Request::builder().method(method.clone()).uri(&path);
        let unknown = format!("Bearer pit_{}", "A".repeat(43));
        let broken = [
            request(),
            request().header("authorization", unknown),
            request().header("authorization", "Bearer"),
            request().header("authorization", "Basic YTpi"),
            request().header("authorization", &good).header("authorization", &good),
            Request::builder()
                .method(method.clone())
                .uri(format!("{path}?access_token={}", house.administrator)),
        ];
        for request in broken {
            let answer = house.send(request.body(Body::empty()).unwrap()).await.refused(401, "UNAUTHORIZED");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
}

#[tokio::test]
async fn bad_input_063_a_revoked_token_is_refused_at_once() {
    let house = House::open().await;
    let issued = house.post("/api/v1/tokens", json!({"name": "short", "role": "viewer"})).await.is(201);
    let token = issued.json["token"].as_str().unwrap().to_owned();
    let ask = || House::request(Method::GET, "/api/v1/apps", &token).body(Body::empty()).unwrap();
    house.send(ask()).await.is(200);
    house.delete(&format!("/api/v1/tokens/{}", issued.id())).await.is(200);
    house.send(ask()).await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn bad_input_065_every_route_refuses_the_roles_below_its_own() {
    let house = House::open().await;
    let roles = ["viewer", "operator", "administrator"];
    let tokens = [&house.viewer, &house.operator, &house.administrator];
    let rank = |role: &str| roles.iter().position(|known| *known == role).unwrap();
    for (method, path, needed) in operations().into_iter().filter(|(_, path, _)| !path.ends_with("/stream")) {
        for (role, token) in roles.iter().zip(tokens) {
            let request = House::request(method.clone(), &path, token).body(Body::empty()).unwrap();
            let answer = house.send(request).await;
            let refused = answer.status == 403;
            assert_eq!(refused, rank(role) < rank(&needed), "{method} {path} as {role}: {}", answer.text);
            assert_ne!(answer.status, 401);
            assert!(!answer.status.is_server_error(), "{method} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn reading_is_for_viewers_and_secrets_are_for_administrators() {
    let needed = |wanted: &str| -> Vec<String> {
        let of = operations().into_iter().filter(|(_, _, role)| role == wanted);
        of.map(|(method, path, _)| format!("{method} {path}")).collect()
    };
    let viewers = needed("viewer");
    let harmless = |operation: &String| {
        operation.starts_with("GET")
            || operation.ends_with("/validate")
            || operation == "DELETE /api/v1/session"
    };
    assert!(viewers.iter().all(harmless), "{viewers:?}");
    let administrators = needed("administrator");
    for operation in
        ["POST /api/v1/connections", "POST /api/v1/connections/cn_none/credentials", "GET /api/v1/tokens"]
    {
        assert!(administrators.iter().any(|known| known == operation), "{operation}");
    }
}

#[tokio::test]
async fn a_viewer_is_told_the_names_behind_actors_and_nothing_else_of_a_key() {
    let house = House::open().await;
    let made = house.post("/api/v1/tokens", json!({"name": "Ada's laptop", "role": "viewer"})).await.is(201);
    let (id, viewer) = (made.json["id"].as_str().unwrap(), made.json["token"].as_str().unwrap());
    let ask = |path: &str| House::request(Method::GET, path, viewer).body(Body::empty()).unwrap();
    let named = house.send(ask("/api/v1/actors")).await.is(200);
    let wanted = json!({"actor": format!("token:{id}"), "name": "Ada's laptop"});
    assert!(named.json["items"].as_array().unwrap().contains(&wanted), "{}", named.text);
    house.send(ask("/api/v1/actors?q=ada")).await.refused(400, "INVALID_PARAMETER");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let house = House::open().await;
    let listed = house.get("/api/v1/tokens").await.is(200);
    assert!(!listed.text.contains("hash") && !listed.text.contains("pit_"));
    let of_role = |token: &&Value| token["role"] == "administrator";
    let id = listed.json["items"].as_array().unwrap().iter().find(of_role).unwrap()["id"].clone();
    let path = format!("/api/v1/tokens/{}", id.as_str().unwrap());
    house.delete(&path).await.refused(409, "LAST_ADMINISTRATOR");
    house.post("/api/v1/tokens", json!({"name": "second", "role": "administrator"})).await.is(201);
    house.delete(&path).await.is(200);
    house.get("/api/v1/apps").await.refused(401, "UNAUTHORIZED");
}
