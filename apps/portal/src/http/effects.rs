//! Receivers that keep no effect keys. Which kind one is, the connection's method says; those that can be asked are asked
//! at `v1/import/effects/{effect}`.

use app_sdk::egress::{Request, StatusCode};
use app_sdk::{AppError, Fate, Repeats, Session};
use domain::run::Outcome;
use serde::{Deserialize, Serialize};

use super::messages::AnswerStatus;
use super::{Http, address, invalid, outside, read_fault};

/// The method of a receiver that writes again what it is sent again, but tells what became of an effect.
pub const ASKED: &str = "signed-asked";
/// The method of a receiver that writes again, and cannot be asked.
pub const PLAIN: &str = "signed-plain";

/// What a receiver says of one effect.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Effect {
    pub status: EffectStatus,
    /// What it came to, where it was applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AnswerStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectStatus {
    Applied,
    /// It was not applied, and no batch that was sent before will apply it.
    Unknown,
}

pub fn repeats(session: &Session) -> Repeats {
    match session.credentials.as_ref().map(|credentials| credentials.method.as_str()) {
        Some(ASKED) => Repeats::Asked,
        Some(PLAIN) => Repeats::Unknown,
        _ => Repeats::Harmless,
    }
}

impl Http {
    pub(super) async fn ask(&self, session: &Session, effects: &[String]) -> Result<Vec<Fate>, AppError> {
        let mut fates = Vec::with_capacity(effects.len());
        for effect in effects {
            let url = address(session, &format!("v1/import/effects/{effect}"))?;
            let request = self.signed(session, Request::get(url), effect)?;
            let response =
                self.egress.send(Some(session), request).await.map_err(|error| asking(outside(&error)))?;
            if response.status != StatusCode::OK {
                return Err(asking(read_fault(&response)));
            }
            let told: Effect = serde_json::from_slice(&response.body).map_err(|error| {
                let message = format!("Portal's word on an effect is not its contract: {error}");
                invalid("PORTAL_ANSWER_UNREADABLE", message)
            })?;
            fates.push(match told.status {
                EffectStatus::Unknown => Fate::NotApplied,
                EffectStatus::Applied => Fate::Applied {
                    outcome: told.outcome.and_then(AnswerStatus::outcome).unwrap_or(Outcome::Updated),
                    portal: told.portal_id,
                },
            });
        }
        Ok(fates)
    }
}

/// A question without an answer may be asked again.
fn asking(error: AppError) -> AppError {
    match error {
        AppError::Unanswered { code, message, remedy } => AppError::Transient { code, message, remedy },
        other => other,
    }
}
