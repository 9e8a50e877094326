//! What the process gives up at its start: memory images that could hold a key, and open file modes.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Core dumps off, new files private. Either may be forbidden by a container; then the start goes on with a warning.
pub fn at_start() -> Vec<&'static str> {
    let mut warnings = vec![];
    if setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_err() {
        warnings.push("core dumps could not be switched off; switch them off for this service");
    }
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    warnings
}

#[cfg(test)]
mod tests {
    #[test]
    fn bad_input_178_no_core_dump_can_hold_a_key() {
        super::at_start();
        let limit = rustix::process::getrlimit(rustix::process::Resource::Core);
        assert_eq!(limit.current, Some(0));
    }
}
