//! Kills at enumerated system calls: for each call that touches files, the first, the second, the third … of any one
//! thread, in an import, a rotation of the vault's key, a rebuild of all views, and in bare appends.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use tokio::runtime::Runtime;

use crate::audit::{acknowledged, audit};
use crate::town::{Town, spoken};
use crate::{Programs, Tally};

const CALLS: [&str; 7] = ["pwrite64", "fsync", "fdatasync", "rename", "ftruncate", "unlink", "write"];
/// Each step, and how it is ended after a kill.
const STEPS: [(&str, &str); 3] =
    [("import", "import"), ("keys rotate", "keys rotate --finish"), ("views rebuild", "views rebuild")];
/// Bare appends never end by themselves; so many of each call are tried.
const APPENDS: [(&str, usize); 3] = [("pwrite64", 400), ("fsync", 60), ("write", 40)];
const PLANTED_AT: [usize; 4] = [40, 60, 90, 130];

/// All points, or so many, evenly spread.
pub fn run(runtime: &Runtime, programs: &Programs, at_most: usize, tally: &mut Tally) {
    let town = Town::new(runtime, programs);
    let finished = town.data("finished");
    let (mut points, mut bases, mut records) = (vec![], vec![], 0);
    for (step, _) in STEPS {
        bases.push(town.copy(&finished, &format!("before {step}")));
        let counted = count(&town, &town.words(step, &finished));
        let counted = counted.and_then(|counted| {
            records = runtime.block_on(audit(&finished))?.portal.len();
            Ok(counted)
        });
        match counted {
            Ok(counted) => points.extend(counted.into_iter().map(|(call, n)| (bases.len() - 1, call, n))),
            Err(problem) => return tally.note(step, Err(problem)),
        }
    }
    points
        .extend(APPENDS.iter().flat_map(|(call, n)| (1..=*n).map(|n| (STEPS.len(), (*call).to_owned(), n))));
    let (all, mut tried, mut hit) = (points.len(), 0, 0);
    for (step, call, n) in spread(points, at_most) {
        let name = STEPS.get(step).map_or("append", |step| step.0);
        let killed = if step == STEPS.len() {
            runtime.block_on(append(programs, &town, &call, n, false))
        } else {
            kill(runtime, &town, (&bases[step], STEPS[step]), &call, n, records)
        };
        tried += 1;
        hit += usize::from(killed == Ok(true));
        tally.note(&format!("{name}, {call} {n}"), killed.map(|_| ()));
    }
    println!("{tried} of {all} points were tried, {hit} were reached and killed there");
    let found =
        PLANTED_AT.iter().any(|n| runtime.block_on(append(programs, &town, "pwrite64", *n, true)).is_err());
    let found = if found { Ok(()) } else { Err("the planted bug was not found".to_owned()) };
    tally.note("an acknowledgement before the write is found", found);
}

fn spread<T: Clone>(all: Vec<T>, at_most: usize) -> Vec<T> {
    if all.len() <= at_most {
        return all;
    }
    (0..at_most).map(|n| all[n * all.len() / at_most].clone()).collect()
}

fn strace(more: &[String], words: &[String]) -> Command {
    let plain = ["strace", "-f", "-qq", "-e", "signal=none"].map(str::to_owned);
    spoken(&[&plain, more, words].concat())
}

/// Runs a step undisturbed and gives, for each call, the numbers up to the most that one thread made.
fn count(town: &Town, words: &[String]) -> Result<Vec<(String, usize)>, String> {
    let trace = town.data("trace");
    let more = [
        "-e".to_owned(),
        format!("trace={}", CALLS.join(",")),
        "-o".to_owned(),
        trace.to_string_lossy().into(),
    ];
    let output = strace(&more, words).output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut most: BTreeMap<(String, String), usize> = BTreeMap::new();
    for line in fs::read_to_string(&trace).unwrap().lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((call, _)) = call.split_once('(') else { continue };
        *most.entry((call.trim().to_owned(), thread.to_owned())).or_default() += 1;
    }
    let mut points = vec![];
    for call in CALLS {
        let of_call = most.iter().filter(|((name, _), _)| name == call).map(|(_, n)| *n);
        points.extend((1..=of_call.max().unwrap_or(0)).map(|n| (call.to_owned(), n)));
    }
    Ok(points)
}

fn injecting(call: &str, n: usize) -> Vec<String> {
    let inject = format!("inject={call}:signal=KILL:when={n}");
    ["-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject].map(str::to_owned).to_vec()
}

/// Kills a step at a point, ends it, and compares with what an undisturbed one leaves. Whether it was killed.
fn kill(
    runtime: &Runtime,
    town: &Town,
    (base, (step, end)): (&Path, (&str, &str)),
    call: &str,
    n: usize,
    records: usize,
) -> Result<bool, String> {
    let data = town.copy(base, "data");
    let before = if data.exists() { runtime.block_on(audit(&data))?.events } else { HashSet::new() };
    let output = strace(&injecting(call, n), &town.words(step, &data)).output().unwrap();
    let killed = output.status.signal() == Some(9);
    if !killed && !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut there = before;
    if data.join("log.db").exists() {
        let found = runtime.block_on(audit(&data))?;
        found.holds(&there)?;
        found.no_doubles()?;
        there = found.events;
    }
    town.finish(end, &data)?;
    town.finish("verify", &data)?;
    let found = runtime.block_on(audit(&data))?;
    found.holds(&there)?;
    found.exactly(records)?;
    Ok(killed)
}

/// Kills bare appends at a point; every one that was acknowledged has to be there.
async fn append(
    programs: &Programs,
    town: &Town,
    call: &str,
    n: usize,
    ack_first: bool,
) -> Result<bool, String> {
    let data = town.copy(&town.data("none"), "appends");
    let mut words =
        [&programs.append_forever, &data].map(|path| path.to_string_lossy().into_owned()).to_vec();
    words.extend(ack_first.then(|| "--ack-first".to_owned()));
    let mut child =
        strace(&injecting(call, n), &words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    let killed = child.wait().unwrap().signal() == Some(9);
    if data.join("log.db").exists() {
        audit(&data).await?.holds(&acknowledged(&said).collect())?;
    }
    Ok(killed)
}
