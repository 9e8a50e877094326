//! The product as a server, spoken to over HTTP, and killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::town::Town;

/// Nothing here takes longer unless it is broken.
const BOUND: Duration = Duration::from_mins(1);

pub struct Serving {
    child: Child,
    pub address: SocketAddr,
    token: String,
    /// Kept, so that the pipe stays open.
    out: BufReader<ChildStdout>,
}

/// A token of the data directory that may do everything.
pub fn token(town: &Town, data: &Path) -> Result<String, String> {
    let output = town.finish("tokens issue --json --name faults --role administrator", data)?;
    let issued: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    Ok(issued["token"].as_str().ok_or("no token was issued")?.to_owned())
}

impl Serving {
    pub fn start(town: &Town, data: &Path, token: &str) -> Result<Self, String> {
        let mut command = town.command("serve --listen 127.0.0.1:0", data);
        command.env("PORTAL_DISK_RESERVE", "1MiB").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut serving = Self { child, address, token: token.to_owned(), out };
        let mut line = String::new();
        while serving.out.read_line(&mut line).unwrap() > 0 {
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                serving.address = address.parse().unwrap();
                return Ok(serving);
            }
            line.clear();
        }
        Err(format!("the server ended at its start: {}", serving.child.wait().unwrap()))
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn get(&self, path: &str) -> Result<Value, String> {
        let authorised = format!("Authorization: Bearer {}\r\n", self.token);
        success(&exchange(self.address, "GET", path, &authorised, "")?)
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let headers = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", self.token);
        success(&exchange(self.address, "POST", path, &headers, &body.to_string())?)
    }

    /// Waits until something is as wanted.
    pub fn until(&self, path: &str, wanted: impl Fn(&Value) -> bool, what: &str) -> Result<Value, String> {
        let begun = Instant::now();
        loop {
            let found = self.get(path)?;
            if wanted(&found) {
                return Ok(found);
            }
            if begun.elapsed() > BOUND {
                return Err(format!("{what} did not come: {found}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it while others still speak to it.
    pub fn signal_kill(&self) {
        let killed = Command::new("kill").args(["-KILL", &self.child.id().to_string()]).status();
        assert!(killed.unwrap().success());
    }

    /// Waits until no run is under way.
    pub fn until_calm(&self) -> Result<(), String> {
        let is_over = |run: &Value| !run["ended_at"].is_null();
        let calm = |list: &Value| list["items"].as_array().is_some_and(|runs| runs.iter().all(is_over));
        self.until("/api/v1/runs?limit=500", calm, "the end of all runs").map(|_| ())
    }

    /// Publishes the draft of a scenario that was created, and gives its id.
    pub fn publish(&self, created: &Value) -> Result<String, String> {
        let id = created["id"].as_str().unwrap_or_default().to_owned();
        let scenario = self.get(&format!("/api/v1/scenarios/{id}?min_position={}", created["position"]))?;
        let draft = serde_json::json!({ "draft": scenario["draft"], "note": "" });
        self.post(&format!("/api/v1/scenarios/{id}/publish"), &draft)?;
        Ok(id)
    }

    /// Runs a scenario and waits for the end; gives the run's id.
    pub fn run(&self, scenario: &str) -> Result<String, String> {
        let started = self.post(&format!("/api/v1/scenarios/{scenario}/runs"), &serde_json::json!({}))?;
        self.ended(&started)
    }

    /// Waits for the end of a run that was started, and gives its id.
    pub fn ended(&self, started: &Value) -> Result<String, String> {
        let run = started["run"].as_str().unwrap_or_default().to_owned();
        let position = &started["position"];
        self.get(&format!("/api/v1/runs/{run}?min_position={position}"))?;
        self.until(&format!("/api/v1/runs/{run}"), |run| !run["ended_at"].is_null(), "the end of the run")?;
        Ok(run)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// One request and its answer: status and body. An error when there was no whole answer.
pub fn exchange(
    to: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Result<(u16, String), String> {
    let failed = |error: std::io::Error| format!("{method} {path}: {error}");
    let mut stream = TcpStream::connect(to).map_err(failed)?;
    stream.set_read_timeout(Some(BOUND)).map_err(failed)?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nContent-Length: {length}\r\n"
    );
    stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).map_err(failed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(failed)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    match (status, answer.split_once("\r\n\r\n")) {
        (Some(status), Some((_, body))) => Ok((status, body.to_owned())),
        _ => Err(format!("{method} {path}: the answer broke off")),
    }
}

fn success((status, body): &(u16, String)) -> Result<Value, String> {
    if !(200..300).contains(status) {
        return Err(format!("answered {status}: {body}"));
    }
    serde_json::from_str(body).map_err(|error| format!("{error}: {body}"))
}
