//! `mappings`.

use super::show::{self, Column};
use super::target::Target;
use crate::compose::service::Work;
use crate::config::Config;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// All mappings
    List,
    /// One with its rules
    Show { id: String },
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("app", "/app"),
    ("resource", "/resource"),
    ("entity", "/entity"),
    ("revision", "/revision"),
];

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let reached = args.target.reach(&config, Work::Views).await?;
    let code = match args.action {
        Action::List => show::list(&reached.api.list("mappings").await?, COLUMNS, args.target.json),
        Action::Show { id } => show::whole(&reached.api.show("mappings", &id).await?),
    };
    reached.close().await;
    Ok(code)
}
