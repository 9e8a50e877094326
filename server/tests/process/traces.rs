//! What a collector is told: a run within the trace of whoever asked for it, and its pages within the run.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};

use serde_json::Value;
use wordpress_model::SAMPLE_PASSWORD;

use super::import::{Place, json};
use super::running::{BOUND, Server};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// Takes spans in and hands them on.
fn collector() -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let (told, heard) = sync_channel(10_000);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            while let Some(document) = request(&mut stream) {
                stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").unwrap();
                for span in document["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap() {
                    if told.send(span.clone()).is_err() {
                        return;
                    }
                }
            }
        }
    });
    (url, heard)
}

fn request(stream: &mut BufReader<TcpStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

#[test]
fn a_run_is_told_within_the_trace_of_whoever_asked_for_it() {
    let place = Place::new();
    let password = place.secret("password", SAMPLE_PASSWORD);
    let imported = json(&place.import(&password, &["--resources", "users"]));
    let scenario = imported["runs"][0]["scenario"].as_str().unwrap().to_owned();
    let (url, heard) = collector();
    let token = place.data().join("token");
    let server = Server::start(
        &place.data(),
        &[
            "--trace-url",
            &url,
            "--egress-allow",
            "127.0.0.0/8",
            "--print-token-file",
            token.to_str().unwrap(),
        ],
    );
    let token = std::fs::read_to_string(&token).unwrap();
    let mut stream = server.connect();
    write!(
        stream,
        "POST /api/v1/scenarios/{scenario}/runs HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         traceparent: 00-{TRACE}-{SPAN}-01\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}",
        token.trim()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    let mut pages = vec![];
    let run = loop {
        let span = heard.recv_timeout(BOUND).expect("another span");
        if span["name"] == "run" {
            break span;
        }
        pages.push(span);
    };
    assert_eq!((&run["traceId"], &run["parentSpanId"]), (&TRACE.into(), &SPAN.into()));
    assert!(!pages.is_empty());
    for page in pages {
        assert_eq!((&page["name"], &page["traceId"]), (&"page".into(), &TRACE.into()));
        assert_eq!(page["parentSpanId"], run["spanId"]);
        let fact = |key: &str| {
            let facts = page["attributes"].as_array().unwrap();
            facts.iter().find(|fact| fact["key"] == key).map(|fact| fact["value"]["intValue"].clone())
        };
        assert_ne!(fact("portal.unchanged"), Some("0".into()), "{page}");
    }
}

#[test]
fn a_collector_that_is_not_there_costs_nothing_but_spans() {
    let place = Place::new();
    let password = place.secret("password", SAMPLE_PASSWORD);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let imported = place.import(&password, &["--trace-url", &format!("http://{nobody}/v1/traces")]);
    assert_eq!(imported.status.code(), Some(0), "{}", String::from_utf8_lossy(&imported.stderr));
    let refused = place.import(&password, &["--trace-url", "nowhere"]);
    assert_eq!(refused.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("write the collector's address"));
}
