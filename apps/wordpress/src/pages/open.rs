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
    let may_edit = details.may_edit(&resource);
    let has_credentials = session.credentials.as_ref().is_some_and(|known| known.secret.is_some());
    let mut notes = Vec::new();
    // Before the first test nothing is known of the account, so everything is asked for; a refusal is a downgrade.
    let context = if has_credentials && may_edit != Some(false) { Context::Edit } else { Context::View };
    if context == Context::View {
        notes.push(downgrade(&resource, has_credentials));
    }
    Ok(Opened { site, page_max: details.page_max.clamp(1, 100), resource, context, notes })
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

/// Compares who the site says it is with whom the connection was made for.
async fn same_site(site: &Site, known: &Identity) -> Result<(), AppError> {
    let answer = patience::get(site, "/", &[("_fields", "name,url,home,namespaces")])
        .await
        .map_err(Fault::into_app_error)?;
    let now = answer.parse::<RootIndex>().map_err(Fault::into_app_error)?.identity();
    if now.same_site(known) {
        return Ok(());
    }
    Err(invalid(
        "IDENTITY_CHANGED",
        &format!("the site was {} and now says it is {}", known.home, now.home),
        "confirm on the connection's page that this is the same site (it moved), or disconnect it (a copy, a new owner)",
    ))
}
