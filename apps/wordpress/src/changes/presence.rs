//! Is a record that nobody saw any more gone, or only hidden?

use std::sync::Arc;

use app_sdk::egress::Egress;
use app_sdk::{AppError, Presence, Session};

use crate::call::Site;
use crate::details::Details;
use crate::fault::Fault;
use crate::pages::open;
use crate::patience;
use crate::query::Context;

/// What WordPress says of an id that does not exist, in the words of its controllers.
const NO_SUCH: [&str; 4] =
    ["rest_post_invalid_id", "rest_user_invalid_id", "rest_term_invalid", "rest_comment_invalid_id"];

pub async fn look(
    egress: Arc<Egress>,
    session: &Session,
    resource: &str,
    ids: &[String],
) -> Result<Vec<Presence>, AppError> {
    let details = Details::of(session)?;
    let resource = details.resource(resource)?;
    let site = Site::open(egress, session, &details)?;
    open::same_site(&site, &details.identity).await?;
    let context = match open::context(&details, session, resource) {
        Context::Edit => "edit",
        Context::View => "view",
    };
    let mut presences = Vec::with_capacity(ids.len());
    for id in ids {
        let route = format!("{}/{id}", resource.route);
        let answer = patience::get(&site, &route, &[("context", context), ("_fields", "id")]).await;
        presences.push(match answer {
            Ok(_) => Presence::Here,
            Err(Fault::Refused { status: 404, error, .. }) if NO_SUCH.contains(&error.code.as_str()) => {
                Presence::Gone(format!("404 {}", error.code))
            }
            Err(Fault::Refused { status: status @ (401 | 403 | 404), error, .. }) => {
                Presence::Hidden(format!("{status} {}", error.code))
            }
            Err(fault) => return Err(fault.into_app_error()),
        });
    }
    Ok(presences)
}
