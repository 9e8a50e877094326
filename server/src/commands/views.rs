//! `views`.

use std::time::Duration;

use serde_json::{Value, json};

use super::show::{self, Column};
use super::target::Target;
use crate::client::Api;
use crate::compose::service::Work;
use crate::config::Config;
use crate::{exit, output};

/// How often a rebuild is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// All views and how far each shows the log
    List,
    /// Fold views anew beside the live ones, compare, and put the new in their place
    Rebuild {
        /// A view by its name; may be given several times. Without it, all
        #[arg(long = "view", value_name = "NAME")]
        views: Vec<String>,
        /// Only compare; change nothing
        #[arg(long)]
        compare: bool,
    },
}

const COLUMNS: &[Column] =
    &[("name", "/name"), ("version", "/version"), ("position", "/position"), ("behind", "/behind")];

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let reached = args.target.reach(&config, Work::Views).await?;
    let (api, json) = (&reached.api, args.target.json);
    let code = match args.action {
        Action::List => show::list(&api.list("views").await?, COLUMNS, json),
        Action::Rebuild { views, compare } => rebuild(api, &views, compare, json).await?,
    };
    reached.close().await;
    Ok(code)
}

async fn rebuild(api: &Api, views: &[String], compare: bool, json: bool) -> anyhow::Result<u8> {
    let mut state = api.create("views/rebuild", &json!({ "views": views, "compare_only": compare })).await?;
    while state["state"] == "running" {
        tokio::time::sleep(LOOK_EVERY).await;
        state = api.look("views").await?["rebuild"].take();
    }
    if let Some(why) = state["why"].as_str() {
        return Err(exit::ending(exit::FAILED, format!("the views are as they were: {why}")));
    }
    let outcome = state["outcome"].as_array().cloned().unwrap_or_default();
    let differ = outcome.iter().any(|view| view["same"] != true);
    if json {
        output::say_json(&outcome);
    } else {
        for view in &outcome {
            output::say(&line(view));
        }
    }
    Ok(if differ { exit::PARTLY } else { 0 })
}

fn line(view: &Value) -> String {
    let name = view["view"].as_str().unwrap_or_default();
    let hash: String = view["hash"].as_str().unwrap_or_default().chars().take(16).collect();
    let verdict = match (view["same"] == true, view["switched"] == true) {
        (true, _) => "same as before",
        (false, true) => "DIFFERED; the new one is live",
        (false, false) => "DIFFERS; run `views rebuild` to put the new one in its place",
    };
    format!("{name:16} {:>9} rows  {hash}  {verdict}", view["rows"])
}
