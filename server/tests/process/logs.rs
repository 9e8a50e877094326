//! What the process writes about itself, and that nobody needs to read it.

use std::io::Read;
use std::process::Stdio;

use super::running::Server;

#[test]
fn bad_input_169_a_log_that_nobody_reads_stops_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start_with(directory.path(), &[], Stdio::piped());
    // Each request makes a line; a pipe holds 64 KiB.
    for _ in 0..1_500 {
        assert_eq!(server.get("/nowhere", "").0, 404);
    }
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn bad_input_058_148_a_path_is_never_logged_and_every_line_is_json() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = Server::start_with(directory.path(), &["--log-format", "json"], Stdio::piped());
    assert!(server.get("/oauth/wp/one-time-nonce?password=hunter2&user_login=ada", "").0 >= 400);
    assert_eq!(
        server.get("/a%0d%0aFAKE", "X-Forwarded-For: 203.0.113.7\r\nAuthorization: Bearer s3cret\r\n").0,
        404
    );
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    let mut log = String::new();
    server.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    for secret in ["one-time-nonce", "hunter2", "ada", "FAKE", "203.0.113.7", "s3cret"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    assert!(lines.iter().any(|line| line["message"] == "request" && line["status"] == 404), "{log}");
}
