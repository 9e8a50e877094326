//! How a remote system fails us. Closed, so that one place can decide about retrying (`engine::retry`).

use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// Credentials are missing, wrong, revoked, or not enough. A person has to act.
    #[error("{message}")]
    Unauthorized { code: String, message: String, remedy: String },
    /// The request or the answer makes no sense; repeating it will not help.
    #[error("{message}")]
    Invalid { code: String, message: String, remedy: String },
    /// Asked to slow down.
    #[error("{message}")]
    RateLimited { message: String, retry_after: Option<Duration> },
    /// Worth another try: network trouble, a busy or broken server.
    #[error("{message}")]
    Transient { code: String, message: String, remedy: String },
    /// The request went out, and nobody can tell what came of it.
    #[error("{message}")]
    Unanswered { code: String, message: String, remedy: String },
}

impl AppError {
    /// Stable code for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::Unauthorized { code, .. }
            | Self::Invalid { code, .. }
            | Self::Transient { code, .. }
            | Self::Unanswered { code, .. } => code,
            Self::RateLimited { .. } => "RATE_LIMITED",
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &str {
        match self {
            Self::Unauthorized { remedy, .. }
            | Self::Invalid { remedy, .. }
            | Self::Transient { remedy, .. }
            | Self::Unanswered { remedy, .. } => remedy,
            Self::RateLimited { .. } => "wait; the site's own limit decides when it answers again",
        }
    }
}
