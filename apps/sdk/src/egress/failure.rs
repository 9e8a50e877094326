//! Why a call failed, precise enough to say it in one plain sentence.

use std::error::Error;
use std::io;

use super::policy::Refusal;
use crate::error::AppError;

/// What was waited for in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Lookup,
    Connect,
    /// Nothing came for a while in the middle of an answer.
    Idle,
    /// The whole call took too long.
    Total,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFault {
    Expired,
    NotYetValid,
    WrongName,
    /// Self-signed, or from an authority that this machine does not know.
    UnknownIssuer,
    /// The port does not speak TLS.
    NotTls,
    /// Only versions or ciphers that are too old.
    TooOld,
    /// This machine knows no authority at all.
    NoAuthorities,
    Other(String),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    #[error("refused to call: {0}")]
    Refused(#[from] Refusal),
    #[error("the name {host} is not known in DNS")]
    NameNotFound { host: String },
    #[error("{host} refused the connection on port {port}")]
    ConnectionRefused { host: String, port: u16 },
    #[error("{host} cannot be reached on port {port}: {detail}")]
    Unreachable { host: String, port: u16, detail: String },
    #[error("{}", tls_words(host, fault))]
    Tls { host: String, fault: TlsFault },
    #[error("{}", wait_words(host, *wait))]
    Timeout { host: String, wait: Wait },
    #[error("the answer is larger than {max} bytes")]
    TooLarge { max: usize },
    #[error("the compressed answer grows more than 20-fold, as a decompression bomb does")]
    Bomb,
    #[error("the answer's compression is broken: {detail}")]
    Encoding { detail: String },
    #[error("{host} broke the connection in the middle of the answer")]
    Reset { host: String },
    #[error("{host} sent something that is not HTTP: {detail}")]
    Malformed { host: String, detail: String },
    #[error("the site redirects to {location} (status {status})")]
    Redirect { status: u16, location: String },
    #[error("the request could not be built: {detail}")]
    BadRequest { detail: String },
}

impl EgressError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(Refusal::ForeignOrigin { .. }) => "FOREIGN_ORIGIN",
            Self::Refused(_) => "ADDRESS_REFUSED",
            Self::NameNotFound { .. } => "NAME_NOT_FOUND",
            Self::ConnectionRefused { .. } => "CONNECTION_REFUSED",
            Self::Unreachable { .. } => "UNREACHABLE",
            Self::Tls { .. } => "TLS",
            Self::Timeout { .. } => "TIMEOUT",
            Self::TooLarge { .. } => "ANSWER_TOO_LARGE",
            Self::Bomb => "DECOMPRESSION_BOMB",
            Self::Encoding { .. } => "BROKEN_COMPRESSION",
            Self::Reset { .. } => "CONNECTION_BROKEN",
            Self::Malformed { .. } => "NOT_HTTP",
            Self::Redirect { .. } => "REDIRECTED",
            Self::BadRequest { .. } => "BAD_REQUEST",
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.remedy(),
            Self::NameNotFound { .. } => "check the spelling of the address, or the site's DNS records",
            Self::ConnectionRefused { .. } | Self::Unreachable { .. } => {
                "check that the web server runs and that no firewall stands between it and this machine"
            }
            Self::Tls { fault, .. } => tls_remedy(fault),
            Self::Timeout { wait: Wait::Lookup, .. } => "check this machine's DNS resolver",
            Self::Timeout { .. } => {
                "the site may be overloaded or behind a firewall; try later or ask its host"
            }
            Self::TooLarge { .. } => "ask for fewer fields or fewer records at once",
            Self::Bomb | Self::Malformed { .. } => {
                "check what answers at this address; it is not a normal web site"
            }
            Self::Encoding { .. } => "check the site's compression or caching plugin, or the proxy before it",
            Self::Reset { .. } => {
                "try again; if it stays, ask the site's host about its time and memory limits"
            }
            Self::Redirect { .. } => "connect the address that the site redirects to",
            Self::BadRequest { .. } => {
                "check the credentials and the address for characters that HTTP cannot carry"
            }
        }
    }

    /// Whether the request may have been read by somebody, so that it cannot be told what came of it.
    pub fn may_have_arrived(&self) -> bool {
        matches!(
            self,
            Self::Timeout { wait: Wait::Idle | Wait::Total, .. }
                | Self::TooLarge { .. }
                | Self::Bomb
                | Self::Encoding { .. }
                | Self::Reset { .. }
                | Self::Malformed { .. }
        )
    }

    /// Can another try help?
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::NameNotFound { .. }
                | Self::ConnectionRefused { .. }
                | Self::Unreachable { .. }
                | Self::Timeout { .. }
                | Self::Encoding { .. }
                | Self::Reset { .. }
                | Self::Malformed { .. }
        )
    }
}

