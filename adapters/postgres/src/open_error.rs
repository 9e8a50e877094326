//! Why a database cannot be used. Each sentence tells an operator what to do.

use std::io::ErrorKind;
use std::path::PathBuf;

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the address of the database cannot be read; write postgres://user:password@host:5432/database")]
    Address,
    #[error("{0}")]
    Setting(String),
    #[error("the file {} cannot be used for TLS ({why}); give a PEM file that this user can read", file.display())]
    TlsFile { file: PathBuf, why: String },
    #[error("no PostgreSQL answers at {place} ({why}); start it there, or correct the address")]
    Unreachable { place: String, why: String },
    #[error(
        "PostgreSQL at {place} refuses the role or its password ({why}); correct the address of the database"
    )]
    Credentials { place: String, why: String },
    #[error("PostgreSQL at {place} has no such database ({why}); create it, or correct the address")]
    NoDatabase { place: String, why: String },
    #[error("PostgreSQL at {place} offers no TLS; set ssl = on there, or allow this one to speak without")]
    NoTls { place: String },
    #[error(
        "TLS with {place} fails: {why}; check the authority's file, the server's name and our certificate"
    )]
    Tls { place: String, why: String },
    #[error(
        "PostgreSQL at {place} has no connection left ({why}); raise max_connections or stop other programs"
    )]
    Full { place: String, why: String },
    #[error(
        "this role may have {given} connections at once and {asked} are asked for; raise its limit or max_connections, or ask \
         for fewer"
    )]
    TooFew { given: i64, asked: usize },
    #[error("the role lacks a right in the database ({why}); run as its owner: {remedy}")]
    Rights { why: String, remedy: String },
    #[error("PostgreSQL runs with {setting} = off and can lose what it has confirmed; run: {remedy}")]
    Unsafe { setting: String, remedy: String },
    #[error(
        "PostgreSQL at {place} only reads (a standby, or default_transaction_read_only); give the primary's address"
    )]
    ReadOnly { place: String },
    #[error("this is PostgreSQL {found}, and {least} is the oldest that serves; upgrade the server")]
    Old { found: String, least: u32 },
    #[error(
        "the database has the encoding {found}; create one with: CREATE DATABASE portal ENCODING 'UTF8' TEMPLATE template0"
    )]
    Encoding { found: String },
    #[error(
        "schema {schema} was written by a newer release (version {found}, this release knows {known}); start that release"
    )]
    Newer { schema: String, found: i32, known: i32 },
    /// The key ring does not open this vault.
    #[error("{0}")]
    Key(String),
    #[error("the database is damaged ({0}); restore it from a backup")]
    Damaged(String),
    #[error("the database cannot be used: {0}")]
    Other(String),
}

impl OpenError {
    /// What an error of the driver means while a connection is being opened.
    pub(crate) fn at_connect(place: &str, error: &Error) -> Self {
        let why = sentence(error);
        let place = place.to_owned();
        match error.code() {
            Some(code) if *code == SqlState::INVALID_CATALOG_NAME => return Self::NoDatabase { place, why },
            Some(code) if *code == SqlState::TOO_MANY_CONNECTIONS => return Self::Full { place, why },
            Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                let remedy = "GRANT CONNECT, CREATE ON DATABASE … TO …".to_owned();
                return Self::Rights { why, remedy };
            }
            Some(code) if code.code().starts_with("28") => return Self::Credentials { place, why },
            Some(_) => return Self::Unreachable { place, why },
            None => {}
        }
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            if let Some(io) = cause.downcast_ref::<std::io::Error>() {
                return Self::of_io(place, io, why);
            }
            source = cause.source();
        }
        // Only its words tell the driver's kinds of errors apart.
        match error.to_string().as_str() {
            "error performing TLS handshake" if why.contains("does not support TLS") => Self::NoTls { place },
            "error performing TLS handshake" => Self::Tls { place, why },
            "authentication error" | "invalid configuration" => Self::Credentials { place, why },
            _ => Self::Unreachable { place, why },
        }
    }

    fn of_io(place: String, io: &std::io::Error, why: String) -> Self {
        let tls = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(fault) => Self::Tls { place, why: fault.to_string() },
            None if io.kind() == ErrorKind::PermissionDenied && why.contains("does not allow writes") => {
                Self::ReadOnly { place }
            }
            None => Self::Unreachable { place, why },
        }
    }

    pub(crate) fn of_pool(place: &str, error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => Self::at_connect(place, &error),
            other => Self::Unreachable { place: place.to_owned(), why: other.to_string() },
        }
    }

    /// What an error means while the schema is looked at or made.
    pub(crate) fn at_schema(schema: &str, role: &str, error: &Error) -> Self {
        let why = sentence(error);
        if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
            let remedy = if why.contains("for database") {
                format!("GRANT CREATE ON DATABASE … TO {role}")
            } else {
                format!("ALTER SCHEMA {schema} OWNER TO {role}")
            };
            return Self::Rights { why, remedy };
        }
        Self::Other(why)
    }
}

/// An error in the words of who raised it, on one line.
pub(crate) fn sentence(error: &Error) -> String {
    if let Some(raised) = error.as_db_error() {
        return format!("{} [{}]", raised.message(), raised.code().code());
    }
    engine::follow::chain(error)
}
