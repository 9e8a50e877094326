//! Answers that come in place of WordPress.

use crate::answer::{Answer, Refusal};
use crate::fault::{Fault, HtmlPage, Strike};
use crate::params::Params;
use serde_json::json;

/// The answer that this fault gives instead of WordPress, if it does.
pub(crate) fn instead(strike: &Strike, path: &str, params: &Params) -> Option<Answer> {
    let per_page = || params.get("per_page").and_then(|text| text.parse::<u64>().ok()).unwrap_or(10);
    Some(match &strike.fault {
        Fault::Answer { status, content_type, body, headers } => {
            let mut answer = Answer::html(*status, body.clone());
            answer.set("Content-Type", content_type);
            headers.iter().fold(answer, |answer, (name, value)| answer.with(name, value))
        }
        Fault::RetryLater { status, retry_after } => {
            let body =
                json!({"code": "too_many_requests", "message": "Slow down.", "data": {"status": status}});
            let answer = Answer { status: *status, ..Answer::value(&body) };
            match retry_after {
                Some(text) => answer.with("Retry-After", text),
                None => answer,
            }
        }
        Fault::Page(page) => html(*page),
        Fault::ErrorObject { status, code, message } => {
            let body = json!({"code": code, "message": message, "data": {"status": 403}});
            Answer { status: *status, ..Answer::value(&body) }
        }
        Fault::PerPageRefusedAbove(most) if per_page() > *most => {
            let message = format!("per_page must be between 1 (inclusive) and {most} (inclusive)");
            Refusal::parameter("per_page", "rest_out_of_bounds", &message).answer()
        }
        Fault::PerPageFailsAbove(most) if per_page() > *most => html(HtmlPage::FatalError),
        Fault::Redirect { status, to } => Answer::redirect(*status, to),
        Fault::RedirectLoop => Answer::redirect(302, &format!("{path}?round={}", strike.hit)),
        _ => return None,
    })
}

fn html(page: HtmlPage) -> Answer {
    let (status, title, text) = match page {
        HtmlPage::Login => {
            (200, "Log In", "<form id=\"loginform\" action=\"/wp-login.php\" method=\"post\"></form>")
        }
        HtmlPage::Maintenance => (200, "Back soon", "<h1>We are working on our site.</h1>"),
        HtmlPage::BotChallenge => {
            (200, "Just a moment...", "<div id=\"cf-challenge-running\">Checking your browser</div>")
        }
        HtmlPage::Firewall => {
            (403, "Forbidden", "<h1>Request blocked</h1><p>A firewall refused this request.</p>")
        }
        HtmlPage::FatalError => {
            (500, "WordPress &rsaquo; Error", "<p>There has been a critical error on this website.</p>")
        }
        HtmlPage::DatabaseError => {
            (500, "Database Error", "<h1>Error establishing a database connection</h1>")
        }
        HtmlPage::MaintenanceFile => (
            503,
            "Maintenance",
            "<p>Briefly unavailable for scheduled maintenance. Check back in a minute.</p>",
        ),
    };
    let body =
        format!("<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{text}</body></html>\n");
    let answer = Answer::html(status, body);
    if page == HtmlPage::MaintenanceFile { answer.with("Retry-After", "600") } else { answer }
}
