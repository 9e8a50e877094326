//! What needs somebody, each with the one thing to do about it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::connection::{Health, StageResult};
use domain::views::{
    ConnectionPhase, ConnectionView, FailureView, RunPhaseView, RunView, ScenarioView, WatchView,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Most lines.
const LINES_MAX: usize = 5;

/// Something that does not get better by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attention {
    pub kind: AttentionKind,
    pub severity: Severity,
    pub title: String,
    pub detail: String,
    pub object: Object,
    pub action: Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttentionKind {
    /// A connection answers as another site.
    IdentityInDoubt,
    /// A connection does not work.
    ConnectionFailing,
    /// The newest run of a scenario failed as a whole.
    RunFailed,
    /// A run waits until somebody approves what it would do.
    ApprovalAwaited,
    /// Records were sent without an answer, and nobody can tell whether they arrived.
    DecisionAwaited,
    /// Records are missing from a site, too many to believe it without a person.
    GoneHeld,
    /// A published scenario is turned off.
    ScenarioOff,
    /// Records failed more than a day ago and nobody has imported them since.
    FailuresOpen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Error,
    Warning,
}

/// What it is about.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttentionObject)]
pub struct Object {
    /// `connection`, `scenario` or `run`.
    pub kind: &'static str,
    pub id: String,
}

/// Where to go.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttentionAction)]
pub struct Action {
    pub label: &'static str,
    /// A page of the console, from its base.
    pub href: String,
}

/// What is looked through for it.
pub struct Looked<'a> {
    pub connections: &'a [ConnectionView],
    pub scenarios: &'a [ScenarioView],
    /// By scenario.
    pub newest: HashMap<&'a str, &'a RunView>,
    /// Runs that wait for approval.
    pub waiting: &'a [RunView],
    pub watches: &'a [WatchView],
    /// Open failures of what was sent without an answer.
    pub doubted: &'a [FailureView],
    pub now: DateTime<Utc>,
}

/// The worst few.
pub fn worst(looked: &Looked<'_>) -> Vec<Attention> {
    let of_connections = looked.connections.iter().filter_map(connection);
    let of_scenarios = looked.scenarios.iter().flat_map(|view| {
        let run = looked.newest.get(view.id.as_str());
        off(view).into_iter().chain(run.and_then(|run| ended(view, run, looked.now)))
    });
    let waiting = looked.waiting.iter().map(|run| {
        let scenario = looked.scenarios.iter().find(|view| view.id == run.scenario);
        approval(run, scenario.map_or(&run.scenario, |view| &view.name))
    });
    let doubted = looked.doubted.iter().filter(|view| view.count > 0).map(|view| {
        let scenario = looked.scenarios.iter().find(|scenario| scenario.id == view.scenario);
        decision(view, scenario.map_or(&view.scenario, |scenario| &scenario.name))
    });
    let held = looked.watches.iter().filter_map(|watch| {
        let site = looked.connections.iter().find(|view| view.id == watch.connection)?;
        gone(watch, &site.name)
    });
    let mut all: Vec<Attention> =
        of_connections.chain(of_scenarios).chain(waiting).chain(doubted).chain(held).collect();
    all.sort_by_key(|line| (line.severity, line.kind));
    all.truncate(LINES_MAX);
    all
}

fn connection(view: &ConnectionView) -> Option<Attention> {
    let object = || Object { kind: "connection", id: view.id.clone() };
    let action = |label| Action { label, href: format!("/connections/{}/status", view.id) };
    if view.phase == ConnectionPhase::IdentityInDoubt {
        return Some(Attention {
            kind: AttentionKind::IdentityInDoubt,
            severity: Severity::Error,
            title: format!("{} answers as another site", view.name),
            detail: "Nothing is read or written until somebody confirms that it is the right one.".to_owned(),
            object: object(),
            action: action("Look at it"),
        });
    }
    let is_used = view.phase == ConnectionPhase::Live;
    (is_used && view.health == Health::Failing).then(|| Attention {
        kind: AttentionKind::ConnectionFailing,
        severity: Severity::Error,
        title: format!("{} does not work", view.name),
        detail: reason(view),
        object: object(),
        action: action("Repair"),
    })
}

