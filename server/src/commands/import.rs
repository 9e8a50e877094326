//! `import`: from one site, once. Repeated with the same data directory it uses what is there, and writes only what
//! has changed.

pub mod plan;
pub mod site;

use std::path::PathBuf;

use serde_json::{Value, json};

use super::watch;
use crate::client::Api;
use crate::compose::service::{Service, Work};
use crate::config::Config;
use crate::listen::{self, Stop};
use crate::{output, secrets};

#[derive(clap::Args)]
pub struct Args {
    /// Address of the site, as you would type it into a browser
    #[arg(long, value_name = "URL")]
    site: String,
    /// User name on the site
    #[arg(long, value_name = "NAME")]
    user: String,
    /// File with the user's application password; `-` is standard input; asked for when absent
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// What to import, in this order
    #[arg(
        long,
        value_delimiter = ',',
        value_parser = plan::RESOURCES,
        default_values = plan::USUAL,
        value_name = "LIST"
    )]
    resources: Vec<String>,
    /// Do everything but write
    #[arg(long)]
    dry_run: bool,
    /// Stop after so many records of each kind
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let stop = Stop::default();
    listen::watch_signals(&stop)?;
    let service = Service::start(&config, Work::EVERYTHING).await?;
    let result = import(&args, &Api::new(service.client()), &stop).await;
    service.stop().await;
    result
}

async fn import(args: &Args, api: &Api, stop: &Stop) -> anyhow::Result<u8> {
    let secret =
        || secrets::take(args.password_file.as_deref(), "the application password", "--password-file");
    let (connection, tested) = site::connect(&args.site, &args.user, secret, api).await?;
    if !args.json {
        tested["stages"]
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|stage| output::say(&super::show::stage(stage)));
    }
    if tested["health"] == "failing" {
        if args.json {
            output::say_json(
                &json!({ "outcome": "failed", "connection": connection, "test": tested, "runs": [] }),
            );
        }
        return Ok(crate::exit::FAILED);
    }
    let request = plan::Request { resources: &args.resources, dry_run: args.dry_run, limit: args.limit };
    let runs = everything(api, &connection, &request, stop, args.json).await?;
    watch::report(api, &runs, args.json).await
}

/// Runs one scenario after the other, because later ones refer to what earlier ones brought.
pub async fn everything(
    api: &Api,
    connection: &Value,
    request: &plan::Request<'_>,
    stop: &Stop,
    quiet: bool,
) -> anyhow::Result<Vec<Value>> {
    let mut runs = vec![];
    for resource in plan::in_order(request.resources) {
        let scenario = plan::scenario(api, connection, resource).await?;
        let run = super::scenarios::start(api, &scenario, request.dry_run, request.limit).await?;
        runs.push(watch::until_over(api, &run, stop, quiet).await?);
    }
    Ok(runs)
}
