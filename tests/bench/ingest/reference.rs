//! The smallest handler that is durable: verify, write, sync together with whoever waits too, answer.

use std::path::Path;
use std::sync::Arc;

use adapter_sqlite::SystemClock;
use app_sdk::signature::{SignedHeaders, SigningKey, VerifyingKey, verify};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use engine::ports::{Clock as _, Secret};
use tokio::sync::{mpsc, oneshot};

const GROUP_MAX: usize = 512;

type Delivery = (String, Bytes, oneshot::Sender<()>);

struct Shared {
    keys: [VerifyingKey; 1],
    writer: mpsc::Sender<Delivery>,
}

pub async fn serve(folder: &Path) {
    let (writer, deliveries) = mpsc::channel(1_024);
    let file = folder.join("reference.db");
    std::thread::spawn(move || write(&file, deliveries));
    let key = SigningKey::parse(&Secret::new(super::SECRET.to_owned())).expect("a key");
    let shared = Arc::new(Shared { keys: [key.into()], writer });
    let app = Router::new().route("/hooks/{connection}", post(receive)).with_state(shared);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("listening on http://{}", listener.local_addr().expect("an address"));
    axum::serve(listener, app).await.expect("it serves");
}

async fn receive(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let of = |name: &str| [headers.get(name).map_or(&b""[..], |value| value.as_bytes())];
    let (id, timestamp, signature) = (of("webhook-id"), of("webhook-timestamp"), of("webhook-signature"));
    let signed = SignedHeaders { id: &id, timestamp: &timestamp, signature: &signature };
    let now = SystemClock.now().timestamp();
    if verify(&shared.keys, &signed, &body, now).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let (done, written) = oneshot::channel();
    let id = String::from_utf8_lossy(id[0]).into_owned();
    if shared.writer.send((id, body, done)).await.is_err() || written.await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::ACCEPTED
}

fn write(file: &Path, mut deliveries: mpsc::Receiver<Delivery>) {
    let db = rusqlite::Connection::open(file).expect("a database");
    db.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())).expect("WAL");
    db.execute_batch(
        "PRAGMA synchronous=FULL; CREATE TABLE d (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID",
    )
    .expect("a table");
    while let Some(first) = deliveries.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP_MAX
            && let Ok(next) = deliveries.try_recv()
        {
            group.push(next);
        }
        db.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
        {
            let mut insert = db.prepare_cached("INSERT OR IGNORE INTO d VALUES (?, ?)").expect("a statement");
            for (id, body, _) in &group {
                insert.execute((id, &body[..])).expect("a row");
            }
        }
        db.execute_batch("COMMIT").expect("a commit");
        for (_, _, done) in group {
            // Who went away needs no answer.
            let _ = done.send(());
        }
    }
}
