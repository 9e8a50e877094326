//! Durable ingest by the real binary, beside the smallest handler that verifies a signature, commits to SQLite with
//! `synchronous=FULL` in groups and answers. Both on the same machine, in the same run, under the same generator,
//! which shares the cores with them. Closes with `ratio: R`, the smaller of ours to the reference at 64 and 256
//! connections.
//!
//!   tests/bench/run ingest [seconds]

mod generator;
mod reference;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use wordpress_model::Site;

use generator::Generator;

const SECRET: &str = "whsec_cG9ydGFsLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==";

/// Ends its process when dropped.
struct Server {
    child: Child,
    /// Its data; goes when the server has ended.
    _folder: tempfile::TempDir,
    address: SocketAddr,
    path: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments[1] == "reference" {
        return reference::serve(Path::new(&arguments[2])).await;
    }
    let seconds = Duration::from_secs(arguments[2].parse().expect("seconds"));
    let site = Site::sample().serve(([127, 0, 0, 1], 0).into()).await.expect("a site");
    let mut worst = f64::INFINITY;
    for connections in [64, 256] {
        let (theirs, _) = measure("reference", &reference(), connections, seconds).await;
        let (ours, half) = measure("ours", &ours(&arguments[1], &site.url).await, connections, seconds).await;
        println!(
            "{connections} connections: ratio {:.2}; at half of our load, open loop: {half}",
            ours / theirs
        );
        worst = worst.min(ours / theirs);
    }
    println!("ratio: {worst:.2}");
}

async fn measure(
    name: &str,
    server: &Server,
    connections: usize,
    seconds: Duration,
) -> (f64, generator::Latencies) {
    let generator = Generator::new(server.address, &server.path, SECRET);
    generator.closed(connections, Duration::from_secs(1)).await;
    let closed = generator.closed(connections, seconds).await;
    let rate = closed.per_second(seconds);
    println!("{name}, {connections} connections: {rate:.0} deliveries/s, {closed}");
    let half = generator.open(connections, rate / 2.0, seconds).await;
    println!("{name}, {connections} connections, {:.0}/s open loop: {half}", rate / 2.0);
    (rate, half)
}

fn reference() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("reference").arg(folder.path());
    start(&mut command, folder, "/hooks/cn_site")
}

/// The real server with a connection to a model site, and an endpoint.
async fn ours(binary: &str, site: &str) -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let token = folder.path().join("token");
    let mut command = Command::new(binary);
    command.arg("serve").arg("--data").arg(folder.path().join("data")).arg("--print-token-file").arg(&token);
    command.args([
        "--listen",
        "127.0.0.1:0",
        "--max-connections-per-ip",
        "1000",
        "--egress-allow",
        "127.0.0.0/8",
    ]);
    let mut server = start(command.env("PORTAL_LOG", "warn"), folder, "");
    let token = std::fs::read_to_string(token).expect("a token");
    let call =
        |path: String, body: Value| generator::call(server.address, path, token.trim().to_owned(), body);
    let added = call("/api/v1/connections".to_owned(), json!({"app": "wordpress", "address": site})).await;
    let id = added["id"].as_str().unwrap_or_else(|| panic!("{added}")).to_owned();
    let body = json!({"mode": {"kind": "standard-webhooks"}, "secret": SECRET});
    let opened = call(format!("/api/v1/connections/{id}/webhooks"), body).await;
    assert!(opened["position"].is_u64(), "{opened}");
    server.path = format!("/hooks/{id}");
    server
}

/// Waits for the line that says where it listens.
fn start(command: &mut Command, folder: tempfile::TempDir, path: &str) -> Server {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let mut lines = output.lines().map_while(Result::ok);
    let address = lines
        .find_map(|line| line.strip_prefix("listening on http://")?.parse().ok())
        .expect("it says where it listens");
    std::thread::spawn(move || lines.for_each(drop));
    Server { child, _folder: folder, address, path: path.to_owned() }
}
