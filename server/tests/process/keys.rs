//! The key's life on the command line, and the doctor's eye for it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use super::running::{Server, command};

fn run(data: &Path, args: &[&str]) -> Output {
    command().args(args).arg("--data").arg(data).output().unwrap()
}

fn findings(data: &Path) -> serde_json::Value {
    serde_json::from_slice(&run(data, &["doctor", "--json", "--disk-reserve", "1MiB"]).stdout).unwrap()
}

fn level(report: &serde_json::Value, check: &str) -> String {
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no {check} in {report}"))["level"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_rotated_and_the_old_vault_opens_with_the_new_ring() {
    let directory = tempfile::tempdir().unwrap();
    drop(Server::start(directory.path(), &[]));
    let status = run(directory.path(), &["keys", "status", "--json"]);
    let key = std::fs::read_to_string(directory.path().join("vault.key")).unwrap();
    let shown = String::from_utf8(status.stdout).unwrap();
    assert!(
        shown.contains("v1") && !shown.contains(key.trim().split_once(':').unwrap().1),
        "never the key: {shown}"
    );
    assert!(run(directory.path(), &["keys", "rotate"]).status.success());
    assert!(run(directory.path(), &["keys", "rotate", "--finish"]).status.success());
    let rotated = std::fs::read_to_string(directory.path().join("vault.key")).unwrap();
    assert!(rotated.contains(key.trim()) && rotated.lines().count() == 2);
    assert_eq!(Server::start(directory.path(), &[]).get("/healthz", "").0, 200);
}

#[test]
fn a_key_file_is_not_replaced_and_a_rotation_needs_the_directory_alone() {
    let directory = tempfile::tempdir().unwrap();
    let _server = Server::start(directory.path(), &[]);
    assert_eq!(run(directory.path(), &["keys", "create"]).status.code(), Some(78));
    assert_eq!(run(directory.path(), &["keys", "rotate"]).status.code(), Some(75));
}

#[test]
fn the_doctor_sees_a_healthy_installation_a_lost_key_and_a_readable_one() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    assert_eq!(level(&findings(&data), "data"), "ok", "nothing there yet is no fault");
    assert!(!data.exists(), "looking makes nothing");
    drop(Server::start(&data, &[]));
    let report = findings(&data);
    for check in ["configuration", "data", "vault", "log", "views", "disk space", "clock", "egress"] {
        assert_eq!(level(&report, check), "ok", "{check}");
    }
    std::fs::set_permissions(data.join("vault.key"), PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(level(&findings(&data), "key"), "fail");
    std::fs::rename(data.join("vault.key"), directory.path().join("lost")).unwrap();
    let report = findings(&data);
    assert_eq!(level(&report, "vault"), "fail");
    assert!(!data.join("vault.key").exists(), "a lost key is never replaced by a new one");
}

#[test]
fn bad_input_157_the_doctor_sees_a_damaged_log() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    let mut server = Server::start(data, &[]);
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    std::fs::write(data.join("log.db"), b"this is not a database, whatever its name says".repeat(200))
        .unwrap();
    // Otherwise SQLite finds every page there, sound.
    drop(std::fs::remove_file(data.join("log.db-wal")));
    let output = run(data, &["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(level(&report, "log"), "fail");
}
