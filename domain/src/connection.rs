//! A connection: one authorised instance of an app. Credentials are in the vault; here is only what may be seen.

pub mod events;

pub use events::*;

use crate::decider::Decider;
use crate::problem::Rejection;

/// Longest name a person may give, in characters.
pub const NAME_CHARS_MAX: usize = 120;

#[derive(Clone, Debug)]
pub enum ConnectionCommand {
    Add { app: String, name: String, address: String, origin: String },
    StoreCredentials(CredentialsStored),
    Rename { name: String },
    RecordTest(ConnectionTested),
    Describe(ConnectionDescribed),
    ConfirmIdentity,
    Pause { reason: String },
    Resume,
    Delete,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectionState {
    pub app: String,
    pub name: String,
    pub phase: Phase,
    pub identity: Option<Identity>,
    pub health: Health,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Absent,
    Live,
    Paused,
    /// The site answers as another site; nothing is written until a person confirms.
    IdentityInDoubt,
    Deleted,
}

pub struct Connections;

impl Decider for Connections {
    const CATEGORY: &'static str = "connection";
    type State = ConnectionState;
    type Command = ConnectionCommand;
    type Event = ConnectionEvent;

    fn decide(
        state: &ConnectionState,
        command: ConnectionCommand,
    ) -> Result<Vec<ConnectionEvent>, Rejection> {
        use ConnectionCommand as C;
        use ConnectionEvent as E;
        match (&command, state.phase) {
            (C::Add { .. }, Phase::Absent) => {}
            (C::Add { .. }, _) => return Err(exists()),
            (C::Delete, Phase::Deleted) => return Ok(vec![]),
            (_, Phase::Absent | Phase::Deleted) => return Err(not_found()),
            _ => {}
        }
        Ok(match command {
            C::Add { app, name, address, origin } => {
                let name = checked_name(&name)?;
                vec![E::Added(ConnectionAdded { app, name, address, origin })]
            }
            C::StoreCredentials(stored) => vec![E::CredentialsStored(stored)],
            C::Rename { name } => {
                let name = checked_name(&name)?;
                if name == state.name { vec![] } else { vec![E::Renamed(ConnectionRenamed { name })] }
            }
            C::RecordTest(tested) => vec![E::Tested(tested)],
            C::Describe(described) => describe(state, described),
            C::ConfirmIdentity if state.phase == Phase::IdentityInDoubt => {
                vec![E::IdentityConfirmed(IdentityConfirmed {})]
            }
            C::Pause { reason } if state.phase == Phase::Live => vec![E::Paused(ConnectionPaused { reason })],
            C::Resume if state.phase == Phase::Paused => vec![E::Resumed(ConnectionResumed {})],
            C::ConfirmIdentity | C::Pause { .. } | C::Resume => vec![],
            C::Delete => vec![E::Deleted(ConnectionDeleted {})],
        })
    }

    fn evolve(state: &mut ConnectionState, event: &ConnectionEvent) {
        use ConnectionEvent as E;
        match event {
            E::Added(added) => {
                state.app.clone_from(&added.app);
                state.name.clone_from(&added.name);
                state.phase = Phase::Live;
            }
            E::CredentialsStored(_) => state.health = Health::Unknown,
            E::Renamed(renamed) => state.name.clone_from(&renamed.name),
            E::Tested(tested) => state.health = tested.health,
            E::Described(described) => state.identity = Some(described.identity.clone()),
            E::IdentityChanged(changed) => {
                state.identity = Some(changed.to.clone());
                state.phase = Phase::IdentityInDoubt;
            }
            E::IdentityConfirmed(_) | E::Resumed(_) => state.phase = Phase::Live,
            E::Paused(_) => state.phase = Phase::Paused,
            E::Deleted(_) => state.phase = Phase::Deleted,
        }
    }
}

/// A site that suddenly answers with another address has moved, was cloned, or is a staging copy: writing on would
/// mix two sites, so the change is its own event and stops everything until confirmed.
fn describe(state: &ConnectionState, described: ConnectionDescribed) -> Vec<ConnectionEvent> {
    match &state.identity {
        Some(known) if !known.same_site(&described.identity) => {
            vec![ConnectionEvent::IdentityChanged(IdentityChanged {
                from: known.clone(),
                to: described.identity,
            })]
        }
        _ => vec![ConnectionEvent::Described(described)],
    }
}

fn checked_name(name: &str) -> Result<String, Rejection> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Rejection::new(
            "INVALID_NAME",
            format!("a name has 1 to {NAME_CHARS_MAX} characters and no control characters"),
            "choose another name",
        )
        .at("name"));
    }
    Ok(name.to_owned())
}

fn not_found() -> Rejection {
    Rejection::new(
        "NOT_FOUND",
        "there is no such connection",
        "list the connections and use an id from there",
    )
}

fn exists() -> Rejection {
    Rejection::new("ALREADY_EXISTS", "this connection id is in use", "add the connection under a new id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decider::fold;

    fn added() -> ConnectionEvent {
        ConnectionEvent::Added(ConnectionAdded {
            app: "wordpress".into(),
            name: "Site".into(),
            address: "https://example.org/".into(),
            origin: "https://example.org".into(),
        })
    }

    fn described(url: &str) -> ConnectionDescribed {
        ConnectionDescribed {
            identity: Identity { url: url.into(), home: url.into(), name: "Site".into() },
            details: serde_json::json!({}),
        }
    }

    #[test]
    fn bad_input_095_another_home_stops_the_connection_until_confirmed() {
        let first = ConnectionEvent::Described(described("https://example.org"));
        let state = fold::<Connections>(&[added(), first]);
        let events =
            Connections::decide(&state, ConnectionCommand::Describe(described("https://evil.example")))
                .unwrap();
        assert!(matches!(events[..], [ConnectionEvent::IdentityChanged(_)]));
        let mut state = state;
        Connections::evolve(&mut state, &events[0]);
        assert_eq!(state.phase, Phase::IdentityInDoubt);
        let events = Connections::decide(&state, ConnectionCommand::ConfirmIdentity).unwrap();
        Connections::evolve(&mut state, &events[0]);
        assert_eq!(state.phase, Phase::Live);
    }

    #[test]
    fn a_deleted_connection_takes_no_commands_but_delete() {
        let state = fold::<Connections>(&[added(), ConnectionEvent::Deleted(ConnectionDeleted {})]);
        let rejected = Connections::decide(&state, ConnectionCommand::Resume).unwrap_err();
        assert_eq!(rejected.code, "NOT_FOUND");
        assert_eq!(Connections::decide(&state, ConnectionCommand::Delete), Ok(vec![]));
    }

    #[test]
    fn names_are_bounded_and_clean() {
        let state = fold::<Connections>(&[added()]);
        for bad in ["", "  ", "a\nb", &"x".repeat(121)] {
            let command = ConnectionCommand::Rename { name: bad.into() };
            assert_eq!(Connections::decide(&state, command).unwrap_err().code, "INVALID_NAME");
        }
    }
}
