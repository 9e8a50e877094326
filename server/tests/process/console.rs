//! The console and the addresses around it, as the process serves them.

use std::io::{Read, Write};

use super::running::Server;

/// One request; head and body of the answer.
fn ask(server: &Server, request: &str) -> (String, String) {
    let mut stream = server.connect();
    write!(stream, "{request} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

#[test]
fn every_answer_says_which_build_it_is_from_and_every_address_answers_in_its_form() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&directory.path().join("data"), &[]);
    let version = format!("x-app-version: {}", env!("CARGO_PKG_VERSION"));
    for request in ["GET /", "GET /ui/", "GET /nowhere", "GET /api/v1/apps", "GET /healthz", "TRACE /"] {
        let (head, _) = ask(&server, request);
        assert_eq!(head.matches(&version).count(), 1, "{request}: {head}");
        assert_eq!(head.matches("x-content-type-options: nosniff").count(), 1, "{request}: {head}");
    }
    let (head, _) = ask(&server, "GET /");
    assert!(head.starts_with("http/1.1 302") && head.contains("location: /ui/"), "{head}");
    let (head, _) = ask(&server, "GET /ui/runs/rn_1");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    for request in ["GET /ui/assets/nothing.js", "GET /nowhere", "GET /apix"] {
        let (head, body) = ask(&server, request);
        assert!(head.starts_with("http/1.1 404") && head.contains("application/problem+json"), "{head}");
        assert!(body.contains("remedy"), "{body}");
    }
}
