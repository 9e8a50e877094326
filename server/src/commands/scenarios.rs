//! `scenarios`.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::{Value, json};

use super::show::{self, Column};
use super::target::Target;
use super::watch;
use crate::client::Api;
use crate::compose::service::Work;
use crate::config::Config;
use crate::listen::Stop;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// All scenarios
    List,
    /// Everything about one, its graph too
    Show { id: String },
    /// Templates to begin with
    Templates,
    /// Make one from a template, or from a file with a graph
    Create {
        /// A name from `scenarios templates`
        #[arg(long, required_unless_present = "graph")]
        template: Option<String>,
        /// JSON file with nodes and edges
        #[arg(long, value_name = "FILE", conflicts_with = "template")]
        graph: Option<PathBuf>,
        /// The connection that the template reads from
        #[arg(long, value_name = "ID", requires = "template")]
        connection: Option<String>,
        #[arg(long)]
        name: String,
    },
    /// What would stop it from being published
    Check { id: String },
    /// Make the draft the version that runs
    Publish {
        id: String,
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Run it and wait for the end; exit code by its result
    Run {
        id: String,
        /// Do everything but write
        #[arg(long)]
        dry_run: bool,
        /// Stop after so many records of each kind
        #[arg(long, value_name = "N")]
        limit: Option<u64>,
        /// Do not wait (with --server only)
        #[arg(long)]
        detach: bool,
    },
    /// Let it run again
    TurnOn { id: String },
    /// Let it not run
    TurnOff {
        id: String,
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Delete it; what it imported stays
    Delete { id: String },
}

const PROBLEMS: &[Column] = &[
    ("severity", "/severity"),
    ("node", "/node"),
    ("code", "/code"),
    ("problem", "/message"),
    ("remedy", "/remedy"),
];
const COLUMNS: &[Column] =
    &[("id", "/id"), ("name", "/name"), ("version", "/version"), ("draft", "/draft"), ("off", "/off")];

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let is_run = matches!(args.action, Action::Run { .. });
    let reached = args.target.reach(&config, if is_run { Work::EVERYTHING } else { Work::Views }).await?;
    let code = act(args.action, &reached.api, args.target.json).await?;
    reached.close().await;
    Ok(code)
}

async fn act(action: Action, api: &Api, json: bool) -> anyhow::Result<u8> {
    Ok(match action {
        Action::List => show::list(&api.list("scenarios").await?, COLUMNS, json),
        Action::Show { id } => show::whole(&api.show("scenarios", &id).await?),
        Action::Templates => show::list(
            &api.list("templates").await?,
            &[("id", "/id"), ("name", "/name"), ("summary", "/summary")],
            json,
        ),
        Action::Create { template, graph, connection, name } => {
            let body = json!({
                "name": name,
                "template": template,
                "connection": connection,
                "graph": graph.as_deref().map(read_graph).transpose()?,
            });
            show::done(&api.create("scenarios", &without_nulls(body)).await?, "created", json)
        }
        Action::Check { id } => check(&api.act("scenarios", &id, "validate", &json!({})).await?, json),
        Action::Publish { id, note } => show::done(&publish(api, &id, &note).await?, "published", json),
        Action::Run { id, dry_run, limit, detach } => {
            let run = start(api, &id, dry_run, limit).await?;
            if detach {
                return Ok(show::done(&json!({ "id": run }), "started", json));
            }
            let stop = Stop::default();
            crate::listen::watch_signals(&stop)?;
            let over = watch::until_over(api, &run, &stop, json).await?;
            watch::report(api, &[over], json).await?
        }
        Action::TurnOn { id } => {
            show::done(&api.act("scenarios", &id, "turn-on", &json!({})).await?, "on", json)
        }
        Action::TurnOff { id, reason } => show::done(
            &api.act("scenarios", &id, "turn-off", &json!({ "reason": reason })).await?,
            "off",
            json,
        ),
        Action::Delete { id } => show::done(&api.delete("scenarios", &id).await?, "deleted", json),
    })
}

/// Starts a run of a scenario's published version, and gives its id.
pub async fn start(api: &Api, scenario: &str, dry_run: bool, limit: Option<u64>) -> anyhow::Result<String> {
    let body = without_nulls(json!({ "dry_run": dry_run, "limit": limit }));
    let started = api.act("scenarios", scenario, "runs", &body).await?;
    let run = started["run"].as_str().or_else(|| started["id"].as_str());
    Ok(run.context("the server did not name the run")?.to_owned())
}

/// Publishes the draft as it is now.
pub async fn publish(api: &Api, id: &str, note: &str) -> anyhow::Result<Value> {
    let scenario = api.show("scenarios", id).await?;
    api.act("scenarios", id, "publish", &json!({ "draft": scenario["draft"], "note": note })).await
}

/// What is wrong with a draft; 1 when it cannot be published.
fn check(validated: &Value, json: bool) -> u8 {
    let problems = validated["problems"].as_array().map_or(&[][..], Vec::as_slice);
    if json {
        show::whole(validated);
    } else if problems.is_empty() {
        crate::output::say("nothing is wrong with it");
    } else {
        show::list(problems, PROBLEMS, false);
    }
    u8::from(validated["publishable"] != true)
}

fn read_graph(path: &std::path::Path) -> anyhow::Result<Value> {
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is not JSON", path.display()))
}

fn without_nulls(mut body: Value) -> Value {
    if let Some(entries) = body.as_object_mut() {
        entries.retain(|_, value| !value.is_null());
    }
    body
}
