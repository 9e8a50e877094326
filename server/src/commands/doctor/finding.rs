//! One line of the doctor's report.

use serde::Serialize;

use crate::logging::escape;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Ok,
    Warn,
    Fail,
}

#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub level: Level,
    /// What was found.
    #[serde(rename = "finding")]
    pub found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, finding: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, found: finding.into(), remedy: None }
    }

    pub fn warn(check: &'static str, finding: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Warn, found: finding.into(), remedy: Some(remedy.into()) }
    }

    pub fn fail(check: &'static str, finding: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, level: Level::Fail, found: finding.into(), remedy: Some(remedy.into()) }
    }

    pub fn line(&self) -> String {
        let mark = match self.level {
            Level::Ok => "ok  ",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        let remedy =
            self.remedy.as_ref().map(|remedy| format!("\n                      → {}", escape::plain(remedy)));
        format!("{mark}  {:14}  {}{}", self.check, escape::plain(&self.found), remedy.unwrap_or_default())
    }
}
