//! `reimport`.

use serde_json::{Value, json};

use super::show::{self, Column};
use super::target::Target;
use super::watch;
use crate::client::{Api, encode};
use crate::compose::service::Work;
use crate::config::Config;
use crate::listen::Stop;
use crate::output;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// The scenario
    scenario: String,
    /// A published version; the newest when left out
    #[arg(long, value_name = "N")]
    version: Option<u64>,
    /// The draft, before it is published; only without --apply
    #[arg(long, conflicts_with_all = ["version", "apply"])]
    draft: bool,
    /// Use another revision of this mapping
    #[arg(long, value_name = "ID")]
    mapping: Option<String>,
    /// Which; the newest when left out
    #[arg(long, value_name = "N", requires = "mapping")]
    revision: Option<u64>,
    /// Only this kind of record
    #[arg(long)]
    resource: Option<String>,
    /// Only this record; may be given several times
    #[arg(long = "record", value_name = "ID")]
    records: Vec<String>,
    /// Write the differences after showing them
    #[arg(long)]
    apply: bool,
    /// Approve a large change set without asking
    #[arg(long, requires = "apply")]
    approve: bool,
}

const FIELDS: &[Column] = &[("field", "/field"), ("would change", "/count")];
const REASONS: &[Column] = &[
    ("outcome", "/outcome"),
    ("code", "/code"),
    ("step", "/step"),
    ("field", "/field"),
    ("items", "/count"),
    ("first", "/message"),
];

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let reached = args.target.reach(&config, Work::EVERYTHING).await?;
    let code = act(&args, &reached.api).await?;
    reached.close().await;
    Ok(code)
}

async fn act(args: &Args, api: &Api) -> anyhow::Result<u8> {
    let json = args.target.json;
    let stop = Stop::default();
    crate::listen::watch_signals(&stop)?;
    let preview = start(api, &args.scenario, &wanted(args)).await?;
    let over = watch::until_over(api, &preview, &stop, json).await?;
    let changes = api.show(&format!("runs/{}", encode(&preview)), "changes").await?;
    if json {
        show::whole(&changes);
    } else {
        tell(&changes);
    }
    if !args.apply {
        return Ok(watch::code(&[over]));
    }
    let run = start(api, &args.scenario, &json!({ "mode": "apply", "preview": preview })).await?;
    finish(&run, args.approve, api, &stop, json).await
}

/// Waits for a run that may ask for approval first.
pub async fn finish(run: &str, approve: bool, api: &Api, stop: &Stop, json: bool) -> anyhow::Result<u8> {
    let mut over = watch::until_over(api, run, stop, json).await?;
    if over["phase"] == "awaiting-approval" {
        if !approve {
            output::say(&format!("{run} waits for approval: runs approve {run}"));
            return Ok(0);
        }
        api.act("runs", run, "approve", &json!({})).await?;
        over = watch::until_over(api, run, stop, json).await?;
    }
    watch::report(api, &[over], json).await
}

fn wanted(args: &Args) -> Value {
    let mut body = json!({ "mode": "preview", "draft": args.draft, "filter": { "ids": args.records } });
    if let Some(version) = args.version {
        body["version"] = version.into();
    }
    if let Some(mapping) = &args.mapping {
        body["mapping"] = json!({ "id": mapping, "revision": args.revision });
    }
    if let Some(resource) = &args.resource {
        body["filter"]["resource"] = resource.as_str().into();
    }
    body
}

async fn start(api: &Api, scenario: &str, body: &Value) -> anyhow::Result<String> {
    let started = api.act("scenarios", scenario, "reimports", body).await?;
    Ok(started["run"].as_str().unwrap_or_default().to_owned())
}

/// What a run would change, for people.
pub fn tell(changes: &Value) {
    let counts = &changes["counts"];
    output::say(&format!(
        "{} records: {} would be created, {} updated, {} stay, {} skipped, {} fail",
        counts["read"],
        counts["created"],
        counts["updated"],
        counts["unchanged"],
        counts["skipped"],
        counts["failed"]
    ));
    for (rows, columns) in [("fields", FIELDS), ("reasons", REASONS)] {
        let rows = changes[rows].as_array().map_or(&[][..], Vec::as_slice);
        if !rows.is_empty() {
            show::list(rows, columns, false);
        }
    }
}
