//! The rules of this repository, as tests: who may know whom, how large things may be, what must exist.

mod architecture;
mod bad_inputs;
mod console;
mod docs;
mod events;
mod sources;
mod tidy;
