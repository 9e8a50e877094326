//! Imports into Portals over HTTP of three kinds, by a server that is killed at random moments: one that keeps effect
//! keys, one that can be asked, one that neither keeps nor tells. Nothing may be written twice, and nothing be lost: each
//! record is there, or its item waits for a person.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use acceptance::receiver::{Kind, Receiver};
use adapter_memory::SeededIds;
use adapter_sqlite::SystemClock;
use engine::ports::Ids;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::serving::{Serving, token};
use crate::town::{Town, USERS};
use crate::{Programs, Tally};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Kills that one import suffers before it may end.
const KILLS_OF_ONE_IMPORT: usize = 3;
/// Longest life of a server, from its first answer on.
const LIFE: Duration = Duration::from_millis(700);
/// How long the receiver takes before it writes, and again before it answers.
const DAWDLES: Duration = Duration::from_millis(150);
/// Imports within which the planted bug has to be found.
const PLANTED_WITHIN: usize = 10;

/// A data directory with a published scenario that writes to a receiver.
struct Stage<'a> {
    town: &'a Town,
    receiver: Receiver,
    base: PathBuf,
    token: String,
    scenario: String,
}

pub fn run(runtime: &Runtime, programs: &Programs, kills: usize, tally: &mut Tally) {
    let town = Town::new(runtime, programs);
    let receiver = runtime.block_on(Receiver::start_by(SECRET, Arc::new(SystemClock)));
    receiver.dawdle(DAWDLES);
    let chance = SeededIds::new(140);
    for kind in [Kind::Keeps, Kind::Asked, Kind::Plain] {
        let stage = match Stage::new(&town, receiver.clone(), kind) {
            Ok(stage) => stage,
            Err(problem) => return tally.note(&format!("{kind:?}"), Err(problem)),
        };
        let mut doubted = 0;
        for first in (0..kills).step_by(KILLS_OF_ONE_IMPORT) {
            let kills = KILLS_OF_ONE_IMPORT.min(kills - first);
            let outcome = stage.trial(kind, kills, &chance);
            doubted += outcome.as_ref().copied().unwrap_or_default();
            tally.note(&format!("{kind:?}, the import after kill {first} and the next"), outcome.map(|_| ()));
        }
        let words = if kind == Kind::Plain {
            format!("; {doubted} items waited for a person")
        } else {
            String::new()
        };
        println!(
            "{kind:?}: {kills} kills{words}; with none failed, the rate is below about 3/{kills} (95 %)"
        );
    }
    tally.note("a receiver that only claims to keep keys is found", planted(&town, receiver, &chance));
}

/// The planted bug: writes are repeated blindly, at a receiver that keeps nothing.
fn planted(town: &Town, receiver: Receiver, chance: &SeededIds) -> Result<(), String> {
    let stage = Stage::new(town, receiver, Kind::Keeps)?;
    stage.receiver.be(Kind::Plain);
    let doubles = |outcome: Result<usize, String>| outcome.is_err_and(|problem| problem.contains("twice"));
    let found = (0..PLANTED_WITHIN).any(|_| doubles(stage.trial(Kind::Plain, KILLS_OF_ONE_IMPORT, chance)));
    if found { Ok(()) } else { Err(format!("{PLANTED_WITHIN} imports did not find it")) }
}

impl<'a> Stage<'a> {
    fn new(town: &'a Town, receiver: Receiver, kind: Kind) -> Result<Self, String> {
        receiver.be(kind);
        let base = town.copy(&town.data("none"), &format!("base {kind:?}"));
        town.finish("import", &base)?;
        let token = token(town, &base)?;
        let serving = Serving::start(town, &base, &token)?;
        let scenario = prepare(&serving, &receiver.url, kind)?;
        serving.kill();
        Ok(Self { town, receiver, base, token, scenario })
    }

    fn serve(&self, data: &Path) -> Result<Serving, String> {
        Serving::start(self.town, data, &self.token)
    }

