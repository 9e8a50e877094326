//! Do the credentials arrive, are they right, and does anything block them? WordPress gives one answer to a wrong
//! password, an unknown user, a removed header and switched-off application passwords; the finding says so.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Deserialize;
use serde_json::Value;

use crate::call::Site;
use crate::discover::stages::Verdict;
use crate::discover::{RootIndex, Stages};
use crate::fault::Fault;
use crate::html::HtmlKind;
use crate::patience;

/// Who we are to the site.
pub enum Account {
    /// Nobody: only public content.
    Visitor,
    Known {
        name: String,
        roles: Vec<String>,
        capabilities: Vec<String>,
    },
    /// The credentials do not work.
    Refused,
}

/// `users/me?context=edit`, loosely.
#[derive(Debug, Deserialize)]
pub struct Me {
    #[serde(default)]
    pub username: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub roles: Value,
    #[serde(default)]
    pub capabilities: Value,
}

impl Me {
    pub fn capabilities(&self) -> Vec<String> {
        // PHP writes an empty map as a list.
        let granted: BTreeMap<String, Value> =
            serde_json::from_value(self.capabilities.clone()).unwrap_or_default();
        granted
            .into_iter()
            .filter(|(_, yes)| yes.as_bool() != Some(false))
            .map(|(name, _)| name)
            .take(2_000)
            .collect()
    }

    fn roles(&self) -> Vec<String> {
        match &self.roles {
            Value::Array(roles) => roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect(),
            Value::Object(roles) => {
                roles.values().filter_map(|role| role.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }
}

const ARRIVES: (&str, &str) = ("authorization-arrives", "The Authorization header arrives");
const CREDENTIALS: (&str, &str) = ("credentials", "User name and password");
const FIREWALL: (&str, &str) = ("firewall", "Nothing stands in between");

pub async fn test(site: &Site, index: &RootIndex, stages: &mut Stages<'_>) -> Account {
    let begun = stages.begin(ARRIVES.0, ARRIVES.1);
    let has_secret = site.session.credentials.as_ref().is_some_and(|known| known.secret.is_some());
    if !has_secret {
        for (id, title) in [ARRIVES, CREDENTIALS] {
            stages.end(
                id,
                title,
                begun,
                Verdict::skipped("the connection has no credentials; public content is read"),
            );
        }
        let answer = patience::get_soon(site, "/wp/v2/posts", &[("per_page", "1"), ("_fields", "id")]).await;
        let verdict = match answer {
            Ok(_) => Verdict::passed("public content is readable"),
            Err(fault) => Verdict::of(&fault.into_app_error()),
        };
        stages.end(FIREWALL.0, FIREWALL.1, begun, verdict);
        return Account::Visitor;
    }
    let result = patience::get_soon(site, "/wp/v2/users/me", &[("context", "edit")]).await;
    match result.and_then(|answer| answer.parse::<Me>()) {
        Ok(me) => {
            let name = if me.username.is_empty() { me.name.clone() } else { me.username.clone() };
            end(stages, ARRIVES, begun, Verdict::passed("the site knows who is calling"));
            end(stages, CREDENTIALS, begun, Verdict::passed(format!("signed in as {name}")));
            end(stages, FIREWALL, begun, Verdict::passed("no plugin or firewall refused the call"));
            Account::Known { name, roles: me.roles(), capabilities: me.capabilities() }
        }
        Err(fault) => {
            refused(site, index, fault, begun, stages);
            Account::Refused
        }
    }
}

fn refused(site: &Site, index: &RootIndex, fault: Fault, begun: Instant, stages: &mut Stages<'_>) {
    match &fault {
        Fault::Refused { status: 401, error, .. } if is_about_credentials(&error.code) => {
            end(stages, ARRIVES, begun, Verdict::passed("the site answered to the credentials themselves"));
            end(stages, CREDENTIALS, begun, Verdict::of(&fault.into_app_error()));
            end(stages, FIREWALL, begun, Verdict::passed("no plugin or firewall refused the call"));
        }
        Fault::Refused { status: 401, error, .. } if error.code == "rest_not_logged_in" => {
            end(stages, ARRIVES, begun, indistinguishable(site, index));
            let finding = "not told apart from a header that does not arrive; see the stage before";
            end(stages, CREDENTIALS, begun, Verdict::skipped(finding));
            end(stages, FIREWALL, begun, Verdict::passed("the REST API itself answered"));
        }
        Fault::Refused { .. } | Fault::Page { .. } => {
            end(
                stages,
                ARRIVES,
                begun,
                Verdict::skipped("the call did not get as far as WordPress's own check"),
            );
            end(stages, CREDENTIALS, begun, Verdict::skipped("not reached"));
            let kind = matches!(&fault, Fault::Page { kind: HtmlKind::Other, status: 401 | 403, .. });
            let mut verdict = Verdict::of(&fault.into_app_error());
            if kind {
                verdict.finding =
                    format!("a firewall or security plugin seems to refuse the call: {}", verdict.finding);
            }
            end(stages, FIREWALL, begun, verdict);
        }
        _ => {
            end(stages, ARRIVES, begun, Verdict::of(&fault.into_app_error()));
            end(stages, CREDENTIALS, begun, Verdict::skipped("not reached"));
            end(stages, FIREWALL, begun, Verdict::skipped("not reached"));
        }
    }
}

fn is_about_credentials(code: &str) -> bool {
    matches!(
        code,
        "incorrect_password" | "invalid_username" | "invalid_email" | "invalid_application_password"
    ) || code.starts_with("application_passwords_disabled")
}

/// What can be guessed besides, without pretending to know.
fn indistinguishable(site: &Site, index: &RootIndex) -> Verdict {
    let mut finding = "the site answers as if no credentials had been sent. WordPress says the same to a wrong password, \
        an unknown user, a revoked application password, and a server that removes the Authorization header, so these \
        cannot be told apart from outside"
        .to_owned();
    if index.authorization_endpoint().is_none() {
        finding.push_str(
            ". The site does not announce application passwords at all: they are switched off, or the site has no https",
        );
    } else if !looks_like_application_password(site) {
        finding.push_str(
            ". What was entered does not look like an application password (24 letters and digits in groups of four); \
             the password for signing in does not work here",
        );
    }
    Verdict::failed(
        finding,
        "1. enter user name and application password again; 2. if they are right, let the web server pass the header on \
         (Apache: `SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1` in .htaccess); 3. switch application passwords on",
    )
}

fn looks_like_application_password(site: &Site) -> bool {
    let secret = site.session.credentials.as_ref().and_then(|known| known.secret.as_ref());
    secret.is_some_and(|secret| {
        let letters = secret.expose().chars().filter(|c| !c.is_whitespace());
        letters.clone().count() == 24 && letters.clone().all(|c| c.is_ascii_alphanumeric())
    })
}

fn end(stages: &mut Stages<'_>, (id, title): (&str, &str), begun: Instant, verdict: Verdict) {
    stages.end(id, title, begun, verdict);
}
