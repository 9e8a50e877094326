//! The data directory: its files, whether they are sound, and whether the views show the log.

use std::sync::Arc;

use adapter_sqlite::{
    DataDir, OpenError, SqliteEventStore, SqliteReadStore, SqliteVault, SystemClock, SystemIds,
};
use chrono::{DateTime, Utc};
use domain::views;
use engine::ports::{EventStore, Filter, ReadStore};

use super::finding::Finding;
use crate::compose;
use crate::config::Config;

type Found = (Vec<Finding>, Option<DateTime<Utc>>);

/// Findings, and the time of the log's last event.
pub async fn look(config: &Config, quick: bool) -> Found {
    let place = config.data.display();
    if !config.data.join("log.db").exists() {
        let finding = Finding::ok("data", format!("{place} holds no log yet; it is made at the first start"));
        return (vec![finding], None);
    }
    let dir = match DataDir::open(&config.data) {
        Ok(dir) => dir,
        Err(OpenError::InUse(_)) => {
            let finding = Finding::warn(
                "data",
                format!("{place} is in use, so only its surroundings were looked at"),
                "ask the running server: /readyz; or stop it and look again",
            );
            return (vec![finding], None);
        }
        Err(error) => return (vec![Finding::fail("data", error.to_string(), "see the sentence")], None),
    };
    let mut findings = vec![Finding::ok("data", format!("{place}, private, not in use"))];
    findings.push(vault(config, &dir).await);
    let newest = match stores(&dir, quick, &mut findings).await {
        Ok(newest) => newest,
        Err(error) => {
            findings.push(Finding::fail(
                "log",
                error.to_string(),
                "restore the data directory from a backup",
            ));
            None
        }
    };
    (findings, newest)
}

async fn vault(config: &Config, dir: &DataDir) -> Finding {
    let ids = Arc::new(SystemIds);
    let opened = match compose::key_ring(config, dir, &*ids) {
        Ok(ring) => SqliteVault::open(dir, ring, ids).await.map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    match opened {
        Ok(_) => Finding::ok("vault", "opens with the key"),
        Err(error) => Finding::fail("vault", format!("{error:#}"), "give the key this vault was made with"),
    }
}

async fn stores(
    dir: &DataDir,
    quick: bool,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<Option<DateTime<Utc>>> {
    let log = SqliteEventStore::open(dir, Arc::new(SystemClock)).await?;
    let end = *log.end().borrow();
    if quick {
        findings.push(Finding::ok("log", format!("{end} events")));
    } else {
        findings.push(match log.verify().await {
            Ok(()) => Finding::ok("log", format!("{end} events, every page is sound")),
            Err(error) => Finding::fail(
                "log",
                engine::follow::chain(&error),
                "stop using it, keep a copy of the directory, and restore a backup",
            ),
        });
    }
    let reads = SqliteReadStore::open(dir).await?;
    let mut behind = (0, "");
    for view in views::ALL {
        let missing = end.saturating_sub(reads.checkpoint(view).await?);
        if missing > behind.0 {
            behind = (missing, view.name);
        }
    }
    findings.push(match behind {
        (0, _) => Finding::ok("views", "they show the whole log"),
        (missing, name) => Finding::ok(
            "views",
            format!("`{name}` is {missing} events behind and catches up at the next start"),
        ),
    });
    let last = log.read_all(end.saturating_sub(1), &Filter::all(), 1).await?;
    Ok(last.events.first().map(|event| event.recorded_at))
}