    /// One import with kills. How many items a person had to decide about.
    fn trial(&self, kind: Kind, kills: usize, chance: &SeededIds) -> Result<usize, String> {
        self.receiver.forget();
        let data = self.town.copy(&self.base, "data");
        let serving = self.serve(&data)?;
        let first = serving.post(&format!("/api/v1/scenarios/{}/runs", self.scenario), &json!({}))?;
        let mut serving = Some(serving);
        for _ in 0..kills {
            let living = match serving.take() {
                Some(serving) => serving,
                None => self.serve(&data)?,
            };
            let random = u32::from(u16::from_le_bytes(chance.random(2).try_into().unwrap()));
            std::thread::sleep(LIFE * random / u32::from(u16::MAX));
            living.kill();
            self.no_doubles()?;
        }
        let serving = self.serve(&data)?;
        serving.ended(&first)?;
        // What was not sent, because the receiver seemed to be gone, is sent by another run; what is in doubt is not.
        let run = serving.run(&self.scenario)?;
        let doubted = self.decide(&serving, &run)?;
        if doubted > 0 && kind != Kind::Plain {
            return Err(format!("{doubted} items wait for a person, and nobody needs to be asked"));
        }
        self.no_doubles()?;
        match self.receiver.creations().len() as u64 {
            USERS => {}
            there => return Err(format!("{there} records are there instead of {USERS}")),
        }
        let calm = serving.run(&self.scenario)?;
        let counts = serving.get(&format!("/api/v1/runs/{calm}"))?["counts"].clone();
        if counts["unchanged"] != USERS {
            return Err(format!("it does not end in step: {counts}"));
        }
        serving.kill();
        self.town.finish("verify", &data)?;
        Ok(doubted)
    }

    fn no_doubles(&self) -> Result<(), String> {
        match self.receiver.applied().values().filter(|times| **times > 1).count() {
            0 => Ok(()),
            doubles => Err(format!("{doubles} effects were applied twice")),
        }
    }

    /// What a person would do: look what has arrived, and say so.
    fn decide(&self, serving: &Serving, run: &str) -> Result<usize, String> {
        let failed = serving.get(&format!("/api/v1/runs/{run}/items?outcome=failed&limit=500"))?;
        let failed = failed["items"].as_array().cloned().unwrap_or_default();
        if let Some(other) = failed.iter().find(|item| item["notes"][0]["code"] != "OUTCOME_UNKNOWN") {
            return Err(format!("an item failed for another reason: {other}"));
        }
        let there = self.receiver.creations();
        let arrived = |item: &&Value| {
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            there.contains_key(&format!("{}.{}.{}", text("connection"), text("resource"), text("record")))
        };
        let (arrived, missing): (Vec<&Value>, Vec<&Value>) = failed.iter().partition(arrived);
        for (decision, items) in [("arrived", arrived), ("send-again", missing)] {
            if !items.is_empty() {
                let items: Vec<&Value> = items.into_iter().map(|item| &item["id"]).collect();
                let body = json!({ "decision": decision, "items": items, "reason": "looked" });
                serving.ended(&serving.post(&format!("/api/v1/runs/{run}/decide"), &body)?)?;
            }
        }
        Ok(failed.len())
    }
}

/// Connects the receiver and publishes a scenario that writes users to it.
fn prepare(serving: &Serving, url: &str, kind: Kind) -> Result<String, String> {
    let auth = json!({ "method": kind.method(), "secret": SECRET });
    let body = json!({ "app": "portal", "name": "Elsewhere", "address": url, "auth": auth });
    let remote = serving.post("/api/v1/connections", &body)?["id"].clone();
    let of = |list: &Value, name: &str, value: &str| {
        let found = list["items"].as_array().and_then(|items| items.iter().find(|item| item[name] == value));
        found.map(|item| item["id"].clone()).ok_or_else(|| format!("there is no {value}: {list}"))
    };
    let site = of(&serving.get("/api/v1/connections")?, "app", "wordpress")?;
    let mapping = of(&serving.get("/api/v1/mappings")?, "resource", "users")?;
    let graph = json!({
        "nodes": [
            { "id": "start", "name": "Start", "kind": "trigger", "on": "manual" },
            { "id": "fetch", "name": "Fetch", "kind": "fetch", "connection": site, "resource": "users" },
            { "id": "map", "name": "Map", "kind": "map", "mapping": { "id": mapping } },
            { "id": "write", "name": "Write", "kind": "write", "connection": remote, "entity": "user" },
        ],
        "edges": [
            { "from": "start", "to": "fetch" }, { "from": "fetch", "to": "map" }, { "from": "map", "to": "write" },
        ],
    });
    let created = serving.post("/api/v1/scenarios", &json!({ "name": "Users elsewhere", "graph": graph }))?;
    serving.publish(&created)
}
