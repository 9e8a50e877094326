//! Why KurrentDB cannot be used. Each sentence tells an operator what to do.

use eventstore::{Error, GrpcConnectionError};

use crate::server::Failure;

#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(
        "the address of KurrentDB cannot be read; write it as kurrentdb://user:password@host:2113?tls=true"
    )]
    Address,
    #[error(
        "nodePreference={preference} would read behind the leader; leave nodePreference out of KurrentDB's address"
    )]
    NotTheLeader { preference: String },
    #[error(
        "the certificates in {file} cannot be used ({detail}); name a PEM file with the server's CA in tlsCaFile"
    )]
    Certificates { file: String, detail: String },
    #[error("the client for KurrentDB cannot be made ({0}); check userCertFile, userKeyFile and tlsCaFile")]
    Client(String),
    #[error("KurrentDB does not answer ({0}); check host and port, and that the server runs")]
    Unreachable(String),
    #[error(
        "KurrentDB and its address disagree about TLS ({0}); set tls=true or tls=false as the server has it"
    )]
    Tls(String),
    #[error(
        "KurrentDB's certificate is not trusted ({0}); name its CA in tlsCaFile, and the host as in the certificate"
    )]
    Certificate(String),
    #[error("KurrentDB refuses the user; check name and password, and that the user is in the group $admins")]
    Refused,
    #[error("the server says it is version {found}, KurrentDB {wanted} or later is needed; upgrade it")]
    TooOld { found: String, wanted: &'static str },
    #[error("KurrentDB cannot be read ({0}); look into the server's log")]
    Unreadable(String),
}

impl From<Failure> for ConnectError {
    fn from(failure: Failure) -> Self {
        let text = failure.to_string();
        match failure {
            Failure::Server(Error::AccessDenied) => Self::Refused,
            Failure::Deadline
            | Failure::Server(
                Error::GrpcConnectionError(GrpcConnectionError::MaxDiscoveryAttemptReached(_))
                | Error::ConnectionClosed,
            ) => Self::Unreachable(text),
            Failure::Server(_) => Self::of_transport(text),
            Failure::Foreign(why) => Self::Unreadable(why),
        }
    }
}

impl ConnectError {
    /// The client passes on what the transport said as text only.
    fn of_transport(text: String) -> Self {
        let lower = text.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if says(&["unauthenticated", "permissiondenied", "permission denied"]) {
            Self::Refused
        } else if says(&["unknownissuer", "notvalidforname", "certificate"]) {
            Self::Certificate(text)
        } else if says(&[
            "invalidcontenttype",
            "corrupt message",
            "frame with invalid size",
            "h2 protocol error",
            "tls",
        ]) {
            Self::Tls(text)
        } else {
            Self::Unreachable(text)
        }
    }
}
