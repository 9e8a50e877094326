//! What people and scripts read: results on standard output, complaints on standard error. A closed pipe is no error.

mod table;

pub use table::Table;

use std::io::Write;

/// One line of a result.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody reads any more: there is no one left to tell.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// One line for the person, beside the result.
pub fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// A result as a program wants it.
pub fn say_json(value: &impl serde::Serialize) {
    say(&serde_json::to_string_pretty(value).expect("values made of texts and numbers have a JSON form"));
}
