use std::collections::VecDeque;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use engine::envelope::EventId;
use engine::ports::Secret;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::session::Credentials;

mod attacks;
mod tls;

struct Chance(AtomicU64);

impl Ids for Chance {
    fn event_id(&self) -> EventId {
        unreachable!("the egress makes no events")
    }

    fn random(&self, bytes: usize) -> Vec<u8> {
        let n = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        n.to_le_bytes().into_iter().cycle().take(bytes).collect()
    }
}

fn ids() -> Arc<dyn Ids> {
    Arc::new(Chance(AtomicU64::new(1)))
}

/// Answers each lookup with the next of a list; the last one stays.
struct Names(Mutex<VecDeque<Vec<IpAddr>>>);

impl Names {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parsed = answers.iter().map(|list| list.iter().map(|text| text.parse().unwrap()).collect());
        Arc::new(Self(Mutex::new(parsed.collect())))
    }
}

#[async_trait]
impl Lookup for Names {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().unwrap();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        next.ok_or_else(|| io::Error::other("NXDOMAIN"))
    }
}

fn config(allow: &str) -> EgressConfig {
    EgressConfig {
        allow: EgressConfig::parse_allow(allow).unwrap(),
        lookup_timeout: Duration::from_millis(300),
        connect_timeout: Duration::from_millis(500),
        idle_timeout: Duration::from_millis(300),
        total_timeout: Duration::from_millis(1500),
        body_max: 1 << 20,
        ..EgressConfig::default()
    }
}

fn egress(allow: &str) -> Egress {
    Egress::new(config(allow), ids())
}

fn session(origin: &str) -> Session {
    Session {
        connection: ConnectionId::new("0a"),
        address: format!("{origin}/"),
        origin: origin.to_owned(),
        details: Value::Null,
        pairing: None,
        credentials: Some(Credentials {
            method: "app-password".to_owned(),
            account: Some("ada".to_owned()),
            secret: Some(Secret::new("open sesame".to_owned())),
        }),
    }
}

/// Serves the same bytes to every request and counts connections; keeps what was asked.
struct Wire {
    origin: String,
    asked: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicU64>,
}

impl Wire {
    /// `answers` go out one by one; the last one stays. An answer ends the connection when it says so itself.
    async fn serve(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicU64::new(0));
        let (log, count) = (Arc::clone(&asked), Arc::clone(&connections));
        let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let (log, answers) = (Arc::clone(&log), Arc::clone(&answers));
                tokio::spawn(async move {
                    let mut buffer = vec![0; 16 << 10];
                    while let Ok(n @ 1..) = stream.read(&mut buffer).await {
                        log.lock().unwrap().push(String::from_utf8_lossy(&buffer[..n]).into_owned());
                        let answer = {
                            let mut answers = answers.lock().unwrap();
                            if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
                        };
                        let answer = answer.unwrap_or_default();
                        if stream.write_all(&answer).await.is_err() || answer.ends_with(b"<cut>") {
                            break;
                        }
                    }
                });
            }
        });
        Self { origin, asked, connections }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.origin)).unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

#[tokio::test]
async fn a_call_carries_our_name_and_the_credentials_and_keeps_the_connection() {
    let wire = Wire::serve(vec![answer("200 OK", "x-wp-total: 3\r\n", b"[]")]).await;
    let egress = egress("127.0.0.0/8");
    let session = session(&wire.origin);
    for _ in 0..5 {
        let response = egress.send(Some(&session), Request::get(wire.url("/a?b=c"))).await.unwrap();
        assert_eq!((response.status.as_u16(), &response.body[..]), (200, &b"[]"[..]));
        assert_eq!(response.header("x-wp-total"), Some("3"));
    }
    let asked = wire.asked();
    assert!(asked[0].starts_with("GET /a?b=c HTTP/1.1"), "{}", asked[0]);
    assert!(asked[0].contains("authorization: Basic YWRhOm9wZW4gc2VzYW1l"), "{}", asked[0]);
    assert!(asked[0].contains("user-agent: Portal-Integrations/"));
    assert!(asked[0].contains("accept-encoding: gzip, br"));
    assert_eq!(wire.connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_post_carries_its_body_and_headers() {
    let wire = Wire::serve(vec![answer("204 No Content", "", b"")]).await;
    let request =
        Request::post(wire.url("/hook"), "{}".into()).header("content-type", "application/json").unwrap();
    let response = egress("127.0.0.0/8").send(None, request).await.unwrap();
    assert_eq!(response.status.as_u16(), 204);
    assert!(wire.asked()[0].ends_with("\r\n\r\n{}"));
    assert!(!wire.asked()[0].contains("authorization"));
    let bad = Request::get(wire.url("/")).header("x", "a\r\nb: c");
    assert!(matches!(bad, Err(EgressError::BadRequest { .. })));
}
