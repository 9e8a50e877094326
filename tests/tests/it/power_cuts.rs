//! A few power cuts of the fault suite, with the bugs that it must find; `tests/faults/run cuts` has many.

use std::process::Command;

#[test]
fn bad_input_154_what_was_acknowledged_survives_power_cuts() {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).status();
    if !traced.is_ok_and(|status| status.success()) {
        eprintln!("skipped: strace is not installed, or may not trace");
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_faults")).args(["cuts", "5"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.ends_with("7 passed, 0 failed\n"), "{said}");
}
