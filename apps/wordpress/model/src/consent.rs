//! `/wp-admin/authorize-application.php`: a person gives an application a password of its own.
//!
//! The model has no login form; the person is the user named by the field `user`, or the first administrator.

use crate::answer::Answer;
use crate::endpoint::passwords;
use crate::params::{Params, encoded};
use crate::state::State;
use crate::types::options::Environment;
use uuid::Uuid;

/// The page, or why it refuses.
pub(crate) fn page(state: &State, params: &Params) -> Answer {
    if let Some(refused) = refused(state, params) {
        return refused;
    }
    let hidden = |name: &str| {
        let value =
            params.get(name).unwrap_or("").replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\" />\n")
    };
    let fields: String =
        ["app_name", "app_id", "success_url", "reject_url"].into_iter().map(hidden).collect();
    let name = params.get("app_name").unwrap_or("").replace('<', "&lt;");
    Answer::html(
        200,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en-US\"><head><meta charset=\"UTF-8\" /><title>Authorize Application</title>\
             </head><body>\n<h1>Authorize Application</h1>\n<p>Would you like to give the application identifying \
             itself as <strong>{name}</strong> access to your account on {site}?</p>\n\
             <form method=\"post\" action=\"\">\n{fields}\
             <button name=\"approve\" value=\"1\">Yes, I approve of this connection</button>\n\
             <button name=\"reject\" value=\"1\">No, I do not approve of this connection</button>\n\
             </form></body></html>\n",
            site = state.options.name,
        ),
    )
}

/// Approval makes a real password and sends the person back with it; rejection sends them back without.
pub(crate) fn decide(state: &mut State, params: &Params) -> Answer {
    if let Some(refused) = refused(state, params) {
        return refused;
    }
    let success = params.get("success_url").unwrap_or("").to_owned();
    if params.get("approve").is_none() {
        let reject = params.get("reject_url").filter(|url| !url.is_empty()).map(str::to_owned);
        let to = reject.unwrap_or_else(|| joined(&success, "success=false"));
        return Answer::redirect(302, &to);
    }
    let Some(user) = person(state, params.get("user")) else {
        return died(403, "Sorry, you are not allowed to manage application passwords.");
    };
    let login = state.users.get(user).map(|user| user.login.clone()).unwrap_or_default();
    let (name, app_id) =
        (params.get("app_name").unwrap_or("").to_owned(), params.get("app_id").unwrap_or("").to_owned());
    let secret = passwords::create(state, user, &name, &app_id).secret;
    if success.is_empty() {
        let shown = crate::types::account::shown(&secret);
        return Answer::html(200, format!("<p>Your new password is <code>{shown}</code></p>"));
    }
    let query = format!(
        "site_url={}&user_login={}&password={}",
        encoded(&state.url()),
        encoded(&login),
        encoded(&secret)
    );
    Answer::redirect(302, &joined(&success, &query))
}

fn refused(state: &State, params: &Params) -> Option<Answer> {
    if !state.options.application_passwords {
        return Some(died(501, "Application passwords are not available."));
    }
    if params.get("app_name").is_none_or(str::is_empty) {
        return Some(died(400, "The Application Name is required."));
    }
    if params.get("app_id").is_some_and(|id| !id.is_empty() && Uuid::parse_str(id).is_err()) {
        return Some(died(400, "The application ID must be a UUID."));
    }
    let mut urls = ["success_url", "reject_url"]
        .into_iter()
        .filter_map(|name| params.get(name))
        .filter(|url| !url.is_empty());
    let fits = |url: &str| {
        url.starts_with("https://")
            || (state.options.environment == Environment::Local && url.starts_with("http://"))
    };
    if !urls.all(fits) {
        return Some(died(400, "The URL must be served over a secure connection."));
    }
    None
}

fn person(state: &State, login: Option<&str>) -> Option<u64> {
    if let Some(login) = login {
        return state.user_by_login(login);
    }
    let mut found = None;
    state.users.visit(false, |id, user| {
        if user.roles.iter().any(|role| role == "administrator") {
            found = found.or(Some(id));
        }
    });
    found
}

fn joined(url: &str, query: &str) -> String {
    format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' })
}

fn died(status: u16, message: &str) -> Answer {
    Answer::html(
        status,
        format!(
            "<!DOCTYPE html>\n<html><head><title>WordPress &rsaquo; Error</title></head><body>{message}</body></html>\n"
        ),
    )
}
