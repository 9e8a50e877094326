//! A server that takes webhooks in, runs what they lead to and folds all views anew, killed at random moments, with
//! rotations of the vault's key in between that are killed too. Every delivery that was acknowledged has to be in the log,
//! and in the end Portal has what the site has.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use adapter_memory::SeededIds;
use adapter_sqlite::SystemClock;
use app_sdk::signature::SigningKey;
use engine::ports::{Clock, Ids, Secret};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::audit::audit;
use crate::serving::{Serving, exchange, token};
use crate::town::Town;
use crate::{Programs, Tally};

const SECRET: &str = "whsec_cG9ydGFsLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==";
/// Kills that one data directory suffers.
const KILLS_OF_ONE_STORE: usize = 5;
const SENDERS: u64 = 3;
/// Longest life of a server, from its first answer on.
const LIFE: Duration = Duration::from_millis(900);
/// A rotation takes about as long.
const ROTATION: Duration = Duration::from_millis(150);
const BETWEEN_REBUILDS: Duration = Duration::from_millis(60);
/// Stores within which the planted bug has to be found.
const PLANTED_WITHIN: usize = 6;
const SIGKILL: i32 = 9;

/// A data directory whose Portal is kept in step with the site.
struct Stage<'a> {
    town: &'a Town,
    base: PathBuf,
    token: String,
    connection: String,
    /// The scenarios that import by hand.
    imports: Vec<String>,
    posts: Vec<u64>,
    chance: SeededIds,
}

/// What the sender knows.
#[derive(Default)]
struct Told {
    number: AtomicU64,
    acknowledged: Mutex<HashSet<String>>,
    /// By number: the post that nobody has acknowledged to hear of.
    pending: Mutex<BTreeMap<u64, u64>>,
    /// The planted bug: what was sent counts as acknowledged.
    early: bool,
}

pub fn run(runtime: &Runtime, programs: &Programs, kills: usize, tally: &mut Tally) {
    let town = Town::new(runtime, programs);
    let stage = match Stage::new(&town) {
        Ok(stage) => stage,
        Err(problem) => return tally.note("a server that takes webhooks in", Err(problem)),
    };
    let mut acknowledged = 0;
    for first in (0..kills).step_by(KILLS_OF_ONE_STORE) {
        let kills = KILLS_OF_ONE_STORE.min(kills - first);
        let outcome = stage.trial(runtime, kills, false);
        acknowledged += outcome.as_ref().copied().unwrap_or_default();
        tally.note(&format!("webhooks, kill {first} and the next"), outcome.map(|_| ()));
    }
    println!(
        "{kills} kills, {acknowledged} acknowledged deliveries; with none failed, the rate is below about 3/{kills} (95 %)"
    );
    let lost =
        |outcome: Result<usize, String>| outcome.is_err_and(|problem| problem.contains("acknowledged"));
    let found = (0..PLANTED_WITHIN).any(|_| lost(stage.trial(runtime, KILLS_OF_ONE_STORE, true)));
    let found = if found { Ok(()) } else { Err(format!("{PLANTED_WITHIN} stores did not find it")) };
    tally.note("an acknowledgement before the sync is found", found);
}

impl<'a> Stage<'a> {
    fn new(town: &'a Town) -> Result<Self, String> {
        let base = town.data("base");
        town.finish("import", &base)?;
        let token = token(town, &base)?;
        let serving = Serving::start(town, &base, &token)?;
        let of = |list: &Value| list["items"].as_array().cloned().unwrap_or_default();
        let connections = of(&serving.get("/api/v1/connections")?);
        let site = connections.iter().find(|connection| connection["app"] == "wordpress");
        let connection = text(&site.ok_or("there is no site")?["id"]);
        let scenarios = of(&serving.get("/api/v1/scenarios")?);
        let imports: Vec<String> = scenarios.iter().map(|scenario| text(&scenario["id"])).collect();
        let open = json!({ "mode": { "kind": "standard-webhooks" }, "secret": SECRET });
        serving.post(&format!("/api/v1/connections/{connection}/webhooks"), &open)?;
        keep_in_step(&serving, &imports)?;
        serving.kill();
        let posts = (1..1_000).filter(|id| town.site().post(*id).is_some_and(|post| post.kind == "post"));
        let (posts, chance) = (posts.collect(), SeededIds::new(153));
        Ok(Self { town, base, token, connection, imports, posts, chance })
    }

    fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.chance.random(8).try_into().unwrap()) % bound
    }

    fn share(&self, of: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(of.as_micros()).unwrap()))
    }

    /// One data directory through its kills. How many deliveries were acknowledged.
    fn trial(&self, runtime: &Runtime, kills: usize, early: bool) -> Result<usize, String> {
        let data = self.town.copy(&self.base, "data");
        let told = Told { early, ..Told::default() };
        for _ in 0..kills {
            self.life(&data, &told)?;
            if self.below(3) == 0 {
                self.rotate(&data)?;
            }
            let acknowledged = told.acknowledged.lock().unwrap().clone();
            let found = runtime.block_on(audit(&data))?;
            let lost = acknowledged.difference(&found.deliveries).count();
            if lost > 0 {
                return Err(format!("{lost} of {} acknowledged deliveries are lost", acknowledged.len()));
            }
        }
        self.ends_in_step(&data, &told)?;
        Ok(told.acknowledged.into_inner().unwrap().len())
    }

    /// A server lives for a while and is killed.
    fn life(&self, data: &Path, told: &Told) -> Result<(), String> {
        let serving = Serving::start(self.town, data, &self.token)?;
        let posts: Vec<u64> = (0..SENDERS).map(|_| self.below(self.posts.len() as u64)).collect();
        let life = self.share(LIFE);
        std::thread::scope(|scope| {
            for first in posts {
                let address = serving.address;
                scope.spawn(move || {
                    for step in 0.. {
                        let place = usize::try_from(first + step * SENDERS).unwrap() % self.posts.len();
                        let number = told.number.fetch_add(1, Ordering::Relaxed) + 1;
                        let post = self.posts[place];
                        let title = format!("Edited {number}");
                        self.town.site().update_post(post, |post| post.title = title);
                        told.pending.lock().unwrap().insert(number, post);
                        if !self.tell(address, told, number, post) {
                            return;
                        }
                    }
                });
            }
            let rebuilding = scope.spawn(|| {
                // A rebuild that is at work already is refused, which is as good.
                while !serving.post("/api/v1/views/rebuild", &json!({})).is_err_and(|e| !e.contains("409")) {
                    std::thread::sleep(BETWEEN_REBUILDS);
                }
            });
            std::thread::sleep(life);
            serving.signal_kill();
            rebuilding.join().unwrap();
        });
        serving.kill();
        Ok(())
    }

    /// Tells of a change. False when nobody answers any more.
    fn tell(&self, to: std::net::SocketAddr, told: &Told, number: u64, post: u64) -> bool {
        let id = format!("msg_{number}");
        let change = json!({ "type": "updated", "resource": "posts", "id": post });
        let data = json!({
            "site": "https://site.example", "epoch": "e1", "first": number, "last": number, "changes": [change],
        });
        let body =
            json!({ "type": "wp.changes", "timestamp": "2026-06-01T12:00:00Z", "data": data }).to_string();
        let key = SigningKey::parse(&Secret::new(SECRET.to_owned())).unwrap();
        let at = SystemClock.now().timestamp();
        let signature = key.sign(&id, at, body.as_bytes());
        let headers = format!(
            "Content-Type: application/json\r\nwebhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: {signature}\r\n"
        );
        if told.early {
            told.acknowledged.lock().unwrap().insert(id.clone());
        }
        match exchange(to, "POST", &format!("/hooks/{}", self.connection), &headers, &body) {
            Ok((200 | 202, _)) => {
                told.acknowledged.lock().unwrap().insert(id);
                told.pending.lock().unwrap().remove(&number);
                true
            }
            // Not known yet right after a start, or too much at once: it is told again at the end.
            Ok(_) => true,
            Err(_) => false,
        }
    }

    /// A rotation of the vault's key, killed somewhere, and ended.
    fn rotate(&self, data: &Path) -> Result<(), String> {
        let mut child = self.town.command("keys rotate", data).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(self.share(ROTATION));
        child.kill().unwrap();
        if child.wait().unwrap().signal() == Some(SIGKILL) {
            self.town.finish("keys rotate --finish", data)?;
        }
        Ok(())
    }

    /// Whether Portal has the title of every post that was edited.
    fn is_in_step(&self, list: &Value) -> bool {
        let items = list["items"].as_array().map_or(&[][..], Vec::as_slice);
        let titles: HashMap<&str, &Value> = items
            .iter()
            .filter_map(|item| {
                Some((item["external"].as_str()?.rsplit('.').next()?, &item["fields"]["title"]))
            })
            .collect();
        self.posts.iter().all(|id| {
            let title = self.town.site().post(*id).map(|post| post.title).unwrap_or_default();
            !title.starts_with("Edited") || titles.get(&*id.to_string()).is_some_and(|known| **known == title)
        })
    }

    /// Tells what nobody has heard, and compares: an import by hand finds nothing to do.
    fn ends_in_step(&self, data: &Path, told: &Told) -> Result<(), String> {
        let serving = Serving::start(self.town, data, &self.token)?;
        for _ in 0..200 {
            let pending = told.pending.lock().unwrap().clone();
            if pending.is_empty() {
                break;
            }
            for (number, post) in pending {
                self.tell(serving.address, told, number, post);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let path = format!("/api/v1/connections/{}/webhooks/deliveries?limit=500", self.connection);
        let all_read = |list: &Value| {
            let items = list["items"].as_array();
            items.is_some_and(|items| !items.is_empty() && items.iter().all(|item| !item["read"].is_null()))
        };
        serving.until(&path, all_read, "the reading of all deliveries")?;
        serving.until("/api/v1/portal/posts?limit=500", |list| self.is_in_step(list), "what was told of")?;
        serving.until_calm()?;
        for import in &self.imports {
            let run = serving.run(import)?;
            let counts = serving.get(&format!("/api/v1/runs/{run}"))?["counts"].clone();
            if counts["unchanged"] != counts["read"] {
                return Err(format!("Portal was not in step with the site: {counts}"));
            }
        }
        serving.kill();
        self.town.finish("verify", data)?;
        Ok(())
    }
}

/// Publishes a scenario that begins when posts change, by the mapping of the one that imports them by hand.
fn keep_in_step(serving: &Serving, imports: &[String]) -> Result<(), String> {
    for import in imports {
        let mut graph = serving.get(&format!("/api/v1/scenarios/{import}"))?["draft_graph"].clone();
        if !graph.to_string().contains("\"posts\"") {
            continue;
        }
        let nodes = graph["nodes"].as_array_mut().ok_or("a graph without nodes")?;
        for node in nodes.iter_mut().filter(|node| node["kind"] == "trigger") {
            node["on"] = "record-changed".into();
        }
        let created = serving.post("/api/v1/scenarios", &json!({ "name": "In step", "graph": graph }))?;
        serving.publish(&created)?;
    }
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
