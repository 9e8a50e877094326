//! How the process ends: exit codes that scripts can rely on, and the one sentence for the person.

use std::fmt;
use std::process::ExitCode;

use adapter_sqlite::OpenError;
use engine::keys::KeyError;

pub const FAILED: u8 = 1;
pub const PARTLY: u8 = 2;
pub const USAGE: u8 = 64;
pub const UNREACHABLE: u8 = 69;
pub const STORE: u8 = 74;
pub const IN_USE: u8 = 75;
pub const REFUSED: u8 = 77;
pub const CONFIG: u8 = 78;
pub const SECOND_SIGNAL: i32 = 130;

/// For the end of `--help`.
pub const HELP: &str = "\
Exit codes:
   0  all well
   1  failed; the last line on standard error says why and what to do
   2  partly failed: some items were not imported, or some checks warn
  64  the command line makes no sense
  69  the server cannot be reached
  74  the log or the disk failed; nothing that was acknowledged is lost
  75  the data directory is in use by another process
  77  the token is missing, wrong or not allowed to do this
  78  the configuration is wrong, or the key does not fit the vault
 130  ended by a second signal

Secrets are never taken from the command line. PORTAL_KEY in the environment may hold the vault's key.";

/// An end with a code of its own; travels inside `anyhow::Error`.
#[derive(Debug)]
pub struct Ending {
    pub code: u8,
    pub sentence: String,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Ending {}

pub fn ending(code: u8, sentence: impl Into<String>) -> anyhow::Error {
    Ending { code, sentence: sentence.into() }.into()
}

/// Prints why, and gives the code. A cause in the chain that knows its code decides.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let line = crate::logging::escape::plain(&format!("{error:#}"));
    crate::output::complain(&format!("error: {line}"));
    ExitCode::from(code_of(error))
}

fn code_of(error: &anyhow::Error) -> u8 {
    error
        .chain()
        .find_map(|cause| {
            cause
                .downcast_ref::<Ending>()
                .map(|ending| ending.code)
                .or_else(|| cause.downcast_ref::<crate::config::ConfigError>().map(|_| CONFIG))
                .or_else(|| cause.downcast_ref::<OpenError>().map(of_open))
                .or_else(|| cause.downcast_ref::<KeyError>().map(of_keys))
        })
        .unwrap_or(FAILED)
}

fn of_keys(error: &KeyError) -> u8 {
    match error {
        KeyError::Io { .. } => STORE,
        KeyError::OpenToOthers(_) | KeyError::Ring(_) => CONFIG,
    }
}

fn of_open(error: &OpenError) -> u8 {
    match error {
        OpenError::InUse(_) => IN_USE,
        OpenError::Damaged { .. }
        | OpenError::Unsafe { .. }
        | OpenError::Io { .. }
        | OpenError::Sqlite { .. } => STORE,
        _ => CONFIG,
    }
}
