//! Imports by the real program, killed at random moments: nothing that was in the log may be gone afterwards, and in
//! the end every record is in Portal exactly once.

use std::collections::HashSet;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use adapter_memory::SeededIds;
use engine::ports::Ids;
use tokio::runtime::Runtime;

use crate::audit::audit;
use crate::town::Town;
use crate::{Programs, Tally};

/// Kills that one data directory suffers before its import may end.
const KILLS_OF_ONE_IMPORT: usize = 5;
const SIGKILL: i32 = 9;

pub fn run(runtime: &Runtime, programs: &Programs, kills: usize, tally: &mut Tally) {
    let town = Town::new(runtime, programs);
    let calm = town.data("calm");
    let begun = Instant::now();
    if let Err(problem) = town.finish("import", &calm) {
        return tally.note("an import without kills", Err(problem));
    }
    let lasts = begun.elapsed();
    let records = runtime.block_on(audit(&calm)).map(|found| found.portal.len());
    let records = records.unwrap_or_default();
    tally.note("an import without kills", if records > 0 { Ok(()) } else { Err("Portal is empty".into()) });
    let chance = SeededIds::new(153);
    let mut hit = 0;
    for first in (0..kills).step_by(KILLS_OF_ONE_IMPORT) {
        let data = town.copy(&town.data("none"), "data");
        let mut before = HashSet::new();
        for kill in first..kills.min(first + KILLS_OF_ONE_IMPORT) {
            let random = u32::from(u16::from_le_bytes(chance.random(2).try_into().unwrap()));
            let killed = kill_after(&town, lasts * random / u32::from(u16::MAX));
            hit += usize::from(killed);
            let outcome = if data.join("log.db").exists() {
                runtime.block_on(audit(&data)).and_then(|found| {
                    found.holds(&before)?;
                    found.no_doubles()?;
                    before = found.events;
                    Ok(())
                })
            } else {
                Ok(())
            };
            tally.note(&format!("kill {kill}"), outcome);
        }
        let ended = town.finish("import", &data).and_then(|_| {
            town.finish("verify", &data)?;
            let found = runtime.block_on(audit(&data))?;
            found.holds(&before)?;
            found.exactly(records)
        });
        tally.note(&format!("the import after kill {first} and the next"), ended);
    }
    println!(
        "{hit} of {kills} kills hit a running import of {records} records; with none failed, the rate is below about 3/{hit} (95 %)"
    );
}

/// Whether it was the signal that ended the import, which was then still running.
fn kill_after(town: &Town, time: Duration) -> bool {
    let mut child =
        town.command("import", &town.data("data")).stderr(std::process::Stdio::null()).spawn().unwrap();
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap().signal() == Some(SIGKILL)
}
