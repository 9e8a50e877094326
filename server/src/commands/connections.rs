//! `connections`.

pub mod add;

use serde_json::{Value, json};

use super::show::{self, Column};
use super::target::Target;
use crate::compose::service::Work;
use crate::config::Config;
use crate::output;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// All connections with their health
    List,
    /// Everything about one
    Show { id: String },
    /// Connect a site: find it, store the credential, test it
    Add(add::Args),
    /// Test one, stage by stage; exit code 1 if it fails
    Test { id: String },
    /// Let no run use it
    Pause {
        id: String,
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Let runs use it again
    Resume { id: String },
    /// Say that a site which answers under another address is the right one
    ConfirmIdentity { id: String },
    /// Forget it and destroy its credential; what was imported stays
    Delete { id: String },
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("app", "/app"),
    ("address", "/address"),
    ("state", "/phase"),
    ("health", "/health"),
];

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let reached = args.target.reach(&config, Work::Views).await?;
    let (api, json) = (&reached.api, args.target.json);
    let code = match args.action {
        Action::List => show::list(&api.list("connections").await?, COLUMNS, json),
        Action::Show { id } => show::whole(&api.show("connections", &id).await?),
        Action::Add(add) => add::run(add, api, json).await?,
        Action::Test { id } => {
            let tested = api.act("connections", &id, "test", &json!({})).await?;
            stages(&tested, json)
        }
        Action::Pause { id, reason } => show::done(
            &api.act("connections", &id, "pause", &json!({ "reason": reason })).await?,
            "paused",
            json,
        ),
        Action::Resume { id } => {
            show::done(&api.act("connections", &id, "resume", &json!({})).await?, "live", json)
        }
        Action::ConfirmIdentity { id } => {
            let confirmed = api.act("connections", &id, "confirm-identity", &json!({})).await?;
            show::done(&confirmed, "confirmed", json)
        }
        Action::Delete { id } => show::done(&api.delete("connections", &id).await?, "deleted", json),
    };
    reached.close().await;
    Ok(code)
}

/// A staged test as people read it; 1 when it failed.
pub fn stages(tested: &Value, json: bool) -> u8 {
    if json {
        output::say_json(tested);
    } else {
        for stage in tested["stages"].as_array().into_iter().flatten() {
            output::say(&show::stage(stage));
        }
        output::say(&format!("health: {}", show::text(&tested["health"])));
    }
    u8::from(tested["health"] == "failing")
}