impl From<EgressError> for AppError {
    fn from(error: EgressError) -> Self {
        let (code, message, remedy) = (error.code().to_owned(), error.to_string(), error.remedy().to_owned());
        if error.is_transient() {
            Self::Transient { code, message, remedy }
        } else {
            Self::Invalid { code, message, remedy }
        }
    }
}

fn tls_words(host: &str, fault: &TlsFault) -> String {
    match fault {
        TlsFault::Expired => format!("the certificate of {host} has expired"),
        TlsFault::NotYetValid => format!("the certificate of {host} is not valid yet"),
        TlsFault::WrongName => format!("the certificate of {host} is for another name"),
        TlsFault::UnknownIssuer => {
            format!("the certificate of {host} is self-signed or from an authority that is not known here")
        }
        TlsFault::NotTls => format!("{host} does not speak TLS on this port"),
        TlsFault::TooOld => format!("{host} offers only TLS versions or ciphers that are too old"),
        TlsFault::NoAuthorities => {
            "this machine has no certificate authorities installed, so no certificate can be checked"
                .to_owned()
        }
        TlsFault::Other(detail) => format!("a secure connection to {host} failed: {detail}"),
    }
}

fn tls_remedy(fault: &TlsFault) -> &'static str {
    match fault {
        TlsFault::Expired => "renew the site's certificate",
        TlsFault::NotYetValid => "check the clocks of the site and of this machine",
        TlsFault::WrongName => "use the name that the certificate is for, or get one for this name",
        TlsFault::UnknownIssuer => {
            "install a certificate from a public authority, or let the operator add the authority to the configuration"
        }
        TlsFault::NotTls => "use http:// or the port that speaks TLS",
        TlsFault::TooOld => "switch on TLS 1.2 or 1.3 at the site's web server",
        TlsFault::NoAuthorities => "install the package ca-certificates on this machine",
        TlsFault::Other(_) => "check the site's certificate and TLS set-up",
    }
}

fn wait_words(host: &str, wait: Wait) -> String {
    match wait {
        Wait::Lookup => format!("the name lookup of {host} took too long"),
        Wait::Connect => format!("{host} did not accept a connection in time"),
        Wait::Idle => format!("{host} stopped sending in the middle of the answer"),
        Wait::Total => format!("{host} took too long to answer"),
    }
}

/// Reads the cause out of what the HTTP client reports.
pub fn of_client(error: &reqwest::Error, host: &str, port: u16) -> EgressError {
    let host = host.to_owned();
    if let Some(fault) = causes(error).find_map(tls_fault) {
        return EgressError::Tls { host, fault };
    }
    if error.is_builder() {
        return EgressError::BadRequest { detail: last_cause(error) };
    }
    if error.is_timeout() {
        let wait = if error.is_connect() { Wait::Connect } else { Wait::Total };
        return EgressError::Timeout { host, wait };
    }
    let kind = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    if error.is_connect() {
        return match kind {
            Some(io::ErrorKind::ConnectionRefused) => EgressError::ConnectionRefused { host, port },
            Some(io::ErrorKind::TimedOut) => EgressError::Timeout { host, wait: Wait::Connect },
            _ => EgressError::Unreachable { host, port, detail: last_cause(error) },
        };
    }
    let words = last_cause(error);
    let malformed = causes(error).any(|cause| cause.to_string().contains("invalid HTTP"));
    if malformed { EgressError::Malformed { host, detail: words } } else { EgressError::Reset { host } }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        // An I/O error shows the cause of its cause, so the wrapped error itself has to be asked for.
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn last_cause(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

fn tls_fault(cause: &(dyn Error + 'static)) -> Option<TlsFault> {
    use rustls::{CertificateError as C, Error as E};
    Some(match cause.downcast_ref::<E>()? {
        E::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => TlsFault::Expired,
        E::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => TlsFault::NotYetValid,
        E::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => TlsFault::WrongName,
        E::InvalidCertificate(C::UnknownIssuer) => TlsFault::UnknownIssuer,
        // A self-signed certificate that is its own authority.
        E::InvalidCertificate(C::Other(other)) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            TlsFault::UnknownIssuer
        }
        E::InvalidMessage(_) => TlsFault::NotTls,
        E::PeerIncompatible(_) | E::AlertReceived(rustls::AlertDescription::ProtocolVersion) => {
            TlsFault::TooOld
        }
        E::General(detail) if detail == super::tls::NO_AUTHORITIES => TlsFault::NoAuthorities,
        other => TlsFault::Other(other.to_string()),
    })
}
