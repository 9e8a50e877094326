//! The executable as a process: its start, its end, its log, its key.
#![expect(clippy::unwrap_used, reason = "only tests use this")]

mod backups;
mod console;
mod endings;
mod erasing;
mod import;
mod integrity;
mod keys;
mod logs;
mod rebuild;
mod running;
mod traces;
