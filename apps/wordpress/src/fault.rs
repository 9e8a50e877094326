//! How one call to a site fails, and what that means to people and to retrying.

use std::time::Duration;

use app_sdk::AppError;
use app_sdk::egress::{EgressError, Wait};
use engine::retry::Failure;

use crate::html::HtmlKind;
use crate::json::WpError;

#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    Egress(EgressError),
    /// WordPress said no in its own words.
    Refused {
        status: u16,
        error: WpError,
        retry_after: Option<Duration>,
    },
    /// Not JSON at all.
    Page {
        status: u16,
        kind: HtmlKind,
        first: String,
        retry_after: Option<Duration>,
        locked: bool,
    },
    /// JSON that is cut off or broken.
    Broken {
        detail: String,
    },
    /// The site names a REST API on another host.
    ForeignApi {
        home: String,
        api: String,
    },
    /// Good JSON of another shape than was asked for.
    Shape {
        detail: String,
    },
}

/// Tries with a broken body; a plugin that breaks JSON does so every time.
const BROKEN_ATTEMPTS_MAX: u32 = 3;

const NOT_TOLD_APART: &str = "check user name and application password; if they are right, the server may remove the Authorization \
     header (add `SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1` to .htaccess), or application passwords are \
     switched off. WordPress answers all of these in the same way";

impl Fault {
    /// What it is to retrying.
    pub fn failure(&self, attempt: u32) -> Failure {
        match self {
            Self::Refused { status, retry_after, .. } | Self::Page { status, retry_after, .. }
                if matches!(status, 429 | 503) =>
            {
                Failure::RateLimited { retry_after: *retry_after }
            }
            Self::Egress(error) if error.is_transient() => Failure::Transient,
            Self::Refused { status, .. } | Self::Page { status, .. } if passes(*status) => Failure::Transient,
            Self::Page { kind, status: 200, .. } if kind.passes() => Failure::Transient,
            Self::Broken { .. } if attempt < BROKEN_ATTEMPTS_MAX => Failure::Transient,
            _ => Failure::Permanent,
        }
    }

    /// Did the site name a time to wait?
    pub fn asks_for_a_pause(&self) -> bool {
        matches!(self, Self::Refused { retry_after: Some(_), .. } | Self::Page { retry_after: Some(_), .. })
    }

    /// Could a smaller page help? A page that is too much for the server dies or takes for ever.
    pub fn is_heavy(&self) -> bool {
        match self {
            Self::Egress(EgressError::Timeout { wait, .. }) => matches!(wait, Wait::Idle | Wait::Total),
            Self::Egress(EgressError::TooLarge { .. } | EgressError::Bomb | EgressError::Reset { .. })
            | Self::Broken { .. } => true,
            Self::Refused { status, .. } | Self::Page { status, .. } => {
                matches!(status, 500 | 502 | 504 | 508 | 520..=530)
            }
            _ => false,
        }
    }

    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::Egress(EgressError::TooLarge { .. } | EgressError::Bomb))
    }

    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } | Self::Page { status, .. } => Some(*status),
            _ => None,
        }
    }

    pub fn into_app_error(self) -> AppError {
        match self {
            Self::Egress(EgressError::Redirect { status, location }) => invalid(
                "SITE_REDIRECTS",
                &format!("the site now redirects to {location} (status {status})"),
                "connect the new address; redirects are followed only when a connection is made",
            ),
            Self::Egress(error) => error.into(),
            Self::Refused { status, error, retry_after } => refused(status, &error, retry_after),
            Self::Page { status, kind, first, retry_after, locked } => {
                page(status, kind, &first, retry_after, locked)
            }
            Self::Broken { detail } => transient(
                "BROKEN_JSON",
                &format!("the site's answer is cut off or damaged: {detail}"),
                "look at the site's PHP error log; a plugin, the memory limit or a time limit is the usual cause",
            ),
            Self::ForeignApi { home, api } => invalid(
                "FOREIGN_API",
                &format!("{home} says that its REST API is at {api}, on another host"),
                "connect that host itself, or correct the site's address in its settings",
            ),
            Self::Shape { detail } => invalid(
                "UNEXPECTED_ANSWER",
                &detail,
                "a plugin may have changed this part of the REST API; switch it off or ask its maker",
            ),
        }
    }
}

