//! What a person enters to authorise: checked against what the app's catalogue entry asks for.

use app_sdk::{App, Credentials};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::endpoint::Problem;
use crate::extract::SecretText;

/// Longest account name, in bytes.
const ACCOUNT_BYTES_MAX: usize = 320;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// One of the app's ways to authorise.
    pub method: String,
    /// Whom to act as, where the method names one.
    pub account: Option<String>,
    pub secret: Option<SecretText>,
}

impl Auth {
    pub fn checked(self, app: &App) -> Result<Credentials, Problem> {
        let Some(method) = app.entry.auth.iter().find(|method| method.id == self.method) else {
            let known: Vec<&str> = app.entry.auth.iter().map(|method| &*method.id).collect();
            return Err(Problem::invalid(
                "UNKNOWN_METHOD",
                format!("{} cannot be authorised that way", app.entry.name),
                format!("use one of: {}", known.join(", ")),
            )
            .at("auth.method"));
        };
        let account = self.account.as_deref().map(checked_account).transpose()?;
        for (field, given) in [("account", account.is_some()), ("secret", self.secret.is_some())] {
            if !given && requires(&method.input, field) {
                let detail = format!("{} needs the {field}", method.name);
                return Err(Problem::invalid("REQUIRED", detail, "enter it").at(&format!("auth.{field}")));
            }
        }
        Ok(Credentials { method: self.method, account, secret: self.secret.map(|secret| secret.0) })
    }
}

/// A name that can be sent in a header: no line breaks, tabs or NULs, and no colon, which Basic authentication reads
/// as the end of the name.
fn checked_account(account: &str) -> Result<String, Problem> {
    let account = account.trim_matches(' ').to_owned();
    let odd = |c: char| c.is_control() || c == ':';
    if account.is_empty() || account.len() > ACCOUNT_BYTES_MAX || account.chars().any(odd) {
        return Err(Problem::invalid(
            "INVALID_ACCOUNT",
            "an account name has 1 to 320 bytes, and no colon or control characters",
            "enter the login name as the site knows it",
        )
        .at("auth.account"));
    }
    Ok(account)
}

/// Whether a method's JSON Schema insists on a field.
fn requires(input: &Value, field: &str) -> bool {
    let required = input.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|name| name == field))
}
