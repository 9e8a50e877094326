//! Who may call the API: tokens. Only a token's hash is ever recorded.

use serde::{Deserialize, Serialize};

use crate::decider::Decider;
use crate::events;
use crate::problem::Rejection;

/// What a token may do. Each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads everything that is not secret.
    Viewer,
    /// Runs, pauses and cancels; tests connections.
    Operator,
    /// Everything, including credentials and tokens.
    Administrator,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenIssued {
    pub name: String,
    pub role: Role,
    /// Lower-case hexadecimal SHA-256 of the token.
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenRevoked {}

events! {
    /// Facts about one access token; stream `token-{id}`.
    TokenEvent {
        "token.issued" => Issued(TokenIssued),
        "token.revoked" => Revoked(TokenRevoked),
    }
}

#[derive(Clone, Debug)]
pub enum TokenCommand {
    Issue { name: String, role: Role, hash: String },
    Revoke,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TokenState {
    #[default]
    Absent,
    Live,
    Revoked,
}

pub struct Tokens;

impl Decider for Tokens {
    const CATEGORY: &'static str = "token";
    type State = TokenState;
    type Command = TokenCommand;
    type Event = TokenEvent;

    fn decide(state: &TokenState, command: TokenCommand) -> Result<Vec<TokenEvent>, Rejection> {
        match (state, command) {
            (TokenState::Absent, TokenCommand::Issue { name, role, hash }) => {
                Ok(vec![TokenEvent::Issued(TokenIssued { name, role, hash })])
            }
            (TokenState::Live, TokenCommand::Revoke) => Ok(vec![TokenEvent::Revoked(TokenRevoked {})]),
            (TokenState::Revoked, TokenCommand::Revoke) => Ok(vec![]),
            (TokenState::Absent, TokenCommand::Revoke) => Err(Rejection::new(
                "NOT_FOUND",
                "there is no such access token",
                "list the tokens and use an id from there",
            )),
            (_, TokenCommand::Issue { .. }) => Err(Rejection::new(
                "ALREADY_EXISTS",
                "this token id is in use",
                "issue a token under a new id",
            )),
        }
    }

    fn evolve(state: &mut TokenState, event: &TokenEvent) {
        *state = match event {
            TokenEvent::Issued(_) => TokenState::Live,
            TokenEvent::Revoked(_) => TokenState::Revoked,
        };
    }
}
