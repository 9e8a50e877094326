//! One test binary: each module is a family of tests.

mod contracts;
mod crashes;
mod data_dir_faults;
mod differential;
mod log_faults;
mod vault_faults;
