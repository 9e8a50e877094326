//! How the domain says no: always with a stable code, a sentence, and what to do next.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A refused command or a rule that does not hold. A value, compared by equality in tests; never a bare string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Stable, upper-case, for programs: `NOT_FOUND`, `ALREADY_FINISHED`.
    pub code: Cow<'static, str>,
    /// What is wrong, for people.
    pub detail: String,
    /// The input field that is at fault, as a dotted path, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What to do next.
    pub remedy: String,
}

impl Rejection {
    pub fn new(code: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code: Cow::Borrowed(code), detail: detail.into(), field: None, remedy: remedy.into() }
    }

    /// Names the input field at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "{} ({}). {}", self.detail, self.code, self.remedy)
    }
}

impl std::error::Error for Rejection {}
