//! A person in the log: found, shown, erased. Keys are destroyed first, so nothing can be read from then on; then the
//! sealed bodies are taken away, and what the views made of them.

mod carry_out;
mod find;

pub use carry_out::{carry_out, expect_again, finish_open};
pub use find::{Asked, Mention, Person, find};
