//! The fault suite: kills at system calls and at random moments, and power cuts replayed from a recording. Started by
//! `tests/faults/run`; closes with "N passed, N failed".
#![expect(clippy::unwrap_used, reason = "this is test code, only not below `tests/tests`")]

mod audit;
mod cuts;
mod disk;
mod effects;
mod hooks;
mod kills;
mod points;
mod serving;
mod town;

use std::path::PathBuf;

/// The programs under test, which stand beside this one.
pub struct Programs {
    pub product: PathBuf,
    pub append_forever: PathBuf,
}

/// What was found, case by case.
#[derive(Default)]
pub struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    pub fn note(&mut self, case: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(problem) => {
                self.failed += 1;
                println!("-- failed: {case}: {problem}");
            }
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |default| arguments.get(1).map_or(default, |n| n.parse().expect("a number of trials"));
    let beside = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let programs = Programs {
        product: beside.join("portal-integrations"),
        append_forever: beside.join("append_forever"),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut tally = Tally::default();
    match arguments.first().map(String::as_str) {
        Some("points") => points::run(&runtime, &programs, number(usize::MAX), &mut tally),
        Some("kills") => kills::run(&runtime, &programs, number(1_000), &mut tally),
        Some("cuts") => cuts::run(&runtime, &programs, number(1_000), &mut tally),
        Some("effects") => effects::run(&runtime, &programs, number(300), &mut tally),
        Some("hooks") => hooks::run(&runtime, &programs, number(300), &mut tally),
        _ => panic!("points, kills, cuts, effects or hooks, and how many"),
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    std::process::exit(i32::from(tally.failed > 0));
}
