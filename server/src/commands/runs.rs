//! `runs`.

use serde_json::json;

use super::reimport;
use super::show::{self, Column};
use super::target::Target;
use super::watch;
use crate::client::{Api, encode};
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
    /// Runs, newest first
    List,
    /// Everything about one
    Show { id: String },
    /// Its items with their outcomes
    Items {
        id: String,
        /// created, updated, unchanged, skipped, failed or removed
        #[arg(long)]
        outcome: Option<String>,
    },
    /// Its log
    Log { id: String },
    /// Wait for its end; exit code by its result
    Watch { id: String },
    /// Let it end at the next page
    Cancel {
        id: String,
        #[arg(long, default_value = "cancelled on the command line")]
        reason: String,
    },
    /// Let it rest after the current page
    Pause { id: String },
    /// Let it go on
    Resume { id: String },
    /// Let it do what it has shown that it would do
    Approve { id: String },
    /// Try its failed items again, as they were recorded, and wait for the end
    Retry(Retry),
    /// Decide about items of which nobody can tell whether they arrived, and wait for the end
    Decide(Decide),
    /// Show what taking back what it wrote would do; with --apply, do it
    Undo {
        id: String,
        #[arg(long)]
        apply: bool,
        /// Approve a large change set without asking
        #[arg(long, requires = "apply")]
        approve: bool,
    },
}

#[derive(clap::Args)]
struct Retry {
    id: String,
    /// Only items that failed with this code
    #[arg(long)]
    code: Option<String>,
    /// Only items that failed at this node
    #[arg(long)]
    step: Option<String>,
    /// Only these items, by their ids within the run; may be given several times
    #[arg(long = "item", value_name = "ITEM")]
    items: Vec<String>,
    /// By the newest published version, not by the one that they failed with
    #[arg(long)]
    newest: bool,
    /// Only say how many there are
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Args)]
struct Decide {
    id: String,
    decision: Decision,
    /// Only these items, by their ids within the run; may be given several times
    #[arg(long = "item", value_name = "ITEM")]
    items: Vec<String>,
    /// The destination's id of the one item that arrived
    #[arg(long)]
    portal_id: Option<String>,
    #[arg(long, default_value = "decided on the command line")]
    reason: String,
    /// Only say how many there are
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Decision {
    /// They are there; nothing is sent
    Arrived,
    /// They are not there; they are sent once more
    SendAgain,
    /// They are left as they are until their records change
    GiveUp,
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("scenario", "/scenario"),
    ("state", "/phase"),
    ("read", "/counts/read"),
    ("created", "/counts/created"),
    ("updated", "/counts/updated"),
    ("unchanged", "/counts/unchanged"),
    ("skipped", "/counts/skipped"),
    ("failed", "/counts/failed"),
    ("started", "/started_at"),
];
pub const ITEMS: &[Column] = &[
    ("record", "/record"),
    ("outcome", "/outcome"),
    ("portal", "/portal"),
    ("code", "/notes/0/code"),
    ("field", "/notes/0/field"),
    ("why", "/notes/0/message"),
    ("what to do", "/notes/0/remedy"),
];
const LOG: &[Column] = &[("at", "/at"), ("level", "/level"), ("code", "/code"), ("message", "/message")];

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let waits = matches!(
        args.action,
        Action::Watch { .. } | Action::Retry(_) | Action::Decide(_) | Action::Undo { .. }
    );
    let work = if waits { Work::EVERYTHING } else { Work::Views };
    let reached = args.target.reach(&config, work).await?;
    let code = act(args.action, &reached.api, args.target.json).await?;
    reached.close().await;
    Ok(code)
}

