//! `serve`: everything in one process, until a signal.

use std::path::PathBuf;
use std::sync::Arc;

use adapter_sqlite::SqliteEventStore;
use axum::Router;
use tokio::sync::Mutex;

use crate::compose::{self, Opened};
use crate::config::Config;
use crate::exit;
use crate::health::{self, Access, Health, Ready};
use crate::listen::{self, Door, Stop};
use crate::{numbers, output, requests};

#[derive(clap::Args, Default)]
pub struct Args {
    /// Write the first administrator token to this file (mode 0600) instead of showing it
    #[arg(long, value_name = "PATH")]
    pub print_token_file: Option<PathBuf>,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let stop = Stop::default();
    listen::watch_signals(&stop)?;
    let metrics = numbers::start()?;
    let opened = compose::open(&config).await?;
    let listener = listen::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let running = opened.start();
    let app = app(&opened, &config, &stop, metrics);
    warn_about(address, &config);
    output::say(&format!("listening on http://{address}"));
    let door = Door {
        app,
        limits: config.limits.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        stop: stop.clone(),
    };
    let served = tokio::select! {
        () = listen::serve(listener, door) => Ok(0),
        why = failure(&opened.log) => Err(exit::ending(
            exit::STORE,
            format!("{why}; nothing that was acknowledged is lost. Check the disk, then start again"),
        )),
    };
    running.stop().await;
    tracing::info!("ended");
    served
}

/// Everything that is served.
pub fn app(
    opened: &Opened,
    config: &Config,
    stop: &Stop,
    metrics: metrics_exporter_prometheus::PrometheusHandle,
) -> Router {
    let api = Router::new();
    let ready = Ready {
        log: opened.log.clone(),
        reads: opened.parts.reads.clone(),
        data: opened.dir.path().to_owned(),
        lag_max: config.ready_lag,
        disk_reserve: config.disk_reserve,
        draining: stop.draining.clone(),
        last: Mutex::default(),
    };
    let access =
        (!config.metrics_public).then(|| Access { api: api.clone(), path: "/api/v1/connections?limit=1" });
    let health = Health { ready: Arc::new(ready), metrics, access };
    health::router(health).merge(api).layer(axum::middleware::from_fn(requests::record))
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

fn warn_about(address: std::net::SocketAddr, config: &Config) {
    let is_behind_tls = config.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    if !address.ip().is_loopback() && !is_behind_tls {
        output::complain(&format!(
            "warning: {address} can be reached from other machines without TLS, and tokens would cross the network in \
             plain text; put a TLS proxy in front (see deploy/) and set public_url to its https address"
        ));
    }
}
