//! `verify`: proves that a log is what was written, without a network and without the vault.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use adapter_sqlite::LogFile;
use anyhow::Context;
use domain::erasure::ErasureEvent;
use domain::event::Event as _;
use engine::chain::{Fault, FaultKind, Verified, Verifier};
use engine::checkpoint::Checkpoint;
use serde::Serialize;

use super::import_store;
use crate::config::Config;
use crate::{checkpoints, exit, output};

#[derive(clap::Args)]
pub struct Args {
    /// Verify an exported file instead of the data directory
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// The key that checkpoints must be signed with: the key itself, or a file that holds it
    #[arg(long, value_name = "KEY|FILE")]
    public_key: Option<String>,
    /// A checkpoint kept elsewhere: the log must go on from it
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

impl Args {
    /// True unless an exported file is to be verified.
    pub fn is_of_directory(&self) -> bool {
        self.export.is_none()
    }
}

#[derive(Serialize)]
struct Report {
    sound: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Verified>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
}

/// What checkpoints are asked for.
#[derive(Clone, Default)]
pub struct Demand {
    pub public_key: Option<String>,
    /// Kept elsewhere.
    pub since: Vec<Checkpoint>,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let outcome = tokio::task::spawn_blocking(move || {
        let demand = demand(&args)?;
        let outcome = match &args.export {
            Some(file) => import_store::read(file, &demand, None),
            None => directory(&config.data, &demand),
        };
        Ok::<_, anyhow::Error>((args, outcome?))
    });
    let (args, outcome) = outcome.await??;
    let (log, fault) = match outcome {
        Ok(log) => (Some(log), None),
        Err(fault) => (None, Some(fault)),
    };
    let report = Report { sound: fault.is_none(), log, fault };
    if args.json {
        output::say_json(&report);
    } else {
        say(&report);
    }
    Ok(if report.sound { 0 } else { exit::FAILED })
}

/// Verifies the log of a data directory or a backup with the checkpoints beside it.
pub fn directory(directory: &Path, demand: &Demand) -> anyhow::Result<Result<Verified, Fault>> {
    let own = match checkpoints::read(&directory.join(checkpoints::FILE)) {
        Ok(own) => own,
        Err(error) => return Ok(Err(forged(1, &format!("{error:#}")))),
    };
    let mut log = LogFile::open(directory)?;
    let verified = match pins(own, demand).and_then(|pins| log.verify(Verifier::new(pins))) {
        Ok(verified) => verified,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut explained = Explained::default();
    let mut at = 0;
    while !verified.removed.is_empty() && at < verified.events {
        for one in log.step(at, verified.events)? {
            at = one.event.position;
            explained.take(&one.event);
        }
    }
    Ok(explained.judge(verified))
}

/// Which bodies erasures say that they took away.
#[derive(Default)]
pub struct Explained(BTreeSet<u64>);

impl Explained {
    pub fn take(&mut self, event: &engine::Recorded) {
        match ErasureEvent::from_json(&event.event_type, &event.data) {
            Ok(ErasureEvent::Requested(requested)) => self.0.extend(requested.known()),
            Ok(ErasureEvent::Completed(completed)) => self.0.extend(completed.positions),
            _ => {}
        }
    }

    /// A body that nobody erased must be there.
    pub fn judge(&self, verified: Verified) -> Result<Verified, Fault> {
        match verified.removed.iter().find(|position| !self.0.contains(position)) {
            None => Ok(verified),
            Some(&position) => {
                let detail = format!("the body of event {position} was taken away, and no erasure says so");
                Err(Fault::at(FaultKind::RemovedUnexplained, position, detail))
            }
        }
    }
}

/// Verifies signatures. All must be of one key; with a given key, of that one, and there must be some.
pub fn pins(own: Vec<Checkpoint>, demand: &Demand) -> Result<Vec<Checkpoint>, Fault> {
    let pins: Vec<Checkpoint> = own.into_iter().chain(demand.since.clone()).collect();
    let key = demand.public_key.clone().or_else(|| pins.first().map(|pin| pin.key.clone()));
    for pin in &pins {
        pin.verify(key.as_deref()).map_err(|error| {
            forged(pin.position, &format!("the checkpoint at {} proves nothing: {error}", pin.position))
        })?;
    }
    if pins.is_empty() && demand.public_key.is_some() {
        return Err(forged(1, "nothing is signed with this key: there is no checkpoint at all"));
    }
    Ok(pins)
}

pub fn forged(position: u64, detail: &str) -> Fault {
    Fault::at(FaultKind::Forged, position, detail)
}

/// A public key as given: itself, or in a file.
pub fn public_key(given: &str) -> anyhow::Result<String> {
    let text = if Path::new(given).is_file() {
        std::fs::read_to_string(given).with_context(|| format!("{given} cannot be read"))?
    } else {
        given.to_owned()
    };
    Ok(text.trim().to_owned())
}

fn demand(args: &Args) -> anyhow::Result<Demand> {
    let public_key = args.public_key.as_deref().map(public_key).transpose()?;
    let since = match &args.since {
        None => vec![],
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| exit::ending(exit::USAGE, format!("{}: {error}", file.display())))?;
            let since: Result<Vec<_>, _> =
                text.lines().filter(|line| !line.trim().is_empty()).map(Checkpoint::parse).collect();
            let since =
                since.map_err(|error| exit::ending(exit::USAGE, format!("{}: {error}", file.display())))?;
            if since.is_empty() {
                let empty = format!("{} holds no checkpoint; give the file that was kept", file.display());
                return Err(exit::ending(exit::USAGE, empty));
            }
            since
        }
    };
    Ok(Demand { public_key, since })
}

fn say(report: &Report) {
    if let Some(fault) = &report.fault {
        let kind = serde_json::to_value(fault.kind).unwrap_or_default();
        let until = fault.until.map(|until| format!(" to {until}")).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default();
        output::say(&format!("NOT SOUND  {kind} at position {}{until}", fault.position));
        output::say(&format!("           {}", fault.detail));
        output::say("           keep this copy as it is, and compare with a backup or an export from before");
        return;
    }
    let Some(log) = &report.log else { return };
    output::say(&format!("sound      {} events, log {}", log.events, log.origin.as_deref().unwrap_or("–")));
    output::say(&format!("chain      {}", log.chain));
    output::say(&match log.checkpoints {
        0 => "signed     by nobody: a checkpoint is signed when the server runs".to_owned(),
        n => format!("signed     up to {} by {n} checkpoints", log.signed_to),
    });
    if !log.removed.is_empty() {
        output::say(&format!("erased     the bodies of {} events were taken away", log.removed.len()));
    }
}
