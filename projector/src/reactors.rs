//! Reactors act on the world, and what came of acting is again an event.

pub mod erase_deliveries;
pub mod keep_in_step;
pub mod look_again;
pub mod read_deliveries;
pub mod run_nodes;
pub mod start_change_runs;
pub mod start_runs;
pub mod start_scheduled_runs;
