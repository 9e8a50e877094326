//! `demo`: the whole product in a minute, with a sample site inside this process.

mod story;

use std::net::SocketAddr;
use std::path::PathBuf;

use app_sdk::egress::EgressConfig;
use engine::ports::Secret;
use tokio::net::TcpListener;
use wordpress_model::{Site, User};

use crate::client::Api;
use crate::compose::service::{Service, Work};
use crate::config::{Config, ConfigError};
use crate::listen::{self, Stop};
use crate::{numbers, output, serving};

#[derive(clap::Args)]
pub struct Args {
    /// Keep the data in this directory instead of a temporary one
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// End after the summary, with its exit code (2: one of the sample's users is broken on purpose), instead of
    /// staying up to look around
    #[arg(long)]
    once: bool,
}

const LOOPBACK: &str = "127.0.0.0/8";

pub async fn run(args: Args, mut config: Config) -> anyhow::Result<u8> {
    let stop = Stop::default();
    listen::watch_signals(&stop)?;
    let metrics = numbers::start()?;
    let temporary = tempfile::Builder::new().prefix("portal-demo-").tempdir()?;
    config.data = args.keep.clone().unwrap_or_else(|| temporary.path().join("data"));
    let loopback = EgressConfig::parse_allow(LOOPBACK).map_err(|error| ConfigError(error.to_string()))?;
    config.egress_allow.extend(loopback);
    let listener = listener(config.listen).await?;
    config.listen = listener.local_addr()?;
    let site = Site::sample().serve(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    // One record that cannot be imported, so that the demo shows what happens then.
    site.site().put_user(User::named("sam", "Sam Oldfield", "sam(at)example.org"));
    let service = Service::start(&config, Work::EVERYTHING).await?;
    let token = service.first_token().await?;
    let api = Api::new(service.client());
    let link = token.as_ref().map(|token| serving::console_link(&config, token));
    let address = config.listen;
    let serving = tokio::spawn(serving::until_stopped(service, listener, config, metrics, stop.clone()));
    let told = story::tell(&api, &site.url, &stop).await;
    let code = match told {
        Ok(code) => code,
        Err(error) => {
            stop.draining.cancel();
            serving.await??;
            return Err(error);
        }
    };
    if args.once {
        stop.draining.cancel();
    } else {
        look_around(address, &site.url, token.as_ref(), link.as_deref());
    }
    serving.await??;
    Ok(if args.once { code } else { 0 })
}

/// The port that was asked for, or any free one: a demo should not fail because something else runs.
async fn listener(wanted: SocketAddr) -> anyhow::Result<TcpListener> {
    match listen::bind(wanted).await {
        Ok(listener) => Ok(listener),
        Err(_) => listen::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await,
    }
}

fn look_around(address: SocketAddr, site: &str, token: Option<&Secret>, link: Option<&str>) {
    output::say("");
    output::say(&format!("Look around: http://{address}  (the sample site: {site})"));
    if let Some(link) = link {
        output::say(&format!("In a browser, signed in: {link}"));
    }
    if let Some(token) = token {
        output::say(&format!("Token (administrator, for this demo only): {}", token.expose()));
        output::say(&format!(
            "  curl -H 'Authorization: Bearer {}' http://{address}/api/v1/runs",
            token.expose()
        ));
    }
    output::say("Ctrl-C ends it.");
}
