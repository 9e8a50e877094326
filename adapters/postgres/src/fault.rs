//! Why something in the database did not work, before a port gives it its name.

use deadpool_postgres::PoolError;
use engine::keys::UnwrapError;
use engine::ports::{Cause, LeaseError, ReadError, VaultError};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

#[derive(Debug)]
pub(crate) enum Fault {
    Pool(PoolError),
    Database(Error),
    /// Somebody else was faster; the whole transaction may simply be repeated.
    Again(&'static str),
    Damage(String),
    Key(String),
    Read(ReadError),
    Other(String),
}

impl Fault {
    /// True when nothing happened and the transaction may be repeated at once.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Again(_) => true,
            Self::Database(error) => error.code().is_some_and(|code| {
                *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
            }),
            _ => false,
        }
    }

    /// True when the connection was lost: a question may be asked again on another one.
    pub fn is_lost(&self) -> bool {
        match self {
            Self::Database(error) => match error.code() {
                Some(code) => code.code().starts_with("57P") || code.code().starts_with("08"),
                None => error.is_closed() || has_io(error),
            },
            _ => false,
        }
    }

    /// True when a statement named a table that is not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Database(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE))
    }

    fn cause(self) -> Result<Cause, String> {
        match self {
            Self::Pool(error) => Ok(error.into()),
            Self::Database(error) => {
                let damaged = |code: &&SqlState| {
                    **code == SqlState::DATA_CORRUPTED || **code == SqlState::INDEX_CORRUPTED
                };
                if error.code().as_ref().is_some_and(damaged) {
                    Err(error.to_string())
                } else {
                    Ok(error.into())
                }
            }
            Self::Damage(why) => Err(why),
            Self::Again(why) => Ok(why.into()),
            Self::Key(why) | Self::Other(why) => Ok(why.into()),
            Self::Read(error) => Ok(error.into()),
        }
    }
}

fn has_io(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<std::io::Error>() {
            return true;
        }
        source = cause.source();
    }
    false
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<PoolError> for Fault {
    fn from(error: PoolError) -> Self {
        Self::Pool(error)
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<UnwrapError> for Fault {
    fn from(error: UnwrapError) -> Self {
        match error {
            UnwrapError::Missing(_) => Self::Key(error.to_string()),
            UnwrapError::Broken => Self::Damage(error.to_string()),
        }
    }
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Read(error) => error,
            other => match other.cause() {
                Ok(cause) => Self::Unavailable(cause),
                Err(damage) => Self::Corrupt(damage.into()),
            },
        }
    }
}

impl From<Fault> for VaultError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Key(why) => Self::WrongKey(why),
            other => match other.cause() {
                Ok(cause) => Self::Unavailable(cause),
                Err(damage) => Self::Corrupt(damage),
            },
        }
    }
}

impl From<Fault> for LeaseError {
    fn from(fault: Fault) -> Self {
        Self::Unavailable(fault.cause().unwrap_or_else(Into::into))
    }
}
