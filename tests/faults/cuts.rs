//! Power cuts: a log is written under a recorder, and its files are put together as a disk may hold them after a cut at
//! a random moment. What was acknowledged before has to be there.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use adapter_memory::SeededIds;
use engine::ports::Ids;
use tokio::runtime::Runtime;

use crate::audit::{acknowledged, audit};
use crate::disk::{Files, Step, after_cut, steps};
use crate::{Programs, Tally};

const CUTS_OF_ONE_RECORDING: usize = 50;
/// Enough for the write-ahead log to be copied into the log and begun anew.
const ACKS: usize = 900;
const CALLS: &str = "trace=pwrite64,write,writev,pwritev,fsync,fdatasync,ftruncate,fallocate,rename,unlink";

struct Recording {
    base: Files,
    steps: Vec<Step>,
}

pub fn run(runtime: &Runtime, programs: &Programs, cuts: usize, tally: &mut Tally) {
    let mut recording = None;
    for cut in 0..cuts {
        if cut % CUTS_OF_ONE_RECORDING == 0 {
            recording = Some(record(programs, false));
        }
        let outcome = recorded(recording.as_ref()).and_then(|it| runtime.block_on(trial(it, cut)));
        tally.note(&format!("cut {cut}"), outcome);
    }
    println!("{cuts} power cuts: with none failed, the rate is below about 3/{cuts} (95 %)");
    let early = record(programs, true);
    tally.note("an acknowledgement before the sync is found", found(runtime, early));
    let unsynced = record(programs, false).map(|mut it| {
        it.steps.retain(|step| !matches!(step, Step::SyncBegins { .. } | Step::SyncEnds { .. }));
        it
    });
    tally.note("a log that never syncs is found", found(runtime, unsynced));
}

fn recorded(recording: Option<&Result<Recording, String>>) -> Result<&Recording, String> {
    recording.ok_or("nothing was recorded")?.as_ref().map_err(Clone::clone)
}

/// The negative controls: one of a few cuts has to lose something.
fn found(runtime: &Runtime, recording: Result<Recording, String>) -> Result<(), String> {
    let recording = recording?;
    let found = (0..CUTS_OF_ONE_RECORDING).any(|cut| runtime.block_on(trial(&recording, cut)).is_err());
    if found { Ok(()) } else { Err(format!("{CUTS_OF_ONE_RECORDING} cuts did not find the planted bug")) }
}

/// One life of a log on a directory that is on disk from an earlier, finished one.
fn record(programs: &Programs, ack_first: bool) -> Result<Recording, String> {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    append_until(Command::new(&programs.append_forever).arg(&data), 20);
    let base = files(&data);
    let trace = home.path().join("trace");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-y", "-qq", "-xx", "-s", "70000", "-e", "signal=none", "-e", CALLS, "-o"])
        .arg(&trace);
    command.arg(&programs.append_forever).arg(&data);
    if ack_first {
        command.arg("--ack-first");
    }
    append_until(&mut command, ACKS);
    let steps = steps(&fs::read_to_string(&trace).unwrap(), &data.to_string_lossy())?;
    let said = steps.iter().filter(|step| matches!(step, Step::Said(_))).count();
    let synced = steps.iter().filter(|step| matches!(step, Step::SyncEnds { .. })).count();
    if said == 0 || synced == 0 {
        return Err(format!("{said} answers and {synced} syncs were recorded: nothing to test"));
    }
    Ok(Recording { base, steps })
}

/// Reads so many lines, then closes the pipe, which ends the process.
fn append_until(command: &mut Command, acks: usize) {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("strace and append_forever start");
    let read = BufReader::new(child.stdout.take().unwrap()).lines().take(acks).count();
    child.wait().unwrap();
    assert_eq!(read, acks, "the log ended by itself");
}

fn files(data: &Path) -> Files {
    let entries = fs::read_dir(data).unwrap().map(Result::unwrap);
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

async fn trial(recording: &Recording, seed: usize) -> Result<(), String> {
    let chance = SeededIds::new(154 + seed as u64);
    let random = u32::from_le_bytes(chance.random(4).try_into().unwrap()) as usize;
    let before = &recording.steps[..=random % recording.steps.len()];
    let home = tempfile::tempdir().unwrap();
    for (name, bytes) in after_cut(&recording.base, before, &chance) {
        fs::write(home.path().join(name), bytes).unwrap();
    }
    let mut acked = HashSet::new();
    for step in before {
        if let Step::Said(lines) = step {
            acked.extend(acknowledged(lines));
        }
    }
    audit(home.path()).await?.holds(&acked)
}
