//! People: what is held of them, a copy for them, and erasing them. Their addresses travel in bodies, never in URLs.

mod erase;
mod export;
mod lift;
mod list;
mod preview;

use domain::ids::ConnectionId;
use domain::record::RecordKey;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::endpoint::{Area, Problem};
use crate::erasing::Asked;

pub fn area() -> Area {
    Area::default()
        .administrator(routes!(preview::preview))
        .administrator(routes!(export::export))
        .administrator(routes!(list::list))
        .administrator(routes!(erase::erase))
        .administrator(routes!(lift::lift))
}

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;

/// A reason as it stays in the log: without the space around it, neither empty nor endless.
fn reason(given: &str) -> Result<String, Problem> {
    let reason = given.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        let detail = format!("a reason of 1 to {REASON_CHARS_MAX} characters is needed");
        return Err(Problem::invalid("NO_REASON", detail, "say why, without naming the person").at("reason"));
    }
    Ok(reason.to_owned())
}

/// A person, by e-mail address or by one of the records that speak of them. Exactly one of both.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichPerson {
    pub email: Option<String>,
    /// `{connection}.{resource}.{id}`
    pub record: Option<String>,
}

impl WhichPerson {
    fn asked(self) -> Result<Asked, Problem> {
        match (self.email, self.record) {
            (Some(email), None) => Ok(Asked::Email(email)),
            (None, Some(record)) => {
                let key = RecordKey::parse(&record).ok_or_else(|| {
                    Problem::invalid(
                        "NOT_A_RECORD",
                        "this names no record",
                        "write {connection}.{resource}.{id}, such as cn_8f3k2j9x0a1b2c3d.users.7",
                    )
                    .at("record")
                })?;
                ConnectionId::parse(key.connection.as_str())?;
                Ok(Asked::Record(key))
            }
            _ => Err(Problem::invalid(
                "WHICH_PERSON",
                "an e-mail address or a record is needed, and not both",
                "give either email or record",
            )),
        }
    }
}
