//! Consent on the site's own page ("authorize application"). WordPress answers with the password in the query and
//! without a state of ours, so everything that comes back is checked against the site that was asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use app_sdk::egress::{Egress, Url};
use app_sdk::{AppError, Authorise, ConsentAnswer, ConsentRequest, Credentials, Discovery, Session};
use async_trait::async_trait;
use engine::ports::Secret;
use serde::Deserialize;
use uuid::Uuid;

use crate::call::Site;
use crate::check::Me;
use crate::details::Details;
use crate::fault::{Fault, invalid, unauthorized};
use crate::patience;

const VALUE_BYTES_MAX: usize = 512;

pub struct WordPressAuthorise {
    egress: Arc<Egress>,
}

impl WordPressAuthorise {
    pub fn new(egress: Arc<Egress>) -> Self {
        Self { egress }
    }
}

#[async_trait]
impl Authorise for WordPressAuthorise {
    fn consent_url(&self, found: &Discovery, request: &ConsentRequest<'_>) -> Result<String, AppError> {
        let details: Details =
            serde_json::from_value(found.details.clone()).map_err(|_| no_consent_page())?;
        let endpoint = details.authorization_endpoint.ok_or_else(no_consent_page)?;
        let mut url = Url::parse(&endpoint).map_err(|_| no_consent_page())?;
        let origin = Url::parse(&found.origin).map_err(|_| no_consent_page())?;
        let same_place =
            url.host() == origin.host() && url.port_or_known_default() == origin.port_or_known_default();
        let encrypted_alike =
            url.scheme() == "https" || (url.scheme() == "http" && origin.scheme() == "http");
        if !same_place || !encrypted_alike || !url.username().is_empty() || url.password().is_some() {
            return Err(invalid(
                "FOREIGN_CONSENT_PAGE",
                &format!(
                    "the site names a consent page on another address: {}",
                    endpoint.chars().take(200).collect::<String>()
                ),
                "do not sign in there; enter an application password by hand, and look at what changed the site",
            ));
        }
        if Uuid::parse_str(request.app_id).is_err() {
            return Err(invalid(
                "BAD_APP_ID",
                "the installation's id is not a UUID",
                "correct the configuration",
            ));
        }
        url.query_pairs_mut()
            .append_pair("app_name", request.app_name)
            .append_pair("app_id", request.app_id)
            .append_pair("success_url", request.success_url)
            .append_pair("reject_url", request.reject_url);
        Ok(url.into())
    }

    async fn accept(
        &self,
        session: &Session,
        app_id: &str,
        query: &BTreeMap<String, String>,
    ) -> Result<ConsentAnswer, AppError> {
        let (login, password) = read_answer(session, query)?;
        let credentials = Credentials {
            method: "app-password".to_owned(),
            account: Some(login.clone()),
            secret: Some(Secret::new(password)),
        };
        let signed_in = Session { credentials: Some(credentials.clone()), ..session.clone() };
        let site = Site::open(Arc::clone(&self.egress), &signed_in, &Details::of(session)?)?;
        verify_user(&site, &login).await?;
        let handle = verify_password(&site, app_id).await?;
        Ok(ConsentAnswer { credentials, handle })
    }

    async fn revoke(&self, session: &Session, handle: &str) -> Result<(), AppError> {
        let handle = Uuid::parse_str(handle).map_err(|_| {
            invalid("BAD_HANDLE", "the password's handle is not a UUID", "revoke it in the user's profile")
        })?;
        let site = Site::open(Arc::clone(&self.egress), session, &Details::of(session)?)?;
        match site.delete(&format!("/wp/v2/users/me/application-passwords/{handle}")).await {
            // Gone already, or revoked: either way it no longer opens anything.
            Ok(_) | Err(Fault::Refused { status: 401 | 404 | 410, .. }) => Ok(()),
            Err(fault) => Err(fault.into_app_error()),
        }
    }
}

/// User name and password out of the query, if it is an answer of the site that was asked.
fn read_answer(session: &Session, query: &BTreeMap<String, String>) -> Result<(String, String), AppError> {
    if query.get("success").is_some_and(|value| value == "false") {
        return Err(unauthorized(
            "CONSENT_REFUSED",
            "consent was refused on the site's page",
            "start again and approve, or enter an application password by hand",
        ));
    }
    let field = |name: &str| {
        query.get(name).filter(|value| !value.is_empty() && value.len() <= VALUE_BYTES_MAX).ok_or_else(|| {
            invalid(
                "INCOMPLETE_CONSENT",
                &format!("the site's answer lacks `{name}`"),
                "start again; if it stays, a security plugin may change the site's consent page",
            )
        })
    };
    let (site_url, login, password) = (field("site_url")?, field("user_login")?, field("password")?);
    let asked = Url::parse(&session.address).ok();
    let answered = Url::parse(site_url).ok();
    let place = |url: &Url| (url.host().map(|host| host.to_owned()), url.port_or_known_default());
    // A site behind a proxy may name itself with http; the host decides, and the port unless it is the usual one.
    let same = match (&asked, &answered) {
        (Some(asked), Some(answered)) => {
            place(asked) == place(answered)
                || (asked.host() == answered.host() && asked.port().is_none() && answered.port().is_none())
        }
        _ => false,
    };
    if !same {
        return Err(unauthorized(
            "OTHER_SITE",
            "the answer is from another site than the one that was asked",
            "start again; do not approve on a site that you did not choose",
        ));
    }
    Ok((login.clone(), password.clone()))
}

async fn verify_user(site: &Site, login: &str) -> Result<(), AppError> {
    let answer = patience::get_soon(site, "/wp/v2/users/me", &[("context", "edit")])
        .await
        .map_err(Fault::into_app_error)?;
    let me: Me = answer.parse().map_err(Fault::into_app_error)?;
    if me.username.eq_ignore_ascii_case(login) {
        return Ok(());
    }
    Err(unauthorized(
        "OTHER_USER",
        "the password belongs to another user than the answer says",
        "start again in a browser window where only one account is signed in",
    ))
}

#[derive(Deserialize)]
struct Introspected {
    #[serde(default)]
    uuid: String,
    #[serde(default)]
    app_id: String,
}

/// Is the password the one that was made for us? Returns its handle. WordPress 5.6 cannot tell.
async fn verify_password(site: &Site, app_id: &str) -> Result<Option<String>, AppError> {
    let route = "/wp/v2/users/me/application-passwords/introspect";
    let answer = match patience::get_soon(site, route, &[]).await {
        Ok(answer) => answer,
        Err(Fault::Refused { status: 404, .. }) => return Ok(None),
        Err(fault) => return Err(fault.into_app_error()),
    };
    let found: Introspected = answer.parse().map_err(Fault::into_app_error)?;
    if !found.app_id.eq_ignore_ascii_case(app_id) {
        return Err(unauthorized(
            "OTHER_APPLICATION",
            "the password was made for another application",
            "start again and approve the request that names this product",
        ));
    }
    Ok(Some(found.uuid).filter(|uuid| Uuid::parse_str(uuid).is_ok()))
}

fn no_consent_page() -> AppError {
    invalid(
        "NO_CONSENT_PAGE",
        "the site offers no consent page: it has no https, WordPress is older than 5.6, or application passwords are off",
        "enter an application password by hand (Users → Profile → Application Passwords), or switch them on",
    )
}
