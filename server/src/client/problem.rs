//! The API's refusals as sentences and exit codes.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::commands::show;
use crate::logging::escape;
use crate::{exit, output};

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    remedy: String,
    /// More of them, or the stages of a failed test.
    #[serde(default)]
    problems: Vec<Value>,
}

/// Further problems shown.
const MORE_MAX: usize = 20;

pub fn error(status: StatusCode, bytes: &[u8]) -> anyhow::Error {
    let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let code = if refused { exit::REFUSED } else { exit::FAILED };
    let Ok(problem) = serde_json::from_slice::<Problem>(bytes) else {
        return exit::ending(
            if refused { code } else { exit::UNREACHABLE },
            format!("the server answered {status}; is this the address of Portal Integrations?"),
        );
    };
    let what = if problem.detail.is_empty() { problem.title } else { problem.detail };
    let field = problem.field.map(|field| format!("{field}: ")).unwrap_or_default();
    let name = if problem.code.is_empty() { status.as_u16().to_string() } else { problem.code };
    for more in problem.problems.iter().take(MORE_MAX) {
        output::complain(&one(more));
    }
    let remedy = if problem.remedy.is_empty() { String::new() } else { format!("; {}", problem.remedy) };
    exit::ending(code, format!("{field}{what} ({name}){remedy}"))
}

/// A stage of a test, or a problem at a field or a node.
fn one(more: &Value) -> String {
    if more["result"].is_string() {
        return show::stage(more);
    }
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| more[*name].as_str());
        escape::plain(found.unwrap_or_default())
    };
    let place = text(&["field", "node"]);
    let place = if place.is_empty() { place } else { format!("{place}: ") };
    format!("  {place}{} ({})", text(&["detail", "message"]), text(&["code"]))
}
