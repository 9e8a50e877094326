//! The accept loop against raw sockets. Deadlines are short, so that waiting for them is quick.

mod attacks;
mod endings;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::Response;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::{Door, Stop, bind, serve};
use crate::config::Limits;

const SHORT: Duration = Duration::from_millis(400);
/// Nothing in these tests takes longer unless it is broken.
const BOUND: Duration = Duration::from_secs(10);
const BODY_MAX: u64 = 1_000;

struct Running {
    address: SocketAddr,
    stop: Stop,
    ended: JoinHandle<()>,
}

fn limits() -> Limits {
    Limits {
        connections: 16,
        connections_per_ip: 8,
        body_bytes: BODY_MAX,
        header_bytes: 16 << 10,
        header_time: SHORT,
        body_time: SHORT,
        write_time: SHORT,
        drain_time: Duration::from_secs(3),
    }
}

fn routes() -> Router {
    let endless = || async {
        let chunk = Bytes::from(vec![b'x'; 64 << 10]);
        Body::from_stream(futures::stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone())))
    };
    let events = || async {
        let silence = futures::stream::pending::<Result<Bytes, std::io::Error>>();
        Response::builder()
            .header("content-type", "text/event-stream")
            .body(Body::from_stream(silence))
            .unwrap()
    };
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/length", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/panic", get(broken))
        .route("/endless", get(endless))
        .route("/events", get(events))
        .route("/late", get(|| async { tokio::time::sleep(Duration::from_millis(600)).await }))
}

/// A handler with a defect.
async fn broken() -> &'static str {
    panic!("on purpose")
}

async fn start(limits: Limits) -> Running {
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Stop::default();
    let door = Door { app: routes(), limits, trusted_proxies: vec![], stop: stop.clone() };
    Running { address, stop, ended: tokio::spawn(serve(listener, door)) }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads until the server closes.
    async fn exchange(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_ref()).await.unwrap();
        rest(&mut stream).await
    }
}

/// Everything until the server closes; a reset counts as closed.
async fn rest(stream: &mut TcpStream) -> String {
    let mut read = vec![];
    let mut piece = [0; 4 << 10];
    let reading = async {
        while let Ok(length @ 1..) = stream.read(&mut piece).await {
            read.extend_from_slice(&piece[..length]);
        }
    };
    tokio::time::timeout(BOUND, reading).await.expect("the server closes the connection");
    String::from_utf8_lossy(&read).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("closed")
}
