//! What runs came to.

use serde_json::{Value, json};

use crate::client::{Api, encode};
use crate::commands::runs::ITEMS;
use crate::commands::show;
use crate::exit;
use crate::output::{self, Table};

/// Failed and skipped items shown; the rest is counted.
const WHY_MAX: usize = 10;
const COUNTS: [&str; 6] = ["read", "created", "updated", "unchanged", "skipped", "failed"];

/// Prints the runs and why items failed; gives the exit code.
pub async fn report(api: &Api, runs: &[Value], json: bool) -> anyhow::Result<u8> {
    let code = code(runs);
    if json {
        output::say_json(&json!({ "outcome": word(code), "runs": runs }));
        return Ok(code);
    }
    counts(runs);
    for run in runs {
        problems(run);
        failures(api, run).await?;
    }
    Ok(code)
}

/// All well, partly failed, failed.
pub fn code(runs: &[Value]) -> u8 {
    let is = |phase: &str| runs.iter().filter(|run| run["phase"] == phase).count();
    if is("succeeded") == runs.len() {
        0
    } else if is("failed") + is("cancelled") == runs.len() {
        exit::FAILED
    } else {
        exit::PARTLY
    }
}

fn word(code: u8) -> &'static str {
    match code {
        0 => "succeeded",
        exit::PARTLY => "partly-failed",
        _ => "failed",
    }
}

fn counts(runs: &[Value]) {
    let mut table = Table::new(["what"].into_iter().chain(COUNTS).chain(["result"]));
    for run in runs {
        let numbers = COUNTS.iter().map(|name| show::text(&run["counts"][name]));
        table.row([resources(run)].into_iter().chain(numbers).chain([show::text(&run["phase"])]));
    }
    table.print();
}

fn resources(run: &Value) -> String {
    let fetches = run["fetches"].as_object().into_iter().flatten();
    let names: Vec<String> = fetches.map(|(_, fetch)| show::text(&fetch["resource"])).collect();
    names.join(", ")
}

/// Why a fetch is not complete.
fn problems(run: &Value) {
    for (_, fetch) in run["fetches"].as_object().into_iter().flatten() {
        let problem = &fetch["problem"];
        if !problem.is_null() {
            let field =
                |name: &str| crate::logging::escape::plain(problem[name].as_str().unwrap_or_default());
            output::say(&format!(
                "{}: {} ({})",
                show::text(&fetch["resource"]),
                field("message"),
                field("code")
            ));
            output::say(&format!("  → {}", field("remedy")));
        }
        match fetch["hidden"].as_u64() {
            None | Some(0) => {}
            Some(hidden) => output::say(&format!(
                "{}: {hidden} records were counted by the site but not shown to this user",
                show::text(&fetch["resource"])
            )),
        }
    }
}

async fn failures(api: &Api, run: &Value) -> anyhow::Result<()> {
    if run["counts"]["failed"].as_u64().unwrap_or(0) == 0 {
        return Ok(());
    }
    let id = run["id"].as_str().unwrap_or_default();
    let failed = api.list(&format!("runs/{}/items?outcome=failed", encode(id))).await?;
    output::say("");
    show::list(failed.get(..WHY_MAX).unwrap_or(&failed), ITEMS, false);
    if failed.len() > WHY_MAX {
        output::say(&format!("… and {} more: runs items {id} --outcome failed", failed.len() - WHY_MAX));
    }
    Ok(())
}
