//! Storing what a consent brought.

use std::collections::BTreeMap;

use domain::connection::{ConnectionCommand, Connections, CredentialsStored};

use crate::consents::Consent;
use crate::context::Api;
use crate::probe::{session_with, slot};
use crate::problem::Problem;

/// Checks the answer at the site, stores the credential, and tests the connection with it. The error is a code for the
/// console, without anything of what came in.
pub async fn store(api: &Api, consent: Consent, query: BTreeMap<String, String>) -> Result<(), String> {
    if query.get("success").is_some_and(|value| value == "false") {
        return Err("REJECTED".to_owned());
    }
    accept(api, consent, query).await.map_err(|problem| {
        tracing::warn!(code = problem.code(), "a consent could not be taken in");
        let plain = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_';
        problem.code().chars().filter(plain).take(60).collect()
    })
}

async fn accept(api: &Api, consent: Consent, query: BTreeMap<String, String>) -> Result<(), Problem> {
    let id = consent.connection;
    let view = api.connection(&id).await?;
    let app = api.app(&view.app)?;
    let session = session_with(&id, &view, None);
    let answer = api.accept_consent(app, &session, &query).await?;
    drop(query);
    let credentials = answer.credentials;
    let fingerprint = match &credentials.secret {
        Some(secret) => api.context.vault.store(&slot(&id, &view.origin), secret).await?,
        None => String::new(),
    };
    let stored = ConnectionCommand::StoreCredentials(CredentialsStored {
        method: credentials.method.clone(),
        account: credentials.account.clone(),
        fingerprint,
        handle: answer.handle,
    });
    api.execute_all::<Connections>(id.as_str(), vec![stored], consent.meta.clone()).await?;
    let checked = api.test(app, &session_with(&id, &view, Some(credentials))).await?;
    let commands = checked.commands(&view);
    api.execute_all::<Connections>(id.as_str(), commands, consent.meta).await?;
    Ok(())
}
