//! The most memory that a process had at any time, as Linux keeps it.

use std::thread::JoinHandle;
use std::time::Duration;

/// Looks until the process is gone; gives bytes.
pub fn watch(process: u32) -> JoinHandle<u64> {
    std::thread::spawn(move || {
        let mut most = 0;
        while let Some(now) = high_water(process) {
            most = most.max(now);
            std::thread::sleep(Duration::from_millis(20));
        }
        most
    })
}

fn high_water(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes << 10)
}
