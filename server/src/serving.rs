//! A service with a port: what `serve` does for good and `demo` for a while.

use std::net::SocketAddr;

use adapter_sqlite::SqliteEventStore;
use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use engine::ports::Secret;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::compose::service::Service;
use crate::config::Config;
use crate::health::{self, Access, Health, Ready};
use crate::listen::{self, Door, Stop};
use crate::{compose, console, exit, output, requests};

/// Whoever may read this may read the metrics.
const LEAST_GUARDED: &str = "/api/v1/connections?limit=1";

/// Serves until `stop` says so or the log fails, then drains.
pub async fn until_stopped(
    service: Service,
    listener: TcpListener,
    config: Config,
    metrics: PrometheusHandle,
    stop: Stop,
) -> anyhow::Result<u8> {
    let door = Door {
        app: app(&service, &config, &stop, metrics),
        limits: config.limits.clone(),
        trusted_proxies: config.trusted_proxies,
        stop,
    };
    let served = tokio::select! {
        () = listen::serve(listener, door) => Ok(0),
        why = failure(&service.opened.log) => Err(exit::ending(
            exit::STORE,
            format!("{why}; nothing that was acknowledged is lost. Check the disk, then start again"),
        )),
    };
    service.stop().await;
    served
}

fn app(service: &Service, config: &Config, stop: &Stop, metrics: PrometheusHandle) -> Router {
    let opened = &service.opened;
    let ready = Ready {
        log: opened.log.clone(),
        reads: opened.parts.reads.clone(),
        data: opened.dir.path().to_owned(),
        lag_max: config.ready_lag,
        disk_reserve: config.disk_reserve,
        draining: stop.draining.clone(),
        last: Mutex::default(),
    };
    let access = (!config.metrics_public).then(|| Access { api: service.api.clone(), path: LEAST_GUARDED });
    let health = Health { ready: std::sync::Arc::new(ready), metrics, access };
    health::router(health)
        .merge(service.api.clone())
        .merge(ingest::router())
        .merge(console::router())
        .fallback(nothing_here)
        .layer(axum::middleware::from_fn(requests::record))
}

async fn nothing_here() -> Response<Body> {
    listen::problem(
        StatusCode::NOT_FOUND,
        "NO_SUCH_ADDRESS",
        "the server has nothing at this address",
        "the console is at /ui/, the API at /api/v1/",
    )
}

/// Ends when the log can take nothing more.
async fn failure(log: &SqliteEventStore) -> String {
    let mut fatal = log.fatal();
    let why = match fatal.wait_for(Option::is_some).await {
        Ok(why) => why.clone(),
        Err(_) => None,
    };
    why.unwrap_or_else(|| "the log's writer is gone".to_owned())
}

/// Where a browser is signed in at once. What follows `#` is never sent to a server; the page exchanges it for a cookie.
pub fn console_link(config: &Config, token: &Secret) -> String {
    let address = compose::public_url(config);
    format!("{}/ui/#token={}", address.trim_end_matches('/'), token.expose())
}

/// A token must not cross a network in plain text unseen.
pub fn warn_about(address: SocketAddr, config: &Config) {
    let is_behind_tls = config.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    if !address.ip().is_loopback() && !is_behind_tls {
        output::complain(&format!(
            "warning: {address} can be reached from other machines without TLS, and tokens would cross the network in \
             plain text; put a TLS proxy in front (see deploy/) and set public_url to its https address"
        ));
    }
}
