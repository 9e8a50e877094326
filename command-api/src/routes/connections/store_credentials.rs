use domain::connection::{ConnectionCommand, Connections, CredentialsStored};
use domain::ids::ConnectionId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Auth;
use super::test::Tested;
use crate::endpoint::{Answer, Body, Caller, Id, Json, Shared, State};
use crate::probe::{session_with, slot};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreCredentials {
    pub auth: Auth,
    /// Store it even if the test fails.
    #[serde(default, alias = "save_although_failing")]
    pub even_if_failing: bool,
}

/// Gives a connection another credential. It is tested before it replaces the one that is there.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/credentials",
    tag = "connections",
    operation_id = "store_credentials",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = StoreCredentials,
    responses((status = 200, body = Tested))
)]
pub async fn store_credentials(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    body: Body<StoreCredentials>,
) -> Answer<Tested> {
    let StoreCredentials { auth, even_if_failing } = body.value;
    let view = api.connection(&id).await?;
    let app = api.app(&view.app)?;
    let credentials = auth.checked(app)?;
    let session = session_with(&id, &view, Some(credentials.clone()));
    let checked = api.test(app, &session).await?;
    if checked.is_failing() && !even_if_failing {
        return Err(checked.refusal().at("auth.secret"));
    }
    let fingerprint = match &credentials.secret {
        Some(secret) => api.context.vault.store(&slot(&id, &view.origin), secret).await?,
        None => String::new(),
    };
    let (health, stages) = (checked.outcome.health, checked.stages.clone());
    let mut commands = vec![ConnectionCommand::StoreCredentials(CredentialsStored {
        method: credentials.method,
        account: credentials.account,
        fingerprint,
        handle: None,
    })];
    commands.extend(checked.commands(&view));
    let committed = api.execute_all::<Connections>(id.as_str(), commands, caller.meta()).await?;
    Ok(Json(Tested { id: id.to_string(), position: committed.position, changed: true, health, stages }))
}
