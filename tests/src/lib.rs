//! What holds for the whole, and what every adapter of a port has to do alike.

pub mod contracts;
