//! The API's refusals as sentences and exit codes.

use hyper::StatusCode;
use serde::Deserialize;

use crate::exit;

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
}

pub fn error(status: StatusCode, bytes: &[u8]) -> anyhow::Error {
    let code = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => exit::REFUSED,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
            exit::UNREACHABLE
        }
        _ => exit::FAILED,
    };
    let Ok(problem) = serde_json::from_slice::<Problem>(bytes) else {
        return exit::ending(
            code,
            format!("the server answered {status}; is this the address of Portal Integrations?"),
        );
    };
    let what = if problem.detail.is_empty() { problem.title } else { problem.detail };
    let field = problem.field.map(|field| format!("{field}: ")).unwrap_or_default();
    let name = if problem.code.is_empty() { status.as_u16().to_string() } else { problem.code };
    let remedy = if problem.remedy.is_empty() { String::new() } else { format!("; {}", problem.remedy) };
    exit::ending(code, format!("{field}{what} ({name}){remedy}"))
}
