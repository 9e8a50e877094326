//! A client that sees what came over the wire, however broken it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wordpress_model::{Running, SAMPLE_LOGIN, SAMPLE_PASSWORD, Site};

/// An answer; `body` is what came, chunks joined.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every `Link` header.
    pub fn links(&self) -> String {
        let links = self.headers.iter().filter(|(name, _)| name == "link").map(|(_, value)| value.as_str());
        links.collect::<Vec<_>>().join("\n")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn ids(&self) -> Vec<u64> {
        self.json()
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| item["id"].as_u64().expect("an id"))
            .collect()
    }

    /// Status, error code and total, for short assertions.
    pub fn gist(&self) -> (u16, String) {
        let code = serde_json::from_slice::<Value>(&self.body).ok();
        let code = code.and_then(|body| Some(body.get("code")?.as_str()?.to_owned()));
        (self.status, code.unwrap_or_default())
    }
}

pub async fn served(site: &Site) -> Running {
    site.clone().serve(([127, 0, 0, 1], 0).into()).await.expect("a free port")
}

pub async fn get(running: &Running, path: &str) -> Reply {
    call(running, "GET", path, None, "").await
}

/// As the sample site's administrator.
pub async fn get_as_admin(running: &Running, path: &str) -> Reply {
    get_as(running, SAMPLE_LOGIN, SAMPLE_PASSWORD, path).await
}

pub async fn get_as(running: &Running, login: &str, password: &str, path: &str) -> Reply {
    call(running, "GET", path, Some((login, password)), "").await
}

pub async fn call(
    running: &Running,
    method: &str,
    path: &str,
    who: Option<(&str, &str)>,
    body: &str,
) -> Reply {
    let read = async {
        let mut stream = send(running, method, path, who, body).await;
        let mut bytes = Vec::new();
        // A broken connection is an answer too.
        let _ended = stream.read_to_end(&mut bytes).await;
        parsed(&bytes)
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("an answer within 20 seconds")
}

/// Sends a request and leaves the reading to the caller.
pub async fn send(
    running: &Running,
    method: &str,
    path: &str,
    who: Option<(&str, &str)>,
    body: &str,
) -> TcpStream {
    let host = running.url.trim_start_matches("http://").split('/').next().expect("a host");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let credentials = who.map(|(login, password)| STANDARD.encode(format!("{login}:{password}")));
    let authorization =
        credentials.map(|token| format!("Authorization: Basic {token}\r\n")).unwrap_or_default();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n"
    );
    stream.write_all(format!("{head}{authorization}\r\n{body}").as_bytes()).await.expect("a sent request");
    stream
}

fn parsed(bytes: &[u8]) -> Reply {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|text| text.parse().ok())
        .expect("a status");
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = &bytes[end + 4..];
    Reply { status, headers, body: if chunked { joined(body) } else { body.to_vec() } }
}

fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(&String::from_utf8_lossy(&rest[..end]), 16).unwrap_or(0);
        let start = end + 2;
        if size == 0 || rest.len() < start + size {
            break;
        }
        body.extend_from_slice(&rest[start..start + size]);
        rest = &rest[(start + size + 2).min(rest.len())..];
    }
    body
}
