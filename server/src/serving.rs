//! A service with a port: what `serve` does for good and `demo` for a while.

use std::net::SocketAddr;
use std::sync::Arc;

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
use crate::role::Role;
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
        why = service.opened.home.failure() => Err(exit::ending(exit::STORE, why)),
    };
    service.stop().await;
    served
}

fn app(service: &Service, config: &Config, stop: &Stop, metrics: PrometheusHandle) -> Router {
    let (opened, role) = (&service.opened, service.role);
    let ready = Ready {
        home: opened.home.clone(),
        log: opened.parts.executor.store.clone(),
        reads: opened.parts.reads.clone(),
        views: role.needs_views(),
        config: config.clone(),
        draining: stop.draining.clone(),
        last: Mutex::default(),
    };
    let access = (!config.metrics_public).then(|| Access { api: service.api.clone(), path: LEAST_GUARDED });
    let health = Health { ready: Arc::new(ready), metrics, access };
    let mut app = health::router(health);
    if role.answers_people() {
        app = app.merge(service.api.clone()).merge(console::router());
    }
    if role.takes_deliveries() {
        app = app.merge(opened.hooks.router());
    }
    app.fallback(move || std::future::ready(nothing_here(role)))
        .layer(axum::middleware::from_fn(requests::record))
}

fn nothing_here(role: Role) -> Response<Body> {
    listen::problem(
        StatusCode::NOT_FOUND,
        "NO_SUCH_ADDRESS",
        "the server has nothing at this address",
        role.what_is_here(),
    )
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
