//! What the machine gives: disk, clock, names, certificate authorities.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls_platform_verifier::BuilderVerifierExt;

use super::finding::Finding;
use crate::health::free_bytes;

/// Before this the software did not exist, so a clock that says so is wrong.
const RELEASED: &str = "2026-01-01T00:00:00Z";
const LOOKUP_TIME: Duration = Duration::from_secs(5);
/// Resolves wherever DNS works at all; only asked, never called.
const KNOWN_NAME: &str = "wordpress.org:443";

pub fn disk(directory: &Path, reserve: u64) -> Finding {
    match free_bytes(directory) {
        Ok(free) if free < reserve => Finding::fail(
            "disk space",
            format!("{} MiB free", free >> 20),
            "free some space; below the reserve the server says it is not ready",
        ),
        Ok(free) if free < reserve.saturating_mul(4) => {
            Finding::warn("disk space", format!("{} MiB free", free >> 20), "free some space soon")
        }
        Ok(free) => Finding::ok("disk space", format!("{} MiB free", free >> 20)),
        Err(error) => Finding::fail("disk space", error.to_string(), "check that the disk is mounted"),
    }
}

/// `newest` is the time of the log's last event.
pub fn clock(now: DateTime<Utc>, newest: Option<DateTime<Utc>>) -> Finding {
    let released = DateTime::parse_from_rfc3339(RELEASED).expect("the constant is a time").to_utc();
    let remedy = "set the clock, and let it follow a time server (systemd-timesyncd, chrony)";
    if now < released {
        return Finding::fail("clock", format!("the clock says {}", now.to_rfc3339()), remedy);
    }
    match newest {
        Some(newest) if newest > now + chrono::TimeDelta::minutes(5) => Finding::warn(
            "clock",
            format!("the log's last event is of {}, later than now", newest.to_rfc3339()),
            remedy,
        ),
        _ => Finding::ok("clock", now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
    }
}

pub async fn names() -> Finding {
    let remedy = "check /etc/resolv.conf and the network; sites inside may still work";
    match tokio::time::timeout(LOOKUP_TIME, tokio::net::lookup_host(KNOWN_NAME)).await {
        Ok(Ok(_)) => Finding::ok("name server", "names are resolved"),
        Ok(Err(error)) => {
            Finding::warn("name server", format!("wordpress.org is not found ({error})"), remedy)
        }
        Err(_) => Finding::warn("name server", "no answer within five seconds", remedy),
    }
}

pub fn authorities() -> Finding {
    match rustls::ClientConfig::builder().with_platform_verifier() {
        Ok(_) => Finding::ok("TLS roots", "the system's certificate authorities are loaded"),
        Err(error) => Finding::fail(
            "TLS roots",
            format!("no certificate authorities ({error}); no https site can be reached"),
            "install the package ca-certificates",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn bad_input_164_a_clock_that_cannot_be_right_is_seen() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        assert_eq!(clock(at("1970-01-01T00:00:00Z"), None).level, Level::Fail);
        assert_eq!(clock(at("2026-06-01T00:00:00Z"), Some(at("2026-06-02T00:00:00Z"))).level, Level::Warn);
        assert_eq!(clock(at("2026-06-01T00:00:00Z"), Some(at("2026-05-30T00:00:00Z"))).level, Level::Ok);
    }
}