/// Statuses that go away by themselves.
fn passes(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504 | 508 | 520..=530)
}

fn refused(status: u16, error: &WpError, retry_after: Option<Duration>) -> AppError {
    let said = format!("the site answered {status} {}: {}", error.code, plain(&error.message));
    match (status, error.code.as_str()) {
        (_, code) if code.starts_with("application_passwords_disabled") => unauthorized(
            "APPLICATION_PASSWORDS_OFF",
            &said,
            "switch application passwords on (a security plugin may have switched them off), and use https",
        ),
        (_, "incorrect_password" | "invalid_username" | "invalid_email" | "invalid_application_password") => {
            unauthorized("WRONG_CREDENTIALS", &said, "enter the user name and an application password again")
        }
        (
            401,
            "rest_not_logged_in"
            | "rest_forbidden_context"
            | "rest_forbidden_param"
            | "rest_cannot_read"
            | "rest_user_cannot_view"
            | "rest_forbidden",
        ) => unauthorized(
            "CREDENTIALS_REFUSED",
            &format!("{said}. The credentials do not count"),
            NOT_TOLD_APART,
        ),
        (401, _) => unauthorized(
            "REST_CLOSED",
            &said,
            "a plugin closes the REST API; let it make an exception for signed-in users",
        ),
        (403, _) => unauthorized(
            "NOT_ALLOWED",
            &format!("{said}. The account lacks a capability for this"),
            "use an account with the role that the connection test names, or read less",
        ),
        (404, "rest_no_route") => invalid(
            "ROUTE_MISSING",
            &said,
            "a plugin removed this part of the REST API or was itself switched off; switch it on again",
        ),
        (429, _) => AppError::RateLimited { message: said, retry_after },
        (status, _) if passes(status) => {
            transient("SITE_ERROR", &said, "wait; if it stays, look at the site's PHP error log")
        }
        _ => invalid(
            "REQUEST_REFUSED",
            &said,
            "a plugin may have changed what this part of the REST API accepts",
        ),
    }
}

fn page(status: u16, kind: HtmlKind, first: &str, retry_after: Option<Duration>, locked: bool) -> AppError {
    let (what, remedy) = kind.words();
    let said = format!("the site sent {what} (status {status}), beginning with: {first}");
    match status {
        401 if locked => unauthorized(
            "SITE_LOCKED",
            "the whole site is behind a password of the web server (Basic authentication)",
            "take the lock off /wp-json/; application passwords use the same header and cannot pass it",
        ),
        401 | 403 | 406 => unauthorized(
            "BLOCKED",
            &said,
            if kind == HtmlKind::Other { HtmlKind::Firewall.words().1 } else { remedy },
        ),
        429 => AppError::RateLimited { message: said, retry_after },
        404 | 410 => invalid("REST_NOT_FOUND", &said, "check the address; test the connection again"),
        status if passes(status) || kind.passes() => transient("SITE_ERROR", &said, remedy),
        _ if kind == HtmlKind::BotChallenge || kind == HtmlKind::Login => {
            unauthorized("BLOCKED", &said, remedy)
        }
        _ => invalid("NOT_JSON", &said, remedy),
    }
}

/// A message without markup, bounded.
fn plain(message: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in message.chars().take(600) {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside && !c.is_control() => text.push(c),
            _ => {}
        }
    }
    text.chars().take(300).collect()
}

pub fn unauthorized(code: &str, message: &str, remedy: &str) -> AppError {
    AppError::Unauthorized { code: code.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() }
}

pub fn invalid(code: &str, message: &str, remedy: &str) -> AppError {
    AppError::Invalid { code: code.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() }
}

pub fn transient(code: &str, message: &str, remedy: &str) -> AppError {
    AppError::Transient { code: code.to_owned(), message: message.to_owned(), remedy: remedy.to_owned() }
}
