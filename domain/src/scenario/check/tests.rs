#![expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::scenario::plan::{Plan, Step};

/// One WordPress, one Portal, one of each that does not work.
struct Known;

impl Catalogue for Known {
    fn connection(&self, id: &ConnectionId) -> Option<ConnectionFacts> {
        let app = match id.as_str() {
            "cn_wp" | "cn_paused" => "wordpress",
            "cn_portal" => "portal",
            _ => return None,
        };
        let not_ready = (id.as_str() == "cn_paused").then(|| "it is paused".to_owned());
        Some(ConnectionFacts { name: id.to_string(), app: app.into(), not_ready })
    }

    fn resources(&self, connection: &ConnectionId) -> Vec<String> {
        let known: &[&str] =
            if connection.as_str() == "cn_portal" { &[] } else { &["users", "posts", "comments"] };
        known.iter().map(|&name| name.to_owned()).collect()
    }

    fn entities(&self, connection: &ConnectionId) -> Vec<String> {
        let known: &[&str] = if connection.as_str() == "cn_portal" { &["user", "post"] } else { &[] };
        known.iter().map(|&name| name.to_owned()).collect()
    }

    fn mapping(&self, id: &MappingId, revision: Option<u64>) -> Option<MappingFacts> {
        let (resource, entity) = match id.as_str() {
            "mp_users" | "mp_broken" => ("users", "user"),
            "mp_posts" => ("posts", "post"),
            _ => return None,
        };
        let problems = match id.as_str() {
            "mp_broken" => vec![Rejection::new("TYPE_MISMATCH", "does not fit", "correct it").at("email")],
            _ => vec![],
        };
        let facts = MappingFacts {
            name: id.to_string(),
            app: "wordpress".into(),
            resource: resource.into(),
            entity: entity.into(),
            problems,
        };
        (revision.unwrap_or(1) <= 3).then_some(facts)
    }
}

fn node(id: &str, settings: Value) -> Value {
    let mut node = settings;
    node["id"] = json!(id);
    node["name"] = json!(id);
    node
}

fn trigger(id: &str) -> Value {
    node(id, json!({"kind": "trigger", "on": "manual"}))
}

fn fetch(id: &str, resource: &str) -> Value {
    node(id, json!({"kind": "fetch", "connection": "cn_wp", "resource": resource}))
}

fn filter(id: &str) -> Value {
    node(id, json!({"kind": "filter", "condition": "record.id > 1"}))
}

fn map(id: &str, mapping: &str) -> Value {
    node(id, json!({"kind": "map", "mapping": {"id": mapping}}))
}

fn write(id: &str, entity: &str) -> Value {
    node(id, json!({"kind": "write", "connection": "cn_portal", "entity": entity}))
}

fn users() -> Vec<Value> {
    vec![trigger("t"), fetch("f", "users"), map("m", "mp_users"), write("w", "user")]
}

/// Edges are written `a>b`, `a>b+` (matches), `a>b-` (otherwise) and `a>b!` (failure).
fn graph(nodes: Vec<Value>, edges: &str) -> Graph {
    let edges: Vec<Value> = edges
        .split_whitespace()
        .map(|edge| {
            let (from, to) = edge.split_once('>').unwrap();
            let branch = if to.ends_with('+') {
                json!("matches")
            } else if to.ends_with('-') {
                json!("otherwise")
            } else if to.ends_with('!') {
                json!("failure")
            } else {
                Value::Null
            };
            json!({"from": from, "to": to.trim_end_matches(['+', '-', '!']), "branch": branch})
        })
        .collect();
    Graph::parse(&json!({"nodes": nodes, "edges": edges})).unwrap()
}

