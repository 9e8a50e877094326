//! The process as a whole: ready, alone in its directory, and ended by signals.

use std::io::Write;
use std::time::{Duration, Instant};

use super::running::{BOUND, Server, command};

#[test]
fn a_first_start_becomes_ready_and_makes_private_files() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let server = Server::start(&data, &[]);
    assert_eq!(server.get("/healthz", "").0, 200);
    let begun = Instant::now();
    while server.get("/readyz", "").0 != 200 {
        assert!(begun.elapsed() < BOUND);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.get("/metrics", "").0, 401);
    for entry in std::fs::read_dir(&data).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
    }
}

#[test]
fn readiness_names_the_cause() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&directory.path().join("data"), &["--disk-reserve", "99999999GiB"]);
    let (status, body) = server.get("/readyz", "");
    assert_eq!(status, 503);
    assert!(body.contains("DISK_NEARLY_FULL") && body.contains("free some disk space"), "{body}");
    let server = Server::start(&directory.path().join("other"), &["--metrics-public", "true"]);
    let (status, body) = server.get("/metrics", "");
    assert!(status == 200 && body.contains("portal_connections"), "{body}");
    for figure in
        ["portal_connections_established_total 0", "portal_records_error_ratio 0", "portal_runs_rated{"]
    {
        assert!(body.contains(figure), "{figure}: {body}");
    }
}

#[test]
fn bad_input_158_a_second_process_on_one_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let first = Server::start(directory.path(), &[]);
    let output =
        command().args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(directory.path()).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(75));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("another process uses the data directory"), "{said}");
    assert_eq!(first.get("/healthz", "").0, 200, "the first one does not notice");
}

#[test]
fn bad_input_165_sigterm_ends_well_and_the_next_start_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT"] {
        let mut server = Server::start(directory.path(), &[]);
        let _idle = server.connect();
        server.signal(signal);
        assert_eq!(server.ended(), Some(0));
    }
    let server = Server::start(directory.path(), &[]);
    assert_eq!(server.get("/healthz", "").0, 200);
}

#[test]
fn bad_input_165_a_second_signal_ends_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start(directory.path(), &["--header-timeout", "1h", "--drain-timeout", "1h"]);
    let mut held = server.connect();
    held.write_all(b"GET / HT").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    assert!(server.child.try_wait().unwrap().is_none(), "it waits for the request in flight");
    server.signal("TERM");
    assert_eq!(server.ended(), Some(130));
}

#[test]
fn bad_input_153_k23_a_kill_while_draining_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start(directory.path(), &["--header-timeout", "1h", "--drain-timeout", "1h"]);
    let mut held = server.connect();
    // An answer proves that the connection was taken; otherwise there might be nothing to drain.
    held.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert!(std::io::Read::read(&mut held, &mut [0; 1024]).unwrap() > 0);
    held.write_all(b"GET / HT").unwrap();
    server.signal("TERM");
    server.signal("KILL");
    assert_eq!(server.ended(), None);
    let server = Server::start(directory.path(), &[]);
    assert_eq!(server.get("/healthz", "").0, 200);
}

#[test]
fn bad_input_167_a_wrong_key_is_refused_and_the_vault_stays() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    drop(Server::start(&data, &[]));
    let other = directory.path().join("other.key");
    let made = command().args(["keys", "create", "--key-file"]).arg(&other).output().unwrap();
    assert!(made.status.success());
    let mut wrong = command();
    wrong.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).arg("--key-file").arg(&other);
    let output = wrong.output().unwrap();
    assert_eq!(output.status.code(), Some(78), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::set_permissions(data.join("vault.key"), std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .unwrap();
    let output = command().args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).output().unwrap();
    assert_eq!(output.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&output.stderr).contains("chmod 600"));
}
