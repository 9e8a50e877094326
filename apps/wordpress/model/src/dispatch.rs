//! From a request to an answer: where it goes, who asks, which faults strike.

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::endpoint::{self, options, passwords};
use crate::fault::{Fault, Strike, instead, late};
use crate::fields::FieldTree;
use crate::params::{Params, decoded};
use crate::site::Site;
use crate::state::State;
use crate::types::options::Permalinks;
use crate::viewer::{Viewer, early_refusal, viewer};
use crate::{consent, front, json, plugin};
use bytes::Bytes;
use serde_json::{Value, json};

/// A request as it came.
pub(crate) struct Incoming {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authorization: Option<String>,
    pub(crate) user_agent: String,
    /// `X-Portal-Nonce`, `X-Portal-Timestamp`, `X-Portal-Signature`; empty where absent.
    pub(crate) signed: [String; 3],
    pub(crate) body: Bytes,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Rest(String),
    Home,
    Consent,
    Login,
    Cron,
    Moved(String),
    Nowhere,
}

/// The answer before its bytes travel, with what the site will remember.
pub(crate) struct Outcome {
    pub(crate) answer: Answer,
    pub(crate) strikes: Vec<Strike>,
    pub(crate) route: String,
    pub(crate) user: Option<String>,
}

pub(crate) fn dispatch(site: &Site, incoming: &Incoming) -> Outcome {
    let params = Params::parse(&incoming.query);
    let place = place(&site.state(), &incoming.path, &params);
    let route = match &place {
        Place::Rest(route) => route.clone(),
        _ => incoming.path.clone(),
    };
    let strikes = site.armed().strikes(&route, &decoded(&incoming.query));
    let early = strikes.iter().find_map(|strike| instead(strike, &incoming.path, &params));
    let address = format!("{}?{}", incoming.path, incoming.query);
    let stale = strikes.iter().find_map(|strike| match strike.fault {
        Fault::StaleCache { age } => Some(age),
        _ => None,
    });
    if let Some(age) = stale
        && let Some(kept) = site.armed().stale.get(&address)
    {
        let answer = kept.clone().with("Age", &age.to_string()).with("X-Cache", "HIT");
        return Outcome { answer, strikes, route, user: None };
    }
    let (mut answer, user) = match early {
        Some(answer) => (answer, None),
        None => healthy(site, incoming, &place, &params, &strikes),
    };
    for strike in &strikes {
        late(&mut answer, strike, &params);
    }
    if stale.is_some() {
        site.armed().stale.insert(address, answer.clone());
        answer = answer.with("X-Cache", "MISS");
    }
    Outcome { answer, strikes, route, user }
}

/// Finds the place of a path, in both kinds of permalinks and below the site's sub-directory.
pub(crate) fn place(state: &State, path: &str, params: &Params) -> Place {
    let Some(below) = path.strip_prefix(state.options.base_path.as_str()) else { return Place::Nowhere };
    let pretty = state.options.permalinks == Permalinks::Pretty;
    let front = matches!(below, "" | "/" | "/index.php");
    if front && let Some(route) = params.get("rest_route").filter(|route| !route.is_empty()) {
        return Place::Rest(trimmed(route));
    }
    if let Some(route) = below.strip_prefix("/wp-json") {
        return match pretty {
            true if route.is_empty() || route.starts_with('/') => Place::Rest(trimmed(&decoded(route))),
            true => Place::Nowhere,
            false => Place::Home,
        };
    }
    if let Some(route) = below.strip_prefix("/index.php/wp-json") {
        return if pretty { Place::Rest(trimmed(route)) } else { Place::Moved(format!("{}/", state.home())) };
    }
    match below {
        _ if front => Place::Home,
        "/wp-admin/authorize-application.php" => Place::Consent,
        "/wp-login.php" => Place::Login,
        "/wp-cron.php" => Place::Cron,
        _ if pretty => Place::Nowhere,
        _ => Place::Home,
    }
}

fn trimmed(route: &str) -> String {
    let route = route.trim_end_matches('/');
    if route.starts_with('/') { route.to_owned() } else { format!("/{route}") }
}

/// What WordPress itself answers.
fn healthy(
    site: &Site,
    incoming: &Incoming,
    place: &Place,
    params: &Params,
    strikes: &[Strike],
) -> (Answer, Option<String>) {
    let answer = match place {
        Place::Rest(route) => return rest(site, incoming, route, params, strikes),
        Place::Home => front::home(&site.state()),
        Place::Login => front::login(),
        Place::Moved(to) => Answer::redirect(301, to),
        Place::Nowhere => front::not_found(&site.state()),
        Place::Cron => {
            site.publish_due();
            Answer::html(200, Bytes::new())
        }
        Place::Consent if incoming.method == "POST" => {
            let form = Params::parse(std::str::from_utf8(&incoming.body).unwrap_or(""));
            consent::decide(&mut site.state_to_change(), &form)
        }
        Place::Consent => consent::page(&site.state(), params),
    };
    (answer, None)
}

