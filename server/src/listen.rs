//! The accept loop. `axum::serve` has no header timeout, no connection cap and answers HTTP/2 when some dependency
//! switches it on; this one has bounds on everything and speaks HTTP/1 only.

mod answer;
mod body;
mod client;
mod connection;
mod places;
mod refusal;
mod stall;
mod stop;
mod streams;

pub use client::Client;
pub use refusal::problem;
pub use stop::{Stop, watch_signals};

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

use crate::config::Limits;
use places::Places;

/// After the system refused a connection (out of file descriptors), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What every connection needs to know.
pub struct Door {
    pub app: Router,
    pub limits: Limits,
    pub trusted_proxies: Vec<IpNet>,
    pub stop: Stop,
}

/// Opens the port, or says why not in a sentence.
pub async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {address}; choose another address with --listen, or end whoever uses this one"
        )
    })
}

/// Serves until `stop` says so, then lets requests in flight end for the drain time.
pub async fn serve(listener: TcpListener, door: Door) {
    let door = Arc::new(door);
    let places = Places::new(door.limits.connections, door.limits.connections_per_ip);
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = door.stop.draining.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => take(stream, peer, &door, &places, &tasks),
            Err(error) => {
                metrics::counter!("portal_accept_failures_total").increment(1);
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    if tokio::time::timeout(door.limits.drain_time, tasks.wait()).await.is_err() {
        tracing::warn!(
            count = tasks.len(),
            "requests still in flight are cut off, because the drain time is over"
        );
        door.stop.now.cancel();
        tasks.wait().await;
    }
}

fn take(stream: TcpStream, peer: SocketAddr, door: &Arc<Door>, places: &Places, tasks: &TaskTracker) {
    let trusted = client::is_trusted(&door.trusted_proxies, peer.ip());
    let Some(place) = places.take(peer.ip(), trusted) else {
        metrics::counter!("portal_connections_refused_total").increment(1);
        turn_away(stream);
        return;
    };
    let door = door.clone();
    tasks.spawn(async move {
        connection::serve(stream, peer, &door).await;
        drop(place);
    });
}

/// Says "busy" without waiting for anything; a client that does not take it gets the closed connection.
fn turn_away(stream: TcpStream) {
    const BUSY: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    if let Ok(mut stream) = stream.into_std() {
        // The socket does not block, and whether the client hears why is a courtesy.
        let _ = stream.write(BUSY);
    }
}

#[cfg(test)]
mod tests;
