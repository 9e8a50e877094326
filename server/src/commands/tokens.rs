//! `tokens`.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;

use super::show::{self, Column};
use super::target::Target;
use crate::compose::service::Work;
use crate::config::Config;
use crate::{installation, output};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// All tokens; never the tokens themselves
    List,
    /// Make one; it is shown once
    Issue {
        /// Whom or what it is for
        #[arg(long)]
        name: String,
        /// viewer, operator or administrator
        #[arg(long, default_value = "viewer")]
        role: String,
        /// Write it to this file (mode 0600) instead of showing it
        #[arg(long, value_name = "PATH")]
        file: Option<PathBuf>,
    },
    /// End one, at once
    Revoke { id: String },
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("role", "/role"),
    ("issued", "/issued_at"),
    ("revoked", "/revoked_at"),
];

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let reached = args.target.reach(&config, Work::Views).await?;
    let (api, json) = (&reached.api, args.target.json);
    let code = match args.action {
        Action::List => show::list(&api.list("tokens").await?, COLUMNS, json),
        Action::Issue { name, role, file } => {
            let issued = api.create("tokens", &json!({ "name": name, "role": role })).await?;
            match file {
                Some(file) => {
                    let token = issued["token"].as_str().context("the server sent no token")?;
                    installation::write_private(&file, token.as_bytes())?;
                    output::say(&format!("wrote the token to {}", file.display()));
                    0
                }
                None if json => show::whole(&issued),
                None => {
                    output::say(&format!("{} (shown once)", show::text(&issued["token"])));
                    0
                }
            }
        }
        Action::Revoke { id } => show::done(&api.delete("tokens", &id).await?, "revoked", json),
    };
    reached.close().await;
    Ok(code)
}
