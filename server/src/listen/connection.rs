//! One connection: hyper's HTTP/1 with every time-out switched on.

use std::convert::Infallible;
use std::net::SocketAddr;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use super::stall::Stall;
use super::{Door, answer};

/// Most headers of one request.
const HEADERS_MAX: usize = 100;

pub async fn serve(stream: TcpStream, peer: SocketAddr, door: &Door) {
    // Only speed depends on it.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(Stall::new(stream, door.limits.write_time));
    let service =
        service_fn(|request| async move { Ok::<_, Infallible>(answer::answer(request, peer, door).await) });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.limits.header_time)
        .max_headers(HEADERS_MAX)
        .max_buf_size(door.limits.header_bytes)
        .keep_alive(true)
        .half_close(false)
        .serve_connection(io, service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = door.stop.now.cancelled() => return,
        () = door.stop.draining.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = &mut connection => ended,
                () = door.stop.now.cancelled() => return,
            }
        }
    };
    if let Err(error) = ended {
        metrics::counter!("portal_connections_broken_total").increment(1);
        tracing::debug!(%error, client = %peer.ip(), "a connection ended early");
    }
}
