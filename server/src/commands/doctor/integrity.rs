//! What can be proven of the log, and whether there is a backup.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::finding::Finding;
use crate::commands::verify::{self, Demand};
use crate::{backups, checkpoints, ledger};

/// Age of the last backup from which on it is worth a warning.
const BACKUP_DAYS_MAX: i64 = 7;

/// Proves the whole chain, unless it must be quick; then only what the checkpoints say of themselves.
pub fn chain(data: &Path, quick: bool) -> Finding {
    let remedy =
        "run `portal-integrations verify`, keep a copy of the directory as it is, and restore a backup";
    let signed = match checkpoints::read(&data.join(checkpoints::FILE)) {
        Ok(signed) => signed,
        Err(error) => return Finding::fail("chain", format!("{error:#}"), remedy),
    };
    let count = signed.len();
    if quick {
        return match verify::pins(signed, &Demand::default()) {
            Ok(_) => {
                Finding::ok("chain", format!("{count} checkpoints, soundly signed; the chain was not read"))
            }
            Err(fault) => Finding::fail("chain", fault.to_string(), remedy),
        };
    }
    match verify::directory(data, &Demand::default()) {
        Ok(Ok(verified)) => Finding::ok(
            "chain",
            format!("whole, signed up to {} of {} events", verified.signed_to, verified.events),
        ),
        Ok(Err(fault)) => Finding::fail("chain", format!("position {}: {fault}", fault.position), remedy),
        Err(error) => Finding::fail("chain", format!("{error:#}"), remedy),
    }
}

pub fn backup(data: &Path, now: DateTime<Utc>) -> Finding {
    let remedy = "run `portal-integrations backup DIR` every day, and keep DIR and the key on other machines";
    let Some(last) = backups::last(data) else {
        return Finding::warn("backup", "there never was one", remedy);
    };
    let place = last.place.display();
    let age = now - last.at;
    let found = format!("{} days ago, {} events, in {place}", age.num_days().max(0), last.events);
    if age > TimeDelta::days(BACKUP_DAYS_MAX) {
        return Finding::warn("backup", found, remedy);
    }
    Finding::ok("backup", found)
}

pub fn erasures(data: &Path) -> Finding {
    match ledger::read(&data.join(ledger::FILE)) {
        Ok(entries) => Finding::ok("erasures", format!("{} in the ledger", entries.len())),
        Err(error) => Finding::fail(
            "erasures",
            format!("{error:#}"),
            "put the file back from a copy: a restore needs it to keep erased people erased",
        ),
    }
}
