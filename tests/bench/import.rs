//! Wall time of an import by the real binary, beside its floor: the same pages, fetched with the same concurrency by a
//! bare client and thrown away. Prints both, and closes with `ratio: R`, ours to the floor.
//!
//!   tests/bench/run import|wordpress [users] [posts]

#[path = "import/memory.rs"]
mod memory;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use adapter_sqlite::SystemIds;
use app_sdk::egress::{Egress, EgressConfig, Request, Url};
use app_sdk::{Credentials, Session};
use domain::ids::ConnectionId;
use engine::ports::Secret;
use wordpress_model::{Shape, Site};

const PASSWORD: &str = "abcd efgh ijkl mnop qrst uvwx";
const PAGE: u64 = 100;
/// As the product does by itself on a site that keeps up: it begins with two requests at once.
const AT_ONCE: usize = 2;

struct Place {
    url: String,
    login: String,
    password: String,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |at: usize| arguments.get(at).and_then(|n| n.parse::<u64>().ok()).expect("a number");
    let (binary, kind, users, posts) = (&arguments[1], arguments[2].as_str(), number(3), number(4));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let site = (kind == "model").then(|| model(&runtime, users, posts));
    let folder = tempfile::tempdir().expect("a folder");
    let place = match &site {
        Some(running) => {
            Place { url: running.url.clone(), login: "portal".to_owned(), password: PASSWORD.to_owned() }
        }
        None => wordpress(&folder.path().join("site"), users, posts),
    };
    let floor = runtime.block_on(floor(&place, users, posts));
    let data = folder.path().join("data");
    let first = import(binary, &place, &data, folder.path());
    let second = import(binary, &place, &data, folder.path());
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let rate = |seconds: f64| (users + posts) as f64 / seconds;
    println!("floor (fetch and drop):   {floor:.2} s, {:.0} records/s", rate(floor));
    println!("first import:             {first:.2} s, {:.0} records/s", rate(first));
    println!("second, nothing changed:  {second:.2} s, {:.0} records/s", rate(second));
    if kind != "model" {
        let down = ["down", &folder.path().join("site").to_string_lossy(), "--remove"].map(str::to_owned);
        Command::new("tests/wordpress/site").args(down).status().expect("the site ends");
    }
    ready(binary, &data);
    println!("ratio: {:.2}", first / floor);
}

/// From starting the server on what was imported to its first "ready".
fn ready(binary: &str, data: &std::path::Path) {
    let begun = Instant::now();
    let mut server = Command::new(binary)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
    let address = address.expect("it says where it listens");
    let told = begun.elapsed();
    while !is_ready(&address) {
        std::thread::sleep(Duration::from_millis(2));
    }
    println!("serve: listens after {} ms, ready after {} ms", told.as_millis(), begun.elapsed().as_millis());
    server.kill().expect("it is ours");
    server.wait().expect("it ends");
}

fn is_ready(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

fn model(runtime: &tokio::runtime::Runtime, users: u64, posts: u64) -> wordpress_model::Running {
    let site = Site::generated(Shape { users, posts, content_bytes: 2_000, seed: 7 });
    site.add_account("portal", PASSWORD, "administrator");
    runtime.block_on(site.serve("127.0.0.1:0".parse().expect("an address"))).expect("a port")
}

fn wordpress(folder: &std::path::Path, users: u64, posts: u64) -> Place {
    let folder = folder.to_string_lossy().into_owned();
    let (users, posts) = (users.to_string(), posts.to_string());
    let up = ["up", &folder, "--users", &users, "--posts", &posts];
    assert!(
        Command::new("tests/wordpress/site").args(up).stdout(Stdio::null()).status().expect("run").success()
    );
    let facts = std::fs::read(format!("{folder}/site.json")).expect("the site's facts");
    let facts: serde_json::Value = serde_json::from_slice(&facts).expect("JSON");
    let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
    Place { url: text("WP_URL"), login: text("WP_ADMIN"), password: text("WP_APP_PASSWORD") }
}

/// Fetches every page with the fields an import asks for, and drops them.
async fn floor(place: &Place, users: u64, posts: u64) -> f64 {
    let allow = EgressConfig::parse_allow("127.0.0.0/8").expect("a rule");
    let egress = Egress::new(EgressConfig { allow, ..EgressConfig::default() }, Arc::new(SystemIds));
    let egress = Arc::new(egress);
    let credentials = Credentials {
        method: "app-password".to_owned(),
        account: Some(place.login.clone()),
        secret: Some(Secret::new(place.password.clone())),
    };
    let session = Arc::new(Session {
        connection: ConnectionId::new("bench"),
        address: place.url.clone(),
        origin: place.url.clone(),
        details: serde_json::Value::Null,
        pairing: None,
        credentials: Some(credentials),
    });
    let fields = |resource: &str| {
        let entry = app_wordpress::entry();
        let resource = entry.resources.iter().find(|r| r.id == resource).expect("a resource").clone();
        let names = resource.fields.into_iter().map(|field| field.name);
        names
            .filter(|name| !name.ends_with(".rendered") || name.starts_with("guid"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let begun = Instant::now();
    for (resource, count, extra) in [("users", users, ""), ("posts", posts, "&status=any,trash")] {
        let fields = fields(resource);
        let pages: Vec<String> = (1..=count.div_ceil(PAGE))
            .map(|page| {
                format!(
                    "{}/?rest_route=/wp/v2/{resource}&per_page={PAGE}&page={page}&orderby=id&order=asc&context=edit&_fields={fields}{extra}",
                    place.url.trim_end_matches('/')
                )
            })
            .collect();
        let queue = Arc::new(std::sync::Mutex::new(pages.into_iter()));
        let fetchers = (0..AT_ONCE).map(|_| {
            let (queue, egress, session) = (queue.clone(), egress.clone(), session.clone());
            tokio::spawn(async move {
                loop {
                    let next = queue.lock().expect("no fetcher panics").next();
                    let Some(url) = next else { return };
                    let request = Request::get(Url::parse(&url).expect("an address"));
                    let answer = egress.send(Some(&session), request).await.expect("an answer");
                    assert!(answer.status.is_success(), "{url}: {}", answer.status);
                }
            })
        });
        for fetcher in fetchers.collect::<Vec<_>>() {
            fetcher.await.expect("fetched");
        }
    }
    begun.elapsed().as_secs_f64()
}

fn import(binary: &str, place: &Place, data: &std::path::Path, folder: &std::path::Path) -> f64 {
    let password = folder.join("password");
    let mut file = std::fs::File::create(&password).expect("a file");
    file.write_all(place.password.as_bytes()).expect("written");
    let begun = Instant::now();
    let child = Command::new(binary)
        .args([
            "import",
            "--json",
            "--resources",
            "users,posts",
            "--site",
            &place.url,
            "--user",
            &place.login,
        ])
        .arg("--password-file")
        .arg(&password)
        .arg("--data")
        .arg(data)
        .env("PORTAL_EGRESS_ALLOW", "127.0.0.0/8")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let memory = memory::watch(child.id());
    let ended = child.wait_with_output().expect("the binary ends");
    let seconds = begun.elapsed().as_secs_f64();
    println!("most memory of the import: {} MiB", memory.join().expect("watched") >> 20);
    let told = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(matches!(ended.status.code(), Some(0 | 2)), "{told}");
    seconds
}
