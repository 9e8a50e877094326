//! Addresses that lead nowhere, and connections that rest: bad inputs 17, 19 and 44.

use axum::body::Body;
use axum::http::{Method, Request};
use domain::connection::{ConnectionCommand, Connections};
use domain::endpoint::{EndpointCommand, Endpoints};

use super::door::{Door, OTHER_SECRET, SECRET, SITE, post, signed};

#[tokio::test]
async fn bad_input_017_044_every_address_that_leads_nowhere_gives_the_same_answer() {
    let door = Door::standard().await;
    let nowhere = door.send(post("/hooks/cn_guessed").body(Body::from("{}")).unwrap()).await;
    let long = format!("/hooks/cn_{}", "a".repeat(7_000));
    for path in [
        "/hooks",
        "/hooks/",
        "/hooks/cn_other",
        "/hooks/..%2f..%2fetc",
        "/hooks/%00",
        "/hooks/%ff",
        "/hooks/CN_SITE",
        "/hooks/cn_site/",
        "/hooks/cn_site%2f",
        "/hooks/%252e%252e",
        "/hooks/cn_site/x",
        "/hooks/a/b/c/d",
        "/hooks/rn_site",
        &long,
    ] {
        let answer =
            door.send(post(path).body(Body::from("{}")).unwrap()).await.refused(404, "NO_SUCH_SOURCE");
        assert_eq!((answer.text, answer.headers), (nowhere.text.clone(), nowhere.headers.clone()), "{path}");
    }
    door.command::<Endpoints>(SITE, EndpointCommand::Close { reason: "x".into() }).await;
    let closed = door.deliver("msg_1", "{}").await.refused(404, "NO_SUCH_SOURCE");
    assert_eq!((closed.text, closed.headers), (nowhere.text, nowhere.headers));
}

#[tokio::test]
async fn bad_input_044_a_paused_connection_keeps_what_is_authentic_and_is_silent_to_others() {
    let door = Door::standard().await;
    door.command::<Connections>(SITE, ConnectionCommand::Pause { reason: "x".into() }).await;
    door.deliver("msg_1", "{}").await.is(202);
    let at = door.now();
    for request in [
        signed(SITE, OTHER_SECRET, "msg_2", at, "{}"),
        signed(SITE, SECRET, "msg_2", at - 301, "{}"),
        post("/hooks/cn_site").body(Body::from("{}")).unwrap(),
    ] {
        door.send(request).await.refused(404, "NO_SUCH_SOURCE");
    }
    door.command::<Connections>(SITE, ConnectionCommand::Resume).await;
    door.deliver("msg_2", "{}").await.is(202);
    door.command::<Connections>(SITE, ConnectionCommand::Delete).await;
    door.deliver("msg_3", "{}").await.refused(404, "NO_SUCH_SOURCE");
    assert_eq!(door.deliveries().await.len(), 2);
}

#[tokio::test]
async fn bad_input_019_only_post_delivers_and_other_methods_learn_nothing() {
    let door = Door::standard().await;
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::OPTIONS, Method::DELETE, Method::PATCH] {
        let ask =
            |path: &str| Request::builder().method(method.clone()).uri(path).body(Body::empty()).unwrap();
        let known = door.send(ask("/hooks/cn_site")).await.is(405);
        let unknown = door.send(ask("/hooks/cn_nobody")).await.is(405);
        assert_eq!((&known.text, &known.headers), (&unknown.text, &unknown.headers));
        assert_eq!(known.headers["allow"], "POST");
    }
}

#[tokio::test]
async fn an_address_counts_from_the_moment_on_that_it_was_opened() {
    let door = Door::standard().await;
    for number in 0..20 {
        let id = format!("cn_n{number}");
        door.connect(&id).await;
        door.open_unseen(&id).await;
        door.send(signed(&id, SECRET, "msg_1", door.now(), "{}")).await.is(202);
    }
}

#[tokio::test]
async fn before_the_endpoints_are_known_nobody_is_told_that_there_are_none() {
    let door = Door::standard().await;
    let fresh = ingest::Hooks::new(door.parts.clone());
    let response =
        tower::ServiceExt::oneshot(fresh.router(), signed(SITE, SECRET, "msg_1", door.now(), "{}"));
    assert_eq!(response.await.unwrap().status(), 503);
}
