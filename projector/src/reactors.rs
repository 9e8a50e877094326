//! Reactors act on the world, and what came of acting is again an event.

pub mod keep_in_step;
pub mod run_nodes;
pub mod start_change_runs;
pub mod start_runs;
