//! Finding the system behind what a person typed.

use app_sdk::{App, AppError, Discovery, Progress};
use domain::connection::{Identity, Stage};
use serde_json::Value;
use url::Url;

use super::{Watcher, too_slow};
use crate::context::Api;
use crate::problem::Problem;

/// Longest address that is looked at, in bytes.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// What a look at an address found.
pub struct Found {
    pub discovery: Result<Discovery, AppError>,
    pub stages: Vec<Stage>,
}

impl Api {
    /// Looks for an app's system at an address. A site that is not there is a result, not a problem.
    pub async fn discover(&self, app: &App, typed: &str, watcher: &Watcher) -> Result<Found, Problem> {
        let typed = typed.trim();
        if typed.is_empty() || typed.len() > ADDRESS_BYTES_MAX || typed.chars().any(char::is_control) {
            return Err(Problem::invalid(
                "INVALID_ADDRESS",
                "an address has 1 to 2000 characters and no control characters",
                "type the address as the browser shows it",
            )
            .at("address"));
        }
        let mut stages = vec![];
        let Some(discover) = &app.discover else {
            return Ok(Found { discovery: plain(app, typed), stages });
        };
        let _turn = self.turn().await?;
        let patience = self.patience();
        let mut sink = |progress: Progress| {
            watcher.tell(&progress);
            stages.extend(progress.ended());
        };
        let looked = tokio::time::timeout(patience, discover.discover(typed, &mut sink)).await;
        let discovery = looked.unwrap_or_else(|_| Err(too_slow(patience)));
        Ok(Found { discovery, stages })
    }
}

/// For an app that cannot look: the address as it is written.
fn plain(app: &App, typed: &str) -> Result<Discovery, AppError> {
    let url = Url::parse(typed).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url.filter(|url| url.username().is_empty() && url.password().is_none()) else {
        return Err(AppError::Invalid {
            code: "INVALID_ADDRESS".to_owned(),
            message: "this is not a web address".to_owned(),
            remedy: "type it in full, like https://portal.example.org/, without a user name".to_owned(),
        });
    };
    let origin = url.origin().ascii_serialization();
    let identity = Identity { url: url.to_string(), home: url.to_string(), name: app.entry.name.clone() };
    Ok(Discovery { address: url.to_string(), origin, identity, details: Value::Null })
}
