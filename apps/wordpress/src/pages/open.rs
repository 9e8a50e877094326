//! What has to be known before the first page: is this still the same site, and how much of it may we read?

use std::sync::Arc;

use app_sdk::egress::Egress;
use app_sdk::{AppError, PageRequest, Session, SourceNote};
use domain::connection::Identity;
use domain::run::Level;

use crate::call::Site;
use crate::details::{Details, ResourceInfo};
use crate::discover::RootIndex;
use crate::fault::{Fault, invalid};
use crate::patience;
use crate::query::Context;

pub struct Opened {
    pub site: Arc<Site>,
    pub resource: ResourceInfo,
    pub context: Context,
    pub page_max: u64,
    pub notes: Vec<SourceNote>,
}

pub async fn open(egress: Arc<Egress>, session: &Session, request: &PageRequest) -> Result<Opened, AppError> {
    let details = Details::of(session)?;
    let resource = details.resource(&request.resource)?.clone();
    let site = Arc::new(Site::open(egress, session, &details)?);
    same_site(&site, &details.identity).await?;
    let context = context(&details, session, &resource);
    let mut notes = Vec::new();
    if context == Context::View {
        notes.push(downgrade(&resource, has_credentials(session)));
    }
    Ok(Opened { site, page_max: details.page_max.clamp(1, 100), resource, context, notes })
}

/// Before the first test nothing is known of the account, so everything is asked for; a refusal is a downgrade.
pub fn context(details: &Details, session: &Session, resource: &ResourceInfo) -> Context {
    let may_edit = details.may_edit(resource) != Some(false);
    if has_credentials(session) && may_edit { Context::Edit } else { Context::View }
}

fn has_credentials(session: &Session) -> bool {
    session.credentials.as_ref().is_some_and(|known| known.secret.is_some())
}

/// A refusal is a matter of rights only while the site knows who is calling. To a password that was revoked, or a header
/// that is lost on the way, WordPress answers as to a visitor (a refused status, not a refused password), and reading on
/// as a visitor would overwrite good records with what everybody sees. So it is asked before anything is read with less.
pub async fn still_signed_in(site: &Site) -> Result<(), Fault> {
    if !has_credentials(&site.session) {
        return Ok(());
    }
    match patience::get(site, "/wp/v2/users/me", &[("_fields", "id")]).await {
        // Some sites hide this route; another refusal there says nothing about the password.
        Err(Fault::Refused { status, .. }) if status != 401 => Ok(()),
        other => other.map(drop),
    }
}

pub fn downgrade(resource: &ResourceInfo, has_credentials: bool) -> SourceNote {
    let why = if has_credentials {
        format!("the account lacks the capability `{}`", resource.capability)
    } else {
        "the connection has no credentials".to_owned()
    };
    SourceNote {
        level: Level::Warning,
        code: "PUBLIC_FIELDS_ONLY".to_owned(),
        message: format!("{}: only what every visitor sees is read, because {why}", resource.label),
    }
}

/// Compares who the site says it is with whom the connection was made for. Answers with what the root says, and with the
/// time on the site's clock.
pub async fn same_site(
    site: &Site,
    known: &Identity,
) -> Result<(RootIndex, Option<std::time::SystemTime>), AppError> {
    let answer =
        patience::get(site, "/", &[("_fields", "name,url,home,namespaces,gmt_offset,timezone_string")])
            .await
            .map_err(Fault::into_app_error)?;
    let index = answer.parse::<RootIndex>().map_err(Fault::into_app_error)?;
    let now = index.identity();
    if now.same_site(known) {
        return Ok((index, answer.date));
    }
    Err(invalid(
        "IDENTITY_CHANGED",
        &format!("the site was {} and now says it is {}", known.home, now.home),
        "confirm on the connection's page that this is the same site (it moved), or disconnect it (a copy, a new owner)",
    ))
}
