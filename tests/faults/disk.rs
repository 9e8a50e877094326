//! A disk that lost its power, replayed from a recording of system calls.
//!
//! What a file had when its last finished sync began is kept. Every later write of it is kept, dropped, or torn at
//! sectors of 512 bytes, each for itself; removing, renaming and truncating is kept or not, but lasts once anything
//! was synced after it, as journals of file systems do. The memory-mapped index of SQLite's write-ahead log is never
//! kept: it is made anew.

use std::collections::BTreeMap;

use adapter_memory::SeededIds;
use engine::ports::Ids;

const SECTOR: usize = 512;

/// A file by its name in the data directory.
pub type Files = BTreeMap<String, Vec<u8>>;

#[derive(Debug, PartialEq)]
pub enum Step {
    Write {
        file: String,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: String,
        length: usize,
    },
    Remove {
        file: String,
    },
    /// Calls of one thread are told apart by when they began; a sync keeps only what was written before that.
    SyncBegins {
        file: String,
        thread: u32,
    },
    SyncEnds {
        file: String,
        thread: u32,
    },
    /// Told to whoever asked.
    Said(String),
}

/// Reads what `strace -f -y -xx` wrote; an unknown call that would change a file is an error.
pub fn steps(trace: &str, directory: &str) -> Result<Vec<Step>, String> {
    let mut steps = vec![];
    let mut syncing: BTreeMap<u32, String> = BTreeMap::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let thread: u32 = thread.parse().map_err(|_| format!("no thread: {line:.80}"))?;
        let call = call.trim_start();
        if call.starts_with("<... fsync resumed>") || call.starts_with("<... fdatasync resumed>") {
            if let Some(file) = syncing.remove(&thread).filter(|_| call.ends_with("= 0")) {
                steps.push(Step::SyncEnds { file, thread });
            }
            continue;
        }
        let Some((name, rest)) = call.split_once('(') else { continue };
        let quoted: Vec<Vec<u8>> = rest.split('"').skip(1).step_by(2).map(bytes).collect();
        let path = rest.split_once('<').and_then(|(_, p)| p.split_once('>')).map(|(p, _)| text(&bytes(p)));
        let inside = |path: &str| path.strip_prefix(directory).map(|p| p.trim_start_matches('/').to_owned());
        let file = path.as_deref().and_then(inside);
        match (name, file) {
            ("write", _) if rest.starts_with("1<") => {
                steps.push(Step::Said(text(&quoted.into_iter().next().unwrap_or_default())));
            }
            ("pwrite64", Some(file)) => {
                let tail = rest.rsplit_once('"').ok_or("a write without bytes")?.1;
                if tail.starts_with("...") {
                    return Err("a write was recorded only in part".into());
                }
                let at = tail.split(", ").nth(2).map(digits).ok_or("a write without a place")?;
                let bytes = quoted.into_iter().next().unwrap_or_default();
                steps.push(Step::Write { file, at, bytes });
            }
            ("ftruncate", Some(file)) => {
                let length = rest.split(", ").nth(1).map(digits).ok_or("a truncation without a length")?;
                steps.push(Step::Truncate { file, length });
            }
            ("unlink", _) => {
                let gone = quoted.into_iter().next().map(|path| text(&path)).unwrap_or_default();
                if let Some(file) = inside(&gone).filter(|_| !rest.contains("= -1")) {
                    steps.push(Step::Remove { file });
                }
            }
            ("fsync" | "fdatasync", Some(file)) => {
                steps.push(Step::SyncBegins { file: file.clone(), thread });
                if rest.ends_with("= 0") {
                    steps.push(Step::SyncEnds { file, thread });
                } else {
                    syncing.insert(thread, file);
                }
            }
            ("write" | "pwritev" | "writev" | "rename" | "fallocate", Some(file)) => {
                return Err(format!("{name} on {file} is not replayed"));
            }
            _ => {}
        }
    }
    Ok(steps)
}

/// The files after a cut behind these steps.
pub fn after_cut(base: &Files, steps: &[Step], chance: &SeededIds) -> Files {
    let coin = |of: u8| chance.random(1)[0] % of;
    // What remains of everything unsynced: nothing, all, or each for itself.
    let mood = coin(4);
    let mut kept_before: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut begun, mut journal) = (BTreeMap::new(), 0);
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::SyncBegins { file, thread } => {
                begun.insert((file, thread), at);
            }
            Step::SyncEnds { file, thread } => {
                let since = begun[&(file, thread)];
                kept_before.insert(file, since);
                journal = journal.max(since);
            }
            _ => {}
        }
    }
    let mut files = base.clone();
    files.retain(|name, _| !name.ends_with("-shm"));
    for (at, step) in steps.iter().enumerate() {
        let synced = |file: &str| kept_before.get(file).is_some_and(|before| at < *before);
        let lives = |certain: bool| certain || mood == 1 || (mood > 1 && coin(2) == 0);
        match step {
            Step::Write { file, .. } | Step::Truncate { file, .. } if file.ends_with("-shm") => {}
            Step::Write { file, at, bytes } => {
                let torn = !synced(file) && mood == 3 && coin(2) == 0;
                if torn || lives(synced(file)) {
                    write(files.entry(file.clone()).or_default(), *at, bytes, |_| !torn || coin(2) == 0);
                }
            }
            Step::Truncate { file, length } => {
                if lives(synced(file) || at < journal) {
                    files.entry(file.clone()).or_default().resize(*length, 0);
                }
            }
            Step::Remove { file } => {
                if lives(at < journal) {
                    files.remove(file);
                }
            }
            Step::SyncBegins { .. } | Step::SyncEnds { .. } | Step::Said(_) => {}
        }
    }
    files
}

fn write(file: &mut Vec<u8>, at: usize, bytes: &[u8], keeps: impl Fn(usize) -> bool) {
    file.resize(file.len().max(at + bytes.len()), 0);
    let mut from = 0;
    while from < bytes.len() {
        let sector = (at + from) / SECTOR;
        let to = bytes.len().min((sector + 1) * SECTOR - at);
        if keeps(sector) {
            file[at + from..at + to].copy_from_slice(&bytes[from..to]);
        }
        from = to;
    }
}

/// `\x61\x63` as bytes.
fn bytes(escaped: &str) -> Vec<u8> {
    escaped.split("\\x").skip(1).filter_map(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn digits(text: &str) -> usize {
    text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}
