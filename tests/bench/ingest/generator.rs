//! Sends signed deliveries over kept connections: as fast as they are answered, or at a fixed rate whatever the answers.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use adapter_sqlite::SystemClock;
use app_sdk::signature::SigningKey;
use engine::ports::{Clock as _, Secret};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

const BODY_BYTES: usize = 1 << 10;

#[derive(Clone)]
pub struct Generator(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    path: String,
    key: SigningKey,
    body: String,
    numbers: AtomicU64,
}

/// How long answers took, sorted.
pub struct Latencies(Vec<Duration>);

impl Latencies {
    pub fn per_second(&self, time: Duration) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let count = self.0.len() as f64;
        count / time.as_secs_f64()
    }

    fn at(&self, thousandth: usize) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * thousandth / 1_000).copied().unwrap_or_default()
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |thousandth| self.at(thousandth).as_secs_f64() * 1_000.0;
        write!(f, "p50 {:.1} ms, p99 {:.1} ms, p99.9 {:.1} ms", millis(500), millis(990), millis(999))
    }
}

impl Generator {
    pub fn new(address: SocketAddr, path: &str, secret: &str) -> Self {
        let head = r#"{"type":"portal.test","data":""#;
        let body = format!("{head}{}\"}}", "x".repeat(BODY_BYTES - head.len() - 2));
        let key = SigningKey::parse(&Secret::new(secret.to_owned())).expect("a key");
        Self(Arc::new(Inner { address, path: path.to_owned(), key, body, numbers: AtomicU64::new(0) }))
    }

    /// Each connection sends when it has its answer.
    pub async fn closed(&self, connections: usize, time: Duration) -> Latencies {
        let end = Instant::now() + time;
        self.each(connections, move |generator, _| async move {
            let mut line = Line::open(generator.0.address).await;
            let mut took = vec![];
            while Instant::now() < end {
                let begun = Instant::now();
                line.exchange(&generator.request()).await;
                took.push(begun.elapsed());
            }
            took
        })
        .await
    }

    /// So many a second in all; an answer's time counts from when its request was due.
    pub async fn open(&self, connections: usize, rate: f64, time: Duration) -> Latencies {
        let begin = Instant::now() + Duration::from_millis(100);
        self.each(connections, move |generator, number| async move {
            let mut line = Line::open(generator.0.address).await;
            let mut took = vec![];
            for turn in 0_u32.. {
                #[expect(clippy::cast_precision_loss, reason = "connections are few")]
                let place = f64::from(turn) * connections as f64 + number as f64;
                let after = Duration::from_secs_f64(place / rate);
                if after >= time {
                    break;
                }
                let due = begin + after;
                sleep_until(due).await;
                line.exchange(&generator.request()).await;
                took.push(due.elapsed());
            }
            took
        })
        .await
    }

    async fn each<F>(&self, connections: usize, work: impl Fn(Self, usize) -> F) -> Latencies
    where
        F: Future<Output = Vec<Duration>> + Send + 'static,
    {
        let workers: Vec<_> =
            (0..connections).map(|number| tokio::spawn(work(self.clone(), number))).collect();
        let mut all = vec![];
        for worker in workers {
            all.extend(worker.await.expect("a connection holds"));
        }
        all.sort_unstable();
        Latencies(all)
    }

    fn request(&self) -> String {
        let Inner { path, key, body, numbers, .. } = &*self.0;
        let id = format!("msg_{}", numbers.fetch_add(1, Ordering::Relaxed));
        let at = SystemClock.now().timestamp();
        let signature = key.sign(&id, at, body.as_bytes());
        format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             webhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: {signature}\r\n\r\n{body}",
            body.len()
        )
    }
}

/// A kept connection.
struct Line(TcpStream);

impl Line {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server takes connections");
        stream.set_nodelay(true).expect("a socket");
        Self(stream)
    }

    /// Sends a request and reads its whole answer, which must be a success.
    async fn exchange(&mut self, request: &str) -> String {
        self.0.write_all(request.as_bytes()).await.expect("the request goes out");
        let (mut read, mut piece) = (vec![], [0; 4 << 10]);
        loop {
            let length = self.0.read(&mut piece).await.expect("an answer");
            assert_ne!(length, 0, "the server closed the connection: {}", String::from_utf8_lossy(&read));
            read.extend_from_slice(&piece[..length]);
            let text = String::from_utf8_lossy(&read);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let declared = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= declared.unwrap_or(0) {
                assert!(head.starts_with("HTTP/1.1 20"), "{text}");
                return body.to_owned();
            }
        }
    }
}

/// One call of the API.
pub async fn call(address: SocketAddr, path: String, token: String, body: Value) -> Value {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = Line::open(address).await.exchange(&request).await;
    serde_json::from_str(&answer).expect("the API answers JSON")
}
