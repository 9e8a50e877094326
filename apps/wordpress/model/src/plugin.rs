//! Portal Connector on the model site: its outbox and its routes under `portal/v1`, as `plugin/README.md` says they are.
//! Nothing is sent from here; whoever plays the sender takes batches and says what was taken.

use crate::answer::{Answer, Refusal};
use crate::dispatch::Incoming;
use crate::params::Params;
use crate::site::Site;
use crate::stamp;
use crate::state::State;
use chrono::{Duration, NaiveDateTime};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What the root lists.
const NAMESPACE: &str = "portal/v1";
const TOLERANCE_SECONDS: i64 = 300;
const LIMIT_MAX: u64 = 500;
const SETTLED_SECONDS: i64 = 2;
const PARAMETERS: [&str; 4] = ["after", "cursor", "limit", "resource"];

/// Whether a signature (`v1,…`) fits a text. The model has no cryptography of its own.
pub type Judge = Arc<dyn Fn(&str, &str) -> bool + Send + Sync>;

/// A batch as the sender would send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub first: u64,
    pub last: u64,
    /// The body's `data`.
    pub data: Value,
}

pub(crate) struct Plugin {
    judge: Judge,
    epoch: String,
    rows: BTreeMap<u64, Row>,
    /// The last change of each thing.
    latest: BTreeMap<(String, u64), u64>,
    noted: BTreeMap<u64, Row>,
    last_id: u64,
    acknowledged: u64,
    pruned: u64,
    nonces: HashSet<String>,
}

#[derive(Clone)]
struct Row {
    kind: &'static str,
    resource: String,
    id: u64,
    at: NaiveDateTime,
}

impl Site {
    /// Installs the plugin, paired: requests are believed whose signature the judge finds right. Its numbers begin at 1.
    pub fn install_plugin(&self, epoch: &str, judge: Judge) {
        let mut state = self.state_to_change();
        state.options.namespaces.retain(|name| name != NAMESPACE);
        state.options.namespaces.push(NAMESPACE.to_owned());
        state.plugin = Some(Plugin {
            judge,
            epoch: epoch.to_owned(),
            rows: BTreeMap::new(),
            latest: BTreeMap::new(),
            noted: BTreeMap::new(),
            last_id: 0,
            acknowledged: 0,
            pruned: 0,
            nonces: HashSet::new(),
        });
        state.changed();
    }

    /// The next batch of the sender, at most so many changes.
    pub fn next_batch(&self, limit: usize) -> Option<Batch> {
        let state = self.state();
        let plugin = state.plugin.as_ref()?;
        let rows = plugin.after(plugin.acknowledged, limit);
        let (first, last) = (rows.first()?.0, rows.last()?.0);
        let changes: Vec<Value> = rows.iter().map(|(number, row)| change(*number, row)).collect();
        let (site, epoch) = (state.home(), &plugin.epoch);
        let data = json!({"site": site, "epoch": epoch, "first": first, "last": last, "changes": changes});
        Some(Batch { first, last, data })
    }

    /// The sender heard that all up to this number was taken.
    pub fn acknowledge(&self, number: u64) {
        if let Some(plugin) = &mut self.state_to_change().plugin {
            plugin.acknowledged = plugin.acknowledged.max(number);
        }
    }

    /// What is left in the outbox.
    pub fn waiting_changes(&self) -> u64 {
        self.state().plugin.as_ref().map_or(0, |plugin| plugin.last_id - plugin.acknowledged)
    }

    /// Keeps changes up to this number no longer.
    pub fn prune_outbox(&self, number: u64) {
        if let Some(plugin) = &mut self.state_to_change().plugin {
            plugin.rows = plugin.rows.split_off(&(number + 1));
            plugin.pruned = number;
            plugin.acknowledged = plugin.acknowledged.max(number);
        }
    }
}

impl State {
    /// A hook of the plugin: this changed.
    pub(crate) fn note(&mut self, kind: &'static str, resource: &str, id: u64) {
        let at = self.now();
        let Some(plugin) = &mut self.plugin else { return };
        plugin.last_id += 1;
        let row = Row { kind, resource: resource.to_owned(), id, at };
        if let Some(before) = plugin.latest.insert((resource.to_owned(), id), plugin.last_id) {
            plugin.noted.remove(&before);
        }
        plugin.noted.insert(plugin.last_id, row.clone());
        plugin.rows.insert(plugin.last_id, row);
    }

    /// The same of a post, whose resource is that of its type.
    pub(crate) fn note_post(&mut self, kind: &'static str, id: u64) {
        let Some(post) = self.posts.get(id) else { return };
        let Some(base) = self.type_named(&post.kind).map(|kind| kind.rest_base.clone()) else { return };
        self.note(kind, &base, id);
    }
}

impl Plugin {
    fn after(&self, after: u64, limit: usize) -> Vec<(u64, &Row)> {
        self.rows.range(after + 1..).take(limit).map(|(number, row)| (*number, row)).collect()
    }

    fn believes(&mut self, incoming: &Incoming, route: &str, params: &Params, now: NaiveDateTime) -> bool {
        let [nonce, timestamp, signature] = &incoming.signed;
        let body = String::from_utf8_lossy(&incoming.body);
        let mut given: Vec<String> = PARAMETERS
            .iter()
            .filter_map(|name| params.get(name).map(|value| format!("{name}={}", rfc_3986(value))))
            .collect();
        given.sort();
        let query = if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) };
        let method = &incoming.method;
        let text = format!("portal-request\n{nonce}\n{timestamp}\n{method}\n{route}{query}\n{body}");
        let fresh = timestamp
            .parse::<i64>()
            .is_ok_and(|at| (at - now.and_utc().timestamp()).abs() <= TOLERANCE_SECONDS);
        (self.judge)(&text, signature) && fresh && self.nonces.insert(nonce.clone())
    }

    fn batch(&self, site: &str, after: u64, limit: usize) -> Value {
        let rows = self.after(after, limit);
        let changes: Vec<Value> = rows.iter().map(|(number, row)| change(*number, row)).collect();
        json!({
            "epoch": self.epoch,
            "site": site,
            "first": rows.first().map(|row| row.0),
            "last": rows.last().map(|row| row.0),
            "more": rows.len() == limit,
            "changes": changes,
            "last_id": self.last_id,
            "acknowledged": self.acknowledged,
            "lost_up_to": if after < self.pruned { self.pruned } else { 0 },
        })
    }
}

