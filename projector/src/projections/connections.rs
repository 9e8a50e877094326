//! Fills the connections view.

use domain::connection::{ConnectionEvent as E, Health};
use domain::event::Event;
use domain::views::{CONNECTIONS, ConnectionPhase, ConnectionView, HistoryLine, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};
use serde_json::Value;

pub struct Connections;

impl Projection for Connections {
    fn view(&self) -> &'static ViewSpec {
        &CONNECTIONS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["connection"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        Some(recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        let id = recorded.stream.id();
        let fact = E::from_json(&recorded.event_type, &recorded.data)?;
        if matches!(fact, E::Deleted(_)) {
            docs.delete(id);
            return Ok(());
        }
        let known: Option<ConnectionView> = docs.get(id)?;
        let Some(mut view) = known.or_else(|| added(id, &fact, recorded)) else { return Ok(()) };
        let summary = apply(&mut view, fact, recorded);
        view.remember(HistoryLine {
            at: recorded.recorded_at,
            position: recorded.position,
            actor: recorded.meta.actor.0.clone(),
            event: recorded.event_type.to_string(),
            summary,
        });
        let health = word(view.health);
        let columns =
            vec![Some(view.app.as_str().into()), Some(health.into()), Some(view.name.as_str().into())];
        docs.put(id, &view, columns);
        Ok(())
    }
}

fn added(id: &str, fact: &E, recorded: &Recorded) -> Option<ConnectionView> {
    let E::Added(added) = fact else { return None };
    Some(ConnectionView {
        id: id.to_owned(),
        app: added.app.clone(),
        name: added.name.clone(),
        address: added.address.clone(),
        origin: added.origin.clone(),
        phase: ConnectionPhase::Live,
        health: Health::Unknown,
        checked_at: None,
        stages: vec![],
        auth_method: None,
        account: None,
        fingerprint: None,
        handle: None,
        identity: None,
        details: Value::Null,
        added_at: recorded.recorded_at,
        history: vec![],
    })
}

/// Changes the view and says in words what happened.
fn apply(view: &mut ConnectionView, fact: E, recorded: &Recorded) -> String {
    match fact {
        E::Added(added) => format!("Added {}", added.address),
        E::CredentialsStored(stored) => {
            view.health = Health::Unknown;
            let account = stored.account.clone().unwrap_or_else(|| "nobody".to_owned());
            view.auth_method = Some(stored.method);
            view.account = stored.account;
            view.fingerprint = Some(stored.fingerprint);
            view.handle = stored.handle;
            format!("Credentials stored; acts as {account}")
        }
        E::Renamed(renamed) => {
            view.name.clone_from(&renamed.name);
            format!("Renamed to {}", renamed.name)
        }
        E::Tested(tested) => {
            view.health = tested.health;
            view.checked_at = Some(recorded.recorded_at);
            view.stages = tested.stages;
            format!("Tested: {}", word(view.health))
        }
        E::Described(described) => {
            let name = described.identity.name.clone();
            view.identity = Some(described.identity);
            view.details = described.details;
            format!("Looked at {name}")
        }
        E::IdentityChanged(changed) => {
            view.phase = ConnectionPhase::IdentityInDoubt;
            let summary = format!("The site now says it is {}, not {}", changed.to.url, changed.from.url);
            view.identity = Some(changed.to);
            summary
        }
        E::IdentityConfirmed(_) => {
            view.phase = ConnectionPhase::Live;
            "The new identity was confirmed".to_owned()
        }
        E::Paused(paused) => {
            view.phase = ConnectionPhase::Paused;
            format!("Paused: {}", paused.reason)
        }
        E::Resumed(_) => {
            view.phase = ConnectionPhase::Live;
            "Resumed".to_owned()
        }
        E::Deleted(_) => "Deleted".to_owned(),
    }
}

fn word(health: Health) -> &'static str {
    match health {
        Health::Unknown => "unknown",
        Health::Healthy => "healthy",
        Health::Degraded => "degraded",
        Health::Failing => "failing",
    }
}