async fn act(action: Action, api: &Api, json: bool) -> anyhow::Result<u8> {
    let command =
        |id: String, verb: &'static str| async move { api.act("runs", &id, verb, &json!({})).await };
    Ok(match action {
        Action::List => show::list(&api.list("runs").await?, COLUMNS, json),
        Action::Show { id } => show::whole(&api.show("runs", &id).await?),
        Action::Items { id, outcome } => {
            let filter = outcome.map(|outcome| format!("?outcome={}", encode(&outcome))).unwrap_or_default();
            show::list(&api.list(&format!("runs/{}/items{filter}", encode(&id))).await?, ITEMS, json)
        }
        Action::Log { id } => show::list(&api.list(&format!("runs/{}/log", encode(&id))).await?, LOG, json),
        Action::Watch { id } => {
            let stop = Stop::default();
            crate::listen::watch_signals(&stop)?;
            let over = watch::until_over(api, &id, &stop, json).await?;
            watch::report(api, &[over], json).await?
        }
        Action::Cancel { id, reason } => {
            let answer = api.act("runs", &id, "cancel", &json!({ "reason": reason })).await?;
            show::done(&answer, "is being cancelled", json)
        }
        Action::Pause { id } => show::done(&command(id, "pause").await?, "paused", json),
        Action::Resume { id } => show::done(&command(id, "resume").await?, "goes on", json),
        Action::Approve { id } => show::done(&command(id, "approve").await?, "approved", json),
        Action::Undo { id, apply, approve } => undo(&id, apply, approve, api, json).await?,
        Action::Retry(wanted) => retry(wanted, api, json).await?,
        Action::Decide(wanted) => decide(wanted, api, json).await?,
    })
}

async fn retry(wanted: Retry, api: &Api, json: bool) -> anyhow::Result<u8> {
    let mut filter = json!({});
    for (name, value) in [("code", wanted.code), ("step", wanted.step)] {
        if let Some(value) = value {
            filter[name] = value.into();
        }
    }
    if !wanted.items.is_empty() {
        filter["items"] = wanted.items.into();
    }
    let version = if wanted.newest { "newest" } else { "pinned" };
    let body = json!({ "filter": filter, "version": version, "dry_run": wanted.dry_run });
    let answer = api.act("runs", &wanted.id, "retry", &body).await?;
    followed(&answer, api, json).await
}

async fn decide(wanted: Decide, api: &Api, json: bool) -> anyhow::Result<u8> {
    let decision = match wanted.decision {
        Decision::Arrived => "arrived",
        Decision::SendAgain => "send-again",
        Decision::GiveUp => "give-up",
    };
    let mut body = json!({ "decision": decision, "reason": wanted.reason, "dry_run": wanted.dry_run });
    if !wanted.items.is_empty() {
        body["items"] = wanted.items.into();
    }
    if let Some(id) = wanted.portal_id {
        body["portal_id"] = id.into();
    }
    let answer = api.act("runs", &wanted.id, "decide", &body).await?;
    followed(&answer, api, json).await
}

/// Waits for the end of the run that was begun, or says how many items match.
async fn followed(answer: &serde_json::Value, api: &Api, json: bool) -> anyhow::Result<u8> {
    let Some(run) = answer["run"].as_str() else {
        return Ok(counted(answer, json));
    };
    let stop = Stop::default();
    crate::listen::watch_signals(&stop)?;
    let over = watch::until_over(api, run, &stop, json).await?;
    watch::report(api, &[over], json).await
}

/// How many items a retry would work on.
fn counted(answer: &serde_json::Value, json: bool) -> u8 {
    if json {
        show::whole(answer);
    } else {
        crate::output::say(&format!(
            "{} items match; {} more were never recorded and need another run",
            answer["count"], answer["not_recorded"]
        ));
    }
    0
}

async fn undo(id: &str, apply: bool, approve: bool, api: &Api, json: bool) -> anyhow::Result<u8> {
    let stop = Stop::default();
    crate::listen::watch_signals(&stop)?;
    let preview = api.act("runs", id, "undo", &json!({ "mode": "preview" })).await?;
    let preview = preview["run"].as_str().unwrap_or_default();
    let over = watch::until_over(api, preview, &stop, json).await?;
    let changes = api.show(&format!("runs/{}", encode(preview)), "changes").await?;
    if json {
        show::whole(&changes);
    } else {
        reimport::tell(&changes);
    }
    if !apply {
        return Ok(watch::code(&[over]));
    }
    let started = api.act("runs", id, "undo", &json!({ "mode": "apply" })).await?;
    let run = started["run"].as_str().unwrap_or_default();
    reimport::finish(run, approve, api, &stop, json).await
}