fn rest(
    site: &Site,
    incoming: &Incoming,
    route: &str,
    params: &Params,
    strikes: &[Strike],
) -> (Answer, Option<String>) {
    let has = |wanted: fn(&Fault) -> bool| strikes.iter().any(|strike| wanted(&strike.fault));
    let deaf = has(|fault| matches!(fault, Fault::StripAuthorization | Fault::ApplicationPasswordsOff));
    let authorization = incoming.authorization.as_deref().filter(|_| !deaf);
    let (who, refused) = match viewer(&site.state(), authorization) {
        Ok(viewer) => (viewer, None),
        Err(login) => (Viewer::default(), early_refusal(&site.state(), &login)),
    };
    site.note_use(who.password);
    let user = who.logged_in().then(|| who.login.clone());
    if let Some(refusal) = refused {
        return (refusal.answer(), user);
    }
    if !who.logged_in() && has(|fault| matches!(fault, Fault::RestDisabledForVisitors)) {
        let message = "The REST API is disabled on this site.";
        return (Refusal::new(401, "rest_disabled", message).answer(), user);
    }
    if route.starts_with("/wp/v2/users") && has(|fault| matches!(fault, Fault::UsersRemoved)) {
        return (Refusal::no_route().answer(), user);
    }
    let mut answer = if route.starts_with("/portal/v1/") {
        plugin::answer(site, incoming, route, params)
    } else {
        given(site, incoming, route, params, &who).unwrap_or_else(|refusal| refusal.answer())
    };
    if route == "/" && has(|fault| matches!(fault, Fault::ApplicationPasswordsOff)) {
        without_consent(&mut answer);
    }
    if params.get("_envelope").is_some() {
        answer = enveloped(&answer);
    }
    (finished(&site.state(), answer, who.logged_in()), user)
}

/// What the endpoint gives; a change takes the site for itself once it is known to be allowed.
fn given(site: &Site, incoming: &Incoming, route: &str, params: &Params, who: &Viewer) -> endpoint::Given {
    let method = if incoming.method == "HEAD" { "GET" } else { incoming.method.as_str() };
    let change = {
        let state = site.state();
        let fields = FieldTree::parse(&params.list("_fields").join(","));
        let cache = site.cache();
        let call =
            Call { state: &state, viewer: who, method, route, params, body: &incoming.body, fields, cache };
        match method {
            "GET" => return endpoint::read(&call),
            "OPTIONS" => return options::describe(&call),
            _ => writing(&call)?,
        }
    };
    Ok(passwords::apply(&mut site.state_to_change(), change))
}

/// The one thing this model lets clients write: application passwords.
fn writing(call: &Call<'_>) -> Result<passwords::Change, Refusal> {
    let parts: Vec<&str> = call.route.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["wp", "v2", "users", user, "application-passwords", below @ ..] => {
            passwords::change(call, user, below)
        }
        _ => Err(Refusal::no_route()),
    }
}

fn without_consent(answer: &mut Answer) {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) {
        body["authentication"] = json!([]);
        answer.body = json::bytes(&body).into();
    }
}

/// `_envelope`: status and headers inside the body, which survives proxies that strip headers.
fn enveloped(answer: &Answer) -> Answer {
    let mut headers = serde_json::Map::new();
    for (name, value) in answer.headers.iter().filter(|(name, _)| name != "Content-Type") {
        let value = value.parse::<u64>().map_or_else(|_| json!(value), |number| json!(number));
        headers.insert(name.clone(), value);
    }
    let mut out = Vec::with_capacity(answer.body.len() + 256);
    out.extend_from_slice(b"{\"body\":");
    out.extend_from_slice(&answer.body);
    out.extend_from_slice(format!(",\"status\":{},\"headers\":", answer.status).as_bytes());
    json::value(&mut out, &Value::Object(headers));
    out.push(b'}');
    Answer::json(out)
}

/// Headers of every REST answer.
fn finished(state: &State, answer: Answer, logged_in: bool) -> Answer {
    let root = format!("<{}/>; rel=\"https://api.w.org/\"", state.rest_prefix());
    let mut answer = answer
        .with("X-Robots-Tag", "noindex")
        .with("X-Content-Type-Options", "nosniff")
        .with("Access-Control-Expose-Headers", "X-WP-Total, X-WP-TotalPages, Link")
        .with("Allow", if logged_in { "GET, POST, PUT, PATCH, DELETE" } else { "GET" });
    // Core's own link comes first, links to other pages follow.
    answer.headers.insert(1, ("Link".to_owned(), root));
    if logged_in {
        answer = answer
            .with("Expires", "Wed, 11 Jan 1984 05:00:00 GMT")
            .with("Cache-Control", "no-cache, must-revalidate, max-age=0, no-store, private");
    }
    answer
}
