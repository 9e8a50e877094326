//! What the process gives up at its start (memory images that could hold a key, open file modes) and takes (open files).

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const OPEN_FILES: u64 = 65_536;
const OPEN_FILES_MIN: u64 = 2_048;

/// Core dumps off, new files private. Either may be forbidden by a container; then the start goes on with a warning.
pub fn at_start() -> Vec<&'static str> {
    let mut warnings = vec![];
    if setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_err() {
        warnings.push("core dumps could not be switched off; switch them off for this service");
    }
    if !raise_open_files() {
        warnings.push(
            "fewer than 2048 files may be open at once; raise the limit (LimitNOFILE) for many connections",
        );
    }
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    warnings
}

/// Every connection is an open file. Takes what the hard limit allows, up to what can be used; true if that is enough.
fn raise_open_files() -> bool {
    let given = getrlimit(Resource::Nofile);
    let most = given.maximum.unwrap_or(OPEN_FILES).min(OPEN_FILES);
    if given.current.is_some_and(|current| current < most) {
        // What it came to is looked at below.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: given.maximum });
    }
    getrlimit(Resource::Nofile).current.is_none_or(|current| current >= OPEN_FILES_MIN)
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