/// Answers a request under `portal/v1`.
pub(crate) fn answer(site: &Site, incoming: &Incoming, route: &str, params: &Params) -> Answer {
    let mut state = site.state_to_change();
    let (now, home) = (state.now(), state.home());
    let Some(mut plugin) = state.plugin.take() else { return Refusal::no_route().answer() };
    let given = if plugin.believes(incoming, route, params, now) {
        routed(&mut plugin, &state, incoming, route, params, &home)
    } else {
        Err(Refusal::new(401, "portal_signature_wrong", "The signature does not fit the request."))
    };
    state.plugin = Some(plugin);
    given.map_or_else(|refusal| refusal.answer(), |value| Answer::value(&value))
}

fn routed(
    plugin: &mut Plugin,
    state: &State,
    incoming: &Incoming,
    route: &str,
    params: &Params,
    home: &str,
) -> Result<Value, Refusal> {
    let limit = usize::try_from(params.number("limit", 100, (1, LIMIT_MAX))?).unwrap_or(100);
    match (incoming.method.as_str(), route) {
        ("GET", "/portal/v1/outbox") => {
            Ok(plugin.batch(home, params.number("after", 0, (0, u64::MAX))?, limit))
        }
        ("POST", "/portal/v1/drain") => {
            let body: Map<String, Value> = serde_json::from_slice(&incoming.body).unwrap_or_default();
            if let Some(after) = body.get("after").and_then(Value::as_u64) {
                if after > plugin.last_id {
                    return Err(Refusal::new(409, "portal_after_unknown", "This number was never given."));
                }
                plugin.acknowledged = plugin.acknowledged.max(after);
            }
            let limit = body.get("limit").and_then(Value::as_u64).unwrap_or(100).min(LIMIT_MAX);
            Ok(plugin.batch(
                home,
                plugin.acknowledged.max(plugin.pruned),
                usize::try_from(limit).unwrap_or(100),
            ))
        }
        ("GET", "/portal/v1/changes") => changes(plugin, state, params, limit),
        _ => Err(Refusal::no_route()),
    }
}

/// Posts by time of change and id, then what hooks noted by its number, as the plugin's feed does it.
fn changes(plugin: &Plugin, state: &State, params: &Params, limit: usize) -> Result<Value, Refusal> {
    let settled = stamp::text(state.now() - Duration::seconds(SETTLED_SECONDS));
    let resource = params.get("resource").unwrap_or_default();
    let answer = |changes: Vec<Value>, cursor: String, more: bool| json!({"epoch": plugin.epoch, "changes": changes, "cursor": cursor, "more": more});
    let given = params.get("cursor").unwrap_or_default();
    if given == "now" {
        return Ok(answer(vec![], format!("{settled}_0_{}", plugin.last_id), false));
    }
    let invalid = || Refusal::new(400, "portal_cursor_invalid", "This cursor is none of ours.");
    let given = if given.is_empty() { "0000-00-00T00:00:00_0_0" } else { given };
    let parts: Vec<&str> = given.split('_').collect();
    let [modified, id, outbox] = parts.as_slice() else { return Err(invalid()) };
    let mut place = ((*modified).to_owned(), id.parse::<u64>().map_err(|_| invalid())?);
    let mut outbox = outbox.parse::<u64>().map_err(|_| invalid())?;
    let mut posts: Vec<(String, u64, String)> = vec![];
    state.posts.visit(false, |id, post| {
        let modified = stamp::text(post.modified.gmt(state.options.zone));
        let base = state.type_named(&post.kind).map(|kind| kind.rest_base.clone()).unwrap_or_default();
        let wanted = resource.is_empty() || base == resource;
        if wanted && modified <= settled && (modified.clone(), id) > place {
            posts.push((modified, id, base));
        }
    });
    posts.sort();
    posts.truncate(limit);
    let mut changes: Vec<Value> = posts
        .iter()
        .map(|(modified, id, base)| json!({"resource": base, "id": id, "modified_gmt": format!("{modified}Z")}))
        .collect();
    if let Some((modified, id, _)) = posts.pop() {
        place = (modified, id);
    }
    let noted = plugin
        .noted
        .range(outbox + 1..)
        .filter(|(_, row)| row.kind != "deleted" && (resource.is_empty() || row.resource == resource));
    for (number, row) in noted.take(limit - changes.len()) {
        outbox = *number;
        changes.push(json!({
            "resource": row.resource, "id": row.id,
            "modified_gmt": format!("{}Z", stamp::text(row.at)), "outbox_id": number,
        }));
    }
    let more = changes.len() >= limit;
    Ok(answer(changes, format!("{}_{}_{outbox}", place.0, place.1), more))
}

fn change(number: u64, row: &Row) -> Value {
    json!({
        "outbox_id": number, "type": row.kind, "resource": row.resource, "id": row.id,
        "modified_gmt": format!("{}Z", stamp::text(row.at)), "blog_id": 1, "actor_id": 1,
    })
}

fn rfc_3986(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encoded).collect()
}