fn codes(nodes: Vec<Value>, edges: &str) -> Vec<String> {
    let mut codes: Vec<String> =
        check(&graph(nodes, edges), &Known).into_iter().map(|p| p.code.into_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

fn with(mut nodes: Vec<Value>, more: Vec<Value>) -> Vec<Value> {
    nodes.extend(more);
    nodes
}

#[test]
fn given_a_whole_scenario_when_checked_then_nothing_is_wrong() {
    assert_eq!(codes(users(), "t>f f>m m>w"), Vec::<String>::new());
    let branched = with(users(), vec![filter("c"), map("m2", "mp_users"), write("w2", "user")]);
    assert_eq!(codes(branched, "t>f f>c c>m+ c>m2- m>w m2>w2"), Vec::<String>::new());
}

/// A second mapping and write, for what fails.
fn second_try() -> Vec<Value> {
    with(users(), vec![filter("c"), map("m2", "mp_users"), write("w2", "user")])
}

#[test]
fn given_a_failure_branch_when_checked_then_it_may_leave_what_a_record_fails_at() {
    for from in ["c", "m", "w"] {
        let edges = format!("t>f f>c c>m m>w {from}>m2! m2>w2");
        assert_eq!(codes(second_try(), &edges), Vec::<String>::new(), "{from}");
    }
    for from in ["t", "f"] {
        let edges = format!("t>f f>c c>m m>w {from}>m2! m2>w2");
        assert!(codes(second_try(), &edges).contains(&"FAILURE_NOT_HERE".to_owned()), "{from}");
    }
}

#[test]
fn given_a_failure_branch_when_checked_then_it_carries_the_record_as_the_source_sent_it() {
    assert_eq!(codes(second_try(), "t>f f>c c>m m>w m>w2! f>m2 m2>w2"), ["NOT_MAPPED"]);
    let by_item = node("i", json!({"kind": "filter", "condition": "item.email != ''"}));
    let nodes = with(second_try(), vec![by_item]);
    assert_eq!(codes(nodes, "t>f f>c c>m m>w w>i! i>m2 m2>w2"), ["ITEM_BEFORE_MAP"]);
    assert_eq!(
        codes(second_try(), "t>f f>c c>m m>w w>m2"),
        ["AFTER_WRITE", "NOTHING_WRITTEN", "UNREACHABLE"]
    );
    assert_eq!(codes(second_try(), "t>f f>c c>m2! m2>w2 f>m m>w"), ["NOTHING_WRITTEN"]);
    assert_eq!(codes(second_try(), "t>f f>c c>m m>w w>m2!"), ["NOTHING_WRITTEN", "UNREACHABLE"]);
    assert_eq!(codes(second_try(), "t>f f>c c>m m>w w>c! f>m2 m2>w2"), ["CYCLE"]);
}

#[test]
fn given_a_failure_branch_when_planned_then_it_hangs_where_the_record_fails() {
    let plan = Plan::from(&graph(second_try(), "t>f f>c c>m m>w w>m2! m2>w2")).unwrap();
    let Step::Filter { matches, otherwise, failure, .. } = &plan.fetches[0].steps[0] else { panic!() };
    assert!(otherwise.is_empty() && failure.is_empty());
    let Step::Map { next, failure, .. } = &matches[0] else { panic!() };
    assert!(failure.is_empty());
    let Step::Write { failure, .. } = &next[0] else { panic!() };
    let Step::Map { node, next, .. } = &failure[0] else { panic!() };
    assert_eq!((node.as_str(), next.len()), ("m2", 1));
}

#[test]
fn bad_input_130_writes_that_follow_failures_count_as_ways() {
    // A write and what follows its failure are two ends: a chain of 40 doubles nothing, one of 9 joined pairs does.
    let mut nodes = vec![trigger("t"), fetch("f", "users")];
    let mut edges = String::from("t>f f>m0 ");
    for n in 0..9 {
        nodes.extend([
            map(&format!("m{n}"), "mp_users"),
            write(&format!("a{n}"), "user"),
            write(&format!("b{n}"), "user"),
        ]);
        write!(edges, "m{n}>a{n} m{n}>b{n} ").unwrap();
        if n < 8 {
            write!(edges, "a{n}>m{next}! b{n}>m{next}! ", next = n + 1).unwrap();
        }
    }
    assert_eq!(codes(nodes.clone(), &edges), ["TOO_MANY_PATHS"]);
    assert!(Plan::from(&graph(nodes, &edges)).is_err());
}

#[test]
fn given_a_half_drawn_scenario_when_checked_then_each_gap_is_named() {
    let half = vec![
        trigger("t"),
        node("f", json!({"kind": "fetch"})),
        node("c", json!({"kind": "filter"})),
        node("m", json!({"kind": "map"})),
        node("w", json!({"kind": "write"})),
    ];
    let problems = check(&graph(half, "t>f f>c c>m m>w"), &Known);
    let found: Vec<&str> = problems.iter().map(|p| &*p.code).collect();
    assert_eq!(found, ["CONNECTION_MISSING", "CONDITION_EMPTY", "MAPPING_MISSING", "CONNECTION_MISSING"]);
    assert!(problems.iter().all(|p| p.node.is_some() && p.field.is_some() && !p.remedy.is_empty()));
    assert_eq!(codes(vec![], ""), ["NO_TRIGGER"]);
}

#[test]
fn bad_input_129_cycles_and_self_loops_are_refused() {
    let looped = with(users(), vec![filter("c"), filter("d")]);
    assert_eq!(codes(looped, "t>f f>c c>d d>c c>m m>w"), ["CYCLE"]);
    assert_eq!(codes(users(), "t>f f>m m>w m>m"), ["SELF_LOOP"]);
    let problems = check(&graph(with(users(), vec![filter("c")]), "t>f f>m m>c c>m m>w"), &Known);
    assert!(problems[0].message.contains("m, c"), "only the circle is named: {problems:?}");
    assert_eq!(codes(users(), "t>f f>m m>w w>t"), ["CYCLE"]);
    let sub = node("s", json!({"kind": "scenario", "scenario": "sc_self"}));
    assert_eq!(codes(with(users(), vec![sub]), "t>f f>m m>w f>s"), ["UNKNOWN_NODE"]);
}

#[test]
fn bad_input_130_large_graphs_are_refused_at_once_and_diamonds_do_not_multiply() {
    let started = Instant::now();
    let many: Vec<Value> = (0..10_000).map(|n| filter(&format!("n{n}"))).collect();
    let refused = Graph::parse(&json!({"nodes": many, "edges": []})).unwrap_err();
    assert_eq!(refused[0].code, "TOO_MANY_NODES");
    let edges: Vec<Value> = vec![json!({"from": "a", "to": "b"}); 10_000];
    assert_eq!(Graph::parse(&json!({"nodes": [], "edges": edges})).unwrap_err()[0].code, "TOO_MANY_EDGES");

    let wide: Vec<Value> = (0..33).map(|n| write(&format!("x{n}"), "user")).collect();
    let edges: String = (0..33).map(|n| format!(" m>x{n}")).collect::<Vec<_>>().concat();
    assert_eq!(codes(with(users(), wide), &format!("t>f f>m m>w{edges}")), ["FAN_OUT"]);

    let mut nodes = users();
    let mut edges = String::from("t>f f>a0 ");
    for n in 0..20 {
        nodes.extend([filter(&format!("a{n}")), filter(&format!("l{n}")), filter(&format!("r{n}"))]);
        let next = if n == 19 { "m".to_owned() } else { format!("a{}", n + 1) };
        write!(edges, "a{n}>l{n}+ a{n}>r{n}- l{n}>{next} r{n}>{next} ").unwrap();
    }
    edges.push_str("m>w");
    assert_eq!(codes(nodes.clone(), &edges), ["TOO_MANY_PATHS"]);
    assert!(Plan::from(&graph(nodes, &edges)).is_err());
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[test]
fn bad_input_131_unknown_nodes_are_reported_and_never_run() {
    let newer = vec![
        trigger("t"),
        fetch("f", "users"),
        node("d", json!({"kind": "delay", "minutes": 1})),
        map("m", "mp_users"),
        write("w", "user"),
    ];
    let graph = graph(newer, "t>f f>d d>m m>w");
    let problems = check(&graph, &Known);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "UNKNOWN_NODE");
    assert!(Plan::from(&graph).is_err());
}

#[test]
fn bad_input_132_ids_edges_starts_and_reach() {
    assert_eq!(codes(with(users(), vec![filter("m")]), "t>f f>m m>w"), ["DUPLICATE_ID"]);
    assert_eq!(codes(with(users(), vec![filter("")]), "t>f f>m m>w"), ["NO_ID"]);
    assert_eq!(codes(users(), "t>f f>m m>w m>gone gone>w"), ["DANGLING_EDGE"]);
    assert_eq!(codes(users(), "t>f f>m m>w m>w"), ["DUPLICATE_EDGE"]);
    assert_eq!(codes(with(users(), vec![trigger("t2")]), "t>f t2>f f>m m>w"), ["TWO_TRIGGERS"]);
    assert_eq!(codes(with(users(), vec![filter("c")]), "t>f f>m m>w"), ["UNREACHABLE"]);
    assert_eq!(codes(users()[1..].to_vec(), "f>m m>w"), ["NO_TRIGGER"]);
    assert_eq!(codes(users(), "t>f f>m+ m>w"), ["BRANCH_WITHOUT_FILTER"]);
}

#[test]
fn steps_in_an_order_that_makes_no_sense_are_named() {
    let t = || trigger("t");
    assert_eq!(codes(vec![t(), fetch("f", "users")], "t>f"), ["NOTHING_WRITTEN"]);
    assert_eq!(codes(vec![t(), fetch("f", "users"), write("w", "user")], "t>f f>w"), ["NOT_MAPPED"]);
    assert_eq!(codes(vec![t(), map("m", "mp_users"), write("w", "user")], "t>m m>w"), ["NO_FETCH"]);
    assert_eq!(codes(with(users(), vec![fetch("g", "users")]), "t>f f>g g>m m>w"), ["FETCH_AFTER_FETCH"]);
    assert_eq!(codes(with(users(), vec![map("m2", "mp_users")]), "t>f f>m m>m2 m2>w"), ["MAP_AFTER_MAP"]);
    assert_eq!(codes(with(users(), vec![write("w2", "user")]), "t>f f>m m>w w>w2"), ["AFTER_WRITE"]);
    let early = node("c", json!({"kind": "filter", "condition": "item.email != ''"}));
    assert_eq!(codes(with(users(), vec![early.clone()]), "t>f f>c c>m m>w"), ["ITEM_BEFORE_MAP"]);
    assert_eq!(codes(with(users(), vec![early]), "t>f f>m m>c c>w"), Vec::<String>::new());
}

#[test]
fn bad_input_133_users_do_not_go_into_posts() {
    let nodes = vec![trigger("t"), fetch("f", "users"), map("m", "mp_users"), write("w", "post")];
    assert_eq!(codes(nodes, "t>f f>m m>w"), ["ENTITY_MISMATCH"]);
    let nodes = vec![trigger("t"), fetch("f", "users"), map("m", "mp_posts"), write("w", "post")];
    assert_eq!(codes(nodes, "t>f f>m m>w"), ["MAPPING_FOR_OTHER_RESOURCE"]);
    let nodes = with(users(), vec![fetch("g", "posts")]);
    assert_eq!(codes(nodes, "t>f t>g f>m g>m m>w"), ["MAPPING_FOR_OTHER_RESOURCE"]);
}

#[test]
fn bad_input_134_connections_that_are_gone_or_do_not_work() {
    let of = |connection: &str| {
        let fetch = node("f", json!({"kind": "fetch", "connection": connection, "resource": "users"}));
        check(
            &graph(vec![trigger("t"), fetch, map("m", "mp_users"), write("w", "user")], "t>f f>m m>w"),
            &Known,
        )
    };
    for (connection, code) in [
        ("cn_gone", "UNKNOWN_CONNECTION"),
        ("../cn_wp", "UNKNOWN_CONNECTION"),
        ("cn_portal", "UNKNOWN_RESOURCE"),
    ] {
        assert_eq!(of(connection)[0].code, code, "{connection}");
    }
    let paused = of("cn_paused");
    assert_eq!(paused.len(), 1);
    assert_eq!((&*paused[0].code, paused[0].is_error()), ("CONNECTION_NOT_READY", false));
    let back = node("w", json!({"kind": "write", "connection": "cn_wp", "entity": "user"}));
    assert_eq!(
        codes(vec![trigger("t"), fetch("f", "users"), map("m", "mp_users"), back], "t>f f>m m>w"),
        ["NOT_A_DESTINATION"]
    );
}

#[test]
fn settings_that_cannot_work_are_named() {
    let with_fetch = |settings: Value| {
        codes(
            vec![trigger("t"), node("f", settings), map("m", "mp_users"), write("w", "user")],
            "t>f f>m m>w",
        )
    };
    let base = json!({"kind": "fetch", "connection": "cn_wp", "resource": "users"});
    let and = |key: &str, value: Value| {
        let mut settings = base.clone();
        settings[key] = value;
        settings
    };
    assert_eq!(with_fetch(and("resource", json!("nope"))), ["UNKNOWN_RESOURCE"]);
    assert_eq!(with_fetch(and("only", json!({"since": "yesterday"}))), ["NOT_A_DATE"]);
    assert_eq!(with_fetch(and("only", json!({"ids": vec!["1"; 1001]}))), ["OUT_OF_RANGE"]);
    let scheduled = |cron: &str, zone: &str| {
        let trigger = node("t", json!({"kind": "trigger", "on": "schedule", "cron": cron, "zone": zone}));
        codes(with(vec![trigger], users()[1..].to_vec()), "t>f f>m m>w")
    };
    assert_eq!(scheduled("0 3 * * *", "Europe/Prague"), Vec::<String>::new());
    assert_eq!(scheduled("", "UTC"), ["SCHEDULE_MISSING"]);
    assert_eq!(scheduled("0 3 * *", "UTC"), ["NOT_A_SCHEDULE"]);
    assert_eq!(scheduled("0 3 * * *", "Prague"), ["UNKNOWN_ZONE"]);
    let condition = node("c", json!({"kind": "filter", "condition": "record.a =="}));
    assert_eq!(codes(with(users(), vec![condition]), "t>f f>c c>m m>w"), ["CONDITION_UNREADABLE"]);
    for (mapping, code) in [("mp_gone", "UNKNOWN_MAPPING"), ("mp_broken", "MAPPING_HAS_PROBLEMS")] {
        let nodes = vec![trigger("t"), fetch("f", "users"), map("m", mapping), write("w", "user")];
        assert_eq!(codes(nodes, "t>f f>m m>w"), [code]);
    }
}

#[test]
fn bad_input_126_a_revision_that_does_not_exist_is_refused() {
    let pinned = node("m", json!({"kind": "map", "mapping": {"id": "mp_users", "revision": 9}}));
    assert_eq!(
        codes(vec![trigger("t"), fetch("f", "users"), pinned, write("w", "user")], "t>f f>m m>w"),
        ["UNKNOWN_MAPPING"]
    );
}

#[test]
fn bad_input_138_page_sizes_that_cannot_be() {
    for size in [json!(0), json!(101), json!(1_000_000_000)] {
        let fetch =
            node("f", json!({"kind": "fetch", "connection": "cn_wp", "resource": "users", "per_page": size}));
        assert_eq!(
            codes(vec![trigger("t"), fetch, map("m", "mp_users"), write("w", "user")], "t>f f>m m>w"),
            ["OUT_OF_RANGE"]
        );
    }
    for size in [json!(-1), json!("10"), json!(1.5)] {
        let fetch = node(
            "f",
            json!({"kind": "fetch", "connection": "cn_wp", "resource": "users", "per_page": size, "retries": 1}),
        );
        assert_eq!(
            codes(vec![trigger("t"), fetch, map("m", "mp_users"), write("w", "user")], "t>f f>m m>w"),
            ["UNKNOWN_NODE"]
        );
    }
}

#[test]
fn bad_input_138_tries_that_cannot_be_are_named_with_their_field() {
    let of = |on_failure: Value| {
        let mut write = write("w", "user");
        write["on_failure"] = on_failure;
        let nodes = vec![trigger("t"), fetch("f", "users"), map("m", "mp_users"), write];
        let problems = check(&graph(nodes, "t>f f>m m>w"), &Known);
        problems.into_iter().map(|p| (p.code.into_owned(), p.field.unwrap_or_default())).collect::<Vec<_>>()
    };
    let range = |field: &str| ("OUT_OF_RANGE".to_owned(), format!("on_failure.{field}"));
    assert_eq!(of(json!({"do": "stop"})), []);
    assert_eq!(of(json!({"do": "retry", "times": 1, "wait": 300})), []);
    assert_eq!(of(json!({"do": "retry", "times": 10, "wait": 1})), []);
    assert_eq!(of(json!({"do": "retry", "times": 11, "wait": 1})), [range("times")]);
    assert_eq!(of(json!({"do": "retry", "times": 0, "wait": 301})), [range("times"), range("wait")]);
    assert_eq!(of(json!({"do": "retry"})), [range("times"), range("wait")]);
    for unreadable in
        [json!({"do": "branch"}), json!({"do": "retry", "times": -1}), json!("stop"), json!(null)]
    {
        assert_eq!(of(unreadable)[0].0, "UNKNOWN_NODE");
    }
    let again = json!({"do": "retry", "times": 1, "wait": 1});
    for n in 0..3 {
        let mut nodes = users();
        nodes[n]["on_failure"] = again.clone();
        let problems = check(&graph(nodes, "t>f f>m m>w"), &Known);
        assert_eq!((&*problems[0].code, problems.len()), ("RETRY_NOT_HERE", 1));
        assert_eq!(problems[0].field.as_deref(), Some("on_failure"));
    }
}

#[test]
fn given_a_sound_graph_when_planned_then_fetches_are_ordered_and_steps_are_a_tree() {
    let nodes = vec![
        trigger("t"),
        fetch("fp", "posts"),
        fetch("fu", "users"),
        filter("c"),
        map("mp", "mp_posts"),
        map("mu", "mp_users"),
        write("wp", "post"),
        write("wu", "user"),
    ];
    let plan = Plan::from(&graph(nodes, "t>fp t>fu fp>c c>mp+ mp>wp fu>mu mu>wu")).unwrap();
    let order: Vec<&str> = plan.fetches.iter().map(|fetch| &*fetch.resource).collect();
    assert_eq!(order, ["users", "posts"]);
    let Step::Filter { matches, otherwise, .. } = &plan.fetches[1].steps[0] else {
        panic!("a filter comes first")
    };
    assert!(otherwise.is_empty());
    assert!(matches!(&matches[0], Step::Map { next, .. } if matches!(next[0], Step::Write { .. })));
    assert_eq!(plan.mappings().len(), 2);
    let incomplete =
        vec![trigger("t"), fetch("f", "users"), node("m", json!({"kind": "map"})), write("w", "user")];
    assert_eq!(Plan::from(&graph(incomplete, "t>f f>m m>w")).unwrap_err()[0].code, "INCOMPLETE");
}

proptest! {
    #[test]
    fn any_graph_gets_an_answer_and_a_plan_exists_when_nothing_is_wrong(
        kinds in proptest::collection::vec(0_u8..6, 0..12),
        edges in proptest::collection::vec((0_usize..13, 0_usize..13, 0_u8..3), 0..30),
    ) {
        let nodes: Vec<Value> = kinds.iter().enumerate().map(|(n, kind)| {
            let id = format!("n{n}");
            match kind {
                0 => trigger(&id),
                1 => fetch(&id, "users"),
                2 => filter(&id),
                3 => map(&id, "mp_users"),
                4 => write(&id, "user"),
                _ => node(&id, json!({"kind": "other"})),
            }
        }).collect();
        let edges: Vec<Value> = edges.iter().map(|(from, to, branch)| {
            let branch = match branch { 0 => Value::Null, 1 => json!("matches"), _ => json!("otherwise") };
            json!({"from": format!("n{from}"), "to": format!("n{to}"), "branch": branch})
        }).collect();
        let graph = Graph::parse(&json!({"nodes": nodes, "edges": edges})).unwrap();
        let problems = check(&graph, &Known);
        prop_assert_eq!(&check(&graph, &Known), &problems);
        if problems.iter().all(|problem| !problem.is_error()) {
            prop_assert!(Plan::from(&graph).is_ok());
        }
    }
}