/// What the newest test found first.
fn reason(view: &ConnectionView) -> String {
    let failed = view.stages.iter().find(|stage| stage.result == StageResult::Failed);
    failed.map_or_else(
        || "Its newest test failed.".to_owned(),
        |stage| format!("{}: {}", stage.title, stage.finding),
    )
}

fn approval(run: &RunView, scenario: &str) -> Attention {
    let counts = run.intended.clone().unwrap_or_default();
    let parts = [("create", counts.created), ("update", counts.updated), ("take back", counts.removed)];
    let parts = parts.iter().filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts.map(|(verb, count)| format!("{verb} {count}")).collect();
    Attention {
        kind: AttentionKind::ApprovalAwaited,
        severity: Severity::Warning,
        title: format!("A run of {scenario} waits for your approval"),
        detail: format!("Of {} records it would {}.", counts.settled(), parts.join(", ")),
        object: Object { kind: "run", id: run.id.clone() },
        action: Action { label: "Look and decide", href: format!("/runs/{}", run.id) },
    }
}

fn decision(view: &FailureView, scenario: &str) -> Attention {
    let (records, wait) = if view.count == 1 { ("record", "waits") } else { ("records", "wait") };
    Attention {
        kind: AttentionKind::DecisionAwaited,
        severity: Severity::Warning,
        title: format!("{} {records} of {scenario} {wait} for your decision", view.count),
        detail: "Sent, and no answer came: nobody can tell whether it arrived. No run sends it again."
            .to_owned(),
        object: Object { kind: "run", id: view.run.clone() },
        action: Action { label: "Look and decide", href: format!("/runs/{}", view.run) },
    }
}

fn gone(watch: &WatchView, site: &str) -> Option<Attention> {
    (!watch.held.is_empty()).then(|| Attention {
        kind: AttentionKind::GoneHeld,
        severity: Severity::Warning,
        title: format!("Many {} are missing from {site}", watch.resource),
        detail: "They are taken for gone only when somebody says so.".to_owned(),
        object: Object { kind: "connection", id: watch.connection.clone() },
        action: Action {
            label: "Look and decide",
            href: format!("/connections/{}/webhooks", watch.connection),
        },
    })
}

fn off(view: &ScenarioView) -> Option<Attention> {
    (view.off && view.version > 0).then(|| Attention {
        kind: AttentionKind::ScenarioOff,
        severity: Severity::Warning,
        title: format!("{} is turned off", view.name),
        detail: "It is published, but nothing starts it.".to_owned(),
        object: Object { kind: "scenario", id: view.id.clone() },
        action: Action { label: "Turn on", href: "/scenarios".to_owned() },
    })
}

fn ended(view: &ScenarioView, run: &RunView, now: DateTime<Utc>) -> Option<Attention> {
    let object = Object { kind: "run", id: run.id.clone() };
    let action = |label| Action { label, href: format!("/runs/{}", run.id) };
    if run.phase == RunPhaseView::Failed {
        let problem = run.fetches.values().find_map(|fetch| fetch.problem.as_ref());
        let every = || format!("All {} records failed.", run.counts.failed);
        return Some(Attention {
            kind: AttentionKind::RunFailed,
            severity: Severity::Error,
            title: format!("The last run of {} failed", view.name),
            detail: problem.map_or_else(every, |problem| problem.message.clone()),
            object,
            action: action("Open the run"),
        });
    }
    let is_old = run.ended_at.is_some_and(|ended| now - ended > TimeDelta::days(1));
    (is_old && run.counts.failed > 0).then(|| Attention {
        kind: AttentionKind::FailuresOpen,
        severity: Severity::Warning,
        title: format!("{} records of {} failed more than a day ago", run.counts.failed, view.name),
        detail: "They were not imported since.".to_owned(),
        object,
        action: action("Look at them"),
    })
}
